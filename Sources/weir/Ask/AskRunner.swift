import StreamEngine

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
            if interrupts.take() != nil || printer.isBroken {
                driver.act { $0.cancel(id, at: $1, into: &$2) }
            }
            tell(id)
        }
        guard let snapshot = driver.snapshot(id) else { return .other }
        printer.end(snapshot)
        return printer.isBroken ? .other : ExitStatus(snapshot)
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
