import Recording
import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Streams of a recording, printed one after the other as `weir ask` printed them.
struct ReplayRunner<Printer: AskPrinter> {
    let driver: ReplayDriver
    var printer: Printer
    /// What happened to streams whose turn to be printed has not come.
    private var waiting: [StreamID: [EngineEvent]] = [:]

    init(driver: ReplayDriver, printer: Printer) {
        self.driver = driver
        self.printer = printer
    }

    /// - Returns: what the shell was told then; of several streams, the last thing that was not complete.
    mutating func run(_ streams: [StreamID]) -> ExitStatus {
        guard let interrupts = Interrupts() else { return .other }
        var worst = ExitStatus.complete
        for (index, id) in streams.enumerated() {
            if streams.count > 1 {
                printer.begin(AskPart(number: index + 1, count: streams.count, isAnswer: true))
            }
            let status = run(id, interrupts)
            if status != .complete { worst = status }
            if printer.failure != nil || status == .cancelled { return status }
        }
        return worst
    }

    private mutating func run(_ id: StreamID, _ interrupts: borrowing Interrupts) -> ExitStatus {
        tell(id)
        // Its last call, and not its end: it may have been taken up again after that.
        let last = driver.playback.recording.entries.lastIndex { $0.record.call.stream == id } ?? 0
        while !driver.isOver, driver.engine.state(of: id)?.isTerminal != true || driver.playback.position <= last {
            _ = driver.turn(waitingFor: [interrupts.descriptor], until: nil)
            if interrupts.take() != nil { return .cancelled }
            tell(id)
            if printer.failure != nil { break }
        }
        guard let snapshot = driver.snapshot(id) else { return .other }
        if printer.failure == nil { printer.end(snapshot) }
        if let failure = printer.failure {
            if failure != EPIPE { Messages.complain("standard output: \(String(cString: strerror(failure)))") }
            return .other
        }
        guard snapshot.verdict != nil else {
            Messages.complain("the recording ends while the stream is \(snapshot.state.rawValue)")
            return .interrupted
        }
        return ExitStatus(snapshot)
    }

    private mutating func tell(_ id: StreamID) {
        for event in driver.takeEvents() { waiting[event.stream, default: []].append(event) }
        guard let events = waiting.removeValue(forKey: id) else { return }
        let text = driver.engine.text(of: id)
        let thinking = driver.engine.thinking(of: id)
        for event in events { printer.print(event, text: text, thinking: thinking) }
        printer.flush()
    }
}
