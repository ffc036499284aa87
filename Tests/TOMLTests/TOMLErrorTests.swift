import TOML
import Testing

/// What a user reads when a file of theirs is wrong.
@Suite struct TOMLErrorTests {
    private func message(_ text: String, _ use: (TOMLTable) throws(TOMLError) -> Void = { _ in }) -> String {
        do throws(TOMLError) {
            try use(TOMLDocument(text, source: "f.toml").root)
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("a = 1\nb =\n", "f.toml:2:4: b: expected a value, found the end of the line"),
        ("b = ", "f.toml:1:5: b: expected a value, found the end of the file"),
        ("[t]\nname = bare", "f.toml:2:8: t.name: \"bare\" is no value (a string needs quotes)"),
        ("[t]\nk = \"open\nl = 1", "f.toml:2:10: t.k: the string has no closing quote"),
        ("k = \"\"\"open\n", "f.toml:2:1: the string that begins at line 1 has no closing quotes"),
        ("k = \"\\q\"", "f.toml:1:7: k: unknown escape, \\ before \"q\""),
        ("k = \"\\uD800\"", "f.toml:1:8: k: expected 4 hexadecimal digits of a Unicode scalar value"),
        ("k = 1 2", "f.toml:1:7: k: expected the end of the line, found \"2\""),
        ("ü = 1", "f.toml:1:1: expected a key, found a character outside ASCII (quote it)"),
        ("= 1", "f.toml:1:1: expected a key, found \"=\""),
        ("just words", "f.toml:1:6: just: expected \"=\" after the key just"),
        ("[t\nk = 1", "f.toml:1:3: expected \"]\" at the end of the header"),
        ("[[t]\nk = 1", "f.toml:1:5: expected \"]]\" at the end of the header"),
        ("a = [1, 2\nb = 3", "f.toml:2:1: expected \",\" or \"]\" in an array, found \"b\""),
        ("a = { b = 1", "f.toml:1:12: b: expected \",\" or \"}\" in an inline table, found the end of the file"),
        ("k = 1\nk = 2", "f.toml:2:1: k: \"k\" is already defined at line 1"),
        ("[a]\n[b]\n[a]", "f.toml:3:1: a: \"a\" is already defined at line 1"),
        ("[a]\nb = 1\n[a.b.c]", "f.toml:3:1: a.b.c: \"b\" is already defined at line 2"),
        ("a = {x = 1}\n[a.b]", "f.toml:2:1: a.b: \"a\" is already defined at line 1"),
        ("a = []\n[[a]]", "f.toml:2:1: a: \"a\" is already defined at line 1"),
        ("k = \"a\u{0}b\"", "f.toml:1:7: k: the control character 0x0 in a string"),
        ("k = 1 # \u{1}", "f.toml:1:9: k: the control character 0x1 in a comment"),
        (
            "k = 99999999999999999999",
            "f.toml:1:5: k: \"99999999999999999999\" is neither a number nor a date"
        ),
    ])
    func saysWhereTheSyntaxIsWrong(text: String, expected: String) {
        #expect(message(text) == expected)
    }

    @Test(arguments: [
        "01", "1__0", "_1", "1_", "1.", ".1", "1.e5", "1e", "1e+", "+0x1", "0x", "0xG", "0b2", "0o8", "-", "+", "++1",
        "2026-02-30", "2026-13-01", "2026-00-01", "2026-1-1", "2023-02-29", "24:00:00", "12:60:00", "12:00:60",
        "12:00", "12:00:00.", "2026-01-01T", "2026-01-01T10:00", "2026-01-01T10:00:00+24:00", "infinity", "True",
        "1 2", "1979-05-27 7", "0X1", "1E5.5", "--1", "nan1", "yes",
    ])
    func refusesWhatIsNoValue(text: String) {
        let message = message("[t]\nk = \(text)")
        #expect(message.hasPrefix("f.toml:2:") && message.contains(": t.k: "), "\(message)")
    }

    @Test(arguments: [
        "[a.b]\n[a]\nb.c = 1", "[[a]]\n[b]\n[a.c]\n[a.c]", "a.b = 1\n[a]", "a = { b = 1, }", "a = {\nb = 1 }",
        "a = { b = 1 }\na.c = 1", "[a]\nb.c = 1\n[a.b]", "[ [a]]", "[[a] ]", "a = [1] [2]", "[a]]", "[a] b = 1",
        "a.b = 1\na = 2", "a = 1\na.b = 2", "a = {b = 1, b = 2}", "[]", "[[]]", "[a.]", "\"\"\"a\"\"\" = 1",
    ])
    func refusesWhatTheGrammarForbids(text: String) {
        #expect(message(text).hasPrefix("f.toml:"), "\(message(text))")
    }

    @Test func namesFileLineAndKey() {
        let text = "x = 1\n[[models]]\n[[models]]\nid = \"b\"\noutput = \"15\"\nlist = [\n1,\n\"x\"]\n"
        func second(_ root: TOMLTable) throws(TOMLError) -> TOMLTable { try root.requireTables("models")[1] }
        #expect(
            message(text) { root throws(TOMLError) in _ = try second(root).double("output") }
                == "f.toml:5: models[1].output: expected a number, found a string")
        #expect(
            message(text) { root throws(TOMLError) in _ = try second(root).requireInt("input") }
                == "f.toml:3: models[1].input: is required")
        #expect(
            message(text) { root throws(TOMLError) in _ = try second(root).strings("list") }
                == "f.toml:7: models[1].list[0]: expected a string, found a whole number")
        #expect(
            message(text) { root throws(TOMLError) in _ = try root.tables("x") }
                == "f.toml:1: x: expected an array of tables ([[x]]), found a whole number")
        #expect(
            message(text) { root throws(TOMLError) in _ = try root.table("models") }
                == "f.toml:2: models: expected a table, found an array")
    }

    @Test(arguments: [
        ("k = 5", "f.toml:1: k: expected a whole number from 0 to 4, found 5"),
        ("k = 1.5", "f.toml:1: k: expected a whole number, found a number"),
    ])
    func namesRanges(text: String, expected: String) {
        #expect(message(text) { root throws(TOMLError) in _ = try root.int("k", in: 0...4) } == expected)
    }

    @Test func refusesNumbersThatAreNone() {
        #expect(
            message("k = nan") { root throws(TOMLError) in _ = try root.double("k") }
                == "f.toml:1: k: expected a finite number, found nan")
        #expect(
            message("k = \"1,5\"") { root throws(TOMLError) in _ = try root.decimalText("k") }
                == "f.toml:1: k: expected a decimal number, found \"1,5\"")
        #expect(
            message("k = 0x10") { root throws(TOMLError) in _ = try root.decimalText("k") }
                == "f.toml:1: k: expected a decimal number, found \"0x10\"")
        #expect(
            message("k = \"2026-02-29\"") { root throws(TOMLError) in _ = try root.date("k") }
                == "f.toml:1: k: expected a date (YYYY-MM-DD), found \"2026-02-29\"")
        #expect(
            message("k = 2026-02-28T10:00:00") { root throws(TOMLError) in _ = try root.date("k") }
                == "f.toml:1: k: expected a date (YYYY-MM-DD), found \"2026-02-28T10:00:00\"")
    }

    @Test(arguments: [
        ("timout", "unknown key, did you mean \"timeout\"?"),
        ("max-tokens", "unknown key, did you mean \"max_tokens\"?"),
        ("MaxTokens", "unknown key, did you mean \"max_tokens\"?"), ("ulr", "unknown key, did you mean \"url\"?"),
        ("elephant", "unknown key"), ("x", "unknown key"),
    ])
    func suggestsTheKeyThatWasMeant(key: String, expected: String) {
        let message = message("url = 1\n[deep]\n\(key) = 1\n") { root throws(TOMLError) in
            try root.requireTable("deep").rejectUnknownKeys(["timeout", "max_tokens", "url"])
        }
        #expect(message == "f.toml:3: deep.\(key): \(expected)")
    }

    @Test func namesTheByteThatIsNotUTF8() {
        func message(_ bytes: [UInt8]) -> String {
            do {
                _ = try TOMLDocument(bytes: bytes, source: "f.toml")
                return "no error"
            } catch {
                return "\(error)"
            }
        }
        #expect(message(Array("a = 1\nb = \"".utf8) + [0xFF]) == "f.toml:2: not UTF-8: a stray byte at offset 11")
        #expect(message([0xC3]) == "f.toml:1: not UTF-8: a stray byte at offset 0")
        #expect(message(Array("# é".utf8) + [0xE2, 0x82]) == "f.toml:1: not UTF-8: a stray byte at offset 4")
        #expect(message(Array("# é".utf8)) == "no error")
    }

    @Test func boundsDepthAndSize() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(message("k = " + deep).contains("nested more than 128 deep"))
        let braces = String(repeating: "{a=", count: 100_000)
        #expect(message("k = " + braces).contains("nested more than 128 deep"))
        let dotted = String(repeating: "a.", count: 100_000)
        #expect(message(dotted + "a = 1").contains("more than 128 parts"))
        #expect(message("[\(dotted)a]").contains("more than 128 parts"))
        #expect(message(String(repeating: " ", count: 5 << 20)).hasPrefix("f.toml: the file has 5242880 bytes"))
    }
}
