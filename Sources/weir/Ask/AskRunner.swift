import Providers
import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Replies from start to end, printed as they come.
struct AskRunner<Printer: AskPrinter> {
    let driver: Driver
    var printer: Printer

    /// One reply.
    /// - Returns: what the shell is told.
    mutating func run(_ order: StreamOrder) -> ExitStatus {
        guard let interrupts = Interrupts() else { return .other }
        return reply(to: order, interrupts).status
    }

    /// The parts of a prompt one after the other, each when the one before has been answered. It ends with the first that
    /// fails; a part that was truncated or refused is said, and the next goes on.
    mutating func run(_ parts: AskParts, limits: RequestLimits) -> ExitStatus {
        guard let interrupts = Interrupts() else { return .other }
        printer.plan(parts)
        var worst = ExitStatus.complete
        var answers: [String] = []
        for (index, order) in parts.orders.enumerated() {
            printer.begin(AskPart(number: index + 1, count: parts.orders.count, isAnswer: !parts.merges))
            let reply = reply(to: order, interrupts)
            let text = text(of: reply.id)
            if !text.isEmpty { answers.append(text) }
            switch reply.status {
            case .complete: break
            case .truncated: worst = .truncated
            default:
                if parts.merges { printer.put(unmerged: answers) }
                // "Nothing was printed" would not be true.
                return answers.isEmpty || reply.status == .cancelled ? reply.status : .interrupted
            }
        }
        guard parts.merges else { return worst }
        guard let order = parts.merging(answers, limits: limits) else {
            printer.put(unmerged: answers)
            Messages.complain("the answers to the parts are too long for one request: they stand unmerged")
            return .other
        }
        printer.begin(AskPart(number: nil, count: parts.orders.count, isAnswer: true))
        let reply = reply(to: order, interrupts)
        if text(of: reply.id).isEmpty, reply.status != .complete {
            printer.put(unmerged: answers)
            return reply.status == .cancelled ? reply.status : .interrupted
        }
        return reply.status == .complete ? worst : reply.status
    }

    private func text(of id: StreamID) -> String {
        String(decoding: driver.text(of: id), as: UTF8.self)
    }

    private mutating func reply(
        to order: StreamOrder, _ interrupts: borrowing Interrupts
    ) -> (status: ExitStatus, id: StreamID) {
        let id = driver.act { $0.start(order, at: $1, into: &$2) }
        tell(id)
        var asker: AskQuestion?
        var asked: ResumeQuestion?
        while let state = driver.engine.state(of: id), !state.isTerminal {
            // The terminal is opened with the first question, and read while there is one.
            if state == .asking, asker == nil { asker = AskQuestion() }
            if state == .asking, asker == nil {
                nobodyToAsk(id)
                tell(id)
                continue
            }
            var descriptors = [interrupts.descriptor]
            if state == .asking, asker != nil, let question = driver.snapshot(id)?.question {
                if asked == nil { asker?.begin() }
                if asked != question { asker?.put(question) }
                asked = question
                if let terminal = asker?.descriptor { descriptors.append(terminal) }
            } else {
                asked = nil
            }
            let readable = driver.turn(waitingFor: descriptors, until: nil)
            if asked != nil, readable.contains(where: { $0 != interrupts.descriptor }) {
                switch asker?.take() {
                case .goOn?: driver.act { $0.goOn(id, at: $1, into: &$2) }
                case .giveUp?: driver.act { $0.giveUp(id, at: $1, into: &$2) }
                case .otherWay?: driver.act { $0.lookAtOtherWay(id, at: $1, into: &$2) }
                case nil: break
                }
            }
            if interrupts.take() != nil {
                driver.act { $0.cancel(id, at: $1, into: &$2) }
            }
            tell(id)
            if printer.failure != nil {
                driver.act { $0.cancel(id, at: $1, into: &$2) }
            }
        }
        guard let snapshot = driver.snapshot(id) else { return (.other, id) }
        if printer.failure == nil { printer.end(snapshot) }
        guard let failure = printer.failure else { return (ExitStatus(snapshot), id) }
        // A reader that has enough, as `head` has, is nothing to speak of.
        if failure != EPIPE { Messages.complain("standard output: \(String(cString: strerror(failure)))") }
        return (.other, id)
    }

    /// Without a terminal it is as with `--resume off`: what came is kept, and where that is nothing, it starts again.
    private func nobodyToAsk(_ id: StreamID) {
        let hasText = !driver.text(of: id).isEmpty
        Messages.complain(
            "--resume ask: there is no terminal to ask on, so the reply \(hasText ? "stays as it is" : "starts again")")
        driver.act { hasText ? $0.giveUp(id, at: $1, into: &$2) : $0.goOn(id, at: $1, into: &$2) }
    }

    private mutating func tell(_ id: StreamID) {
        let events = driver.takeEvents()
        guard !events.isEmpty else { return }
        let text = driver.text(of: id)
        let thinking = driver.engine.thinking(of: id)
        for event in events {
            printer.print(event, text: text, thinking: thinking)
        }
        printer.flush()
    }
}
