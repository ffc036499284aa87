/// The types of events of OpenAI's Responses, as far as they are told apart.
enum ResponseEvent: Equatable {
    case created, inProgress
    case itemAdded, itemDone, partAdded
    case textDelta, textDone, refusalDelta, refusalDone
    case thinkingDelta, thinkingDone, summaryPartAdded
    case annotation, image, audio
    case completed, incomplete, failed, cancelled
    case keepAlive
    /// What a tool or a part is doing: its item was told when it began.
    case progress
    /// Of this vocabulary, and not known.
    case unknown

    /// `nil` for a type of another vocabulary.
    init?(_ type: UnsafeBufferPointer<UInt8>) {
        guard type.starts(with: "response.".utf8) else {
            guard type.elementsEqual("keepalive".utf8) else { return nil }
            self = .keepAlive
            return
        }
        self = Self.named(String(decoding: type.dropFirst(9).prefix(64), as: UTF8.self))
    }

    private static func named(_ name: String) -> ResponseEvent {
        switch name {
        case "output_text.delta": .textDelta
        case "reasoning_summary_text.delta", "reasoning_text.delta", "reasoning_summary.delta", "reasoning.delta":
            .thinkingDelta
        case "reasoning_summary_text.done", "reasoning_text.done", "reasoning_summary.done", "reasoning.done":
            .thinkingDone
        case "function_call_arguments.delta": .progress
        case "output_item.added": .itemAdded
        case "output_item.done": .itemDone
        case "content_part.added": .partAdded
        case "output_text.done": .textDone
        case "output_text.annotation.added": .annotation
        case "refusal.delta": .refusalDelta
        case "refusal.done": .refusalDone
        case "reasoning_summary_part.added": .summaryPartAdded
        case "image_generation_call.partial_image": .image
        case "audio.delta", "output_audio.delta": .audio
        case "created": .created
        case "queued", "in_progress": .inProgress
        case "completed", "done": .completed
        case "incomplete": .incomplete
        case "failed": .failed
        case "cancelled", "canceled": .cancelled
        default: isProgress(name) ? .progress : .unknown
        }
    }

    /// New tools come with every release of the API; their events follow one pattern.
    private static func isProgress(_ name: String) -> Bool {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count >= 2 else { return false }
        if words[0] == "content_part" || words[0] == "reasoning_summary_part" || words[0].hasPrefix("audio")
            || words[0].hasPrefix("output_audio")
        {
            return true
        }
        return words[0].hasPrefix("mcp_") || words[0].hasSuffix("_call") || words[0].contains("_call_")
    }
}
