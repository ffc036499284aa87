import Providers
import Screen
import StreamEngine

/// A prompt on its way: what was typed, before its files are read and anybody says that it may go.
public struct OutgoingPrompt: Sendable, Equatable {
    public var conversation: ConversationID
    public var text: String
    public var mentions: [FileMention]
    /// What went before.
    public var history: [ChatMessage]
    public var models: [ModelRef]
    /// What was typed, its command included.
    public var entered: String
    /// It is sent in parts where it is too long.
    public var mayBeCut: Bool

    public init(
        conversation: ConversationID, text: String, mentions: [FileMention], history: [ChatMessage],
        models: [ModelRef], entered: String, mayBeCut: Bool
    ) {
        self.conversation = conversation
        self.text = text
        self.mentions = mentions
        self.history = history
        self.models = models
        self.entered = entered
        self.mayBeCut = mayBeCut
    }
}

/// A prompt as it is stored and sent.
public struct SentPrompt: Sendable, Equatable {
    public var text: String
    public var attachments: [Attachment]
    /// Of a part of a longer prompt: what later requests say in its place.
    public var brief: String?

    public init(_ text: String, attachments: [Attachment] = [], brief: String? = nil) {
        self.text = text
        self.attachments = attachments
        self.brief = brief
    }

    public var message: ChatMessage { ChatMessage(role: .user, text: text, attachments: attachments) }
}

/// The parts of a prompt that wait for the reply to the one before.
struct PromptQueue: Sendable, Equatable {
    /// The part that is being answered.
    var turn: TurnID
    /// Which that is, from 1.
    var number: Int
    var count: Int
    var waiting: ArraySlice<ChatMessage>
    var models: [ModelRef]
    /// One of its replies has failed, and that was said.
    var isHeld = false
}

extension Model {
    /// The first of several parts. Each is a request of its own, without what went before; the next goes out when every
    /// reply to the one before has come to its end.
    mutating func sendParts(_ messages: [ChatMessage], of prompt: OutgoingPrompt) -> [Command] {
        let naming = nameConversation(after: prompt.text)
        accepted(prompt.entered)
        conversation.editing = nil
        conversation.parts = PromptQueue(
            turn: TurnID(rawValue: 0), number: 0, count: messages.count, waiting: messages[...],
            models: prompt.models)
        return naming + [.saveDraft(current, "")] + sendPart(in: current)
    }

    private mutating func sendPart(in id: ConversationID) -> [Command] {
        guard var queue = conversations[id]?.parts else { return [] }
        guard let part = queue.waiting.popFirst() else {
            conversations[id]?.parts = nil
            return []
        }
        queue.turn = TurnID(rawValue: nextTurn)
        nextTurn += 1
        queue.number += 1
        queue.isHeld = false
        conversations[id]?.parts = queue
        let prompt = SentPrompt(
            part.text, attachments: part.attachments, brief: PromptParts.brief(queue.number, of: queue.count))
        conversations[id]?.transcript.addPrompt(queue.turn, prompt, wall: now.wall)
        conversations[id]?.transcript.follow()
        changed()
        return [ask(queue.turn, prompt: prompt, history: [], models: queue.models, in: id)]
    }

    /// A stream changed: where it was the last that a part waited for, the next part goes out.
    mutating func sendNextPart(after stream: StreamID) -> [Command] {
        guard let entry = streams[stream], let queue = conversations[entry.conversation]?.parts,
            queue.turn == entry.turn, entry.snapshot.state.isTerminal
        else { return [] }
        // One that failed may have been asked for again.
        let replies = streams.entries.filter { $0.turn == queue.turn && $0.conversation == entry.conversation }
        guard replies.allSatisfy({ $0.snapshot.state.isTerminal }) else { return [] }
        let isAnswered = replies.contains { [.complete, .truncated, .refused].contains($0.snapshot.state) }
        if isAnswered { return sendPart(in: entry.conversation) }
        if !queue.waiting.isEmpty, !queue.isHeld {
            conversations[entry.conversation]?.parts?.isHeld = true
            notify(
                .warning, "part \(queue.number) of \(queue.count) has no reply, and the next parts wait for it",
                hint: "\(way(to: .retry)) takes it up again; another prompt ends it.")
        }
        return []
    }

    /// Another prompt goes out: what was waiting does not.
    mutating func dropParts() {
        guard let queue = conversation.parts else { return }
        conversation.parts = nil
        guard !queue.waiting.isEmpty else { return }
        notify(.warning, "\(Format.plural(queue.waiting.count, "part", "parts")) of the prompt before will not be sent")
    }
}
