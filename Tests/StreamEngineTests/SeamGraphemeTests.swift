import Providers
import StreamEngine
import TestSupport
import Testing

/// The seam tears nothing apart that people see as one: no character of many scalars, and no code fence.
@Suite struct SeamGraphemeTests {
    private static func joined(_ committed: String, _ continuation: String, _ strategy: ResumeStrategy) -> (String, Int)
    {
        var trimmer = SeamTrimmer(committed: Array(committed.utf8), strategy: strategy)
        let bytes = Array(continuation.utf8)
        var text = Array(committed.utf8)
        for piece in DripFeed.bytes(bytes) { text += trimmer.receive(piece[...]) }
        text += trimmer.finish()
        return (String(decoding: text, as: UTF8.self), trimmer.trimmedBytes)
    }

    /// Families of a zero-width joiner, skin tones, flags, combining marks, Hangul jamo, Devanagari and Thai vowels, line ends
    /// of two scalars.
    private static let texts = [
        "A family 👩‍👩‍👧‍👦 of four and 👨🏽‍🚀 an astronaut, 👋🏿 waving and 👩‍❤️‍💋‍👩 kissing.",
        "Flags: 🇩🇪🇫🇷 and 🇩🇪🇪🇸 and then 🇪🇸🇩🇪 side by side, 🏴󠁧󠁢󠁳󠁣󠁴󠁿 too.",
        "cafe\u{301} and e\u{301}te\u{301} and Z\u{308}\u{31B}\u{317}algo words, n\u{303}o n\u{303}u.",
        "한\u{1112}\u{1161}\u{11AB} 글 \u{1100}\u{1173}\u{11AF} and \u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF} again.",
        "नमस्ते दुनिया क्षत्रिय नमस्ते फिर से, ภาษาไทยที่นี่กำลังเรียนรู้สิ่งที่ดีที่สุด",
        "One line\r\nand one more line\r\n\r\nand the last of the lines\r\n",
    ]

    /// Broken between any two scalars, gone on from any place: what stands is what came, and where something was trimmed, the
    /// repeat began where a character begins.
    @Test(arguments: texts.indices)
    func noCharacterIsTorn(index: Int) {
        let text = Self.texts[index]
        let scalars = text.unicodeScalars
        let places = Array(scalars.indices) + [scalars.endIndex]
        for cut in places.dropFirst() {
            let committed = String(scalars[..<cut])
            for start in places where start <= cut {
                let continuation = String(scalars[start...])
                for strategy in [ResumeStrategy.prefill, .continue] {
                    let (whole, trimmed) = Self.joined(committed, continuation, strategy)
                    let kept = String(decoding: continuation.utf8.dropFirst(trimmed), as: UTF8.self)
                    #expect(whole.utf8.elementsEqual(Array(committed.utf8) + Array(kept.utf8)))
                    guard trimmed > 0, committed.utf8.suffix(trimmed).elementsEqual(continuation.utf8.prefix(trimmed))
                    else { continue }
                    let began = committed.utf8.index(committed.utf8.endIndex, offsetBy: -trimmed)
                    let isLineEnd = committed.utf8[began] == 0x0A
                    #expect(
                        isLineEnd || began.samePosition(in: committed) != nil,
                        "\(committed.debugDescription) + \(continuation.debugDescription)")
                }
            }
        }
    }

    /// A flag that ends as another begins, a letter under its accent: no overlap.
    @Test func whatLooksLikeAnOverlapAndIsHalfACharacter() {
        for strategy in [ResumeStrategy.prefill, .continue] {
            #expect(Self.joined("Spain 🇩🇪", "🇪🇸 is", strategy).0.utf8.elementsEqual("Spain 🇩🇪🇪🇸 is".utf8))
            #expect(Self.joined("so 👩‍👩‍👧", "👧 girl", strategy).0 == "so 👩‍👩‍👧👧 girl")
            // Broken within a character, and the whole of it again with the words before it.
            #expect(
                Self.joined("A family 👩‍👩 of two and 👩‍", "👩‍👩‍👧‍👦 of four", strategy).0
                    == "A family 👩‍👩 of two and 👩‍👩‍👩‍👧‍👦 of four")
        }
    }

    // MARK: Fences

    private static let program =
        "Look at it:\n\n```swift\nlet x = 1\nlet y = 2\n```\n\nAnd this:\n\n~~~python3\nprint(x)\n~~~\n\nThat was it.\n"

    /// Broken anywhere, and gone on from there, or from the beginning of the line that is a fence: the lines of marks are
    /// those of the text.
    @Test func noFenceIsHalf() {
        let bytes = Array(Self.program.utf8)
        for cut in 1..<bytes.count {
            var line = cut
            while line > 0, bytes[line - 1] != 0x0A { line -= 1 }
            let isFence = [UInt8(ascii: "`"), UInt8(ascii: "~")].contains(bytes[line])
            for start in isFence ? [line, cut] : [cut] {
                for strategy in [ResumeStrategy.prefill, .continue] {
                    var from = start
                    if strategy == .prefill, start == cut { while bytes[from - 1] == 0x0A { from -= 1 } }
                    let text = Self.joined(
                        String(decoding: bytes[..<cut], as: UTF8.self), String(decoding: bytes[from...], as: UTF8.self),
                        strategy
                    ).0
                    #expect(text == Self.program, "\(strategy) at \(cut) from \(start)")
                }
            }
        }
    }

    /// Nor while it comes: at no moment is there a line of marks that is none of the text's, nor the beginning of one.
    @Test func noFenceIsHalfWhileItComes() {
        let lines = Set(Self.program.split(separator: "\n").map(String.init))
        for (committed, continuation) in [
            ("Look at it:\n\n```swift\nlet x = 1\n", "```swift\nlet y = 2\n```\n"),
            ("Look at it:\n\n```sw", "```swift\nlet x = 1\n"), ("Look at it:\n\n``", "```swift\nlet x = 1\n"),
            ("Look at it:\n\n```swift", "```swift\nlet x = 1\n"),
        ] {
            for strategy in [ResumeStrategy.prefill, .continue] {
                var trimmer = SeamTrimmer(committed: Array(committed.utf8), strategy: strategy)
                var text = Array(committed.utf8)
                var previous = -1
                for piece in DripFeed.bytes(Array(continuation.utf8)) + [[]] {
                    text += piece.isEmpty ? trimmer.finish() : trimmer.receive(piece[...])
                    guard text.count != previous else { continue }
                    previous = text.count
                    let shown = String(decoding: text, as: UTF8.self)
                    let fences = shown.split(separator: "\n").filter { $0.hasPrefix("`") }
                    for fence in fences {
                        #expect(lines.contains { $0.hasPrefix(fence) }, "\(shown.debugDescription)")
                    }
                    #expect(fences.count { $0.hasPrefix("```s") } <= 1, "\(shown.debugDescription)")
                }
            }
        }
    }
}
