import Pricing
import Providers
import Screen
import StreamEngine

/// A conversation: what was said, what is being written, and where the reader is.
struct Conversation: Sendable {
    let id: ConversationID
    /// Sanitised; empty until there is one.
    var title = ""
    var transcript = Transcript()
    var editor = Editor()
    var draft = DraftKeeper()
    /// The prompt in whose place the draft will be sent.
    var editing: TurnID?
    /// What it had cost when it came from the store.
    var spentBefore = CostSum()
    /// Of a prompt that is sent in parts, those that are to follow.
    var parts: PromptQueue?

    init(id: ConversationID) {
        self.id = id
    }
}

/// When a draft is written to the store: a pause after typing, or at the latest a while after the first change.
struct DraftKeeper: Sendable, Equatable {
    static let pause = Duration.milliseconds(400)
    static let longest = Duration.seconds(3)

    /// The editor's generation that the store has.
    private var savedGeneration = 0
    private var seenGeneration = 0
    private var firstChange: Instant?
    private var lastChange: Instant?

    mutating func changed(to generation: Int, at now: Instant) {
        guard generation != seenGeneration else { return }
        seenGeneration = generation
        firstChange = firstChange ?? now
        lastChange = now
    }

    /// When to save; `nil` = nothing to save.
    var deadline: Instant? {
        guard let firstChange, let lastChange, seenGeneration != savedGeneration else { return nil }
        return min(lastChange + Self.pause, firstChange + Self.longest)
    }

    /// For the editor that is empty after this one: what the store may have of it is taken back.
    func emptied(at now: Instant) -> DraftKeeper {
        var keeper = DraftKeeper()
        guard savedGeneration != 0 else { return keeper }
        keeper.savedGeneration = -1
        keeper.firstChange = now
        keeper.lastChange = now
        return keeper
    }

    mutating func saved() {
        savedGeneration = seenGeneration
        firstChange = nil
        lastChange = nil
    }

    /// What the editor shows came from the store.
    mutating func loaded(generation: Int) {
        seenGeneration = generation
        saved()
    }
}
