import TOML
import Testing

@Suite struct TOMLDocumentTests {
    private func root(_ text: String) throws -> TOMLTable {
        try TOMLDocument(text, source: "f.toml").root
    }

    @Test func keepsTheOrderOfTheFile() throws {
        let root = try root("z = 1\na.y = 1\nm = 2\na.b = 2\n[t.u]\n[k]\n[t]\nx = 1\n")
        #expect(root.keys == ["z", "a", "m", "t", "k"])
        #expect(try root.requireTable("a").keys == ["y", "b"])
        #expect(try root.requireTable("t").keys == ["u", "x"])
    }

    @Test(arguments: [
        (#"k = "plain""#, "plain"), ("k = 'C:\\new'", "C:\\new"),
        (#"k = "a\tb\n\"\\\u00E9\U0001F600""#, "a\tb\n\"\\é😀"),
        ("k = \"\"\"\none\ntwo\"\"\"", "one\ntwo"), ("k = \"\"\"a\\\n   \n   b\"\"\"", "ab"),
        ("k = '''\nraw \\ 'quoted' '''", "raw \\ 'quoted' "), ("k = \"\"\"\"two\"\"\"\"\"", "\"two\"\""),
        ("k = ''''x'''''", "'x''"), ("k = \"日本語 ü\"", "日本語 ü"), (#"k = """#, ""), ("k = ''''''", ""),
        (#""k" = "quoted key""#, "quoted key"), ("'k' = \"x\" # comment \"", "x"), ("k=\"tight\"#c", "tight"),
        ("\u{FEFF}k = \"mark\"", "mark"), ("k = \"x\"\r\n", "x"), ("# c\r\n\r\n  k\t=\t\"x\"", "x"),
        (#"k = "\b\f\r""#, "\u{8}\u{C}\r"),
    ])
    func readsStrings(text: String, value: String) throws {
        #expect(try root(text).string("k") == value)
    }

    @Test(arguments: [
        ("0", 0), ("+7", 7), ("-12", -12), ("1_000_000", 1_000_000), ("0xDEAD_beef", 0xDEAD_BEEF), ("0o755", 0o755),
        ("0b1101", 13), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("-0", 0),
    ])
    func readsWholeNumbers(text: String, value: Int) throws {
        #expect(try root("k = \(text)").int("k") == value)
        #expect(try root("k = \(text)").double("k") == Double(value))
    }

    @Test(arguments: [
        ("1.5", 1.5), ("-0.01", -0.01), ("5e+22", 5e22), ("1E06", 1e6), ("6.626e-34", 6.626e-34),
        ("9_224.617_445", 9224.617445), ("+1.0", 1),
    ])
    func readsNumbers(text: String, value: Double) throws {
        #expect(try root("k = \(text)").double("k") == value)
    }

    @Test(arguments: [
        ("3.00", "3.00"), ("0.10", "0.10"), ("15", "15"), ("\"0.30\"", "0.30"), ("1_000.5", "1000.5"), ("1e-3", "1e-3"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
    ])
    func keepsDecimalsAsWritten(text: String, value: String) throws {
        #expect(try root("k = \(text)").decimalText("k") == value)
    }

    @Test(arguments: [("2026-10-07", "2026-10-07"), ("\"2024-02-29\"", "2024-02-29")])
    func readsDates(text: String, value: String) throws {
        #expect(try root("k = \(text)").date("k") == value)
    }

    @Test func readsDatesWithTimes() throws {
        let root = try root("a = 1979-05-27 07:32:00Z\nb = 1979-05-27T00:32:00.5-07:00\nc = 07:32:00 # x\nd = 1\n")
        #expect(root["a"] == .date("1979-05-27 07:32:00Z"))
        #expect(root["b"] == .date("1979-05-27T00:32:00.5-07:00"))
        #expect(root["c"] == .date("07:32:00"))
        #expect(root.line(of: "d") == 4)
    }

    @Test func readsArraysAndTables() throws {
        let root = try root(
            """
            list = [
              "a", # first
              "b",
            ]
            flags = [true, false]
            inline = { x = 1, y.z = "w", "odd key" = { } }
            empty = []
            [[models]]
            id = "one"
            [models.prices]
            input = 3.00
            [[models]]
            id = "two"
            [[models.tiers]]
            over = 1
            [[models.tiers]]
            over = 2
            ["quoted.name".sub]
            k = true
            """)
        #expect(try root.strings("list") == ["a", "b"])
        #expect(try root.strings("empty") == [])
        #expect(try root.requireTable("inline").requireTable("y").string("z") == "w")
        let models = try root.requireTables("models")
        #expect(try models.map { try $0.requireString("id") } == ["one", "two"])
        #expect(try models[0].requireTable("prices").path == "models[0].prices")
        #expect(try models[1].requireTables("tiers").map { try $0.requireInt("over") } == [1, 2])
        #expect(try models[1].requireTables("tiers")[1].path == "models[1].tiers[1]")
        let quoted = try root.requireTable("quoted.name").requireTable("sub")
        #expect(quoted.path == "\"quoted.name\".sub")
        #expect(try quoted.bool("k") == true)
        #expect(quoted.path(of: "a b") == "\"quoted.name\".sub.\"a b\"")
    }

    @Test func knowsLines() throws {
        let text = """
            # comment
            a = \"\"\"
            two
            three\"\"\"
            b = [
              1,

              "x" ]
            c = { d = 1 }
            [t]
            e = 5
            [[l]]
            [[l]]
            f = 1
            """
        for text in [text, text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")] {
            let root = try root(text)
            #expect(root.line(of: "a") == 2)
            #expect(root.line(of: "b") == 5)
            #expect(root.line(of: "c") == 9)
            #expect(root.line(of: "t") == 10)
            #expect(try root.requireTable("t").line(of: "e") == 11)
            let tables = try root.requireTables("l")
            #expect(tables.map(\.line) == [12, 13])
            #expect(tables[1].line(of: "f") == 14)
            guard case .array(let items) = root["b"] else {
                Issue.record("no array")
                return
            }
            #expect(items.map(\.line) == [6, 8])
            #expect(root.line(of: "nowhere") == nil)
        }
    }

    @Test func findsEveryKeyOfALargeTable() throws {
        let text = (0..<500).map { "key\($0) = \($0)" }.joined(separator: "\n")
        let root = try root(text)
        #expect(root.count == 500)
        for number in 0..<500 { #expect(try root.int("key\(number)") == number) }
        #expect(root.contains("key500") == false)
    }

    @Test func missingKeysAreNil() throws {
        let root = try root("")
        #expect(root.isEmpty)
        #expect(try root.string("k") == nil)
        #expect(try root.int("k") == nil)
        #expect(try root.double("k") == nil)
        #expect(try root.bool("k") == nil)
        #expect(try root.strings("k") == nil)
        #expect(try root.table("k") == nil)
        #expect(try root.tables("k") == nil)
        #expect(try root.decimalText("k") == nil)
        #expect(try root.date("k") == nil)
    }
}
