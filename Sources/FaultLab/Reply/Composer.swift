/// Builds a reply from the stock by choices that depend on the prompt alone.
struct Composer {
    private let topic: PromptTopic
    private var random: SplitMix64
    private var text: [UInt8] = []
    private var count = 0
    private var nextWord = 0
    private var passages: Deck
    private var headings: Deck
    private var lists: Deck
    private var tables: Deck
    private var code: Deck
    private var foreign: Deck

    init(prompt: String) {
        topic = PromptTopic(prompt)
        random = SplitMix64(seed: FNV1a.hash(prompt))
        passages = Deck(Stock.passages.count)
        headings = Deck(Stock.headings.count)
        lists = Deck(Stock.lists.count)
        tables = Deck(Stock.tables.count)
        code = Deck(Stock.code.count)
        foreign = Deck(Stock.foreign.count)
    }

    mutating func usual() -> [UInt8] {
        add(Stock.openings[random.below(Stock.openings.count)])
        addHeading()
        addParagraph(1)
        addList()
        let tableFirst = random.below(2) == 0
        if tableFirst { addTable() } else { addCode() }
        add(Stock.foreign[foreign.draw(&random)])
        addHeading()
        if tableFirst { addCode() } else { addTable() }
        if random.below(2) == 0 { addParagraph(1) }
        add(Stock.closings[random.below(Stock.closings.count)])
        return text
    }

    mutating func long(_ wanted: Int, exactly: Bool) -> [UInt8] {
        text.reserveCapacity(min(wanted, ReplyLength.longest) * 6)
        add(Stock.openings[random.below(Stock.openings.count)])
        while count < wanted {
            // A table or code that is cut through does not read; near the end there are plain paragraphs only.
            if wanted - count < 200 {
                while count < wanted { addParagraph(wanted - count > 80 ? 2 : 1) }
                break
            }
            addHeading()
            addParagraph(2)
            switch random.below(5) {
            case 0: addList()
            case 1: addTable()
            case 2: addCode()
            case 3: add(Stock.foreign[foreign.draw(&random)])
            default: addParagraph(1)
            }
        }
        if exactly { cut(to: wanted) }
        return text
    }

    mutating func thinking() -> [UInt8] {
        let last = Stock.thoughts.count - 1
        var parts = [Stock.thoughts[0]]
        for position in 1..<last where random.below(3) > 0 { parts.append(Stock.thoughts[position]) }
        // Never so few that there is nothing to watch.
        if parts.count < 5 { parts = Array(Stock.thoughts[..<last]) }
        parts.append(Stock.thoughts[last])
        add(parts.joined(separator: " "))
        return text
    }

    private mutating func addHeading() {
        add("## " + Stock.headings[headings.draw(&random)])
    }

    private mutating func addParagraph(_ passageCount: Int) {
        var parts: [String] = []
        for _ in 0..<passageCount { parts.append(Stock.passages[passages.draw(&random)]) }
        add(parts.joined(separator: " "))
    }

    private mutating func addList() {
        add(Stock.lists[lists.draw(&random)].joined(separator: "\n"))
    }

    private mutating func addTable() {
        add(Stock.tables[tables.draw(&random)].joined(separator: "\n"))
    }

    private mutating func addCode() {
        add(Stock.codeIntroductions[random.below(Stock.codeIntroductions.count)])
        add(Stock.code[code.draw(&random)].joined(separator: "\n"))
    }

    /// A block after a blank line, its marks filled in. Blocks end in no blank, so token counts add up.
    private mutating func add(_ block: String) {
        let start = text.count
        if start > 0 { text.append(contentsOf: [0x0A, 0x0A]) }
        var isMark = false
        for byte in block.utf8 {
            if isMark {
                isMark = false
                switch byte {
                case UInt8(ascii: "t"): text.append(contentsOf: topic.phrase.utf8)
                case UInt8(ascii: "w"):
                    text.append(contentsOf: topic.words[nextWord].utf8)
                    nextWord = (nextWord + 1) % topic.words.count
                default: text.append(contentsOf: [UInt8(ascii: "%"), byte])
                }
            } else if byte == UInt8(ascii: "%") {
                isMark = true
            } else {
                text.append(byte)
            }
        }
        count += Tokenizer.count(text, from: start)
    }

    private mutating func cut(to wanted: Int) {
        var index = 0
        for _ in 0..<wanted where index < text.count { index = Tokenizer.end(in: text, from: index) }
        text.removeSubrange(index...)
    }
}

/// Positions dealt in a shuffled order, anew when all were dealt.
private struct Deck {
    private var cards: [Int]
    private var next: Int

    init(_ count: Int) {
        cards = Array(0..<count)
        next = count
    }

    mutating func draw(_ random: inout SplitMix64) -> Int {
        if next == cards.count {
            for position in stride(from: cards.count - 1, to: 0, by: -1) {
                cards.swapAt(position, random.below(position + 1))
            }
            next = 0
        }
        defer { next += 1 }
        return cards[next]
    }
}
