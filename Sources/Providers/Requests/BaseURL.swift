/// A provider's base URL, taken apart as far as requests need it (RFC 3986).
struct BaseURL: Equatable {
    /// `https` or `http`.
    var scheme: String
    /// Host and port as written.
    var authority: String
    var host: String
    /// Without a slash at its end; empty for the root.
    var path: String
    /// With its question mark; empty where there is none. Azure keeps its API version there.
    var query: String

    init(_ text: String) throws(EndpointError) {
        func invalid(_ reason: String) -> EndpointError { .invalidURL(text, reason: reason) }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw invalid("it holds white space or bytes that are no ASCII")
        }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[colon...].hasPrefix("://") else {
            throw invalid("it must begin with https:// or http://")
        }
        scheme = text[..<colon].lowercased()
        guard scheme == "https" || scheme == "http" else { throw invalid("it must begin with https:// or http://") }
        let rest = text[text.index(colon, offsetBy: 3)...]
        guard !rest.contains("#") else { throw invalid("it has a fragment (#…)") }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        authority = String(rest[..<end])
        guard !authority.contains("@") else { throw invalid("it holds a user name or password") }
        host = try Self.host(of: authority, invalid)
        let question = rest[end...].firstIndex(of: "?") ?? rest.endIndex
        path = String(rest[end..<question])
        query = String(rest[question...])
        while path.hasSuffix("/") { path.removeLast() }
    }

    private static func host(
        of authority: String, _ invalid: (String) -> EndpointError
    ) throws(EndpointError) -> String {
        var host = Substring(authority)
        var port: Substring?
        if host.hasPrefix("[") {
            guard let close = host.firstIndex(of: "]") else { throw invalid("its IPv6 address has no closing bracket") }
            let after = host[host.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw invalid("its port is no number") }
            port = after.isEmpty ? nil : after.dropFirst()
            host = host[...close]
        } else if let colon = host.firstIndex(of: ":") {
            port = host[host.index(after: colon)...]
            host = host[..<colon]
        }
        guard !host.isEmpty, host != "[]" else { throw invalid("it names no host") }
        if let port, Int(port).map({ (1...65535).contains($0) }) != true || port.first == "+" {
            throw invalid("its port is no number from 1 to 65535")
        }
        return host.lowercased()
    }

    /// Whether requests stay on this machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).
    var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The URL of an endpoint below this base. `query` has no question mark and comes before the base's own.
    func appending(_ path: String, query extra: String = "") -> String {
        let query = extra.isEmpty ? query : "?" + extra + (query.isEmpty ? "" : "&" + query.dropFirst())
        return "\(scheme)://\(authority)\(self.path)\(path)\(query)"
    }

    /// By the ecosystem's habit: Anthropic's base comes without `/v1`, the base of what is compatible with OpenAI with it.
    /// A base that has it all the same, or that is the whole address of an endpoint, is understood.
    mutating func normalise(for dialect: Dialect) {
        let endpoints = ["/chat/completions", "/messages", "/completions", "/responses", "/models"]
        for endpoint in endpoints where path.hasSuffix(endpoint) {
            path.removeLast(endpoint.count)
            break
        }
        if dialect == .anthropic, path.hasSuffix("/v1") { path.removeLast(3) }
    }
}
