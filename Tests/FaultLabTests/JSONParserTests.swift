import Testing

@testable import FaultLab

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    @Test func valuesOfEveryKind() throws {
        #expect(
            try parse(" {\"a\": [1, -2.5e3, true, false, null], \"b\": \"x\\n\\u00e9\\ud83c\\udf0a/\\/\"}\n")
                == .object([
                    "a": .array([.number(1), .number(-2500), .bool(true), .bool(false), .null]),
                    "b": .string("x\né🌊//"),
                ]))
        #expect(try parse("1e999") == .number(.infinity))
        #expect(try parse("1e999").integer == nil)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", "+1", ".5", "1e", "tru", "\"", "\"\\x\"", "\"\\u12\"",
        "\"\t\"",
        "\"\\ud83c\"", "\"\\udf0a\"", "\"\\ud83c\\u0041\"", "\"\\ud83cx\"", "1 2", "nul", "{\"a\" 1}", "[1 2]", "NaN",
    ])
    func whatIsNoJSONIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func depthAndSizeAreBounded() {
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try parse("[" + String(repeating: "1,", count: 600_000) + "1]") }
        #expect(throws: JSONError.self) { try parse(String(repeating: "9", count: 5_000)) }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xC3, 0x22]) }
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }
}
