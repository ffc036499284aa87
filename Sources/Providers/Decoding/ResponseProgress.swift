/// How far a response of OpenAI's Responses has come.
struct ResponseProgress: Sendable {
    /// What to do with an event by its number.
    enum Step {
        case take
        /// It came before.
        case skip
        /// A continuation that is none: without numbers, or not from where it was asked for.
        case foreign
    }

    /// The response's id; empty before `response.created`.
    var id = ""
    /// The number that the next event should have.
    private var expected = -1
    /// Numbers are there and grow.
    private var isOrdered = true
    /// Taken up by a cursor.
    private var isContinued = false
    /// `response.completed`, `.incomplete`, `.failed` or `.cancelled` was received.
    var isOver = false
    /// Text, or thoughts, came since the present part began: what repeats them as a whole is left out.
    var hasPartText = false
    var hasPartThinking = false
    /// The next thought begins another part of the summary.
    var breaksThinking = false
    /// Output items that were told, or have nothing to tell: their indexes are below this.
    var knownItems = 0
    /// The model waits for a tool of the client's.
    var awaitsTool = false

    @inline(__always)
    mutating func advance(to number: Int) -> Step {
        if number == expected, !isOver {
            expected &+= 1
            return .take
        }
        return advanceSlowly(to: number)
    }

    @inline(never)
    private mutating func advanceSlowly(to number: Int) -> Step {
        if isContinued {
            guard number >= 0 else { return .foreign }
            guard number >= expected else { return .skip }
            guard number == expected else { return .foreign }
        } else if number < expected || number < 0 {
            isOrdered = false
        }
        expected = number == .max ? number : number + 1
        return .take
    }

    /// An event that is taken whatever its number.
    mutating func pass(_ number: Int) {
        if number >= expected, number < .max { expected = number + 1 }
    }

    var cursor: ResponseCursor? {
        guard isOrdered, !isOver, expected > 0 else { return nil }
        return ResponseCursor(id: id, sequence: expected - 1)
    }

    func continued() -> ResponseProgress {
        var progress = self
        progress.isContinued = true
        return progress
    }
}

extension EventInterpreter {
    /// See ``ReplyDecoder/cursor``.
    var cursor: ResponseCursor? { response.cursor }

    /// Remembers this interpreter as it is, before an event that cannot be trusted and all that follow it.
    mutating func keepCheckpoint() {
        if checkpoint.isEmpty, cursor != nil { checkpoint = [self] }
    }

    /// See ``ReplyDecoder/continued(format:maximumEventSize:)``.
    func continued() -> EventInterpreter {
        var interpreter = checkpoint.first ?? self
        interpreter.unknownEvents = 0
        interpreter.malformedEvents = 0
        // A stop that had come would have ended it: one beside an error was the relay's, and says nothing of the response.
        interpreter.lastStop = nil
        interpreter.response = interpreter.response.continued()
        return interpreter
    }
}
