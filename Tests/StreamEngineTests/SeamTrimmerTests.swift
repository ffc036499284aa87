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
            #expect(joined(text, text + " a state", strategy) == text + " a state")
            // Two short words, glued to the text's end.
            #expect(joined("This is a", "is a new", strategy) == "This is a new")
            // With the word that was cut.
            #expect(joined("can hold a super", "a superposition of", strategy) == "can hold a superposition of")
        }
    }

    @Test func aWordGluedToItselfIsARepeat() {
        #expect(joined("We use quantum", "quantum states") == "We use quantum states")
        #expect(joined("We use qua", "quantum states") == "We use quaquantum states", "a word may begin so: \"quaqua\"")
        #expect(joined("We use quan", "quantum states") == "We use quantum states")
        #expect(joined("I said that", "that he") == "I said that he")
        #expect(joined("I said th", "that he") == "I said that he")
        #expect(joined("the state of", "of two, and", .systemNote) == "the state of two, and")
        #expect(joined("It is expect", "expected; when") == "It is expected; when")
        #expect(joined("Kakao kaufen", "kaufen, und") == "Kakao kaufen, und")
        #expect(joined("That is a problem.", "problem. It") == "That is a problem. It")
        #expect(joined("Мы используем кванто", "квантовые") == "Мы используем квантовые")
        #expect(
            joined("There is an end to it all at once.", "at once. But") == "There is an end to it all at once. But")
        // What follows may be a mark or a line's end, where it is no single word.
        #expect(joined("    mutating func add", "mutating func add(_ x: Int)") == "    mutating func add(_ x: Int)")
        #expect(joined("he came to an end", "came to an end\nand so") == "he came to an end\nand so")
        // A server that goes on exactly may mean it.
        #expect(joined("We use quantum", "quantum states", .prefill) == "We use quantumquantum states")
        #expect(joined("a mur", "mur of", .prefill) == "a murmur of")
        #expect(joined("the bar", "barian", .prefill) == "the barbarian")
    }

    /// Words that are spelt twice, or may be, and what goes on after a space or a line end: it stands twice where it was said
    /// twice, for nothing tells it from what was meant.
    @Test(arguments: [
        ("a mur", "murs"), ("the bar", "barian"), ("a t", "two"), ("is", "is not"), ("Swahili pole", "pole means"),
        ("the names Lu", "Lu and"), ("a test", "test is"), ("x = str", "str and"), ("in dodeca", "dodecahedra"),
        ("a foo", "fooBar"), ("item", "item1"), ("deca", "decade"), ("Yes,yes,", "yes, no"), ("end", "end\n"),
        ("prints hello world", "hello world\n"), ("prints \"how do you do", "how do you do\""),
        ("some bon", "bons"), ("the couscous", "couscous"), ("an ass", "assin"), ("alf", "alfa"),
        ("\\sub", "subsection"),
        ("some train", "train-train"), ("prints hello", "hello"), ("prints hello", "hellohello"),
        ("step by step", " by step by"), ("over and over", " and over again"), ("This is a ", "is a new"),
        ("which can hold", " can hold a state"), ("  // hello world", "hello world\n"), ("ha ha", "ha ha ha"),
        ("for delta in stream {\n", "stream {\n    kept"), ("cafecafe cafe", "cafecafe"),
        ("deadbeef", "deadbeef deadbeef"),
        ("x = passWord", "passWord and"), ("生日快乐", "生日快乐！"), ("好好学习", "好好学习天天向上"),
        ("x\n    let wait = base * Double(retry)\n", "    let wait = base * Double(retry)\n}"), ("the ", " next"),
        ("a line of verse ", " \nand the next"), ("L", "LaMA"), ("A", "Arch64"), ("name ", " age"),
        ("| alpha | beta |\n", "| alpha | beta |\n"), ("(see it) (see it", "(see it"), ("no. 1 and no. 2", "no. 2"),
        ("New York City,", "New York City,Boston"), ("foo(bar, baz);", "foo(bar, baz);\n"), ("\\hat x", "\\hat x y"),
    ])
    func whatMayBeMeantIsKept(committed: String, continuation: String) {
        for strategy in [ResumeStrategy.prefill, .continue] {
            if strategy == .prefill, continuation.utf8.first == 0x20, committed.utf8.last == 0x20 { continue }
            #expect(joined(committed, continuation, strategy) == committed + continuation, "\(strategy)")
        }
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
        #expect(joined("量子计算机使用量子比特", "计算机使用量子比特它") == "量子计算机使用量子比特它")
        #expect(joined("量子コンピュータは", "子コンピュータは速い") == "量子コンピュータは速い")
        #expect(joined("Квантовые компьютеры", "Квантовые компьютеры быстры") == "Квантовые компьютеры быстры")
        #expect(joined("Done 🎉 with it", "🎉 with it all") == "Done 🎉 with it all")
        #expect(joined("- **Speed**: high", "- **Speed**: higher") == "- **Speed**: higher")
        #expect(joined("- apple", "- apples and") == "- apples and")
        #expect(joined("all 🎉 fine", "🎉 finest of") == "all 🎉 finest of")
        #expect(joined("It shows anything.\n\n-", "anything.\n\n- One") == "It shows anything.\n\n- One")
        #expect(joined("| a | by the clo", "| by the clock |") == "| a | by the clock |")
        #expect(joined("| a | b c |\n| d", "| b c |\n| d e |") == "| a | b c |\n| d e |")
        #expect(joined("```swift\nlet x = 1\nlet y", "let y = 2") == "```swift\nlet x = 1\nlet y = 2")
    }

    /// What begins within a word is what goes on exactly.
    @Test func anOverlapBeginsWhereAWordBegins() {
        #expect(joined("an answer is", "wer is") == "an answer iswer is")
        #expect(
            joined("superposition of states", "position of states is")
                == "superposition of statesposition of states is")
    }

    /// A reply of some length that begins again is dropped, wherever it broke; a short one, or one that goes on so, is kept.
    @Test func theWholeReplyAgain() {
        let text = (0..<40).map { "word\($0)" }.joined(separator: " ") + ".\n\n"
        for strategy in [ResumeStrategy.prefill, .continue] {
            #expect(joined(text, text + "The next", strategy) == text + "The next")
            #expect(joined(text, text, strategy) == text)
            #expect(joined(text, text + text, strategy) == text + text + text)
        }
        #expect(joined("A line.\n", "A line.\nB") == "A line.\nA line.\nB")
        // A model that begins a new turn begins anew more often than a song does.
        let line = "If you're happy and you know it, and you really want to show it,\n"
        #expect(joined(line, line + "clap") == line + "clap")
        #expect(joined(line, line + "clap", .prefill) == line + line + "clap")
        let known = "If you're happy and you know it, clap your hands!\n"
        #expect(joined(known, known + "If you're") == known + known + "If you're")
    }

    /// Of several overlaps the longest one that is evidence.
    @Test func theLongestOverlapIsTaken() {
        let text = "one two three four five six seven eight nine ten eleven twelve and one two"
        #expect(joined(text, text + " four") == text + " four")
        #expect(joined(text, "one two four") == text + " four")
        // Where it is short and ends as it begins, it may be its end alone that was said again: that much is certain.
        let short = "one two three one two"
        #expect(joined(short, "one two three one two four") == short + " three one two four")
        #expect(joined(short, "one two four") == short + " four")
    }

    /// `prefill` does not send the white space at the text's end, so an exact server begins with it: what begins with words
    /// said them again.
    @Test func whatPrefillDidNotSendIsNoDoubt() {
        #expect(joined("runs to the sea and ", "to the sea and never", .prefill) == "runs to the sea and never")
        #expect(
            joined("if (x == y) {\n    return x\n    ", "return x\n    }", .prefill)
                == "if (x == y) {\n    return x\n    return x\n    }")
        // It did begin with it, or may have left it away.
        #expect(joined("This is a ", " is a new", .prefill) == "This is a is a new")
        #expect(joined("This is a ", "is a new", .prefill) == "This is a is a new")
        #expect(
            joined("A line of verse.\n\n", "line of verse.\n\nThe", .prefill)
                == "A line of verse.\n\nline of verse.\n\nThe")
        #expect(
            joined("- one loaf of bread\n", "- one loaf of bread\n-", .prefill)
                == "- one loaf of bread\n- one loaf of bread\n-")
        #expect(joined("a b a b ", " a b c", .prefill) == "a b a b a b c")
        for strategy in [ResumeStrategy.continue, .systemNote] {
            #expect(joined("This is a ", "is a new", strategy) == "This is a is a new")
        }
    }

    /// A line's beginning with its mark: none stands behind a letter without a space.
    @Test func aLineFromItsMarkOn() {
        for strategy in [ResumeStrategy.prefill, .continue] {
            let code = "x\n        if count < 0 {"
            #expect(joined(code, "        if count < 0 { count = 0 }", strategy) == code + " count = 0 }")
            #expect(joined("- a\n- **Price", "- **Price**: alpha", strategy) == "- a\n- **Price**: alpha")
            #expect(joined("1. Begin\n2. Go on with", "2. Go on with\n3.", strategy) == "1. Begin\n2. Go on with\n3.")
            #expect(joined("| a | b |\n| beta | hi", "| beta | high |", strategy) == "| a | b |\n| beta | high |")
            // Columns, cells, and what has no letters.
            for (text, more) in [
                ("x\n  not known", "  not known\n"), ("| a | beta |", "| beta |\n"), ("- - -", "- - -\n"),
                ("| a | b |\n| beta |", "| beta | high |"),
                ("x\n    }", "    }\n"), ("x\n| --- |", "| --- |\n"),
            ] {
                #expect(joined(text, more, strategy) == text + more, "\(strategy)")
            }
        }
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

        // The whole end has come again: nothing longer is possible, and one more character says what it was.
        var whole = SeamTrimmer(committed: Array("which can hold".utf8), strategy: .continue)
        #expect(whole.receive(Array("which can hold".utf8)[...]).isEmpty)
        #expect(!whole.isSettled)
        #expect(Array(whole.receive(Array(" a".utf8)[...])) == Array(" a".utf8))
        #expect(whole.isSettled && whole.trimmedBytes == 14)
    }

    @Test func onlyTheWindowIsCompared() {
        let words = (0..<2000).map { "word\($0)" }.joined(separator: " ")
        // From where a word begins.
        let end = String(words.suffix(4000).drop { $0 != " " }.dropFirst())
        #expect(joined(words, end + " more") == words + " more")
        // Longer than the window, but from the very beginning.
        #expect(joined(words, words + " more") == words + " more")
        #expect(joined(words, String(words.dropFirst(6)) + " more") == words + String(words.dropFirst(6)) + " more")
        // A window that would begin inside a scalar.
        let han = String(repeating: "水木火土金", count: 400)
        #expect(joined(han + "山川草木鳥獣虫魚", "山川草木鳥獣虫魚空") == han + "山川草木鳥獣虫魚空")
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
