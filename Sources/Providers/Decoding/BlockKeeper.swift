/// Keeps the blocks of an Anthropic reply as they come, in case that the turn is paused. Of text and thinking, which stream,
/// it keeps lengths only: the words lie with the reply itself.
struct BlockKeeper: Sendable {
    /// Bytes kept; a reply with more of it cannot be sent back by itself.
    static let limit = 16 << 20

    private enum Open {
        case none
        case text(start: Int, citations: [[UInt8]])
        case thinking(start: Int, signature: String)
        /// With the parts of a streamed `input`.
        case other(json: [UInt8], input: [UInt8])
    }

    private var blocks: [PausedTurn.Block] = []
    private var open = Open.none
    private var keptBytes = 0
    /// Everything that came is understood and kept.
    private var isFaithful = true
    /// Bytes of text and thinking that came so far.
    var textBytes = 0
    var thinkingBytes = 0

    /// A block begins.
    mutating func began(_ type: JSONString?, json: @autoclosure () -> [UInt8]) {
        ended()
        if type.map({ $0.equals("text") }) ?? true {
            open = .text(start: textBytes, citations: [])
        } else if type?.equals("thinking") == true {
            open = .thinking(start: thinkingBytes, signature: "")
        } else {
            open = .other(json: json(), input: [])
        }
    }

    /// A delta that is neither text nor thinking.
    mutating func received(_ type: JSONString, _ delta: JSONValue?) {
        switch open {
        case .text(let start, var citations) where type.equals("citations_delta"):
            guard let citation = delta?["citation"] else { return }
            open = .none
            citations.append(citation.bytes)
            keptBytes += citations[citations.count - 1].count
            open = .text(start: start, citations: citations)
        case .thinking(let start, let signature) where type.equals("signature_delta"):
            let more = delta?["signature"]?.text ?? ""
            keptBytes += more.utf8.count
            open = .thinking(start: start, signature: signature + more)
        case .other(let json, var input) where type.equals("input_json_delta"):
            open = .none
            if let more = delta?["partial_json"]?.text {
                input.append(contentsOf: more.utf8)
                keptBytes += more.utf8.count
            }
            open = .other(json: json, input: input)
        default: isFaithful = false
        }
        if keptBytes > Self.limit { forget() }
    }

    /// A signature that came with a block's beginning.
    mutating func received(signature: String) {
        if case .thinking(let start, _) = open { open = .thinking(start: start, signature: signature) }
    }

    mutating func ended() {
        switch open {
        case .none: return
        case .text(let start, let citations): blocks.append(.text(bytes: textBytes - start, citations: citations))
        case .thinking(let start, let signature):
            blocks.append(.thinking(bytes: thinkingBytes - start, signature: signature))
        case .other(let json, let input):
            keptBytes += json.count
            if input.isEmpty {
                blocks.append(.other(json))
            } else if let whole = Self.block(json, input: input) {
                blocks.append(.other(whole))
            } else {
                isFaithful = false
            }
            if keptBytes > Self.limit { forget() }
        }
        open = .none
    }

    /// The turn was paused: what came of it, `nil` where it cannot be sent back as it came.
    mutating func paused(container: String?) -> PausedTurn? {
        ended()
        guard isFaithful, !blocks.isEmpty else { return nil }
        let turn = PausedTurn(blocks: blocks, container: container)
        // Words that came outside of any block, as relays send them, have no place to be sent back in.
        return turn.textBytes == textBytes && turn.thinkingBytes == thinkingBytes ? turn : nil
    }

    private mutating func forget() {
        isFaithful = false
        blocks = []
        open = .none
        keptBytes = 0
    }

    /// The block with its `input` as the deltas told it.
    private static func block(_ json: [UInt8], input: [UInt8]) -> [UInt8]? {
        guard let value = JSONValue(input), case .object(var members)? = JSONValue(json) else { return nil }
        members.removeAll { $0.key == "input" }
        members.append((key: "input", value: value))
        return JSONValue.object(members).bytes
    }
}

extension JSONText {
    /// The value at `place` as it is written.
    func bytes(at place: JSONPlace) -> [UInt8] {
        var scanner = scanner(at: place)
        // The text was scanned whole before: a fault cannot come.
        guard (try? scanner.skip()) != nil else { return [] }
        return Array(UnsafeBufferPointer(start: place, count: scanner.position - place))
    }
}
