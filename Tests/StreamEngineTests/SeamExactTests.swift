import Providers
import StreamEngine
import TestSupport
import Testing

/// A server that goes on exactly loses nothing: at every place where these texts can break, whether the continuation comes
/// at once or byte by byte. They are made to be mistaken: nearly each of their bytes is a repeat of what stands before it.
@Suite struct SeamExactTests {
    private static let adversaries = [
        "equal lines": """
        Shopping:

        - milk
        - milk
        - one loaf of white bread
        - one loaf of white bread
        - one loaf of white bread
        * eggs
        * eggs

        1. Wait for the bell to ring.
        1. Wait for the bell to ring.
        1. Wait for the bell to ring.
        """,
        "tables": """
        | name | speed | price |
        | --- | --- | --- |
        | not available | not available | not available |
        | not available | not available | not available |
        | a | a | a |
        |a|a|a|
        |not known|not known|not known|
        | abc| abc| abc| abc |
        name  age  name  age
        name  age  name  age
        John Smith,John Smith,New York City,New York City,Boston
        null,true,null,true,null,true
        """,
        "code": """
        var total = 0
        total += items[index].price * items[index].count
        total += items[index].price * items[index].count
        x += 1; x += 1; x += 1
        try await Task.sleep(for: .seconds(1)); try await Task.sleep(for: .seconds(1))
        foo(bar, baz);foo(bar, baz);foo(bar, baz);
            }
        }
        }
        int int_int = long_long_long; longlong longlong; testtest test testtest
        print("hello world" * 2)  # hello worldhello world
        print("hello" * 3)  # hellohellohello
        \\section \\subsection \\subsubsection \\hat x\\hat x \\alpha\\alpha\\beta
        -----------------------------------------------------
        =====================================================
        """,
        "refrains": """
        Row, row, row your boat,
        Gently down the stream,
        Merrily, merrily, merrily, merrily,
        Life is but a dream.

        Frère Jacques, Frère Jacques,
        Dormez-vous? Dormez-vous?
        We shall not be moved we shall not be moved we shall not be moved
        Happy birthday to you
        Happy birthday to you
        And so it goes, and so it goes, and so will you soon, I suppose, and so it goes

        Row, row, row your boat,
        Gently down the stream,
        Row, row, row your boat,
        Gently down the stream,
        """,
        "la la la": """
        La la la la la la, la la la. Lala lala lalala. Ha haha ha ha hahaha. No no. NoNo. JoJo's. YoYo. na na nana na na
        tick tock tick tock tick tock goes the clock, step by step by step by step, over and over and over again, wave after \
        wave after wave, more and more and more, the more the more. That that that is is that that is not is not. Is that it? \
        It is. Very very very very good. Blah blah blahblahblah, bla bla. Had had had had. A a a aa aaa aaaa. I I II III IIII.
        """,
        "words spelt twice": """
        The barbarian murmured murmurs of bonbons, couscous, beriberi, tartar, tomtoms, pompoms and cancans. A murmur, mur mur. \
        can cancan, un bon bonbon, le mur murmure, pom pompom. An assassin ate alfalfa. chercher, coucou, traintrain, ronronner, \
        chinchilla, hotshots, nennen, vorvorige, proprotein protein, antiantibody antibody, phosphosilicate, rereading. polepole, \
        sawasawa, harakaharaka, mbalimbali; haraka harakaharaka. LLaMA, AArch64, tiquistiquis, quinaquina, callecalle. bye byebye
        """,
        "runs": """
        QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/+/+/+/AbCd/AbCd/AbCd+efgh+efgh+efgh==
        deadbeefdeadbeefdeadbeef deadbeef deadbeefdeadbeef cafecafecafe cafe cafe 00000000 00000000 00 00 00 0f 0f 0f 0 1 0 1
        0000 0000 0000 ffff ffff de ad be ef de ad be ef abcabcabc abc abcabc 123123123 3.14 3.143.14 1.1.1.1 ::1::1:: .......
        550e8400-e29b-41d4-a716-446655440000-446655440000 01010101 ababab %20%20%20 \\x00\\x00\\x00 ~~~~~~ ______ ******
        """,
        "white space":
            "a  b   c    d     e\n\n\nf\n\n\n\ng\t\th\t\t\ti  \n  j  \n  k \n \n \n l\r\n\r\n\r\nm       \n        n\u{A0}\u{A0}o\u{3000}\u{3000}p",
        "scripts without spaces": """
        哈哈哈哈哈，加油加油加油！让我们研究研究，商量商量。看看，谢谢谢谢。生日快乐生日快乐，祝你生日快乐祝你生日快乐！
        祝你生日快乐
        祝你生日快乐
        南无阿弥陀佛南无阿弥陀佛南无阿弥陀佛。好好学习好好学习天天向上。高高兴兴。
        どきどきどきどき、ころころころころ。キラキラキラキラ光る。いろいろいろいろ。ますますますます。
        안녕하세요 안녕하세요 안녕하세요. 하하하하하하. สวัสดีครับสวัสดีครับ นานานาน
        """,
        "JSON": """
        [{"id": 0, "name": "unknown", "tags": []}, {"id": 0, "name": "unknown", "tags": []}, {"id": 0, "name": "unknown", "tags": []}]
        [null, null, null, [0, 0, 0], [0,0,0], ["", "", ""], {"a":1},{"a":1},{"a":1}, "a b","a b","a b", true, true]
        {"id": null, "name": null}
        {"id": null, "name": null}
        {"id": null, "name": null}
        [
          {
            "value": null
          },
          {
            "value": null
          }
        ]
        """,
        "marks": """
        **bold****bold** _a__a_ `x``x` (a)(a)(a) ((((a)))) "a""a" **a** **a** - - - - - a- a- a # # # > > > >
        > > quoted
        > > quoted

        😀😀😀😀 🎉 yes🎉 yes🎉 yes 👩‍👩‍👧‍👦👩‍👩‍👧‍👦 🇩🇪🇩🇪🇫🇷🇫🇷 e\u{301}e\u{301}e\u{301} Done! Done! ... ... … … ? ? ?? ??? !!!
        etc.etc. a.b.a.b.a.b at once. At once. at once. at once. e.g. e.g. v1.v1.v1. Yes,yes,yes, no,no no,no
        """,
        "fences": """
        A fence of four marks quotes one of three:

        ````markdown
        ```swift
        let x = 1
        ```

        ```swift
        let x = 1
        ```
        ````

        `````
        ````md
        ```
        ````
        `````

        ~~~~
        ~~~
        ~~~
        ~~~~

        ```
        plain
        ```
        ```
        plain
        ```
        ``````
        six
        ``````
        """,
    ]

    static let names = adversaries.keys.sorted() + (0..<SeamCorpusTests.texts.count).map { "corpus \($0)" }

    private static func text(_ name: String) -> String {
        adversaries[name] ?? SeamCorpusTests.texts[Int(name.dropFirst(7)) ?? 0]
    }

    @Test(arguments: names)
    func nothingIsLostWhereverItBreaks(name: String) {
        let text = Array(Self.text(name).utf8)
        let lost = Self.lost(in: text)
        #expect(lost.isEmpty, "\(lost.count) joins lose bytes: \(lost.prefix(5))")
    }

    /// The joins that lose something. A prefill is sent without the white space at its end, and the server goes on there.
    static func lost(in text: [UInt8]) -> [String] {
        var lost: [String] = []
        for cut in 1..<text.count where text[cut] & 0xC0 != 0x80 {
            for strategy in [ResumeStrategy.prefill, .continue] {
                var start = cut
                if strategy == .prefill {
                    while start > 0, [0x20, 0x09, 0x0A, 0x0D].contains(text[start - 1]) { start -= 1 }
                    // A reply of white space alone is not resumed.
                    guard start > 0 else { continue }
                }
                for size in [text.count, 1] {
                    let trimmer = joined(text, cut: cut, from: start, strategy, by: size)
                    guard trimmer.trimmedBytes != cut - start else { continue }
                    lost.append(
                        "\(strategy.rawValue) at \(cut): "
                            + String(decoding: text[max(0, start - 30)..<start], as: UTF8.self).debugDescription + " + "
                            + String(decoding: text[start...].prefix(30), as: UTF8.self).debugDescription
                            + " less \(trimmer.trimmedBytes - (cut - start))")
                }
            }
        }
        return lost
    }

    private static func joined(
        _ text: [UInt8], cut: Int, from start: Int, _ strategy: ResumeStrategy, by size: Int
    ) -> SeamTrimmer {
        var trimmer = SeamTrimmer(committed: Array(text[..<cut]), strategy: strategy)
        var released: [UInt8] = []
        var index = start
        while index < text.count, !trimmer.isSettled {
            let end = min(text.count, index + size)
            released += trimmer.receive(text[index..<end])
            index = end
        }
        released += trimmer.finish()
        // What was released is the rest, as far as it came.
        #expect(released == Array(text[(start + trimmer.trimmedBytes)..<index]))
        return trimmer
    }

    /// Texts that nobody made up: lines and phrases from a few, one after the other by chance.
    @Test(arguments: 0..<40)
    func nothingIsLostInTextsByChance(seed: Int) {
        var random = SeededRandom(seed: UInt64(7_000 + seed))
        let pools = [
            ["alpha ", "beta ", "alpha beta ", "gamma, ", "delta. "],
            ["total += price\n", "total += price * 2\n", "}\n", "    total += price\n", "\n"],
            ["| low ", "| high ", "|\n", "| --- "], ["- one apple\n", "- one\n", "- two apples and a pear\n", "  "],
            ["null, ", "0, ", "{\"a\": null}, ", "[0, 0], "], ["水", "火", "水火", "，", "土金木"],
            ["no ", "no, ", "not ", "nothing ", "no one "], ["🎉 ", "🎉", "yes ", "**yes** "],
        ]
        let pool = pools[seed % pools.count]
        var text = ""
        while text.utf8.count < 300 { text += pool[Int.random(in: 0..<pool.count, using: &random)] }
        let lost = Self.lost(in: Array(text.utf8))
        #expect(lost.isEmpty, "\(lost.count) joins lose bytes: \(lost.prefix(5))")
    }

    /// What can't be had: where all of a reply so far, and no little, is said again, it is a reply that was begun again.
    @Test func whatCannotBeToldApart() {
        let stanza = (0..<60).map { "word\($0)" }.joined(separator: " ") + "\n"
        #expect(Self.lost(in: Array((stanza + stanza + "The end.").utf8)).count == 2)
        #expect(Self.lost(in: Array((stanza + stanza + stanza).utf8)).isEmpty)
        #expect(Self.lost(in: Array(("So:\n" + stanza + stanza + "The end.").utf8)).isEmpty)
    }
}
