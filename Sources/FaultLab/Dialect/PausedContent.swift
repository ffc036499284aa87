/// The content of a turn that the model paused (`stop_reason` `pause_turn`): the client must send it back as it came, for the
/// model to go on. The lab remembers it and holds the next requests of the conversation against it.
struct PausedContent: Sendable, Equatable {
    enum Block: Sendable, Equatable {
        /// Blocks of text in a row are one: what of them was sent at once is the client's affair.
        case text([UInt8])
        /// Anything else, as JSON.
        case other(JSONValue)
    }

    private(set) var blocks: [Block] = []

    mutating func add(text: ArraySlice<UInt8>) {
        guard !text.isEmpty else { return }
        guard case .text(let before)? = blocks.last else { return blocks.append(.text(Array(text))) }
        blocks[blocks.count - 1] = .text(before + text)
    }

    /// Bytes of text in all blocks: so far the reply is told.
    var textBytes: Int {
        blocks.reduce(0) { if case .text(let text) = $1 { $0 + text.count } else { $0 } }
    }

    mutating func add(thinking: ArraySlice<UInt8>) {
        blocks.append(
            .other(
                .object([
                    "type": .string("thinking"), "thinking": .string(String(decoding: thinking, as: UTF8.self)),
                    "signature": .string(Wire.signature),
                ])))
    }

    mutating func addSearch(id: String) {
        // What is told is what must come back, to the byte: it is parsed from the events' own text.
        for block in [Self.use(id: id, input: Self.input), Self.result(id: id)] {
            guard let value = try? JSONParser.parse(Array(block.utf8)) else { continue }
            blocks.append(.other(value))
        }
    }

    // MARK: On the wire

    /// A search and what it found, as the events of two more blocks; the block before them has ended.
    static func search(id: String, after last: Int) -> String {
        func event(_ name: String, _ data: String) -> String { "event: \(name)\ndata: \(data)\n\n" }
        func start(_ index: Int, _ block: String) -> String {
            event(
                "content_block_start",
                "{\"type\":\"content_block_start\",\"index\":\(index),\"content_block\":\(block)}")
        }
        func stop(_ index: Int) -> String {
            event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":\(index)}")
        }
        func more(_ json: String) -> String {
            event(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":\(last + 1),"
                    + "\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\(JSONText.string(json))}}")
        }
        let half = input.index(input.startIndex, offsetBy: input.count / 2)
        return start(last + 1, use(id: id, input: "{}")) + more("") + more(String(input[..<half]))
            + more(String(input[half...])) + stop(last + 1) + start(last + 2, result(id: id)) + stop(last + 2)
    }

    private static let input = #"{"query":"weirs \u2014 \"low\" dams\nin rivers","n":[1,2.50]}"#

    private static func use(id: String, input: String) -> String {
        #"{"type":"server_tool_use","id":"srvtoolu_\#(id)","name":"web_search","input":\#(input)}"#
    }

    /// The encrypted content is good for this one search only.
    private static func result(id: String) -> String {
        #"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_\#(id)","content":[{"type":"web_search_result","#
            + #""url":"https://example.org/weir?a=1&b=2","title":"Weir \u00e9 \ud83c\udf0a","page_age":null,"#
            + #""encrypted_content":"\#(String(FNV1a.hash(id), radix: 36))=="}]}"#
    }

    // MARK: Sent back

    /// What is wrong with a request that goes on; `nil` where one of its turns begins with this content.
    func complaint(about request: ReplyRequest) -> String? {
        guard !blocks.isEmpty else { return nil }
        let answers = request.turns.enumerated().filter { !$0.element.isUser }
        guard !answers.contains(where: { begins($0.element) }) else { return nil }
        let place = answers.last?.offset ?? request.turns.count
        return "messages.\(place).content: the content of a paused turn must be sent back as it came"
    }

    private func begins(_ turn: ReplyRequest.Turn) -> Bool {
        var sent = PausedContent()
        for part in turn.parts {
            if part["type"]?.text == "text" {
                sent.add(text: Array((part["text"]?.text ?? "").utf8)[...])
            } else {
                sent.blocks.append(.other(part))
            }
        }
        guard sent.blocks.count >= blocks.count else { return false }
        // The last of them is a search's result and whole: what is more comes behind it.
        return sent.blocks.starts(with: blocks)
    }
}
