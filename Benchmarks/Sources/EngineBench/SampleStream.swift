import Providers

/// A long reply as a provider writes it: a head, a block of text deltas that is repeated, and a tail.
///
/// Deltas are words as tokenizers cut them, with line ends, quotes, CJK and emoji at the shares of ordinary prose with
/// Markdown. The envelope around each is that of recorded replies (Anthropic Messages in 2025, OpenAI Chat Completions
/// with `logprobs` and `obfuscation`), so the share of text in the bytes is the real one.
struct SampleStream {
    /// Deltas in the block, at most. It is larger than a core's second cache, so that repeating it flatters nobody.
    static let blockDeltas = 10_000

    let dialect: Dialect
    let deltas: Int
    /// The stream is `head`, then `block` so many times, then `tail`.
    let repeats: Int
    let head: [UInt8]
    let block: [UInt8]
    let tail: [UInt8]
    /// Offsets in `block` at which its events end.
    let eventEnds: [Int]
    /// Bytes of the text that the whole stream carries.
    let textBytes: Int

    /// - Parameter deltas: up to ``blockDeltas``, or a multiple of it.
    init(_ dialect: Dialect, deltas: Int) {
        precondition(deltas <= Self.blockDeltas || deltas % Self.blockDeltas == 0)
        self.dialect = dialect
        self.deltas = deltas
        let count = min(deltas, Self.blockDeltas)
        repeats = deltas / count
        var block: [UInt8] = []
        var ends: [Int] = []
        var text = 0
        // A linear congruential generator (Knuth's MMIX): the same stream in every run.
        var random: UInt64 = 1
        for _ in 0..<count {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let token = Self.tokens[Int((random >> 33) % UInt64(Self.tokens.count))]
            text += token.text.utf8.count
            block += Self.event(dialect, token.escaped).utf8
            ends.append(block.count)
        }
        self.block = block
        eventEnds = ends
        textBytes = text * repeats
        head = Array(Self.head(dialect).utf8)
        tail = Array(Self.tail(dialect).utf8)
    }

    /// One delta of `size` bytes, all of them in one line.
    init(_ dialect: Dialect, lineOf size: Int) {
        self.dialect = dialect
        deltas = 1
        repeats = 1
        block = Array(Self.event(dialect, String(repeating: "word ", count: size / 5)).utf8)
        eventEnds = [block.count]
        textBytes = size / 5 * 5
        head = Array(Self.head(dialect).utf8)
        tail = Array(Self.tail(dialect).utf8)
    }

    var bytes: Int { head.count + block.count * repeats + tail.count }

    /// Hands out the stream in pieces of `size` bytes, or, without a size, one event a piece.
    func forEachPiece(of size: Int?, _ body: (UnsafeRawBufferPointer) -> Void) {
        head.withUnsafeBytes(body)
        block.withUnsafeBytes { block in
            for _ in 0..<repeats {
                var start = 0
                if let size {
                    while start < block.count {
                        let end = min(start + size, block.count)
                        body(UnsafeRawBufferPointer(rebasing: block[start..<end]))
                        start = end
                    }
                } else {
                    for end in eventEnds {
                        body(UnsafeRawBufferPointer(rebasing: block[start..<end]))
                        start = end
                    }
                }
            }
        }
        tail.withUnsafeBytes(body)
    }

    // MARK: The wire

    private static func event(_ dialect: Dialect, _ escaped: String) -> String {
        switch dialect {
        case .anthropic:
            """
            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\(escaped)"}}


            """
        case .openai:
            """
            data: {"id":"chatcmpl-B8Z5oo6uDh67AD85p73ksdT1KxhE0","object":"chat.completion.chunk",\
            "created":1770933892,"model":"gpt-4.1-2025-04-14","service_tier":"default",\
            "system_fingerprint":"fp_de604bd877","choices":[{"index":0,"delta":{"content":"\(escaped)"},\
            "logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"Qup1BsQ3"}


            """
        case .responses:
            """
            event: response.output_text.delta
            data: {"type":"response.output_text.delta","sequence_number":4,\
            "item_id":"\(responsesItem)","output_index":0,"content_index":0,\
            "delta":"\(escaped)","logprobs":[],"obfuscation":"VLMdSoETMf5"}


            """
        }
    }

    private static func head(_ dialect: Dialect) -> String {
        switch dialect {
        case .anthropic:
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],\
            "model":"bench","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":11,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: ping
            data: {"type": "ping"}


            """
        case .openai:
            """
            data: {"id":"chatcmpl-B8Z5oo6uDh67AD85p73ksdT1KxhE0","object":"chat.completion.chunk",\
            "created":1770933892,"model":"gpt-4.1-2025-04-14","choices":[{"index":0,\
            "delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}


            """
        case .responses:
            """
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response",\
            "created_at":1770803606,"status":"in_progress","error":null,"model":"bench","output":[],"usage":null}}

            event: response.output_item.added
            data: {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":\
            {"id":"\(responsesItem)","type":"message","status":"in_progress","content":[],"role":"assistant"}}

            event: response.content_part.added
            data: {"type":"response.content_part.added","sequence_number":3,"item_id":"\(responsesItem)",\
            "output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}


            """
        }
    }

    private static func tail(_ dialect: Dialect) -> String {
        switch dialect {
        case .anthropic:
            """
            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
            "usage":{"output_tokens":1000}}

            event: message_stop
            data: {"type":"message_stop"}


            """
        case .openai:
            """
            data: {"id":"chatcmpl-B8Z5oo6uDh67AD85p73ksdT1KxhE0","object":"chat.completion.chunk",\
            "created":1770933892,"model":"gpt-4.1-2025-04-14","choices":[{"index":0,"delta":{},"logprobs":null,\
            "finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":1000,"total_tokens":1011}}

            data: [DONE]


            """
        case .responses:
            // Without the text once more in response.output_text.done and its kin: it would be half of all that is read.
            """
            event: response.completed
            data: {"type":"response.completed","sequence_number":9,"response":{"id":"resp_1","object":"response",\
            "created_at":1770803606,"status":"completed","error":null,"incomplete_details":null,"model":"bench",\
            "output":[],"usage":{"input_tokens":11,"input_tokens_details":{"cached_tokens":0},"output_tokens":1000,\
            "output_tokens_details":{"reasoning_tokens":0},"total_tokens":1011}}}


            """
        }
    }

    private static let responsesItem = "msg_02ce8deeb6197db200698c5198ca0c81979bedbe6c98a8ab93"

    // MARK: The text

    private struct Token {
        let text: String
        let escaped: String

        init(_ text: String) {
            self.text = text
            escaped =
                text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }

    /// 64 tokens: 6 with an escape, 3 beyond ASCII.
    private static let tokens: [Token] = [
        " the", " of", " and", " a", " to", " in", " is", " that", " it", " for", " as", " with", " on", " be", " by",
        " this", " are", " or", " from", " an", " which", " can", " not", " we", " at", " state", " system", " quantum",
        " particle", " measure", " probability", " entangle", "ment", "ing", "s", "ed", "tion", "al", "ly", ",", ".",
        ",", ".", ":", " (", ")", " **", "**", "-", " 3", "0", " `", "`", " super", "position", " computers",
        "\n", "\n\n", "\n- ", " \"", "\",", " \\", "量子", "é", " 🙂",
    ].prefix(64).map(Token.init)
}
