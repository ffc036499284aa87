import Pricing
import Providers
import Screen
import StreamEngine

/// Everything that the dashboard knows. Messages change it, ``view(_:size:theme:)`` draws it; it never acts and never
/// asks what time it is.
///
/// The loop: hand each turn's messages to ``update(_:)`` (``Message/clock(_:)`` first), carry out the commands, draw when
/// ``generation`` differs from the one drawn last, sleep until ``nextChange(after:)``.
public struct Model: Sendable {
    /// Grows with every change that can be seen.
    public internal(set) var generation = 0
    public internal(set) var size: Size
    var now: Now
    /// How the two clocks relate, kept still so that times of the past do not tremble; set anew after a jump.
    var clockOrigin: Now
    var options: Options

    var themes: [String]
    var theme: String
    var models: [ModelChoice]
    /// Who is asked next.
    public internal(set) var currentModel: ModelRef
    /// What may be spent on a reply and on a conversation.
    public internal(set) var budget: Budget

    var conversations: [ConversationID: Conversation]
    /// In the order of their making.
    var conversationOrder: [ConversationID]
    /// Those that have no tab at present.
    var closedTabs: Set<ConversationID> = []
    public internal(set) var current: ConversationID
    var history: History

    var streams = StreamList()
    public internal(set) var selected: StreamID?
    /// Which of its attempts the panel tells of; `nil` = the last.
    var selectedAttempt: Int?
    private var measuredDetail: MeasuredDetail?
    /// Streams that the table's actions are for, besides the selected one.
    var marks: Set<StreamID> = []
    var batches: [TurnID: Int] = [:]
    var nextBatch = 1
    var nextTurn = 1

    var focus = Pane.input
    /// Of the lanes.
    var laneScroll = LaneScroll()
    var overlay: Overlay?
    /// Transcript and panel stand still.
    var held: HeldDisplay?
    /// The demo's, while it plays.
    var tour: Tour?
    /// The line in which a search is typed.
    var finder: Finder?
    /// What was searched last, to search it again.
    var lastSearch = ""
    /// The text's colours say how late it came.
    var showsLateness = false
    /// What would be sent now.
    var estimator = Estimator()
    /// What the inspector shows, while it is open.
    var inspector: Inspector?
    /// What can stand where the command or its argument is being typed.
    var completion: Completion?
    /// Lines of the event log below the window; 0 = it follows.
    var eventScroll = 0
    var mouse: Bool
    var terminalHasFocus = true
    var flight = Flight.none
    var keymap = Keymap.standard
    /// Ctrl-X was pressed: the next key is the second of two.
    var isAfterPrefix = false
    /// Lies under a page that was opened over it.
    var overlayUnderPage: Overlay?
    /// What was read last of the file of keys was not taken.
    var areKeysWrong = false

    var toasts: [Toast] = []
    var notices: [NoticeRecord] = []
    /// A second press quits until then.
    var quitArmedUntil: Instant?

    /// - Parameters:
    ///   - themes: names for `/theme`, the one in use included.
    ///   - models: what the catalogue offers, for pickers and completion; `model` need not be among them.
    public init(
        size: Size, now: Now, themes: [String], theme: String, models: [ModelChoice], model: ModelRef,
        conversation: ConversationID, options: Options = Options()
    ) {
        self.size = size
        self.now = now
        clockOrigin = now
        self.options = options
        self.themes = themes.map(Clean.line)
        self.theme = theme
        self.models = models
        currentModel = model
        budget = options.budget
        conversations = [conversation: Conversation(id: conversation)]
        conversationOrder = [conversation]
        current = conversation
        history = History(options.history)
        mouse = options.mouse
    }

    // MARK: The conversation on the screen

    var conversation: Conversation {
        get { conversations[current] ?? Conversation(id: current) }
        _modify {
            let id = current
            yield &conversations[id, default: Conversation(id: id)]
        }
    }

    var editor: Editor {
        get { conversation.editor }
        _modify { yield &conversation.editor }
    }

    var transcript: Transcript {
        get { conversation.transcript }
        _modify { yield &conversation.transcript }
    }

    /// The theme that is chosen.
    public var themeName: String { theme }

    var selectedEntry: StreamEntry? { streams[selected] }

    // MARK: Times and names

    /// The time of day at a moment of the monotonic clock.
    func timeOfDay(_ instant: Instant) -> TimeOfDay {
        TimeOfDay(clockOrigin.wall(at: instant), secondsEastOfUTC: options.secondsEastOfUTC)
    }

    func timeOfDay(_ wall: WallTime) -> TimeOfDay {
        TimeOfDay(wall, secondsEastOfUTC: options.secondsEastOfUTC)
    }

    var glyphs: Glyphs { Glyphs(ascii: options.ascii, braille: options.braille) }

    /// What is shown of a model: its name without the vendor's family name where that is only noise.
    static func shortName(_ model: String) -> String {
        let clean = Clean.line(model)
        var name = clean[...]
        if let slash = name.lastIndex(of: "/"), name.index(after: slash) != name.endIndex {
            name = name[name.index(after: slash)...]
        }
        if name.hasPrefix("claude-"), name.utf8.count > 7 { name = name.dropFirst(7) }
        return String(name)
    }

    /// How the screen is cut up now.
    func layout(size: Size? = nil) -> Layout {
        let size = size ?? self.size
        let columns = Layout.promptColumns(size, focus: focus)
        let rows = EditorLayout(editor, columns: columns).rows.count
        var needs = Layout.Needs(
            inputRows: rows, streams: streams.count,
            detailRows: detailRows,
            focus: focus,
            hasReadingLine: finder != nil || transcript.search != nil || showsLateness)
        let layout = Layout(size, needs)
        guard let tour, !layout.isTooSmall else { return layout }
        needs.tourRows = TourView.rows(tour, in: layout, keys: keymap)
        return Layout(size, needs)
    }

    /// How many lines the selected stream's detail has.
    private var detailRows: Int {
        guard let entry = selectedEntry else { return 4 }
        if let measured = measuredDetail, measured.revision == entry.revision, measured.attempt == selectedAttempt {
            return measured.rows
        }
        return Detail.rows(for: entry.snapshot, attempt: selectedAttempt)
    }

    /// Keeps that for the frames until the next snapshot: each asks for it, and to count the lines is to write them.
    mutating func measureDetail() {
        guard let entry = selectedEntry else { return }
        measuredDetail = MeasuredDetail(revision: entry.revision, attempt: selectedAttempt, rows: detailRows)
    }

    /// Something that can be seen has changed.
    mutating func changed() { generation &+= 1 }
}

/// Of an entry as it was at that revision.
private struct MeasuredDetail {
    var revision: Int
    var attempt: Int?
    var rows: Int
}
