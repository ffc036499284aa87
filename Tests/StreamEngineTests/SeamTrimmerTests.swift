import Providers
import StreamEngine
import TestSupport
import Testing

/// Joins by the trimmer, with the continuation in the pieces given.
private func join(
    _ committed: String, _ pieces: [[UInt8]], _ strategy: ResumeStrategy
) -> (text: [UInt8], trimmed: Int) {
    var trimmer = SeamTrimmer(committed: Array(committed.utf8), strategy: strategy)
    var text = Array(committed.utf8)
    for piece in pieces { text += trimmer.receive(piece[...]) }
    text += trimmer.finish()
    return (text, trimmer.trimmedBytes)
}

private func joined(_ committed: String, _ continuation: String, _ strategy: ResumeStrategy = .continue) -> String {
    String(decoding: join(committed, [Array(continuation.utf8)], strategy).text, as: UTF8.self)
}

@Suite struct SeamTrimmerTests {
    @Test func whatGoesOnExactlyIsLeftAlone() {
        for strategy in [ResumeStrategy.prefill, .continue, .systemNote] {
            #expect(
                joined("Quantum computers use qu", "bits, which", strategy) == "Quantum computers use qubits, which")
            #expect(joined("one", " two", strategy) == "one two")
            #expect(joined("one", "", strategy) == "one")
            #expect(joined("", "one", strategy) == "one")
        }
    }

    @Test func aRepeatedEndIsTrimmed() {
        let text = "Quantum computers use qubits, which can hold"
        for strategy in [ResumeStrategy.prefill, .continue, .systemNote] {
            #expect(joined(text, "which can hold a state", strategy) == text + " a state")
            #expect(joined(text, " can hold a state", strategy) == text + " a state")
            #expect(joined(text, text + " a state", strategy) == text + " a state")
            // Two short words, glued to the text's end or after its space.
            #expect(joined("This is a", "is a new", strategy) == "This is a new")
            #expect(joined("This is a ", "is a new", strategy) == "This is a new")
            // With the word that was cut.
            #expect(joined("can hold a super", "a superposition of", strategy) == "can hold a superposition of")
        }
    }

    @Test func aWordGluedToItselfIsARepeat() {
        #expect(joined("We use quantum", "quantum states", .prefill) == "We use quantum states")
        #expect(joined("We use quan", "quantum states") == "We use quantum states")
        #expect(joined("I said that", "that he") == "I said that he")
        // A server that goes on exactly may mean it.
        #expect(joined("a mur", "mur of", .prefill) == "a murmur of")
        #expect(joined("the bar", "barian", .prefill) == "the barbarian")
    }

    /// What looks like an overlap and is none.
    @Test(arguments: [
        ("I said that", " that he knew", "I said that that he knew"),
        ("it is really", " really good", "it is really really good"),
        ("the", "end", "theend"),
        ("    }\n}", "\n}\n", "    }\n}\n}\n"),
        ("      }\n    }\n", "    }\n  }\n", "      }\n    }\n    }\n  }\n"),
        ("ha ha ha", " ha ha!", "ha ha ha ha ha!"),
        ("row, row, ", "row your boat", "row, row, row your boat"),
        ("==========", "======\n", "================\n"),
        ("| --- | --- |", " --- | --- |\n", "| --- | --- | --- | --- |\n"),
        ("1, 0, 1, 0, ", "1, 0, 0", "1, 0, 1, 0, 1, 0, 0"),
        ("0, 1, 0, ", "1, 0, 0", "0, 1, 0, 1, 0, 0"),
        ("- a\n- b\n", "- c\n", "- a\n- b\n- c\n"),
        ("x += 1;\n", "x += 1;\n", "x += 1;\nx += 1;\n"),
        (
            "wait();\nstep(a);\nwait();\nstep(a);\n", "wait();\nstep(a);\n",
            "wait();\nstep(a);\nwait();\nstep(a);\nwait();\nstep(a);\n"
        ),
        ("a banana", "nana split", "a banananana split"),
        ("| speed | unknown ", "| unknown |\n", "| speed | unknown | unknown |\n"),
        ("| a | not available |", " not available |\n", "| a | not available | not available |\n"),
        ("let it be, let it be", ", let it be\n", "let it be, let it be, let it be\n"),
        ("{\"x\": 0}, ", "{\"x\": 0}, {\"x\": 1}", "{\"x\": 0}, {\"x\": 0}, {\"x\": 1}"),
        ("[\n  value: nil,\n", "  value: nil,\n]", "[\n  value: nil,\n  value: nil,\n]"),
        ("[\n    null,\n    ", "null,\n]", "[\n    null,\n    null,\n]"),
        ("a b\n", "a b\n", "a b\na b\n"),
        ("看", "看这个", "看看这个"),
        ("让我们研究", "研究一下", "让我们研究研究一下"),
        ("😀😀", "😀", "😀😀😀"),
        ("Yes 🎉", "🎉 more", "Yes 🎉🎉 more"),
        ("\n\n", "\n\nA", "\n\n\n\nA"),
    ])
    func accidents(committed: String, continuation: String, whole: String) {
        #expect(joined(committed, continuation, .continue) == whole)
        if continuation.utf8.first != 0x0A {
            #expect(joined(committed, continuation, .prefill) == whole)
        }
    }

    @Test func otherScriptsAndMarks() {
        #expect(joined("量子计算机使用量子比特", "使用量子比特,它") == "量子计算机使用量子比特,它")
        #expect(joined("量子コンピュータは", "ンピュータは速い") == "量子コンピュータは速い")
        #expect(joined("Квантовые компьютеры", "Квантовые компьютеры быстры") == "Квантовые компьютеры быстры")
        #expect(joined("Done 🎉 with it", "🎉 with it all") == "Done 🎉 with it all")
        #expect(joined("- **Speed**: high", "- **Speed**: higher") == "- **Speed**: higher")
        #expect(joined("- apple", "- apples and") == "- apples and")
        #expect(joined("all 🎉 fine", "🎉 finest of") == "all 🎉 finest of")
        #expect(joined("It shows anything.\n\n-", "anything.\n\n- One") == "It shows anything.\n\n- One")
        #expect(joined("for delta in stream {\n", "stream {\n    kept") == "for delta in stream {\n    kept")
        #expect(
            joined("x\n    let wait = base * Double(retry)\n", "    let wait = base * Double(retry)\n}")
                == "x\n    let wait = base * Double(retry)\n}")
        #expect(joined("| a | by the clo", "| by the clock |") == "| a | by the clock |")
        #expect(joined("| a | b c |\n| d", "| b c |\n| d e |") == "| a | b c |\n| d e |")
        #expect(joined("```swift\nlet x = 1\nlet y", "let y = 2") == "```swift\nlet x = 1\nlet y = 2")
    }

    @Test func aLongOverlapCountsWhereverItBegins() {
        #expect(joined("superposition of states", "position of states is") == "superposition of states is")
        #expect(joined("an answer is", "wer is") == "an answer iswer is")
    }

    /// Of several overlaps the longest one that is evidence.
    @Test func theLongestOverlapIsTaken() {
        let text = "one two three one two"
        #expect(joined(text, "one two three one two four") == text + " four")
        #expect(joined(text, "one two four") == text + " four")
    }

    @Test func whiteSpaceThatWasTrimmedForPrefill() {
        #expect(joined("A line.\n\n", "\n\nThe next", .prefill) == "A line.\n\nThe next")
        #expect(joined("A line.\n\n", "The next", .prefill) == "A line.\n\nThe next")
        #expect(joined("A line.\n", "\n\nThe next", .prefill) == "A line.\n\nThe next")
        #expect(joined("A line. ", " The next", .prefill) == "A line. The next")
        #expect(joined("A line. ", "\n\nThe next", .prefill) == "A line. \n\nThe next")
        #expect(joined("A line. \n", " The next", .prefill) == "A line. \nThe next")
        #expect(joined("A line.", "\n\nThe next", .prefill) == "A line.\n\nThe next")
        #expect(joined("A line.\n\n", "\n\n", .prefill) == "A line.\n\n")
        #expect(joined("A line.\n\n", "\n\nThe next", .systemNote) == "A line.\n\nThe next")
        // A turn of its own was told where the text ends.
        #expect(joined("A line.\n", "\nThe next", .continue) == "A line.\n\nThe next")
        #expect(joined("the ", " next", .continue) == "the next")
        #expect(joined("if x:\n    ", "    return", .continue) == "if x:\n        return")
    }

    @Test func nothingIsHeldLongerThanAnOverlapIsPossible() {
        var trimmer = SeamTrimmer(committed: Array("use qubits, which can hold".utf8), strategy: .continue)
        #expect(trimmer.receive(Array("which can".utf8)[...]).isEmpty)
        #expect(!trimmer.isSettled)
        #expect(Array(trimmer.receive(Array(" be".utf8)[...])) == Array("which can be".utf8))
        #expect(trimmer.isSettled && trimmer.trimmedBytes == 0)
        #expect(Array(trimmer.receive(Array("which can hold".utf8)[...])) == Array("which can hold".utf8))
        #expect(trimmer.finish().isEmpty)

        // A first byte that stands nowhere in the text is released at once.
        var other = SeamTrimmer(committed: Array("use qubits".utf8), strategy: .continue)
        #expect(Array(other.receive([0x5A])) == [0x5A])

        // The whole end has come again: nothing longer is possible.
        var whole = SeamTrimmer(committed: Array("which can hold".utf8), strategy: .continue)
        #expect(whole.receive(Array("which can hold".utf8)[...]).isEmpty)
        #expect(whole.isSettled && whole.trimmedBytes == 14)
    }

    @Test func onlyTheWindowIsCompared() {
        let words = (0..<2000).map { "word\($0)" }.joined(separator: " ")
        let end = String(words.suffix(4000))
        #expect(joined(words, end + " more") == words + " more")
        // Longer than the window, but from the very beginning.
        #expect(joined(words, words + " more") == words + " more")
        #expect(joined(words, String(words.dropFirst(6)) + " more") == words + String(words.dropFirst(6)) + " more")
        // A window that would begin inside a scalar.
        let han = String(repeating: "水木火土金", count: 400)
        #expect(joined(han + "山川草木", "山川草木空") == han + "山川草木空")
    }
}

@Suite struct SeamTrimmerPropertyTests {
    private let strategies: [ResumeStrategy] = [.prefill, .continue, .systemNote]

    private static let samples: [(String, String)] = [
        ("This is a ", "is a new day"), ("量子计算机使用量子比特", "使用量子比特,它"), ("A line.\n\n", "\n\nThe next"),
        ("Done 🎉 with it", "🎉 with it all"), ("ha ha ha", " ha ha!"), ("one two three one two", "one two three one tw"),
        ("abababab", "ababababab"), ("Квантовые ком", "Квантовые компьютеры"),
    ]

    @Test func anySplitJoinsAlike() {
        for (committed, continuation) in Self.samples {
            let bytes = Array(continuation.utf8)
            for strategy in strategies {
                let whole = join(committed, [bytes], strategy)
                #expect(join(committed, DripFeed.bytes(bytes), strategy) == whole)
                for pieces in DripFeed.twoWaySplits(bytes) { #expect(join(committed, pieces, strategy) == whole) }
            }
        }
    }

    /// Random texts over a small alphabet, so that overlaps are frequent: whatever is trimmed stood at the text's end
    /// (or is its white space), what is kept is untouched, the longest overlap bounds it, and no scalar is cut.
    @Test func nothingIsLostButWhatStandsThere() {
        var random = SeededRandom(seed: 2024)
        let alphabet = ["a", "ab", " ", "the", "\n", "水", "é", "🎉", ".", "- ", "1"]
        func text(_ longest: Int) -> String {
            (0..<Int.random(in: 0...longest, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }.joined()
        }
        for round in 0..<4000 {
            let committed = text(12)
            // Half of them repeat some of the end.
            var continuation = text(10)
            if round % 2 == 0 {
                continuation = String(committed.suffix(Int.random(in: 0...8, using: &random))) + continuation
            }
            let bytes = Array(continuation.utf8)
            for strategy in strategies {
                let result = join(committed, [bytes], strategy)
                let old = Array(committed.utf8)
                let kept = Array(bytes[result.trimmed...])
                #expect(result.text == old + kept)
                #expect(String(validating: kept, as: UTF8.self) != nil)
                let trimmed = bytes[..<result.trimmed]
                let space = old.reversed().prefix { [0x20, 0x0A].contains($0) }.reversed()
                #expect(old.suffix(trimmed.count).elementsEqual(trimmed) || Array(space).starts(with: trimmed))
                let pieces = DripFeed.random(bytes, longest: 3, using: &random)
                #expect(join(committed, pieces, strategy) == result)
            }
        }
    }

    /// The search against the plain definition: the longest suffix that is a prefix, where every overlap is evidence.
    @Test func theSearchFindsTheLongestOverlap() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<600 {
            let words = (0..<Int.random(in: 4...40, using: &random)).map { _ in
                ["alpha", "beta", "gamma", "delta"][Int.random(in: 0..<4, using: &random)]
            }
            // A unique word right before the repeat keeps the text from repeating by itself.
            let tail = words.prefix(Int.random(in: 2...4, using: &random)).joined(separator: "-")
            let committed = words.joined(separator: " ") + " unique " + tail
            let continuation = "unique " + tail + " omega"
            #expect(joined(committed, continuation) == committed + " omega")
        }
    }

    /// Text that is all prefix of itself is what a naive search is quadratic in.
    @Test func longRunsEnd() {
        let run = [UInt8](repeating: 0x61, count: 200_000)
        let result = join(String(decoding: run, as: UTF8.self), [run + [0x62]], .continue)
        #expect(result.trimmed == 0)
        #expect(result.text.count == 400_001)
    }
}
