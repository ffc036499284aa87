@testable import Providers

/// What a decoder made of a body.
struct Decoded {
    var text: [UInt8] = []
    var thinking: [UInt8] = []
    var items: [ReplyItem] = []
    var events: [WireEvent] = []
    var unknown = 0
    var malformed = 0

    var string: String { String(decoding: text, as: UTF8.self) }
    var thoughts: String { String(decoding: thinking, as: UTF8.self) }
    /// The items without those of text and thinking, whose sizes depend on nothing of interest.
    var marks: [ReplyItem] {
        items.filter { item in
            switch item {
            case .text, .thinking: false
            default: true
            }
        }
    }
    var stops: [StopReason] {
        items.compactMap { item in
            if case .stopped(let reason) = item { reason } else { nil }
        }
    }
    var errors: [ProviderError] {
        items.compactMap { item in
            if case .error(let error) = item { error } else { nil }
        }
    }
    /// The usage reports, one replacing the other.
    var usage: Usage {
        items.reduce(into: Usage()) { usage, item in
            if case .usage(let newer) = item { usage.replace(with: newer) }
        }
    }
}

func decode(
    _ pieces: some Sequence<[UInt8]>, as format: BodyFormat = .eventStream, finish: Bool = true,
    maximumEventSize: Int = 16 << 20
) throws -> Decoded {
    var decoder = ReplyDecoder(format: format, maximumEventSize: maximumEventSize)
    var decoded = Decoded()
    var batch = ReplyBatch()
    func take() {
        decoded.text += batch.text
        decoded.thinking += batch.thinking
        decoded.items += batch.items
        decoded.events += batch.events
        batch.removeAll()
    }
    for piece in pieces {
        try piece.withUnsafeBytes { bytes throws in try decoder.receive(bytes, into: &batch) }
        take()
    }
    if finish {
        try decoder.finish(into: &batch)
        take()
    }
    decoded.unknown = decoder.unknownEvents
    decoded.malformed = decoder.malformedEvents
    return decoded
}

func decode(_ body: String, as format: BodyFormat = .eventStream) throws -> Decoded {
    try decode([Array(body.utf8)], as: format)
}

/// One event for each line of JSON.
func stream(_ events: String...) -> String {
    events.map { "data: \($0)\n\n" }.joined()
}

/// A chunk of OpenAI's with this delta.
func chunk(_ delta: String, finish: String = "null") -> String {
    #"{"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(finish)}]}"#
}

/// A text delta of Anthropic's; `text` is JSON, quotes included.
func delta(_ text: String) -> String {
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":\#(text)}}"#
}
