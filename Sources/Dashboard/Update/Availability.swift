import Screen
import StreamEngine

/// Whether an action would do something now, and if not, why not.
enum Availability: Sendable, Equatable {
    case available
    case unavailable(String)

    var isAvailable: Bool { self == .available }

    var reason: String? {
        if case .unavailable(let reason) = self { reason } else { nil }
    }
}

extension Model {
    func availability(of action: Action) -> Availability {
        if isReplay {
            switch action {
            case .send, .cancel, .retry, .retryNow, .waitLonger, .giveUp, .otherWay, .otherModel, .regenerate,
                .editPrompt, .keepReply, .record:
                return .unavailable(Self.replayReason)
            default: break
            }
        }
        if let availability = faultAvailability(of: action) { return availability }
        let marked = marked(for: action)
        if !marked.isEmpty {
            return marked.contains { can(action, $0) }
                ? .available : .unavailable("None of the \(marked.count) marked streams can do that now")
        }
        switch action {
        case .take, .complete, .close:
            return .unavailable("Nothing lies over the panes now: a list, a page or a search does that by its keys")
        case .send:
            return editor.isBlank ? .unavailable("Nothing to send: type a question first") : .available
        case .clearDraft:
            return editor.isEmpty ? .unavailable("The prompt is empty") : .available
        case .searchHistory:
            return history.entries.isEmpty ? .unavailable("Nothing was sent yet") : .available
        case .cancel: return control(.cancel)
        case .retry: return retryAvailability
        case .retryNow: return control(.retryNow)
        case .waitLonger: return control(.waitLonger)
        case .giveUp: return control(.giveUp)
        case .otherWay: return control(.answer)
        case .otherModel:
            guard let entry = selectedEntry, entry.snapshot.state.isTerminal else { return control(.switchModel) }
            return models.isEmpty ? .unavailable("The catalogue has no models") : .available
        case .editPrompt:
            return promptToEdit == nil ? .unavailable("There is no prompt to edit yet") : .available
        case .markStream, .markAll, .sortStreams:
            return streams.isEmpty ? .unavailable(Self.noStream) : .available
        case .previousAttempt, .nextAttempt:
            guard let entry = selectedEntry else { return .unavailable(Self.noStream) }
            return entry.snapshot.attempts.count > 1
                ? .available
                : .unavailable(
                    "\(Self.sentence(name(of: entry.snapshot))) has had one attempt, which the panel tells of")
        case .lanes: return lanesAvailability
        case .keepReply: return keepAvailability
        case .nextTab, .previousTab:
            return tabs.count < 2
                ? .unavailable("This is the only tab: \(way(to: .newConversation)) begins another") : .available
        case .closeTab: return closeTabAvailability
        case .regenerate:
            guard promptToAskAnew == nil else { return .available }
            guard let entry = selectedEntry else { return .unavailable(Self.noStream) }
            return entry.isLive
                ? .unavailable("\(Self.sentence(name(of: entry.snapshot))) still runs: \(way(to: .cancel)) cancels it")
                : .available
        case .selectNext, .selectPrevious:
            return streams.isEmpty ? .unavailable(Self.noStream) : .available
        case .showReply, .inspect, .saveReport:
            return selected == nil ? .unavailable(Self.noStream) : .available
        case .copyReply:
            return transcript.replyToCopy(selected) == nil ? .unavailable("There is no reply to copy yet") : .available
        case .copyCode:
            return transcript.mayHaveCode ? .available : .unavailable("There is no block of code to copy")
        case .nextMatch, .previousMatch:
            if transcript.search == nil, lastSearch.isEmpty { return .unavailable("Nothing is searched: / begins") }
            return transcript.search?.total == 0 ? .unavailable("Nothing was found") : .available
        case .previousCode, .nextCode:
            return transcript.mayHaveCode ? .available : .unavailable("There is no block of code")
        case .copyConversation, .saveConversation, .search, .previousMessage, .nextMessage, .showLateness, .toTop:
            return transcript.isEmpty ? .unavailable("The conversation is empty") : .available
        case .toggleFold:
            return transcript.hasFolds ? .available : .unavailable("Nothing to fold: no thinking, no failed take")
        case .newConversation:
            return transcript.isEmpty ? .unavailable("This conversation is new: type a question") : .available
        case .switchConversation:
            return conversationOrder.count < 2 && !listsStored
                ? .unavailable("This is the only conversation: \(way(to: .newConversation)) begins another")
                : .available
        case .chooseModel:
            return models.isEmpty ? .unavailable("The catalogue has no models: /model NAME takes any name") : .available
        case .pauseReplay, .stepReplay:
            guard let replay = flight.replay else { return .unavailable("This is no replay") }
            return replay.isOver ? .unavailable("The replay is at its end") : .available
        case .chooseTheme:
            return themes.count < 2 ? .unavailable("There is only one theme") : .available
        default: return .available
        }
    }

    static let noStream = "There is no stream yet: type a question and press Enter"

    /// Whether an action of the table would do something to a stream.
    func can(_ action: Action, _ entry: StreamEntry) -> Bool {
        let controls = entry.snapshot.controls
        switch action {
        case .cancel: return controls.contains(.cancel)
        case .retry:
            return !controls.isDisjoint(with: [.retry, .retryNow, .answer])
                || [.complete, .refused].contains(entry.snapshot.state)
        case .retryNow: return controls.contains(.retryNow)
        case .waitLonger: return controls.contains(.waitLonger)
        case .giveUp: return controls.contains(.giveUp)
        case .regenerate: return !entry.isLive
        default: return false
        }
    }

    private var retryAvailability: Availability {
        guard promptToAskAnew == nil else { return .available }
        guard let entry = selectedEntry else { return .unavailable(Self.noStream) }
        let controls = entry.snapshot.controls
        if !controls.isDisjoint(with: [.retry, .retryNow, .answer])
            || [.complete, .refused].contains(entry.snapshot.state)
        {
            return .available
        }
        return control(.retry)
    }

    /// From the engine's own word on what can be done; the reason from the state.
    private func control(_ wanted: StreamControls) -> Availability {
        guard let entry = selectedEntry else { return .unavailable(Self.noStream) }
        let snapshot = entry.snapshot
        if snapshot.controls.contains(wanted) { return .available }
        let who = Self.sentence(name(of: snapshot))
        let state = snapshot.state.word
        switch wanted {
        case .cancel:
            let other = streams.entries.first { $0.canCancel }.flatMap { streams.index(of: $0.id) }
            let hint = other.map { "; Alt-\($0 + 1) selects one that runs" } ?? ""
            return .unavailable("\(who) has ended (\(state)): nothing to cancel\(hint)")
        case .retry where snapshot.budget?.allowsAttempt == false:
            return .unavailable("\(who) has no budget left for another attempt: /budget AMOUNT raises it")
        case .retry:
            return .unavailable(
                snapshot.state.isTerminal
                    ? "\(who) cannot be retried (\(state))" : "\(who) is \(state): cancel it first, then retry")
        case .answer: return .unavailable("\(who) asks nothing: it is \(state)")
        case .retryNow, .waitLonger, .giveUp:
            return .unavailable("\(who) is not waiting to retry: it is \(state)")
        default:
            return .unavailable("\(who) is \(state): another model can take over while it waits or after it failed")
        }
    }

    /// The same with a capital.
    static func sentence(_ text: String) -> String {
        guard let first = text.first else { return text }
        return first.uppercased() + text.dropFirst()
    }
}
