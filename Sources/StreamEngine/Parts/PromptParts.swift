import Providers

/// A prompt that is too large for its model, made into several that are not.
///
/// The material (standard input, attached text files) is cut; the instruction and the images go with every part, and a
/// note says which part of how many it is. Without any material the instruction itself is cut. Each part is a request of
/// its own, without the others.
public struct PromptParts: Sendable, Equatable {
    /// The user's messages, in their order; at least two.
    public var messages: [ChatMessage]
    /// Tokens of them all, by our own estimate: what is billed as input if nothing breaks.
    public var tokens: Int

    /// How much of the room is used: the estimate may be a sixth too low (``TokenEstimator``).
    static let fill = 0.8
    /// The fewest tokens of material in a part that are worth a request.
    static let leastTokens = 64

    /// - Parameters:
    ///   - request: the whole; its last message is the prompt. Earlier ones do not go with the parts.
    ///   - material: text that follows what was typed (standard input); attached text files are material by themselves.
    ///   - room: tokens that a request may have.
    /// - Returns: `nil` where a part would have no room for anything but what goes with every one.
    public init?(_ request: ChatRequest, material: String = "", room: Int) {
        guard let prompt = request.messages.last else { return nil }
        let images = prompt.attachments.filter(\.isImage)
        let files = prompt.attachments.filter { !$0.isImage }
        var text = ChatMessage(role: .user, text: material, attachments: files).wholeText
        var instruction = prompt.text
        if text.utf8.allSatisfy({ $0 <= 0x20 }) {
            text = prompt.text
            instruction = ""
        }
        let name = files.isEmpty ? "a text" : files.map(\.name).joined(separator: ", ")
        // The note as long as it gets.
        let frame = Self.message(instruction, part: 9999, of: 9999, name: name, text: "", images: images)
        let fixed = TokenEstimator.estimate(
            ChatRequest(model: request.model, system: request.system, messages: [frame]))
        let free = Int(Double(room) * Self.fill) - fixed
        guard free >= Self.leastTokens else { return nil }
        let pieces = TextSplitter.pieces(of: text, tokens: free)
        guard pieces.count > 1 else { return nil }
        messages = pieces.enumerated().map { index, piece in
            Self.message(
                instruction, part: index + 1, of: pieces.count, name: name, text: String(piece), images: images)
        }
        tokens = messages.reduce(0) {
            $0 + TokenEstimator.estimate(ChatRequest(model: request.model, system: request.system, messages: [$1]))
        }
    }

    private static func message(
        _ instruction: String, part: Int, of count: Int, name: String, text: String, images: [Attachment]
    ) -> ChatMessage {
        let note =
            "[Part \(part) of \(count) of \(name), which is too long for one request. "
            + "Answer for this part alone; the others are asked about in requests of their own.]"
        let words = instruction.isEmpty ? [note, text] : [instruction, note, text]
        return ChatMessage(role: .user, text: words.joined(separator: "\n\n"), attachments: images)
    }

    /// What a conversation that goes on says in a part's place, for all of it would be too much again.
    public static func brief(_ part: Int, of count: Int) -> String {
        "[Here stood part \(part) of \(count) of a text that was too long for one request; it is left out.]"
    }

    /// The request that makes one answer of the parts' answers.
    public static func merging(_ answers: [String], instruction: String) -> ChatMessage {
        var text = instruction.isEmpty ? "" : instruction + "\n\n"
        text +=
            "[The text was too long for one request and was asked about in \(answers.count) parts. Below are the answers "
            + "to the parts, in order. Make one answer of them, as if to the whole text, and do not speak of parts.]"
        for (index, answer) in answers.enumerated() {
            text += "\n\n<answer part=\"\(index + 1)\">\n\(answer)\n</answer>"
        }
        return ChatMessage(role: .user, text: text)
    }
}
