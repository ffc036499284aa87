import Testing

@testable import Providers

@Suite("@path in a prompt")
struct FileMentionTests {
    @Test(
        "is found at the beginning of a word",
        arguments: [
            ("@a.txt", ["a.txt"]), ("see @src/x.swift now", ["src/x.swift"]), ("a\n@~/b.png\n", ["~/b.png"]),
            ("(@a.txt)", ["a.txt)", "a.txt"]), ("What is @a.png?", ["a.png?", "a.png"]),
            (#"@"two words.txt" and"#, ["two words.txt"]), (#"@two\ words.txt"#, ["two words.txt"]),
            ("@a...", ["a...", "a..", "a.", "a"]), ("@grüße.md", ["grüße.md"]),
        ])
    func found(text: String, paths: [String]) {
        let mentions = FileMention.all(in: text)
        #expect(mentions.count == 1)
        #expect(mentions.first?.paths == paths)
        let start = mentions.first?.range.lowerBound ?? 0
        #expect(Array(text.utf8)[start] == UInt8(ascii: "@"))
    }

    @Test(
        "is none elsewhere",
        arguments: [
            "me@example.org", "`@a.txt`", "\"@a.txt\"", "@", "@ a", "a @", "@@ -1,2 +1,3 @@", "@\"open", "@\"\"",
            "x/@a.txt", "@\"two\nlines\"",
        ])
    func none(text: String) {
        #expect(FileMention.all(in: text).filter { $0.isCertain }.isEmpty)
        if !text.hasPrefix("@@"), !text.hasPrefix("@\"") { #expect(FileMention.all(in: text).isEmpty) }
    }

    @Test("tells what must be a path from what may be somebody")
    func certainty() {
        for path in [
            "@/etc/hosts", "@./a", "@../a", "@~/a", "@\"a\"", "@notes.txt", "@photo.PNG.", "@src/main.swift",
            "@a.tar.gz",
        ] { #expect(FileMention.all(in: path).first?.isCertain == true, "\(path)") }
        for word in [
            "@someone", "@types/node", "@example.com", "@v1.2", "@Test", "@first.last", "@.hidden", "@org/team.",
        ] { #expect(FileMention.all(in: word).first?.isCertain == false, "\(word)") }
    }

    @Test("several, with their places in bytes")
    func several() {
        let text = "ü @a.txt, @\"b c\" me@x.org @d"
        let bytes = Array(text.utf8)
        let mentions = FileMention.all(in: text)
        #expect(mentions.map(\.paths) == [["a.txt,", "a.txt"], ["b c"], ["d"]])
        #expect(mentions.map { String(decoding: bytes[$0.range], as: UTF8.self) } == ["@a.txt,", "@\"b c\"", "@d"])
    }

    @Test("linear in a text of nothing but signs")
    func linear() {
        #expect(FileMention.all(in: String(repeating: "@", count: 1_000_000)).count == 1)
        #expect(FileMention.all(in: String(repeating: "@\"", count: 300_000)).count <= 300_000)
        #expect(FileMention.all(in: String(repeating: "@a ", count: 300_000)).count == 300_000)
    }

    @Test("the one that is being typed")
    func unfinished() {
        func path(_ text: String) -> String? { FileMention.unfinished(in: text, before: text.utf8.count)?.path }
        #expect(path("look at @src/ma") == "src/ma")
        #expect(path("@") == "")
        #expect(path("@\"my fi") == "my fi")
        #expect(path(#"@my\ fi"#) == "my fi")
        #expect(path("@a b") == nil)
        #expect(path("me@ex") == nil)
        #expect(path("@\"a\"") == nil)
        #expect(path("@a\nb") == nil)
        #expect(FileMention.unfinished(in: "x @ab cd", before: 5)?.start == 2)
        #expect(FileMention.written("a.txt") == "@a.txt")
        #expect(FileMention.written("a b.txt") == "@\"a b.txt\"")
        #expect(FileMention.written("my dir/", isOpen: true) == "@\"my dir/")
    }
}
