import Pricing
import Providers
import Screen
import StreamEngine

/// A conversation: one tab of the dashboard, one row of the store.
public struct ConversationID: Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Which model of which provider.
public struct ModelRef: Sendable, Hashable {
    public var provider: String
    public var model: String

    public init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }
}

/// Everything that can change the model. `weir`'s loop makes these; nothing else does.
public enum Message: Sendable {
    case input(InputEvent)
    case resized(Size)
    /// The clocks, before each turn's other messages.
    case clock(Now)
    /// A stream was made for a prompt of ours; its snapshots follow.
    case streamStarted(StreamSnapshot, conversation: ConversationID, prompt: TurnID)
    case stream(StreamSnapshot)
    /// New text of a stream's take, raw as received (UTF-8, unsanitised), and how late its parts came where that is known.
    case text(StreamID, [UInt8], late: [Late] = [])
    case thinking(StreamID, [UInt8])
    case part(StreamID, kind: String, detail: String)
    case seam(StreamID, Seam)
    /// What more went over the wire of the stream that is watched: at first all that is still known.
    case wire(StreamID, [WireEntry])
    /// What there is to say about a stream's budget.
    case budget(StreamID, BudgetNotice)
    /// The text so far stays as a failed take; the new take begins with its first `kept` bytes.
    case diverged(StreamID, kept: Int)
    /// From the store, at start or as ``Command/openConversation(_:)`` asked: turns in order.
    case conversationLoaded(ConversationID, title: String, turns: [StoredTurn], draft: String)
    /// The answer to ``Command/listConversations``: the newest of the store, newest first.
    case conversationsListed([StoredConversation])
    /// A prompt that was not typed here: a recording's.
    case prompted(ConversationID, turn: TurnID, text: String)
    /// What the flight recorder does.
    case flight(Flight)
    /// The demo's provider was ordered to do something: so many streams under way were told.
    case labSteered(FaultOrder, StreamID?, streams: Int)
    /// The demo's tour, from its beginning.
    case beginTour
    /// Something to tell the user; unsanitised.
    case notice(Notice)
    /// The answer to ``Command/check(_:)``: it may go, with its files read: one message, or the parts that were made of it.
    case checked(OutgoingPrompt, [ChatMessage])
    /// The answer to ``Command/listFiles(_:)``: what begins as asked, names as the file system has them.
    case files(String, [FileEntry])
    /// The answer to ``Command/weighFiles(_:)``.
    case filesWeighed(FilesWeight, of: [FileMention])
    /// `$EDITOR` came back with this text.
    case edited(String)
    /// What became of ``Command/copy(_:)`` or ``Command/save(_:path:)``.
    case copied(CopyText, CopyOutcome)
    case themeChanged(name: String)
    /// The names of the themes that there are now.
    case themesChanged([String])
    /// `keys.toml`, at the start and whenever it may have changed.
    case keyFile(KeyFile)
    case terminal(TerminalReply)
    /// The program has to end: drafts are to be saved now.
    case ending
}

/// One prompt and its replies.
public struct TurnID: Sendable, Hashable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
}

/// A conversation as the store lists it.
public struct StoredConversation: Sendable, Equatable {
    public var id: ConversationID
    public var title: String
    /// When it was last gone on with, in words.
    public var when: String

    public init(id: ConversationID, title: String, when: String) {
        self.id = id
        self.title = title
        self.when = when
    }
}

/// A turn as the store knows it.
public struct StoredTurn: Sendable, Equatable {
    public var role: ChatMessage.Role
    public var text: String
    /// Of a prompt, as they were sent.
    public var attachments: [Attachment] = []
    /// Of a prompt that was a part of a longer one: what later requests say in its place.
    public var brief: String?
    public var model: String?
    public var verdict: Verdict?
    public var wall: WallTime
    /// `nil` where it is not known or nothing was priced.
    public var cost: String?
    /// Of a reply: the user chose it among several. Of a prompt: another one has taken its place.
    public var isKept = false
    public var isReplaced = false
    /// What of it is known, as amounts.
    public var spent: CostSum

    public init(
        role: ChatMessage.Role, text: String, model: String? = nil, verdict: Verdict? = nil, wall: WallTime,
        cost: String? = nil, spent: CostSum = CostSum()
    ) {
        self.role = role
        self.text = text
        self.model = model
        self.verdict = verdict
        self.wall = wall
        self.cost = cost
        self.spent = spent
    }
}

public struct Notice: Sendable, Equatable {
    public enum Level: Sendable { case info, warning, error }
    public var level: Level
    public var text: String
    /// What to do about it, if anything.
    public var hint: String?

    public init(_ level: Level, _ text: String, hint: String? = nil) {
        self.level = level
        self.text = text
        self.hint = hint
    }
}

/// What the model asks of the world; `weir`'s loop carries them out.
public enum Command: Sendable, Equatable {
    /// Read the files that a prompt names, and see whether its models and their providers would take it. Where they would,
    /// ``Message/checked(_:_:)`` follows; where not, a notice, and the prompt stays where it is.
    case check(OutgoingPrompt)
    /// Store the prompt durably, then ask these models, each a stream of its own. `history` is what went before. A turn
    /// that was sent before is asked again: its prompt is stored already, the new reply stands beside the others.
    case send(ConversationID, turn: TurnID, prompt: SentPrompt, history: [ChatMessage], models: [ModelRef])
    case cancel(StreamID)
    /// Take it up again: from the partial where there is one; a complete reply is made anew by `send`.
    case retry(StreamID)
    case retryNow(StreamID)
    case waitLonger(StreamID, Duration)
    case giveUp(StreamID)
    /// Yes, a broken reply goes on, in the way that is chosen.
    case goOn(StreamID)
    /// Another way to go on is chosen; the stream still asks.
    case otherWay(StreamID)
    case switchModel(StreamID, ModelRef)
    case saveDraft(ConversationID, String)
    case newConversation(ConversationID)
    case renameConversation(ConversationID, String)
    /// Read which conversations the store has: ``Message/conversationsListed(_:)`` follows, or a notice.
    case listConversations
    /// Read a conversation of the store: ``Message/conversationLoaded(_:title:turns:draft:)`` follows, or a notice.
    case openConversation(ConversationID)
    /// Text for the user's clipboard. ``Message/copied(_:_:)`` follows.
    case copy(CopyText)
    /// The same to a new file, by a path as it was typed.
    case save(CopyText, path: String)
    case openEditor(String)
    /// The files whose path begins so: the last component may be a beginning.
    case listFiles(String)
    /// What the files that the draft names add to it.
    case weighFiles([FileMention])
    case setTheme(String)
    /// Draw with it until the next; it is not chosen yet.
    case previewTheme(String)
    /// Of the replies to that prompt, this is the one that the conversation goes on from.
    case keep(ConversationID, TurnID, StreamID)
    /// These prompts and their replies are in the past: another prompt has taken the place of the first of them.
    case replace(ConversationID, [TurnID])
    /// The prompts of a conversation that was loaded, in their order.
    case promptsLoaded(ConversationID, [TurnID])
    /// Tell of everything that goes over a stream's wire, and what went before; `nil` = of no stream's any more.
    case watchWire(StreamID?)
    /// Write down what one needs to find out why a stream went as it did, in a file, and say in which.
    case saveReport(StreamID)
    /// Read `keys.toml` and hand it over, whether it has changed or not.
    case readKeys
    /// Begin a recording, or end the one that runs.
    case toggleRecording
    case pauseReplay
    case stepReplay
    /// Orders the demo's provider to do something to a stream, or to all.
    case steerLab(FaultOrder, StreamID?)
    /// Whether the demo's provider does nothing but what it is ordered to; or what its scenario says, from the next request.
    case calmLab(Bool)
    /// For every stream, those to come included.
    case setBudget(Budget)
    case suspend
    /// Forget what the terminal shows and draw everything.
    case redraw
    case quit
}
