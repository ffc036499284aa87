/// A reply in the store. Made by the program before anything is written, so that writes need no answer.
public struct ReplyID: Sendable, Hashable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// A new one: random, so that two processes on one store do not choose the same.
    public static func random() -> ReplyID { ReplyID(rawValue: .random(in: 1...(.max))) }
}

/// A prompt in the store.
public struct PromptID: Sendable, Hashable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// A new one, random like ``ReplyID/random()``.
    public static func random() -> PromptID { PromptID(rawValue: .random(in: 1...(.max))) }
}

/// A line of the list of conversations. Times are seconds since 1970.
public struct ConversationSummary: Sendable, Equatable {
    public var id: String
    public var title: String
    public var createdAt: Double
    /// Of the latest prompt or reply.
    public var updatedAt: Double
    public var prompts: Int
    public var replies: Int

    public init(id: String, title: String, createdAt: Double, updatedAt: Double, prompts: Int, replies: Int) {
        self.id = id
        self.title = title
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.prompts = prompts
        self.replies = replies
    }
}

/// A file that went out with a prompt.
public struct ArchivedAttachment: Sendable, Equatable {
    /// As the user named it.
    public var name: String
    /// The media type.
    public var type: String
    public var bytes: [UInt8]

    public init(name: String, type: String, bytes: [UInt8]) {
        self.name = name
        self.type = type
        self.bytes = bytes
    }
}

/// A prompt or a reply as it is stored.
public struct ArchivedTurn: Sendable, Equatable {
    public enum Role: String, Sendable {
        case user, assistant
    }

    public enum Standing: String, Sendable {
        /// A reply that the user chose among several.
        case kept
        /// A prompt in whose place another one stands.
        case replaced
    }

    /// ``PromptID`` or ``ReplyID``, by the role.
    public var id: Int64
    public var role: Role
    public var text: String
    /// Of a reply: what it answers.
    public var prompt: PromptID?
    /// Of a reply.
    public var provider: String?
    public var model: String?
    /// Of a reply, how it ended: `complete`, `truncated`, `incomplete`, `refused`, `cancelled`, `failed`; `nil` while it
    /// is still being written, by this process or another.
    public var verdict: String?
    public var stopReason: String?
    public var startedAt: Double
    public var endedAt: Double?
    /// By number.
    public var attempts: [ArchivedAttempt]
    /// Texts that were shown and given up when a restart took another course, oldest first.
    public var abandoned: [String]
    /// Of a prompt, in their order.
    public var attachments: [ArchivedAttachment] = []
    /// Of a prompt that was a part of a longer one: what later requests say in its place.
    public var brief: String?
    public var standing: Standing?

    public var promptID: PromptID? { role == .user ? PromptID(rawValue: id) : nil }
    public var replyID: ReplyID? { role == .assistant ? ReplyID(rawValue: id) : nil }
}

/// One attempt at a reply: what was asked of whom, what became of it, and what it cost.
public struct ArchivedAttempt: Sendable, Equatable {
    public var reply: ReplyID
    /// From 1, over the reply's whole life.
    public var number: Int
    public var provider: String
    public var model: String
    /// The HTTP status; `nil` where there was no answer.
    public var status: Int?
    public var requestID: String?
    /// `running`, `completed`, `failed`, `cancelled`.
    public var outcome: String
    /// Why it failed. What looks like a key is struck out before it is stored.
    public var failure: String?
    /// How it took up an earlier partial: `prefill`, `continue`, …
    public var resume: String?
    public var isStream = true
    public var startedAt: Double
    public var headersAt: Double?
    public var firstTokenAt: Double?
    public var endedAt: Double?
    public var usage = ArchivedUsage()
    public var cost: ArchivedCost?
    /// Of the price that was used, `YYYY-MM-DD`.
    public var priceDate: String?
    /// Its text did not become the reply.
    public var isLost = false
    public var textBytes = 0
    public var thinkingBytes = 0

    public init(
        reply: ReplyID, number: Int, provider: String, model: String, outcome: String = "running", startedAt: Double
    ) {
        self.reply = reply
        self.number = number
        self.provider = provider
        self.model = model
        self.outcome = outcome
        self.startedAt = startedAt
    }
}

/// Tokens as they are billed; `nil` = not reported.
public struct ArchivedUsage: Sendable, Equatable {
    public var input: Int?
    public var output: Int?
    public var cacheRead: Int?
    public var cacheWrite: Int?
    public var cacheWriteHour: Int?
    public var thinking: Int?
    /// The numbers are the program's own count.
    public var isEstimated: Bool

    public init(
        input: Int? = nil, output: Int? = nil, cacheRead: Int? = nil, cacheWrite: Int? = nil,
        cacheWriteHour: Int? = nil, thinking: Int? = nil, isEstimated: Bool = false
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.cacheWriteHour = cacheWriteHour
        self.thinking = thinking
        self.isEstimated = isEstimated
    }
}

/// A known amount; an attempt whose cost is unknown has none.
public struct ArchivedCost: Sendable, Equatable {
    public enum Certainty: String, Sendable {
        case reported, estimated, lowerBound = "lower-bound"
    }

    /// 10⁻¹² of the currency's unit.
    public var picos: Int64
    public var currency: String
    public var certainty: Certainty

    public init(picos: Int64, currency: String, certainty: Certainty) {
        self.picos = picos
        self.currency = currency
        self.certainty = certainty
    }

    /// The exact amount without a sign for the currency: `0.0421`.
    public var amountText: String {
        let unit: UInt64 = 1_000_000_000_000
        var fraction = String(picos.magnitude % unit)
        fraction = String(repeating: "0", count: 12 - fraction.utf8.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return (picos < 0 ? "-" : "") + "\(picos.magnitude / unit)" + (fraction.isEmpty ? "" : "." + fraction)
    }
}

/// What was typed and not sent.
public struct Draft: Sendable, Equatable {
    /// A conversation's id; it need not be in the store yet.
    public var conversation: String
    public var text: String
    public var updatedAt: Double
}
