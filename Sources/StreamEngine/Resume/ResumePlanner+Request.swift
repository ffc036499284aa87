import Providers

extension ResumePlanner {
    /// What `continue` says after the partial. A chat model begins a new turn without white space and with a remark about
    /// what it is doing; this asks for neither.
    public static let continueTurn = """
        Your last message was cut off by a network failure. Continue it from exactly where it ends. Begin with the very \
        next character, be it a space or a line break. Do not repeat anything, do not explain, and do not mention the \
        interruption.
        """

    /// What `system-note` puts before and after the partial: the words of the programs that Weir descends from.
    public static let systemNoteHead = "Previous incomplete response: "
    /// What stands after the quoted partial in the system prompt.
    public static let systemNoteTail = "\n\nContinue seamlessly."

    /// The request that takes up `partial`, made from the original one; it may be built again and again from a partial
    /// that grows.
    ///
    /// | strategy | request |
    /// | --- | --- |
    /// | `prefill` | the partial, right-trimmed, as the last assistant message (Anthropic refuses one that ends in white space) |
    /// | `continue` | the partial as it is as an assistant message, then ``continueTurn`` |
    /// | `system-note` | the partial, quoted, at the end of the system prompt |
    /// | `restart-skip`, `cursor`, `off` | the original (a cursor asks without it) |
    public static func request(
        original: ChatRequest, partial: String, strategy: ResumeStrategy
    ) -> ChatRequest {
        var request = original
        switch strategy {
        case .prefill:
            request.addAssistantText(partial.trimmingEnd())
        case .continue:
            request.addAssistantText(partial)
            request.messages.append(ChatMessage(role: .user, text: continueTurn))
        case .systemNote:
            let note = systemNoteHead + partial + systemNoteTail
            request.system = original.system.map { $0.isEmpty ? note : $0 + "\n\n" + note } ?? note
        case .cursor, .restartSkip, .off:
            break
        }
        return request
    }
}

extension ChatRequest {
    /// A conversation that already ends in an assistant message (a prefill of the user's) goes on with the reply's text:
    /// two assistant messages in a row are refused by some servers.
    fileprivate mutating func addAssistantText(_ text: String) {
        if let last = messages.last, last.role == .assistant {
            messages[messages.count - 1] = last.appending(text: text)
        } else {
            messages.append(ChatMessage(role: .assistant, text: text))
        }
    }
}

extension String {
    /// Without ASCII white space at the end.
    fileprivate func trimmingEnd() -> String {
        let bytes = utf8
        guard let last = bytes.lastIndex(where: { !$0.isSpace }) else { return "" }
        return String(self[...last])
    }
}
