import CCurl
import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a request goes, as libcurl itself reads the URL, so that what is checked is what is contacted.
struct RequestTarget: CustomStringConvertible {
    /// In lower case; an IPv6 address stands in brackets.
    var host: String
    var port: Int
    var isTLS: Bool
    /// The host is this machine whatever a name server says: `localhost` (which libcurl resolves by itself), 127.0.0.0/8,
    /// `::1`.
    let isLoopback: Bool

    /// For messages. Leaves out path, query and user information, which may be private.
    var description: String { "\(host):\(port)" }

    init(_ url: String) throws(TransportFailure) {
        guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw TransportFailure(kind: .badRequest, message: "The URL has a space or a control character in it")
        }
        guard let parser = curl_url() else {
            throw TransportFailure(kind: .other, message: "Out of memory", code: Int(CURLE_OUT_OF_MEMORY.rawValue))
        }
        defer { curl_url_cleanup(parser) }
        guard curl_url_set(parser, CURLUPART_URL, url, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK,
            let scheme = RequestTarget.part(CURLUPART_SCHEME, of: parser),
            let host = RequestTarget.part(CURLUPART_HOST, of: parser), !host.isEmpty
        else {
            throw TransportFailure(
                kind: .badRequest, message: "The URL cannot be read: it must look like https://host/path")
        }
        guard scheme == "https" || scheme == "http" else {
            throw TransportFailure(
                kind: .badRequest, message: "The URL's scheme is \(scheme): only https and http are spoken here")
        }
        self.host = String(decoding: host.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        isLoopback = Self.isLoopback(self.host)
        isTLS = scheme == "https"
        port = RequestTarget.part(CURLUPART_PORT, of: parser).flatMap { Int($0) } ?? (isTLS ? 443 : 80)
    }

    /// As ``isLoopback`` says; IPv4 in the form that libcurl normalises to.
    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        // `127.example.com` is a name.
        var address = in_addr()
        return host.utf8.starts(with: "127.".utf8) && inet_pton(AF_INET, host, &address) == 1
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
