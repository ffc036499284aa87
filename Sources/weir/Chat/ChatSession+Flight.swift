import Dashboard
import Providers
import Recording
import StreamClient
import StreamEngine

/// The flight recorder's key.
extension ChatSession {
    func toggleRecording() throws {
        if let recorder {
            let path = recorder.path
            let count = recordedStreams(recorder)
            if let reason = try endRecording() {
                try hand(.notice(Notice(.warning, "the recording is not whole: \(reason)", hint: path)))
            } else if count == 0 {
                try hand(
                    .notice(
                        Notice(.info, "recorded nothing", hint: "No stream began meanwhile; the file is \(path).")))
            } else {
                let what = count == 1 ? "1 stream" : "\(count) streams"
                try hand(.notice(Notice(.info, "recorded \(what)", hint: "weir replay \(path)")))
            }
            return
        }
        guard let driver = driver as? Driver else { return }
        var problem: Notice?
        do throws(SettingsError) {
            let path = FlightRecorder.defaultPath(settings.paths)
            recorder = try FlightRecorder(
                path: path, makesFolder: true, driver: driver, secrets: settings.knownSecrets(),
                ended: recordingEnded(driver))
            let key = model.way(toActionNamed: "record")
            let isBusy = driver.engine.streams.contains { driver.engine.state(of: $0)?.isTerminal == false }
            problem = Notice(
                .info, "recording to \(path)",
                hint: isBusy ? "Streams that run already are not in it; \(key) ends it." : "\(key) ends it.")
        } catch {
            problem = Notice(.error, error.message, hint: error.hint)
        }
        try hand(.flight(recorder == nil ? .none : .recording))
        if let problem { try hand(.notice(problem)) }
    }

    /// What the file does when it can take no more: the loop is woken and told.
    func recordingEnded(_ driver: Driver) -> @Sendable (String) -> Void {
        let waker = driver.waker
        let box = flightNotices
        return { reason in
            box.post(Notice(.warning, "the recording has ended: \(reason)", hint: "The streams go on."))
            waker.wake()
        }
    }

    /// Returns why the file holds less than it should.
    @discardableResult
    func endRecording() throws -> String? {
        guard let recorder else { return nil }
        self.recorder = nil
        let reason = recorder.stop()
        try hand(.flight(.none))
        return reason
    }

    private func recordedStreams(_ recorder: FlightRecorder) -> Int {
        driver.engine.streams.count { $0.rawValue >= recorder.firstStream }
    }
}

/// A recording on the screen.
extension ChatSession {
    /// Streams that the recording began get their place in the transcript.
    func takeReplayed(_ replay: ReplayDriver) throws {
        for (stream, order) in replay.takeStarted() {
            guard let snapshot = replay.snapshot(stream) else { continue }
            let scene = scenes.place(of: order)
            for prompt in scene.prompts { try hand(prompt) }
            try hand(.streamStarted(snapshot, conversation: scene.conversation, prompt: scene.turn))
        }
        try tellReplay()
    }

    func tellReplay() throws {
        guard let replay else { return }
        let speed: Double? = if case .times(let times) = replay.speed { times } else { nil }
        let sign = Flight.replaying(.init(speed: speed, isPaused: replay.isPaused, isOver: replay.isOver))
        guard sign != toldFlight else { return }
        toldFlight = sign
        try hand(.flight(sign))
        if replay.isOver, replay.playback.divergenceCount > 0, let first = replay.playback.divergences.first {
            try hand(
                .notice(
                    Notice(
                        .warning, "this version does something else than was recorded, from line \(first.line) on",
                        hint: first.problem)))
        }
    }
}

/// Finds for each recorded order the conversation and the turn that it belongs to: an order says what was said before it.
struct ReplayScenes {
    private struct Scene {
        var conversation: ConversationID
        /// As the last order had them.
        var messages: [ChatMessage]
        var turn: TurnID
    }

    private var scenes: [Scene] = []
    private var nextTurn = 1

    struct Place {
        var conversation: ConversationID
        var turn: TurnID
        /// What the dashboard has to be told before.
        var prompts: [Message]
    }

    mutating func place(of order: StreamOrder) -> Place {
        let messages = order.request.messages
        // Asked again, or of several models at once.
        if let scene = scenes.last(where: { $0.messages == messages }) {
            return Place(conversation: scene.conversation, turn: scene.turn, prompts: [])
        }
        let prompt = messages.last?.text ?? ""
        // With its name where the order has one; else by how it began.
        let known = scenes.lastIndex { scene in
            order.conversation.map { scene.conversation.rawValue == $0 }
                ?? (messages.count > scene.messages.count && messages.starts(with: scene.messages))
        }
        let turn = TurnID(rawValue: nextTurn)
        nextTurn += 1
        if let known {
            scenes[known].messages = messages
            scenes[known].turn = turn
            let conversation = scenes[known].conversation
            return Place(
                conversation: conversation, turn: turn,
                prompts: [.prompted(conversation, turn: turn, text: prompt)])
        }
        let conversation = ConversationID(rawValue: order.conversation ?? "replay-\(scenes.count + 1)")
        scenes.append(Scene(conversation: conversation, messages: messages, turn: turn))
        return Place(
            conversation: conversation, turn: turn, prompts: [.prompted(conversation, turn: turn, text: prompt)])
    }
}
