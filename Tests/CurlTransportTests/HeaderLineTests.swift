import Testing

@testable import CurlTransport

@Suite struct HeaderLineTests {
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n", HeaderLine.status),
        ("HTTP/2 200 \r\n", .status),
        ("HTTP/1.1 500 It: broke\r\n", .status),
        ("Content-Type: text/event-stream\r\n", .field(name: "Content-Type", value: "text/event-stream")),
        ("a:b\n", .field(name: "a", value: "b")),
        ("a: \t b:c \t\r\n", .field(name: "a", value: "b:c")),
        ("a:\r\n", .field(name: "a", value: "")),
        ("a : b\r\n", .field(name: "a", value: "b")),
        ("  folded \r\n", .continuation("folded")),
        ("\tfolded\r\n", .continuation("folded")),
        ("\r\n", .end),
        ("\n", .end),
        ("", .end),
        ("no colon\r\n", .malformed),
        (": value\r\n", .malformed),
    ])
    func line(text: String, expected: HeaderLine) {
        #expect(Array(text.utf8).withUnsafeBytes { HeaderLine($0) } == expected)
    }

    @Test func bytesThatAreNoTextAreReplaced() {
        let line: [UInt8] = [0x61, 0x3A, 0xFF, 0x62]
        #expect(line.withUnsafeBytes { HeaderLine($0) } == .field(name: "a", value: "\u{FFFD}b"))
    }
}
