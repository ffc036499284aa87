import StreamEngine

/// The demo's tour: a pure machine. Each scene says what is about to break, breaks it, and points at where it shows.
///
/// It goes on when Enter is pressed and when its stream gets somewhere; nothing in it goes on with time.
struct Tour: Sendable, Equatable {
    enum Phase: Sendable, Equatable {
        /// It is said what is about to happen. Enter leads to `asked`, or to the next scene where nothing breaks.
        case told
        /// The scene's question was asked as this turn; its stream is awaited. Leads to `broken` where something is
        /// ordered in mid-answer, else to `shown`.
        case asked(TurnID, StreamID?)
        /// That was ordered; what comes of it is awaited. Leads to `shown`.
        case broken
        /// It has happened. Enter leads to the next scene.
        case shown
    }

    /// Where the screen shows it.
    enum Pointer: Sendable, Equatable {
        /// The stream's first line: its state and attempt.
        case state
        /// Where a wait comes from; once it is over, the line that has drawn it.
        case wait
        /// What keeps the stream alive; nothing once it has ended.
        case lamp
        /// The last seam; the state where none is in sight.
        case seam
    }

    /// What the stream must have come to before anybody is told to look.
    enum Effect: Sendable, Equatable {
        /// What was ordered shows by itself.
        case ordered
        /// It waits after an attempt of this number, or a later one.
        case waiting(after: Int)
    }

    struct Scene: Sendable {
        var title: String
        /// Before; and the same for small windows.
        var told: (long: String, short: String)
        /// What is asked so that something can break.
        var question: String?
        /// Ordered before the question is asked, for whoever comes.
        var before: [FaultOrder] = []
        /// Ordered in mid-answer, for the scene's stream.
        var during: [FaultOrder] = []
        var effect = Effect.waiting(after: 1)
        /// The wait is made longer by hand, until Enter, so that there is time to look.
        var holds = false
        /// After.
        var shown: (long: String, short: String) = ("", "")
        var pointer: Pointer?
    }

    /// What is to be done.
    enum Step: Sendable, Equatable {
        case order(FaultOrder, StreamID?)
        case ask(String)
        /// Make the stream's wait longer, and end it.
        case hold(StreamID)
        case letGo(StreamID)
        case end
    }

    /// So much of an answer stands before it breaks: enough to see that it was broken off.
    static let textBefore = 240

    /// What is added to a wait, in seconds.
    static let hold = 10

    private(set) var index = 0
    private(set) var phase = Phase.told
    /// The question waits for what the scene before it broke, see ``text``.
    private(set) var waitsFirst = false
    /// Of the last question.
    private(set) var stream: StreamID?

    var scene: Scene { Self.scenes[index] }
    var isAtEnd: Bool { index == Self.scenes.count - 1 }

    var text: (long: String, short: String) {
        switch phase {
        case .told: return scene.told
        case .asked where waitsFirst:
            return (
                "Asked. The scene before still holds: this question waits, too, and breaks once its answer has begun.",
                "Asked. It waits for what the scene before broke."
            )
        case .asked, .broken:
            let text = scene.during.isEmpty ? "Asked." : "Asked. In a moment, in the middle of the answer …"
            return (text, text)
        case .shown: return scene.shown
        }
    }

    /// Where to look now.
    var pointer: Pointer? {
        phase == .shown || scene.question == nil ? scene.pointer : nil
    }

    /// What Enter does now, for the footer; `nil` = nothing.
    var next: String? {
        switch phase {
        case .told where isAtEnd: "end of the tour"
        case .told where scene.question != nil: "break it"
        case .asked, .broken: nil
        case .told, .shown: index == 0 ? "begin" : "next"
        }
    }

    /// Enter.
    mutating func entered() -> [Step] {
        switch phase {
        case .told:
            guard let question = scene.question else { return proceed() }
            return scene.before.map { .order($0, nil) } + [.ask(question)]
        case .asked, .broken: return []
        case .shown: return letGo() + proceed()
        }
    }

    /// What the tour holds goes on.
    func letGo() -> [Step] {
        guard scene.holds, phase == .shown, let stream else { return [] }
        return [.letGo(stream)]
    }

    private mutating func proceed() -> [Step] {
        guard !isAtEnd else { return [.end] }
        index += 1
        phase = .told
        return []
    }

    /// The question was sent.
    mutating func asked(_ turn: TurnID) {
        waitsFirst = false
        phase = .asked(turn, nil)
    }

    /// A stream was made for a turn.
    mutating func started(_ stream: StreamID, turn: TurnID) {
        guard case .asked(turn, nil) = phase else { return }
        phase = .asked(turn, stream)
        self.stream = stream
    }

    /// A stream has got somewhere.
    mutating func noticed(_ snapshot: StreamSnapshot) -> [Step] {
        guard snapshot.id == stream else { return [] }
        switch phase {
        case .told, .shown: return []
        case .asked, .broken: break
        }
        waitsFirst = !scene.during.isEmpty && snapshot.state == .backingOff
        var steps: [Step] = []
        if case .asked = phase, snapshot.state == .streaming, snapshot.textBytes >= Self.textBefore,
            !scene.during.isEmpty
        {
            steps = scene.during.map { .order($0, snapshot.id) }
            phase = .broken
        }
        guard snapshot.state.isTerminal || hasShown(snapshot) else { return steps }
        phase = .shown
        if scene.holds, !snapshot.state.isTerminal { steps.append(.hold(snapshot.id)) }
        return steps
    }

    private func hasShown(_ snapshot: StreamSnapshot) -> Bool {
        switch scene.effect {
        case .ordered: phase == .broken
        case .waiting(let attempt): snapshot.state == .backingOff && snapshot.attemptInRun >= attempt
        }
    }
}
