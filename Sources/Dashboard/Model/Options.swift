import Pricing
import StreamEngine

/// A model that can be asked, for the pickers and the completion of `/model`.
public struct ModelChoice: Sendable, Equatable {
    public var ref: ModelRef
    /// A name for people; unsanitised, as all of it.
    public var title: String?
    /// Tokens; `nil` = not known.
    public var contextWindow: Int?
    public var maxOutput: Int?
    /// Why it cannot be asked at the moment (`no ANTHROPIC_API_KEY`); `nil` when it can.
    public var unavailable: String?

    public init(
        _ ref: ModelRef, title: String? = nil, contextWindow: Int? = nil, maxOutput: Int? = nil,
        unavailable: String? = nil
    ) {
        self.ref = ref
        self.contextWindow = contextWindow
        self.maxOutput = maxOutput
        self.title = title
        self.unavailable = unavailable
    }
}

/// What the user set once and for all.
public struct Options: Sendable {
    public var showsClock = true
    /// Nothing moves by itself but what carries meaning: no blinking indicator, countdowns in whole seconds.
    public var reducedMotion = false
    /// Only ASCII signs, for terminals and locales that have no more.
    public var ascii = false
    /// Graphs in Braille's dots, two numbers to a cell, where the signs are not ASCII only.
    public var braille = false
    public var mouse = true
    /// The user's time zone.
    public var secondsEastOfUTC = 0
    /// There is a store with the conversations of earlier sessions.
    public var hasStore = false
    /// What was sent in earlier sessions, oldest first.
    public var history: [String] = []
    /// The embedded fault lab answers: the empty transcript says so.
    public var isDemo = false
    /// What may be spent, until the user says otherwise.
    public var budget = Budget()
    /// When a failure is tried again, and how long each silence may last.
    public var policy = RetryPolicy()
    public var timeouts = Timeouts()
    /// What is asked for at most; `nil` = the model's own limit.
    public var maxTokens: Int?
    /// An estimate of the system prompt, with what a message adds to it.
    public var systemTokens = 0
    public var prices: PriceTable?

    public init() {}
}
