import Bench
import CursesTerminal
import Dashboard
import Screen
import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a running bench is seen: on the terminal as a screen of its own, elsewhere as a line now and then. And where the
/// user's wish to end it comes from.
final class BenchDisplay {
    /// One of the two: a screen, or signals and lines on standard error.
    private var screen: (terminal: CursesTerminal, themes: ThemeShelf, theme: Theme)?
    private let interrupts: Signals?
    private let isQuiet: Bool
    private var decoder = InputDecoder()
    private let ascii: Bool
    var plan: BenchPlan
    var conditions = ""
    var place = ""
    private var history: [Double] = []
    private var historyAt: Instant?
    private var linesAt: Instant?
    private(set) var hasEnded = false
    /// The terminal was asked what its background is.
    private var hasAsked = false

    /// How often a line is printed where there is no screen.
    private static let linePause = Duration.seconds(5)

    /// A screen where standard output and input are a terminal's and nothing else is to be printed there; lines otherwise.
    init(plan: BenchPlan, wantsScreen: Bool, isQuiet: Bool, options: DashboardOptions, settings: Settings) throws {
        self.plan = plan
        self.isQuiet = isQuiet
        ascii = options.ascii || settings.configuration.dashboard.ascii ?? !Locale.isUTF8
        if wantsScreen, isatty(0) == 1, isatty(1) == 1 {
            var terminalOptions = CursesTerminal.Options()
            if options.noColor { terminalOptions.depth = CursesTerminal.Depth.none }
            let terminal = try CursesTerminal(terminalOptions)
            var themes = ThemeShelf(settings.paths)
            do {
                let theme = try themes.first(
                    named: options.theme ?? environment("WEIR_THEME") ?? settings.configuration.theme,
                    depth: terminal.depth)
                screen = (terminal, themes, theme)
                interrupts = nil
            } catch {
                terminal.close()
                throw error
            }
        } else {
            guard let interrupts = Interrupts() else { throw SettingsError(message: "no free file descriptors") }
            self.interrupts = Signals(interrupts)
            screen = nil
        }
    }

    /// What the loop waits for beside the network.
    var descriptors: [Int32] {
        if let screen { return [screen.terminal.fileDescriptor, screen.terminal.wakeDescriptor] }
        return interrupts.map { [$0.interrupts.descriptor] } ?? []
    }

    /// Whether the user wants the run to end, said by a key or a signal; true from then on.
    func wantsEnd(_ ready: [Int32]) -> Bool {
        if let interrupts, interrupts.take() != nil { hasEnded = true }
        guard let terminal = screen?.terminal else { return hasEnded }
        if ready.contains(terminal.wakeDescriptor) { takeSignals(terminal) }
        if ready.contains(terminal.fileDescriptor) {
            do {
                for event in decoder.decode(try terminal.readInput()) { take(event) }
            } catch {
                // The terminal is gone.
                hasEnded = true
            }
        }
        return hasEnded
    }

    private func takeSignals(_ terminal: CursesTerminal) {
        let signals = terminal.pollSignals()
        if !signals.isDisjoint(with: .ending) { hasEnded = true }
        do {
            if signals.contains(.suspend) { try terminal.suspend() }
            if signals.contains(.continued) { try terminal.resume() }
        } catch {
            hasEnded = true
        }
    }

    private func take(_ event: InputEvent) {
        if case .reply(let reply) = event, let screen {
            screen.terminal.received(reply)
            if case .backgroundColor(let red, let green, let blue) = reply,
                let fitting = screen.themes.automatic(forBackground: (red, green, blue))
            {
                self.screen?.theme = fitting
            }
        }
        guard case .key(let key, let modifiers) = event else { return }
        switch key {
        case .character("q"), .character("Q"), .escape: hasEnded = true
        case .character("c") where modifiers.contains(.control): hasEnded = true
        default: break
        }
    }

    func show(_ tally: BenchTally, now: Instant, isEnding: Bool) {
        var tally = tally
        if historyAt.map({ now - $0 >= .milliseconds(500) }) ?? true {
            history = (history + [tally.bytesPerSecond(at: now)]).suffix(60)
            historyAt = now
        }
        guard let screen else { return showLine(tally, now: now) }
        let value = BenchScreen(
            tally: tally, plan: plan, now: now, conditions: conditions, place: place, ascii: ascii, history: history,
            isEnding: isEnding)
        _ = screen.terminal.resize()
        do {
            try screen.terminal.render(view(value, size: screen.terminal.size, theme: screen.theme))
            // Asked when something is to be seen already; the answer is drawn with the next frame.
            if !hasAsked {
                hasAsked = true
                try screen.terminal.queryTerminal()
            }
        } catch {
            hasEnded = true
        }
    }

    private func showLine(_ tally: BenchTally, now: Instant) {
        guard !isQuiet, now - (linesAt ?? tally.startedAt) >= Self.linePause else { return }
        linesAt = now
        var text = "\(tally.target): \(tally.ended) of \(tally.planned) replies, \(tally.live) run"
        if tally.reconnections > 0 { text += ", \(tally.reconnections) reconnections" }
        if tally.failures.count > 0 { text += ", \(tally.failures.count) failures" }
        Messages.complain(text)
    }

    /// Gives the terminal back.
    func close() {
        screen?.terminal.close()
    }
}

/// Owns what cannot be copied, for a place that may be empty.
private final class Signals {
    let interrupts: Interrupts

    init(_ interrupts: consuming Interrupts) {
        self.interrupts = interrupts
    }

    func take() -> Int32? { interrupts.take() }
}
