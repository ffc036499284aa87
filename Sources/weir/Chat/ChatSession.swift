import CMalloc
import CursesTerminal
import Dashboard
import FaultLab
import Pricing
import Providers
import Screen
import StreamClient
import StreamEngine

/// The dashboard at work: the terminal's bytes and the engine's events become messages, the model's commands become
/// acts, and a frame is drawn when something changed and the last one is old enough.
final class ChatSession {
    /// Between two frames that streams cause; what the user's hand causes is drawn at once.
    /// Twelve and a half a second: text that comes word by word looks no different at sixty, and costs five times as much,
    /// in processor and in bytes to the terminal.
    private static let frameInterval = Duration.milliseconds(80)
    /// How long a lone ESC may be the beginning of a key's sequence. Terminals send those in one piece; 25 ms covers a
    /// slow line.
    private static let escapeTimeout = Duration.milliseconds(25)
    /// How soon a terminal that took no more bytes is tried again.
    private static let writeRetry = Duration.milliseconds(10)

    /// Bytes of a reply after which the memory that its growing took is given back.
    private static let longReply = 1 << 20
    private static let memoryPause = Duration.milliseconds(300)
    private var memoryDue: Instant?

    let driver: any StreamDriver
    /// The driver again, where a recording is played.
    let replay: ReplayDriver?
    var scenes = ReplayScenes()
    var recorder: FlightRecorder?
    /// What the recorder's file has to tell.
    let flightNotices = NoticeBox()
    /// The same of the screen's.
    let screenNotices = NoticeBox()
    /// As the model knows it.
    var toldFlight: Flight?
    /// The demo's provider, and the scenario that it had before the tour calmed it.
    var lab: FaultLab?
    var labScenario: Scenario?
    /// Begins with the tour.
    var playsTour = false
    var screenRecorder: ScreenRecorder?
    let terminal: CursesTerminal
    let settings: Settings
    let store: ConversationStore
    var model: Dashboard.Model
    var themes: ThemeShelf
    var theme: Theme
    /// What goes over the wire.
    let wires: WireWatch
    /// `nil` in a replay, which sends nothing.
    let weigher: FileWeigher?
    /// `keys.toml` as it was read last.
    var keys: KeyShelf
    /// What may be spent, as the user said last.
    var budget: Budget
    private var decoder = InputDecoder()
    private var escapeDeadline: Instant?
    /// The folder of the user's themes; `nil` where it cannot be watched.
    private let watch: FolderWatch?
    /// When the themes are read again.
    var themesDue: Instant?
    var drawnGeneration: Int?
    private var lastFrameAt = Instant(nanoseconds: 0)
    /// When the model changes by itself, as of the last time that it was asked.
    private var nextChange: Instant?
    var inbox = StreamInbox()
    var isDone = false
    private var exitStatus = ExitStatus.complete

    init(
        driver: any StreamDriver, terminal: CursesTerminal, settings: Settings, store: ConversationStore,
        model: Dashboard.Model, themes: ThemeShelf, theme: Theme
    ) {
        self.driver = driver
        replay = driver as? ReplayDriver
        self.terminal = terminal
        self.settings = settings
        self.store = store
        self.model = model
        self.themes = themes
        self.theme = theme
        budget = settings.budget()
        watch = FolderWatch(settings.paths.themes)
        keys = KeyShelf(settings.paths)
        wires = WireWatch(settings)
        weigher = (driver as? Driver).map { FileWeigher($0.waker) }
        if let driver = driver as? Driver { wires.listen(to: driver) }
        let wires = wires
        replay?.played = { wires.hear($0) }
    }

    /// Until the user quits, or the terminal goes away.
    func run() -> ExitStatus {
        memory_keep_large_blocks_apart()
        do {
            // What opening the store had to tell woke nobody.
            for notice in store.takeNotices() { try hand(.notice(notice)) }
            if playsTour { try hand(.beginTour) }
            try hand(.keyFile(keys.read()))
            try draw()
            nextChange = model.nextChange(after: driver.now())
            try terminal.queryTerminal()
            while !isDone { try turn() }
        } catch {
            // The terminal is gone: nobody is left to be told.
            exitStatus = .other
        }
        endStreams()
        driver.finishTelling()
        return exitStatus
    }

    private func turn() throws {
        let readable = driver.turn(
            waitingFor: [terminal.fileDescriptor, terminal.wakeDescriptor] + watchDescriptors,
            until: deadline(after: SystemClock.instant()), gatheringUntil: lastFrameAt + Self.frameInterval)
        let now = driver.now()
        let instant = replay == nil ? now.instant : SystemClock.instant()
        if let replay { try takeReplayed(replay) }
        inbox.take(driver.takeEvents())
        if terminal.wantsToWrite { try terminal.flush() }
        for notice in store.takeNotices() { try hand(.notice(notice)) }
        for message in store.takeAnswers() { try hand(message) }
        for message in weigher?.takeAnswers() ?? [] { try hand(message) }
        for notice in screenNotices.take() { try hand(.notice(notice)) }
        for notice in flightNotices.take() {
            try endRecording()
            try hand(.notice(notice))
        }

        if isDue(memoryDue, at: instant) {
            memoryDue = nil
            memory_give_back()
        }
        let isSignalled = readable.contains(terminal.wakeDescriptor)
        // A terminal that hung up counts as readable, and reading says so.
        let bytes = readable.contains(terminal.fileDescriptor) ? try terminal.readInput() : []
        let hasInput = !bytes.isEmpty || (escapeDeadline.map { $0 <= instant } ?? false)
        // A token's turn ends here: what it brought waits in the inbox for the next frame.
        if let watch, readable.contains(watch.descriptor) {
            watch.drain()
            themesDue = instant + ThemeShelf.readingPause
        }
        let themesAreDue = themesDue.map { $0 <= instant } ?? false
        guard isSignalled || hasInput || themesAreDue || isDue(nextChange, at: now.instant) || isFrameDue(at: instant)
        else {
            return
        }

        try perform(model.update(.clock(now)))
        if isSignalled { try takeSignals() }
        if let size = terminal.resize() {
            screenRecorder?.resized(to: size)
            try hand(.resized(size))
        }
        if themesAreDue { try reloadThemes() }
        if hasInput { try takeInput(bytes, at: now, instant) }
        guard !isDone else { return }
        try bringUpToDate(at: instant, all: false)
        if model.generation != drawnGeneration { try draw() }
        nextChange = model.nextChange(after: now)
    }

    private var hasNews: Bool { !inbox.isEmpty || model.generation != drawnGeneration }

    private func isFrameDue(at now: Instant) -> Bool {
        (hasNews || isDue(inbox.snapshotsDue, at: now)) && now - lastFrameAt >= Self.frameInterval
    }

    private func isDue(_ instant: Instant?, at now: Instant) -> Bool {
        instant.map { $0 <= now } ?? false
    }

    private func deadline(after now: Instant) -> Instant? {
        [
            hasNews ? lastFrameAt + Self.frameInterval : nil,
            inbox.snapshotsDue.map { max($0, lastFrameAt + Self.frameInterval) }, escapeDeadline, themesDue, memoryDue,
            nextChange.flatMap(driver.systemInstant),
            terminal.wantsToWrite ? now + Self.writeRetry : nil,
        ].compactMap { $0 }.min()
    }

    private var watchDescriptors: [Int32] { watch.map { [$0.descriptor] } ?? [] }

    // MARK: What comes in

    private func takeInput(_ bytes: [UInt8], at now: Now, _ instant: Instant) throws {
        // A key means what it means on the screen as it is now.
        try bringUpToDate(at: instant, all: true)
        let events = bytes.isEmpty ? decoder.flush() : decoder.decode(bytes)
        escapeDeadline = decoder.isPending ? instant + Self.escapeTimeout : nil
        // Where nobody tells, the user's next key is when to look.
        if watch == nil { themesDue = instant }
        for event in events {
            if case .reply(let reply) = event {
                terminal.received(reply)
                adapt(to: reply)
                try hand(.terminal(reply))
            } else {
                // Whoever comes back from an editor finds what he wrote there.
                if event == .focus(true), let file = keys.changed() { try hand(.keyFile(file)) }
                try hand(.input(event))
            }
        }
        let dropped = decoder.takeDroppedPasteBytes()
        if dropped > 0 {
            try hand(
                .notice(
                    Notice(
                        .warning, "the paste was cut at \(decoder.pasteLimit >> 20) MB; \(dropped) bytes are missing")))
        }
    }

    /// A light terminal gets the light theme, unless the user chose one.
    private func adapt(to reply: TerminalReply) {
        guard case .backgroundColor(let red, let green, let blue) = reply,
            let fitting = themes.automatic(
                forBackground: (red, green, blue)), fitting.name != theme.name
        else { return }
        theme = fitting
        _ = model.update(.themeChanged(name: fitting.name))
        terminal.redraw()
    }

    private func takeSignals() throws {
        let signals = terminal.pollSignals()
        if !signals.isDisjoint(with: .ending) {
            try perform(model.update(.ending))
            isDone = true
            exitStatus = signals.contains(.interrupt) ? .cancelled : .other
        }
        if signals.contains(.suspend) {
            try terminal.suspend()
            drawnGeneration = nil
        }
        if signals.contains(.continued) {
            try terminal.resume()
            drawnGeneration = nil
        }
    }

    /// The model learns everything that streams have brought so far.
    private func bringUpToDate(at instant: Instant, all: Bool) throws {
        for message in inbox.messages(from: driver) {
            store.keep(message)
            try hand(message)
        }
        for id in inbox.takeStale(among: driver.engine, at: instant, all: all) {
            guard let snapshot = driver.snapshot(id) else { continue }
            store.keep(snapshot)
            try hand(.stream(snapshot))
            // What grew to this size left its smaller selves behind, a few times of it in all. A moment later it is in the
            // store, too.
            if snapshot.state.isTerminal, driver.text(of: id).count >= Self.longReply {
                memoryDue = instant + Self.memoryPause
            }
        }
        if let message = wires.message() { try hand(message) }
    }

    // MARK: What goes out

    func hand(_ message: Message) throws {
        try perform(model.update(message))
    }

    private func draw() throws {
        let generation = model.generation
        let frame = view(&model, size: terminal.size, theme: theme)
        try terminal.render(frame)
        drawnGeneration = generation
        lastFrameAt = SystemClock.instant()
    }

    /// What runs is closed, and what came of it is kept.
    private func endStreams() {
        for id in driver.engine.streams where driver.engine.state(of: id)?.isTerminal == false {
            driver.act { $0.cancel(id, at: $1, into: &$2) }
        }
        inbox.take(driver.takeEvents())
        for message in inbox.messages(from: driver) { store.keep(message) }
        for id in inbox.takeStale(among: driver.engine, at: SystemClock.instant(), all: true) {
            if let snapshot = driver.snapshot(id) { store.keep(snapshot) }
        }
    }
}
