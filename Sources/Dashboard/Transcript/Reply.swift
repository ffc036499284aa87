import Providers
import Screen
import StreamEngine

/// What a user asked.
struct Prompt: Sendable {
    /// Rows shown of a long one while it is folded.
    static let foldedRows = 12

    var turn: TurnID
    /// As it was sent.
    var raw: String
    var text: Prose
    var wall: WallTime
    var isOpen = false
    /// Another prompt has taken its place: it is read, and not sent along.
    var isReplaced = false
    /// Sent along, and sent again with every later prompt.
    var attachments: [Attachment] = []
    /// Of a part of a longer prompt: what later requests say in its place, for which there would be no room.
    var brief: String?

    init(turn: TurnID, raw: String, wall: WallTime) {
        self.turn = turn
        self.raw = raw
        self.wall = wall
        text = Prose(raw, isPlain: true)
    }

    var sent: SentPrompt { SentPrompt(raw, attachments: attachments, brief: brief) }
    /// As it goes along with later prompts.
    var past: ChatMessage { brief.map { ChatMessage(role: .user, text: $0) } ?? sent.message }
}

/// One model's answer: thinking, takes, seams, and how it stands.
struct Reply: Sendable {
    enum Block: Sendable {
        case thinking(Thinking)
        case text(Prose)
        case seam(Seam)
        case part(kind: String, detail: String)
        case failedTake(FailedTake)
    }

    struct Thinking: Sendable {
        var text = Prose(base: .thinking)
        var isOpen = false
    }

    struct FailedTake: Sendable {
        var text: Prose
        var bytes: Int
        var isOpen = false
    }

    var turn: TurnID
    /// `nil` for one from the store.
    var stream: StreamID?
    /// Short, sanitised; several when another model took over.
    var models: [String]
    var wall: WallTime
    var blocks: [Block] = []
    /// The present take, as received.
    var raw: [UInt8] = []
    /// How late its bytes came; of none where it is not known.
    private(set) var late: [Late] = []
    var seams: [Seam] = []
    var state: ReplyState?
    /// Of a stored one.
    var verdict: Verdict?
    var storedCost: String?
    /// The user chose it among the replies to its prompt.
    var isKept = false

    init(turn: TurnID, stream: StreamID?, model: String, wall: WallTime) {
        self.turn = turn
        self.stream = stream
        models = model.isEmpty ? [] : [model]
        self.wall = wall
    }

    /// Its text counts as said: it is sent along with the next prompt. Providers refuse a message of nothing but white
    /// space.
    var isSaid: Bool { !(state?.isRunning ?? false) && raw.contains { $0 > 0x20 } }
    var text: String { String(decoding: raw, as: UTF8.self) }

    /// Three marks of a fence have come, somewhere.
    private(set) var hasFence = false

    var hasFolds: Bool {
        blocks.contains {
            switch $0 {
            case .thinking, .failedTake: true
            case .text, .seam, .part: false
            }
        }
    }

    // MARK: Growing

    mutating func append(text bytes: [UInt8], late: [Late] = []) {
        guard !bytes.isEmpty else { return }
        let start = raw.count
        raw += bytes
        if !hasFence { hasFence = Self.hasFence(raw[max(0, start - 2)...]) }
        for stretch in late.isEmpty ? [Late(offset: 0, lateness: nil)] : late {
            guard self.late.last?.lateness != stretch.lateness else { continue }
            self.late.append(Late(offset: start + stretch.offset, lateness: stretch.lateness))
        }
        if case .text(var prose)? = blocks.last {
            // The array's own copy is let go first, so that the text is not copied.
            blocks.removeLast()
            append(start..<raw.count, to: &prose)
            blocks.append(.text(prose))
        } else {
            var prose = Prose()
            append(start..<raw.count, to: &prose)
            blocks.append(.text(prose))
        }
    }

    private static func hasFence(_ text: ArraySlice<UInt8>) -> Bool {
        var run = 0
        var last: UInt8 = 0
        for byte in text {
            run = byte == last ? run + 1 : 1
            last = byte
            if run == 3, byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~") { return true }
        }
        return false
    }

    /// Bytes of the take, each stretch with how late it came.
    private func append(_ range: Range<Int>, to prose: inout Prose) {
        var start = range.lowerBound
        var index = (late.lastIndex { $0.offset <= start } ?? -1) + 1
        while start < range.upperBound {
            let end = index < late.count ? min(late[index].offset, range.upperBound) : range.upperBound
            prose.append(raw[start..<end], lateness: index > 0 ? late[index - 1].lateness : nil)
            start = end
            index += 1
        }
    }

    mutating func append(thinking bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        if case .thinking(var thinking)? = blocks.last {
            blocks.removeLast()
            thinking.text.append(bytes)
            blocks.append(.thinking(thinking))
        } else {
            var thinking = Thinking()
            thinking.text.append(bytes)
            blocks.append(.thinking(thinking))
        }
    }

    mutating func append(part kind: String, detail: String) {
        blocks.append(.part(kind: kind, detail: detail))
    }

    mutating func append(_ seam: Seam) {
        seams.append(seam)
        if seam.offset < raw.count { return rebuild() }
        if case .text(var prose)? = blocks.last {
            blocks.removeLast()
            prose.append(seam)
            blocks.append(.text(prose))
        } else {
            blocks.append(.seam(seam))
        }
    }

    /// The text so far becomes a failed take; a new one begins with its first `kept` bytes.
    mutating func diverge(kept: Int) {
        let kept = min(max(0, kept), raw.count)
        var old = Prose(base: .failedAttempt)
        old.append(raw)
        old.finish()
        let failed = FailedTake(text: old, bytes: raw.count)
        raw.removeSubrange(kept...)
        late.removeAll { $0.offset >= kept }
        seams.removeAll { $0.offset > kept }
        rebuild()
        // Before the text of the take that replaces it.
        let place = blocks.firstIndex { if case .text = $0 { true } else { false } } ?? blocks.count
        blocks.insert(.failedTake(failed), at: place)
    }

    /// Text and seams from ``raw`` anew; thinking, parts and failed takes stay in front.
    private mutating func rebuild() {
        blocks.removeAll {
            switch $0 {
            case .text, .seam: true
            case .thinking, .part, .failedTake: false
            }
        }
        guard !raw.isEmpty || !seams.isEmpty else { return }
        var prose = Prose()
        var start = 0
        for seam in seams.sorted(by: { $0.offset < $1.offset }) {
            let end = min(max(start, seam.offset), raw.count)
            append(start..<end, to: &prose)
            prose.append(seam)
            start = end
        }
        append(start..<raw.count, to: &prose)
        blocks.append(.text(prose))
    }

    /// Nothing more comes.
    mutating func finish() {
        for index in blocks.indices {
            switch blocks[index] {
            case .text(var prose):
                prose.finish()
                blocks[index] = .text(prose)
            case .thinking(var thinking):
                thinking.text.finish()
                blocks[index] = .thinking(thinking)
            case .seam, .part, .failedTake: break
            }
        }
    }

    /// So many rows of the text at a width of their own, from the `top`th on or the last ones, and how many there are.
    mutating func rows(columns: Int, rows: Int, top: Int?) -> (rows: [Prose.Row], first: Int, count: Int) {
        var counts: [Int] = []
        for index in blocks.indices {
            if case .seam = blocks[index] {
                counts.append(1)
            } else {
                counts.append(withProse(index) { $0.rowCount(atWidth: columns) } ?? 0)
            }
        }
        let count = counts.reduce(0, +)
        let last = max(0, count - rows)
        let first = top.map { min(max(0, $0), last) } ?? last
        var shown: [Prose.Row] = []
        var start = 0
        for index in blocks.indices {
            let range = max(0, first - start)..<max(0, min(counts[index], first + rows - start), first - start)
            if case .seam(let seam) = blocks[index], !range.isEmpty { shown.append(.seam(seam)) }
            if !range.isEmpty { shown += withProse(index) { $0.rows(in: range, atWidth: columns) } ?? [] }
            start += counts[index]
        }
        return (shown, first, count)
    }

    private mutating func withProse<Result>(_ index: Int, _ body: (inout Prose) -> Result) -> Result? {
        guard case .text(var prose) = blocks[index] else { return nil }
        // The array's own copy is let go, so that the text is not copied.
        blocks[index] = .part(kind: "", detail: "")
        defer { blocks[index] = .text(prose) }
        return body(&prose)
    }

    /// Opens what is folded, or folds what is open where nothing is folded.
    mutating func toggleFolds() {
        let opens = blocks.contains {
            switch $0 {
            case .thinking(let thinking): !thinking.isOpen
            case .failedTake(let take): !take.isOpen
            case .text, .seam, .part: false
            }
        }
        for index in blocks.indices { setFold(index, isOpen: opens) }
    }

    func canFold(block index: Int) -> Bool {
        guard blocks.indices.contains(index) else { return false }
        switch blocks[index] {
        case .thinking, .failedTake: return true
        case .text, .seam, .part: return false
        }
    }

    mutating func toggleFold(block index: Int) {
        guard blocks.indices.contains(index) else { return }
        switch blocks[index] {
        case .thinking(let thinking): setFold(index, isOpen: !thinking.isOpen)
        case .failedTake(let take): setFold(index, isOpen: !take.isOpen)
        case .text, .seam, .part: break
        }
    }

    private mutating func setFold(_ index: Int, isOpen: Bool) {
        switch blocks[index] {
        case .thinking(var thinking):
            thinking.isOpen = isOpen
            blocks[index] = .thinking(thinking)
        case .failedTake(var take):
            take.isOpen = isOpen
            blocks[index] = .failedTake(take)
        case .text, .seam, .part: break
        }
    }
}
