import CCurl
import Providers
import StreamEngine

/// The request's header lines in libcurl's list form, checked: nothing in a name or value can end its line.
struct HeaderList: ~Copyable {
    private(set) var raw: UnsafeMutablePointer<curl_slist>?

    init(_ headers: [HTTPHeader], hasBody: Bool) throws(TransportFailure) {
        var hasContentType = false
        for header in headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy(HeaderList.isTokenByte) else {
                throw TransportFailure(kind: .badRequest, message: "A request header has an impossible name")
            }
            guard header.value.utf8.allSatisfy({ ($0 >= 0x20 || $0 == 0x09) && $0 != 0x7F }) else {
                // The value may be a key: name the header only.
                throw TransportFailure(
                    kind: .badRequest,
                    message: "The value of the request header \(header.name) has a line end or another control"
                        + " character in it: look at the key for a stray line end")
            }
            // A semicolon is how libcurl is told of a header without a value.
            append(header.value.isEmpty ? header.name + ";" : header.name + ": " + header.value)
            hasContentType = hasContentType || HeaderList.equal(header.name, "content-type")
        }
        // No round trip before a long prompt.
        append("Expect:")
        // libcurl would call a body of unstated type a form.
        if hasBody && !hasContentType { append("Content-Type:") }
    }

    deinit {
        curl_slist_free_all(raw)
    }

    /// libcurl decodes a compressed reply either way; this leaves out the offer to take one.
    mutating func offerNoCompression() {
        append("Accept-Encoding:")
    }

    private mutating func append(_ line: String) {
        // When memory has run out, the list stays as it was.
        raw = curl_slist_append(raw, line) ?? raw
    }

    /// RFC 9110, 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Without regard to ASCII case; `other` is in lower case.
    static func equal(_ name: some StringProtocol, _ other: StaticString) -> Bool {
        guard name.utf8.count == other.utf8CodeUnitCount else { return false }
        var expected = other.utf8Start
        for byte in name.utf8 {
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            guard lower == expected.pointee else { return false }
            expected += 1
        }
        return true
    }
}
