import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One reply from start to end, printed as it comes.
struct AskRunner<Printer: AskPrinter> {
    let driver: Driver
    var printer: Printer

    /// - Returns: what the shell is told.
    mutating func run(_ order: StreamOrder) -> ExitStatus {
        guard let interrupts = Interrupts() else { return .other }
        let id = driver.act { $0.start(order, at: $1, into: &$2) }
        tell(id)
        while let state = driver.engine.state(of: id), !state.isTerminal {
            _ = driver.turn(waitingFor: [interrupts.descriptor], until: nil)
            if interrupts.take() != nil {
                driver.act { $0.cancel(id, at: $1, into: &$2) }
            }
            tell(id)
            if printer.failure != nil {
                driver.act { $0.cancel(id, at: $1, into: &$2) }
            }
        }
        guard let snapshot = driver.snapshot(id) else { return .other }
        if printer.failure == nil { printer.end(snapshot) }
        guard let failure = printer.failure else { return ExitStatus(snapshot) }
        // A reader that has enough, as `head` has, is nothing to speak of.
        if failure != EPIPE { Messages.complain("standard output: \(String(cString: strerror(failure)))") }
        return .other
    }

    private mutating func tell(_ id: StreamID) {
        let events = driver.takeEvents()
        guard !events.isEmpty else { return }
        let text = driver.engine.text(of: id)
        let thinking = driver.engine.thinking(of: id)
        for event in events {
            printer.print(event, text: text, thinking: thinking)
        }
        printer.flush()
    }
}
