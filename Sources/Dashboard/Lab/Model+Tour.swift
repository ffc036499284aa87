import Screen
import StreamEngine

extension Model {
    /// From the beginning, also where it plays already. The lab does nothing of its own accord meanwhile.
    mutating func beginTour() -> [Command] {
        guard options.isDemo else { return [] }
        tour = Tour()
        overlay = nil
        focus = .input
        changed()
        return [.calmLab(true)]
    }

    /// The lab goes on with its own story.
    mutating func endTour() -> [Command] {
        guard let steps = tour?.letGo() else { return [] }
        tour = nil
        changed()
        return carryOut(steps) + [.calmLab(false)]
    }

    /// Enter in the empty prompt and Esc are the tour's; `nil` = the key means what it always means.
    mutating func receiveInTour(_ chord: Chord) -> [Command]? {
        guard tour != nil, completion == nil else { return nil }
        switch (chord.key, chord.modifiers) {
        case (.escape, []):
            // What was picked out while reading is let go of first.
            if focus == .transcript, letGoInTranscript() {
                changed()
                return []
            }
            tell("The tour is over: \(way(to: .tour)) plays it again")
            return endTour()
        case (.enter, []) where focus == .input && editor.isEmpty:
            return enterTour()
        default: return nil
        }
    }

    mutating func enterTour() -> [Command] {
        guard var tour else { return [] }
        if tour.next == nil { tell("In a moment: the answer has to begin first") }
        let steps = tour.entered()
        self.tour = tour
        changed()
        let commands = carryOut(steps)
        bringSeamIntoSight()
        return commands
    }

    /// Who reads slowly finds the answer at its end, and the seam of which the tour speaks far above.
    private mutating func bringSeamIntoSight() {
        guard let tour, tour.pointer == .seam, let id = tour.stream, streams[id]?.snapshot.seams.isEmpty == false else {
            return
        }
        withTranscriptLaidOut { transcript, rows in
            guard TranscriptLines(transcript).lastSeam(of: id, rows: rows) == nil else { return }
            transcript.show(reply: id, rows: rows)
        }
    }

    /// A stream changed: the tour may have waited for that.
    mutating func noticeForTour(_ id: StreamID) -> [Command] {
        guard var tour, let snapshot = streams[id]?.snapshot else { return [] }
        let before = tour
        let steps = tour.noticed(snapshot)
        guard tour != before else { return [] }
        self.tour = tour
        changed()
        return carryOut(steps)
    }

    private mutating func carryOut(_ steps: [Tour.Step]) -> [Command] {
        var commands: [Command] = []
        for step in steps {
            switch step {
            case .order(let order, let stream): commands.append(.steerLab(order, stream))
            case .ask(let question): commands += askForTour(question)
            case .hold(let stream): commands.append(.waitLonger(stream, .seconds(Tour.hold)))
            case .letGo(let stream):
                guard streams[stream]?.snapshot.controls.contains(.retryNow) == true else { continue }
                commands.append(.retryNow(stream))
            case .end:
                commands += endTour()
                tell("The tour is over: \(way(to: .tour)) plays it again")
            }
        }
        return commands
    }

    /// Asks without touching what stands in the prompt.
    private mutating func askForTour(_ question: String) -> [Command] {
        let (editor, draft) = (conversation.editor, conversation.draft)
        tour?.asked(TurnID(rawValue: nextTurn))
        var commands = send(SentPrompt(question), to: [currentModel], recalledAs: question)
        conversation.editor = editor
        conversation.draft = draft
        // What was stored of it stays, too.
        commands.removeAll { if case .saveDraft = $0 { true } else { false } }
        return commands
    }
}
