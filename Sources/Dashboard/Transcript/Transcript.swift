import Providers
import Screen
import StreamEngine

/// A conversation as it is read: prompts and replies, laid out only where somebody looks, and the reader's place in it.
struct Transcript: Sendable {
    struct Item: Sendable {
        enum Content: Sendable {
            case prompt(Prompt)
            case reply(Reply)
        }

        var content: Content
        /// Rows of its parts: who speaks (with the blank line above), the blocks, the line about how it stands.
        var parts: [Int] = []
        /// Sum of ``parts``, or an estimate while they were not laid out for the present width.
        var height = 0
        var isExact = false
        /// Places that have what is looked for.
        var found = 0
        /// Of what it sends along with later prompts, once that was counted.
        var tokens: Int?

        var turn: TurnID {
            switch content {
            case .prompt(let prompt): prompt.turn
            case .reply(let reply): reply.turn
            }
        }
    }

    /// A line: which of an item's.
    struct Place: Sendable, Equatable {
        var item: Int
        var line: Int
    }

    var items: [Item] = []
    /// Where a stream's reply is.
    private var places: [StreamID: Int] = [:]
    /// Items that have grown since they were laid out.
    var dirty: Set<Int> = []

    // The window; see Transcript+Scrolling.swift.
    var columns = 0
    var rows = 0
    var glyphs = Glyphs(ascii: false)
    /// The last line stays in sight as text comes.
    var follows = true
    /// The window that was drawn last ended with the last line.
    var endWasInSight = false
    var top = Place(item: 0, line: 0)
    var lastAnchor: Anchor?
    /// Lines of the items before the top one.
    var above = 0
    var total = 0
    /// Lines that came below the window since the reader left the end.
    var unseen = 0
    /// What the reader looks for; see Transcript+Search.swift.
    var search: Search?
    /// What the reader picked out; see Transcript+Selection.swift. ``selected`` is what of it is there.
    var selection: Selection?

    /// Grows whenever what goes along with the next prompt may be another.
    private(set) var saidGeneration = 0

    init() {}

    var isEmpty: Bool { items.isEmpty }

    // MARK: What was said

    mutating func addPrompt(
        _ turn: TurnID, _ sent: SentPrompt, wall: WallTime
    ) {
        var prompt = Prompt(turn: turn, raw: sent.text, wall: wall)
        prompt.attachments = sent.attachments
        prompt.brief = sent.brief
        insert(Item(content: .prompt(prompt)), at: items.count)
    }

    mutating func addReply(to turn: TurnID, stream: StreamID, model: String, wall: WallTime) {
        guard places[stream] == nil else { return }
        let reply = Reply(turn: turn, stream: stream, model: model, wall: wall)
        // Beside the other replies to its prompt, even where others have followed.
        let place = items.lastIndex { $0.turn == turn }.map { $0 + 1 } ?? items.count
        insert(Item(content: .reply(reply)), at: place)
    }

    mutating func addStored(_ stored: StoredTurn, to turn: TurnID) {
        var reply = Reply(
            turn: turn, stream: nil, model: stored.model.map(Model.shortName) ?? "assistant", wall: stored.wall)
        reply.append(text: Array(stored.text.utf8))
        reply.finish()
        reply.verdict = stored.verdict
        reply.isKept = stored.isKept
        reply.storedCost = stored.cost.map(Clean.line)
        insert(Item(content: .reply(reply)), at: items.count)
    }

    private mutating func insert(_ item: Item, at index: Int) {
        saidGeneration += 1
        items.insert(item, at: index)
        if index < items.count - 1 {
            dirty = Set(dirty.map { $0 >= index ? $0 + 1 : $0 })
            if top.item >= index, !follows { top.item += 1 }
            if let spot = search?.current, spot.item >= index { search?.current?.item += 1 }
            if let item = selection?.item, item >= index { selection?.item = item + 1 }
        }
        for position in index..<items.count {
            if case .reply(let reply) = items[position].content, let stream = reply.stream { places[stream] = position }
        }
        dirty.insert(index)
    }

    // MARK: What comes in

    mutating func append(text bytes: [UInt8], late: [Late] = [], to stream: StreamID) {
        change(stream) { $0.append(text: bytes, late: late) }
    }

    mutating func append(thinking bytes: [UInt8], to stream: StreamID) {
        change(stream) { $0.append(thinking: bytes) }
    }

    mutating func append(part kind: String, detail: String, to stream: StreamID) {
        change(stream) { $0.append(part: kind, detail: detail) }
    }

    mutating func append(seam: Seam, to stream: StreamID) {
        var seam = seam
        seam.reason = seam.reason.sanitised()
        change(stream) { $0.append(seam) }
    }

    mutating func diverge(_ stream: StreamID, kept: Int) {
        change(stream) { $0.diverge(kept: kept) }
    }

    mutating func setState(_ stream: StreamID, _ state: ReplyState) {
        change(stream) { reply in
            guard reply.state != state else { return }
            reply.state = state
            if reply.models.last != state.model { reply.models.append(state.model) }
            // Anything else can be taken up again where it ended.
            if state.state == .complete || state.state == .refused { reply.finish() }
        }
    }

    private mutating func change(_ stream: StreamID, _ body: (inout Reply) -> Void) {
        guard let index = places[stream], case .reply(var reply) = items[index].content else { return }
        // Taken out while it changes, so that its text has one owner and is not copied.
        items[index].content = .prompt(Prompt(turn: reply.turn, raw: "", wall: reply.wall))
        let said = reply.isSaid ? reply.raw.count : nil
        body(&reply)
        if said != (reply.isSaid ? reply.raw.count : nil) {
            saidGeneration += 1
            items[index].tokens = nil
        }
        items[index].content = .reply(reply)
        dirty.insert(index)
    }

    // MARK: What is asked of it

    func index(of stream: StreamID?) -> Int? { stream.flatMap { places[$0] } }

    func reply(of stream: StreamID?) -> Reply? {
        guard let index = index(of: stream), case .reply(let reply) = items[index].content else { return nil }
        return reply
    }

    /// No prompt follows that one.
    func isLast(_ turn: TurnID) -> Bool {
        for item in items.reversed() {
            if case .prompt(let prompt) = item.content { return prompt.turn == turn }
        }
        return true
    }

    /// Rows of a reply's text at a width of their own, from the `top`th on or the last ones.
    mutating func rows(of stream: StreamID, columns: Int, rows: Int, top: Int?) -> (
        rows: [Prose.Row], first: Int, count: Int
    ) {
        guard let index = index(of: stream), case .reply(var reply) = items[index].content else { return ([], 0, 0) }
        items[index].content = .prompt(Prompt(turn: reply.turn, raw: "", wall: reply.wall))
        defer { items[index].content = .reply(reply) }
        return reply.rows(columns: columns, rows: rows, top: top)
    }

    /// The replies that were chosen.
    private(set) var kept: [TurnID: StreamID] = [:]

    /// A reply is chosen among those to its prompt.
    mutating func keep(_ stream: StreamID, of turn: TurnID) {
        kept[turn] = stream
        for index in items.indices {
            guard case .reply(var reply) = items[index].content, reply.turn == turn else { continue }
            reply.isKept = reply.stream == stream
            items[index].content = .reply(reply)
        }
        saidGeneration += 1
    }

    /// Another prompt takes this one's place: from it on, nothing goes along any more. Gives the prompts that were put
    /// away by this.
    mutating func replace(from turn: TurnID) -> [TurnID] {
        guard let first = items.firstIndex(where: { $0.turn == turn }) else { return [] }
        var turns: [TurnID] = []
        for index in items[first...].indices {
            guard case .prompt(var prompt) = items[index].content, !prompt.isReplaced else { continue }
            prompt.isReplaced = true
            items[index].content = .prompt(prompt)
            turns.append(prompt.turn)
        }
        saidGeneration += 1
        return turns
    }

    /// A prompt from the store in whose place another stands.
    mutating func putAway(_ turn: TurnID) {
        guard let index = items.lastIndex(where: { $0.turn == turn }), case .prompt(var prompt) = items[index].content
        else { return }
        prompt.isReplaced = true
        items[index].content = .prompt(prompt)
    }

    /// What a next prompt sends along: every prompt that was answered, with the answer that was chosen, or the last.
    func history(before turn: TurnID? = nil) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        var asked: Prompt?
        var answer: String?
        var isChosen = false
        func close() {
            guard let asked, let answer, !asked.isReplaced else { return }
            messages.append(asked.past)
            messages.append(ChatMessage(role: .assistant, text: answer))
        }
        for item in items {
            switch item.content {
            case .prompt(let prompt):
                close()
                asked = nil
                answer = nil
                isChosen = false
                if prompt.turn == turn { return messages }
                asked = prompt
            case .reply(let reply):
                guard reply.isSaid, reply.isKept || !isChosen else { continue }
                answer = reply.text
                isChosen = reply.isKept
            }
        }
        close()
        return messages
    }

    func prompt(of turn: TurnID) -> Prompt? {
        for item in items {
            if case .prompt(let prompt) = item.content, prompt.turn == turn { return prompt }
        }
        return nil
    }

    /// Everything, as logical text.
    var plainText: String {
        items.map { item in
            switch item.content {
            case .prompt(let prompt):
                "## you\n\n\(prompt.raw)\n" + prompt.attachments.map { "\n*\($0.placeholder())*\n" }.joined()
            case .reply(let reply): "## \(reply.models.last ?? "assistant")\n\n\(reply.text)\n"
            }
        }.joined(separator: "\n")
    }

    var hasFolds: Bool {
        items.contains { item in
            switch item.content {
            case .prompt(let prompt): prompt.isLong
            case .reply(let reply): reply.hasFolds
            }
        }
    }
}

extension Prompt {
    /// Long enough to be folded.
    var isLong: Bool {
        raw.utf8.count > 600 && (raw.utf8.count > 8000 || raw.utf8.reduce(0) { $1 == 0x0A ? $0 + 1 : $0 } > 12)
    }
}
