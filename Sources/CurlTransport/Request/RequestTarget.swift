import CCurl
import StreamEngine

/// Where a request goes, as libcurl itself reads the URL, so that what is checked is what is contacted.
struct RequestTarget: CustomStringConvertible {
    /// In lower case; an IPv6 address stands in brackets.
    var host: String
    var port: Int
    var isTLS: Bool

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
        isTLS = scheme == "https"
        port = RequestTarget.part(CURLUPART_PORT, of: parser).flatMap { Int($0) } ?? (isTLS ? 443 : 80)
    }

    /// The host is this machine whatever a name server says: `localhost` (which libcurl resolves by itself),
    /// 127.0.0.0/8 in the form that libcurl normalises to, `::1`.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
