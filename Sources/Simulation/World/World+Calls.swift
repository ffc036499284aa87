import Providers
import StreamEngine

/// One call of the engine, and everything that follows from it.
extension World {
    /// - Parameter client: the one that the call is about; `nil` = any.
    mutating func call(_ client: Int?, _ body: (inout StreamEngine, Now, inout EngineActions) -> Void) {
        guard violation == nil else { return }
        actions.removeAll()
        body(&engine, now, &actions)
        if heard, !actions.isEmpty {
            return fail(
                .cancelIsFinal,
                "what came after a close had an effect: \(actions.events.first.map { "\($0.kind)" } ?? "a transfer")")
        }
        if recording != nil { recording?.append(engine.takeJournal()) }
        trace.mix(Int(truncatingIfNeeded: now.instant.nanoseconds))
        var done = EngineActions()
        swap(&done, &actions)
        // What happens to one stream may let another one go.
        let isAlone = client != nil && clients.count == 1
        for index in clients.indices { checkCommitted(index, done.events) }
        for event in done.events {
            guard violation == nil else { return }
            take(event)
        }
        for action in done.transport {
            guard violation == nil else { return }
            switch action {
            case .start(let id, let request):
                trace.mix(request.http.body.count)
                trace.mix(request.http.headers.last.map { Self.hash($0.value) } ?? 0)
                open(id, request)
            case .cancel(let id):
                trace.mix(id.generation)
                close(id)
                engine.transferClosed(id, at: now)
            }
        }
        guard violation == nil else { return }
        let others = done.events.isEmpty && done.transport.isEmpty
        if let client, isAlone || others {
            check(client)
        } else {
            for index in clients.indices where violation == nil { check(index) }
        }
        swap(&done, &actions)
    }

    private mutating func take(_ event: EngineEvent) {
        let index = event.stream.rawValue - 1
        guard clients.indices.contains(index) else {
            return fail(.nothingIsLeft, "an event of a stream that nobody started")
        }
        if clients[index].verdict != nil, act == nil {
            let invariant: Invariant = clients[index].cancelledByUser ? .cancelIsFinal : .endsOnceAndInTime
            return fail(invariant, "stream \(event.stream) is over and tells \(event.kind)")
        }
        switch event.kind {
        case .attemptStarted(let number, let of, _):
            trace.mix(number)
            if number > of { fail(.attemptsAndWaitsAreBounded, "attempt \(number) of \(of)") }
        case .stateChanged(let state):
            trace.mix(Int(state.rawValue.utf8.first ?? 0))
            trace.note(now.instant.nanoseconds, "stream \(event.stream): \(state.rawValue)")
            if state == clients[index].toldState {
                fail(.endsOnceAndInTime, "the state \(state.rawValue) was told twice")
            }
            clients[index].toldState = state
        case .text(let range):
            trace.mix(range.upperBound)
            store(range, index)
        case .thinking(let range):
            trace.mix(range.upperBound)
            guard range.lowerBound == clients[index].storedThinking.count else {
                return fail(.shownIsStoredIsReceived, "a gap in the thinking before \(range)")
            }
            let thinking = engine.thinking(of: event.stream)
            guard range.upperBound <= thinking.count else {
                return fail(.shownIsStoredIsReceived, "thinking \(range) of \(thinking.count) B")
            }
            clients[index].storedThinking += thinking[range]
        case .backoff(let backoff):
            trace.mix(Int(truncatingIfNeeded: backoff.deadline.nanoseconds))
            trace.note(
                now.instant.nanoseconds,
                "stream \(event.stream): waits \((backoff.deadline - now.instant).inSeconds) s (\(backoff.source.rawValue)), after \(backoff.reason.message)"
            )
            checkBackoff(index, backoff)
        case .resumed(let seam):
            trace.mix(seam.offset)
            if seam.offset != clients[index].stored.count {
                fail(
                    .shownIsStoredIsReceived,
                    "a seam at \(seam.offset), and the text has \(clients[index].stored.count) B")
            }
        case .budget(let notice):
            trace.mix(notice.word.utf8.count)
            trace.note(now.instant.nanoseconds, "stream \(event.stream): \(notice.message)")
            tally.warnings += 1
            checkBudget(index, notice)
        case .asked(let question):
            trace.mix(question.chosen + 7)
            trace.note(
                now.instant.nanoseconds,
                "stream \(event.stream): asked, \(question.options.map(\.strategy.rawValue).joined(separator: " ")), after \(question.reason.message)"
            )
            checkQuestion(index, question)
        case .part(let kind, _):
            trace.note(now.instant.nanoseconds, "stream \(event.stream): part \(kind)")
            if kind == "server_tool_use" || kind == "web_search_tool_result" {
                clients[index].searches += 1
            } else if clients[index].mayRepeatPart {
                clients[index].mayRepeatPart = false
            } else {
                clients[index].parts += 1
            }
        case .diverged(let take, let kept):
            trace.mix(take)
            trace.note(now.instant.nanoseconds, "stream \(event.stream): take \(take) keeps \(kept) B")
            checkTake(index, kept: kept)
        case .ended(let verdict):
            trace.mix(Verdict.allCases.firstIndex(of: verdict) ?? 0)
            trace.note(now.instant.nanoseconds, "stream \(event.stream): ended, \(verdict.rawValue)")
            checkEnd(index, verdict)
        default: break
        }
    }

    private mutating func store(_ range: Range<Int>, _ index: Int) {
        guard range.lowerBound == clients[index].stored.count else {
            return fail(
                .shownIsStoredIsReceived,
                "text \(range) was told when \(clients[index].stored.count) B were stored")
        }
        let text = engine.text(of: clients[index].id)
        guard range.upperBound <= text.count else {
            return fail(.shownIsStoredIsReceived, "text \(range) was told, and \(text.count) B are shown")
        }
        clients[index].stored += text[range]
    }

    private static func hash(_ text: String) -> Int {
        var hash = 5381
        for byte in text.utf8 { hash = hash &* 33 &+ Int(byte) }
        return hash
    }
}
