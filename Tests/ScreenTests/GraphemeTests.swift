import Screen
import Testing

struct GraphemeTests {
    private func glyphs(_ text: String) -> [Glyph] {
        var text = text
        return text.withUTF8 { bytes in
            var reducer = GraphemeReducer(bytes)
            var glyphs: [Glyph] = []
            while let glyph = reducer.next() { glyphs.append(glyph) }
            return glyphs
        }
    }

    @Test(
        arguments: [
            ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("かな", 4), ("한글", 4), ("한", 2), ("각", 2), ("😀", 2),
            ("👨‍👩‍👧‍👦", 2),
            ("👍🏽", 2), ("🏽", 2), ("❤️", 1), ("☂︎", 1), ("1️⃣", 1), ("🇩🇪", 2), ("🇩🇪🇫🇷", 4), ("🇩", 1), ("שלום", 4), ("مرحبا", 5),
            ("की", 2), ("ก็", 1), ("ﷺ", 1), ("…–—·", 4), ("①", 1), ("\u{301}a", 2), ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2), ("", 0), ("\u{A0}", 1),
            ("🧑🏿‍🚀x", 3),
        ])
    func `columns are those that terminals agree on`(text: String, columns: Int) {
        #expect(Width.columns(of: text) == columns)
        #expect(glyphs(text).reduce(0) { $0 + Int($1.width) } == columns)
    }

    @Test func `a sequence becomes its first emoji, in one glyph with all of its bytes`() {
        let family = glyphs("a👨‍👩‍👧‍👦b")
        #expect(family.map(\.base) == [0x61, 0x1F468, 0x62])
        #expect(family[1].end - family[1].start == 25)
        #expect(glyphs("👩🏾‍🔬").map(\.base) == [0x1F469])
        #expect(glyphs("❤️‍🔥").map(\.base) == [0x2764])
    }

    @Test func `a flag becomes its letters, which belong together`() {
        let flag = glyphs("🇳🇱")
        #expect(flag.map(\.base) == [0x4E, 0x4C])
        #expect(flag.map(\.startsGrapheme) == [true, false])
    }

    @Test func `two marks stay, more do not`() {
        let zalgo = glyphs("Z" + String(repeating: "\u{300}\u{301}\u{302}", count: 40) + "a")
        #expect(zalgo.count == 2)
        #expect(zalgo[0].mark1 == 0x300)
        #expect(zalgo[0].mark2 == 0x301)
        #expect(glyphs("1️⃣")[0].mark1 == 0x20E3)
    }

    @Test func `marks without a base sit on a dotted circle`() {
        let glyphs = glyphs("\u{301}\u{302}abc")
        #expect(glyphs.map(\.base) == [0x25CC, 0x61, 0x62, 0x63])
        #expect(glyphs[0].mark1 == 0x301)
        #expect(glyphs[0].mark2 == 0x302)
    }

    @Test func `a spacing vowel sign has its own column but starts nothing`() {
        let glyphs = glyphs("की")
        #expect(glyphs.map(\.width) == [1, 1])
        #expect(glyphs.map(\.startsGrapheme) == [true, false])
    }
}
