import CMD4C

/// One md4c run over one block of sanitised Markdown: its callbacks append pieces to a flow.
final class MarkdownBuilder {
    /// What the run needs to know of the block's surroundings.
    struct Context {
        /// The look of ordinary text.
        var look: Look
        /// What stands before every line, in a list item's continuation.
        var lead = Flow.Lead()
        /// The number of the list item, if it is one of an ordered list: the source may count wrongly.
        var number: Int?
        /// The text continues the flow's last piece.
        var joins = false
        /// The table's header was shown before.
        var hidesHeader = false
    }

    /// A list, an item or a quote that the parser is in.
    struct Container {
        enum Kind { case quote, list, item }
        var kind: Kind
        var first: Flow.Lead.Part?
        var rest: Flow.Lead.Part?
        /// Its first line was begun: the others have `rest`.
        var isBegun = false
        var isTight = true
        var number: Int?
        var delimiter: UInt8 = 0
    }

    var flow: Flow
    let context: Context
    /// The text that md4c reads, and for stretches of it where they begin in the source.
    private let input: UnsafeBufferPointer<UInt8>
    private let origins: [(input: Int, source: Int)]

    var containers: [Container] = []
    var looks: [Look]
    var spans: [MD_SPANTYPE] = []
    var isPieceOpen = false
    /// A blank line is due before the next piece.
    var isGapDue = false
    var code: (line: [UInt8], source: Int, lead: Int, highlighter: Highlighter)?
    var isInTable = false
    /// Where the text of the open links began, and their targets.
    var links: [(start: Int, target: [UInt8])] = []
    private var joins: Bool
    private var source: Int

    /// Tables of more cells are shown as text: md4c fills short rows up, so a few bytes could ask for millions.
    static let mostCells = 20_000
    static let mostContainers = 24
    /// Blanks and line ends that are md4c's own, not parts of its input.
    static let longestOwnText = 32

    private init(
        flow: Flow, context: Context, input: UnsafeBufferPointer<UInt8>, origins: [(input: Int, source: Int)]
    ) {
        self.flow = flow
        self.context = context
        self.input = input
        self.origins = origins
        looks = [context.look]
        joins = context.joins
        source = origins.first?.source ?? 0
    }

    /// Appends what `input` says to `flow`. False, with the flow unchanged, if it could not be read.
    static func build(
        _ input: UnsafeBufferPointer<UInt8>, origins: [(input: Int, source: Int)], context: Context,
        into flow: inout Flow
    ) -> Bool {
        guard let start = input.baseAddress else { return true }
        let mark = flow.mark
        let builder = MarkdownBuilder(flow: flow, context: context, input: input, origins: origins)
        // The builder's copy is the only one, or appending would copy all.
        flow = Flow()
        var parser = MD_PARSER(
            abi_version: 0,
            // No permissive autolinks: where one overlaps a link, md4c 0.4 leaves spans that it never entered and gives
            // texts of negative length. Bare links are found here instead.
            flags: UInt32(
                MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTMLBLOCKS
                    | MD_FLAG_NOHTMLSPANS),
            enter_block: { type, detail, user in MarkdownBuilder.from(user).enter(type, detail) },
            leave_block: { type, _, user in MarkdownBuilder.from(user).leave(type) },
            enter_span: { type, detail, user in MarkdownBuilder.from(user).enter(span: type, detail) },
            leave_span: { type, _, user in MarkdownBuilder.from(user).leave(span: type) },
            text: { type, text, size, user in
                guard let text else { return 0 }
                let bytes = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
                let isSound = MarkdownBuilder.from(user)
                    .take(type, UnsafeBufferPointer(start: bytes, count: Int(size)))
                return isSound ? 0 : -1
            },
            debug_log: nil, syntax: nil)
        let result = start.withMemoryRebound(to: CChar.self, capacity: input.count) {
            md_parse($0, UInt32(input.count), &parser, Unmanaged.passUnretained(builder).toOpaque())
        }
        swap(&flow, &builder.flow)
        if result != 0 { flow.cut(to: mark) }
        return result == 0
    }

    private static func from(_ user: UnsafeMutableRawPointer?) -> MarkdownBuilder {
        // md4c hands back what `build` gave it, which outlives the run.
        Unmanaged<MarkdownBuilder>.fromOpaque(user.unsafelyUnwrapped).takeUnretainedValue()
    }

    var look: Look { looks[looks.count - 1] }

    // MARK: Pieces

    /// Begins a piece where the containers are, with the blank line that is due.
    func begin(_ kind: Flow.Kind) {
        if joins, kind == .words {
            joins = false
            isPieceOpen = true
            return
        }
        joins = false
        if isGapDue {
            isGapDue = false
            let begun = containers.prefix { $0.isBegun || $0.kind == .list }
            let parts = context.lead.rest + begun.compactMap(\.rest)
            let lead = flow.lead(Flow.Lead(first: parts, rest: parts))
            flow.begin(.blank, lead: lead, source: source)
        }
        flow.begin(kind, lead: lead(), source: source)
        isPieceOpen = kind == .words
    }

    /// The lead for a piece that begins now; what only its first line has is used up.
    func lead() -> Int {
        var lead = (first: context.lead.rest, rest: context.lead.rest)
        for index in containers.indices {
            if let part = containers[index].isBegun ? containers[index].rest : containers[index].first {
                lead.first.append(part)
            }
            if let part = containers[index].rest { lead.rest.append(part) }
            containers[index].isBegun = true
        }
        return flow.lead(Flow.Lead(first: lead.first, rest: lead.rest))
    }

    // MARK: Text

    /// False if the text is neither a part of md4c's input nor one of its few own: then it is memory of somebody else.
    private func take(_ type: MD_TEXTTYPE, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress, let base = input.baseAddress else { return true }
        let offset = start - base
        if offset >= 0, offset < input.count {
            guard text.count <= input.count - offset else { return false }
            source = source(ofInput: offset)
        } else if text.count > Self.longestOwnText {
            return false
        }
        if code != nil {
            takeCode(text)
            return true
        }
        if !isPieceOpen, !isInTable { begin(.words) }
        switch type {
        case MD_TEXT_BR, MD_TEXT_SOFTBR: append("\n")
        case MD_TEXT_NULLCHAR: append("\u{FFFD}")
        case MD_TEXT_ENTITY:
            if let meant = Entities.text(text) {
                append(meant)
            } else {
                append(text)
            }
        case MD_TEXT_NORMAL where links.isEmpty: appendWithLinks(text)
        default: append(text)
        }
        return true
    }

    /// Bare links get their role.
    private func appendWithLinks(_ text: UnsafeBufferPointer<UInt8>) {
        var done = 0
        var index = 0
        while let link = BareLink.next(in: text, from: index) {
            append(UnsafeBufferPointer(rebasing: text[done..<link.lowerBound]))
            looks.append(look.adding(.link))
            append(UnsafeBufferPointer(rebasing: text[link]))
            looks.removeLast()
            done = link.upperBound
            index = done
        }
        append(UnsafeBufferPointer(rebasing: text[done...]))
    }

    private func append(_ text: UnsafeBufferPointer<UInt8>) {
        var text = text
        // The guard before a paragraph's rest is no text of it.
        if text.starts(with: Self.guardBytes) { text = UnsafeBufferPointer(rebasing: text[Self.guardBytes.count...]) }
        flow.append(text, look: look, source: source)
        source += text.count
    }

    func append(_ text: String) {
        flow.append(isInTable && text == "\n" ? " " : text, look: look, source: source)
    }

    static let guardBytes: [UInt8] = {
        var bytes: [UInt8] = []
        UTF8Bytes.append(MarkedScalar.guardMark, to: &bytes)
        return bytes
    }()

    private func source(ofInput offset: Int) -> Int {
        let index = max(0, origins.partition { $0.input <= offset } - 1)
        guard index < origins.count else { return offset }
        return origins[index].source + max(0, offset - origins[index].input)
    }

    // MARK: Code

    private func takeCode(_ text: UnsafeBufferPointer<UInt8>) {
        if code?.line.isEmpty == true { code?.source = source }
        for byte in text {
            if byte == 0x0A {
                endCodeLine()
            } else {
                code?.line.append(byte)
            }
        }
    }

    func endCodeLine() {
        guard var code else { return }
        code.line.withUnsafeBufferPointer {
            flow.code(
                $0, lead: code.lead, source: code.source, look: context.look.adding(.codeBlock),
                highlighter: &code.highlighter)
        }
        code.line.removeAll(keepingCapacity: true)
        self.code = code
    }
}
