/// Why no request can be made for an endpoint: what is wrong with its configuration.
public enum EndpointError: Error, Sendable, Equatable, CustomStringConvertible {
    case invalidURL(String, reason: String)
    /// Plain HTTP to another machine: key and conversation would be readable on the way.
    case insecure(host: String)
    /// The key holds a byte that no header may hold; the offset counts from its beginning.
    case invalidKey(offset: Int)

    public var description: String {
        switch self {
        case .invalidURL(let url, let reason): "the base URL \"\(url)\" cannot be used: \(reason)"
        case .insecure(let host):
            "plain http to \(host) would send the key unprotected: use https, or allow_insecure = true for this provider"
        case .invalidKey(let offset):
            "the key holds a line break or control character (byte \(offset)): it was not copied cleanly"
        }
    }
}
