import CurlTransport
import CursesTerminal
import Dashboard
import FaultLab
import Providers
import Screen
import StreamClient
import StreamEngine

/// Which conversation the dashboard opens with.
enum ChatStart {
    case fresh
    case latest
    case conversation(String)
}

extension ChatSession {
    /// Sets everything up, runs the dashboard, and gives the terminal back.
    static func open(
        settings: Settings, screen: DashboardOptions, choice: (provider: Provider, model: Providers.Model),
        start: ChatStart, recording: RecordOptions, lab: FaultLab? = nil, playsTour: Bool = false
    ) throws -> ExitStatus {
        var settings = settings
        let isDemo = lab != nil
        let prices = try settings.loadPrices()
        let driver = Driver(
            engine: StreamEngine(prices: prices, seed: .random(in: .min ... .max)),
            transport: try CurlTransport(options: .weir))
        // Before the store is opened: without a terminal there is nothing to store.
        let terminal = try terminal(screen)
        defer { terminal.close() }

        let waker = driver.waker
        let store =
            isDemo ? try ConversationStore() : try ConversationStore(path: settings.paths.store) { waker.wake() }
        var themes = ThemeShelf(settings.paths)
        let theme = try theme(screen, settings, terminal, &themes)

        let opening = try self.opening(start, in: store)
        let options = settings.dashboardOptions(screen, history: store.history(), isDemo: isDemo)
        var model = Dashboard.Model(
            size: terminal.size, now: SystemClock.now(), themes: themes.names, theme: theme.name,
            models: settings.modelChoices(beside: choice.provider, isDemo: isDemo),
            model: ModelRef(provider: choice.provider.name, model: choice.model.id),
            conversation: opening.conversation,
            options: options)
        let opened = opening.message.map { model.update($0) } ?? []
        tellProblems(settings.problems + themes.problems, &model)
        let session = ChatSession(
            driver: driver, terminal: terminal, settings: settings, store: store, model: model, themes: themes,
            theme: theme)
        try session.perform(opened)
        session.lab = lab
        session.playsTour = playsTour
        session.screenRecorder = try ScreenRecorder(
            recording, terminal: terminal, ended: session.screenRecordingEnded())
        session.recorder = try FlightRecorder(
            recording, driver: driver, settings: settings, ended: session.recordingEnded(driver))
        if session.recorder != nil { _ = session.model.update(.flight(.recording)) }
        let status = session.run()
        terminal.close()
        session.recorder?.stopAndTell()
        session.screenRecorder?.stopAndTell()
        if let failure = store.close() { Messages.complain("not everything could be stored: \(failure)") }
        return status
    }

    /// The same for a recording: nothing is sent and nothing stored.
    static func replay(
        _ driver: ReplayDriver, of path: String, settings: Settings, screen: DashboardOptions
    ) throws -> ExitStatus {
        let terminal = try terminal(screen)
        defer { terminal.close() }
        var themes = ThemeShelf(settings.paths)
        let theme = try theme(screen, settings, terminal, &themes)
        let recording = driver.playback.recording
        let first = recording.entries.lazy.compactMap { entry -> StreamOrder? in
            if case .start(_, let order) = entry.record.call { order } else { nil }
        }.first
        var model = Dashboard.Model(
            size: terminal.size, now: driver.now(), themes: themes.names, theme: theme.name, models: [],
            model: ModelRef(provider: first?.endpoint.provider ?? "replay", model: first?.model.id ?? path),
            conversation: ConversationID(rawValue: first?.conversation ?? "replay-1"),
            options: settings.dashboardOptions(screen, history: [], isDemo: false))
        tellProblems(settings.problems + themes.problems, &model)
        if let shortfall = recording.shortfall {
            _ = model.update(.notice(Notice(.warning, "the recording is not whole: \(shortfall)")))
        }
        let session = ChatSession(
            driver: driver, terminal: terminal, settings: settings, store: try ConversationStore(), model: model,
            themes: themes, theme: theme)
        try session.tellReplay()
        return session.run()
    }

    private static func terminal(_ screen: DashboardOptions) throws -> CursesTerminal {
        var options = CursesTerminal.Options()
        if screen.noColor { options.depth = CursesTerminal.Depth.none }
        return try CursesTerminal(options)
    }

    private static func theme(
        _ screen: DashboardOptions, _ settings: Settings, _ terminal: CursesTerminal, _ themes: inout ThemeShelf
    ) throws -> Theme {
        try themes.first(
            named: screen.theme ?? environment("WEIR_THEME") ?? settings.configuration.theme, depth: terminal.depth)
    }

    private static func tellProblems(_ problems: [String], _ model: inout Dashboard.Model) {
        for problem in problems {
            _ = model.update(.notice(Notice(.warning, problem, hint: "The rest of it, and the defaults, are in use.")))
        }
    }

    private static func opening(
        _ start: ChatStart, in store: ConversationStore
    ) throws -> (conversation: ConversationID, message: Message?) {
        let wanted: String?
        switch start {
        case .fresh:
            guard let draft = store.orphanedDraft() else { return (.fresh(), nil) }
            let id = ConversationID(rawValue: draft.conversation)
            return (id, .conversationLoaded(id, title: "", turns: [], draft: draft.text))
        case .latest:
            wanted = try store.latest()
        case .conversation(let id):
            wanted = id
        }
        guard let wanted else { return (.fresh(), nil) }
        guard let message = try store.load(wanted) else {
            throw SettingsError(message: "no conversation is called “\(wanted)”", hint: "See `weir sessions`.")
        }
        return (ConversationID(rawValue: wanted), message)
    }
}

extension ConversationID {
    /// A new one: the time it began, and a little chance beside it.
    static func fresh() -> ConversationID {
        let seconds = Int(SystemClock.wall().secondsSince1970)
        return ConversationID(
            rawValue: String(seconds, radix: 36) + "-" + String(UInt16.random(in: .min ... .max), radix: 36))
    }
}

extension Settings {
    /// Every model of the catalogue that can be asked, and why the others can't. The lab's are offered where the lab is
    /// what was chosen, and nothing but them in the demo.
    func modelChoices(beside chosen: Provider, isDemo: Bool) -> [ModelChoice] {
        let offered = catalogue.providers.filter { $0.name == "lab" ? chosen.name == "lab" : !isDemo }
        return offered.flatMap { provider in
            let missing = provider.needsKey && !source(of: provider).hasAny
            let reason = missing ? "no \(provider.keyVariables.first ?? "key")" : nil
            return provider.models.filter { !$0.isPattern }.map { model in
                ModelChoice(
                    ModelRef(provider: provider.name, model: model.id), title: model.title,
                    contextWindow: model.contextWindow, maxOutput: model.maxOutput, unavailable: reason)
            }
        }
    }

    func dashboardOptions(_ screen: DashboardOptions, history: [String], isDemo: Bool) -> Dashboard.Options {
        let written = configuration.dashboard
        var options = Dashboard.Options()
        options.showsClock = screen.noClock ? false : written.clock ?? true
        options.mouse = screen.noMouse ? false : written.mouse ?? true
        options.reducedMotion = written.reducedMotion ?? false
        options.ascii = screen.ascii || written.ascii ?? !Locale.isUTF8
        // The Linux console's fonts have no dots.
        options.braille = written.braille ?? (environment("TERM") != "linux")
        options.secondsEastOfUTC = SystemClock.secondsEastOfUTC()
        options.history = history
        options.isDemo = isDemo
        options.hasStore = !isDemo
        options.budget = budget()
        // What is wrong with them was said when the settings were read.
        options.policy = (try? retryPolicy()) ?? RetryPolicy()
        options.timeouts = (try? timeouts()) ?? Timeouts()
        options.prices = prices
        let asked = request(for: Providers.Model(id: ""), messages: [])
        options.maxTokens = asked.maxTokens
        options.systemTokens = asked.system.map { TokenEstimator.estimate($0) + 4 } ?? 0
        return options
    }
}
