import Providers
import StreamEngine

/// The network: what was asked for is answered, piece by piece, as time passes.
extension World {
    // MARK: Requests

    mutating func open(_ id: AttemptID, _ request: TransportRequest) {
        let index = id.stream.rawValue - 1
        guard clients.indices.contains(index) else {
            return fail(.nothingIsLeft, "a request of a stream that nobody started")
        }
        if openedNotice(id, request, index) { return }
        checkStart(index, id)
        if violation != nil { return }
        let strategy = strategy(of: request, index)
        if violation != nil { return }
        let cursor = strategy == .cursor ? cursor(of: request, index) : nil
        if strategy != .cursor { checkLeft(index) }
        checkRequest(index, request, strategy)
        checkLeave(index, strategy)
        let sendsPartial = strategy != nil && strategy != .restartSkip && strategy != .cursor
        // A response that went on before it still does when a cursor goes on with it.
        if strategy != .cursor { clients[index].mayRepeatPart = clients[index].parts > 0 && sendsPartial }
        if violation != nil { return }
        var client = clients[index]
        client.requests += 1
        let question = ModelServer.Question(
            dialect: client.dialect, isStream: request.isStream, strategy: strategy, canonical: client.canonical,
            kept: client.stored.count, input: 20 + request.http.body.count / 4,
            number: client.attempts.count + 1, hasTool: client.hasTool, thoughts: client.thoughts,
            isHealthy: isHealthy || client.requests > faultyRequests,
            forced: forced.map { ($0.fault(of: client.requests), $0.place(of: client.requests)) },
            refuses: isHealthy ? [] : client.refuses, isFickle: client.isFickle, pauses: client.pauses,
            turnStart: client.turn?.start ?? 0, mayBeCut: client.mayBeCut && !isHealthy,
            isBackground: request.isStream && client.isBackground && client.dialect == .responses,
            responses: client.responses, cursor: cursor)
        var made: BackgroundResponse?
        let script = ModelServer.answer(question, now: now, made: &made, using: &choices)
        if var made {
            made.root = client.attempts.count
            client.responses.append(made)
        }
        var common = 0
        let limit = min(client.stored.count, script.canonical.count)
        while common < limit, client.stored[common] == script.canonical[common] { common += 1 }
        if common == client.stored.count { common = .max }
        var truth = AttemptTruth(
            id: id, isStream: request.isStream, strategy: strategy, script: script, startedAt: now.instant,
            pricing: client.pricing, base: client.stored.count, common: common, seam: strategy,
            stood: client.stored.count)
        if let cursor {
            let response = client.responses[cursor.response]
            let root = client.attempts[response.root]
            truth = AttemptTruth(
                id: id, isStream: request.isStream, strategy: strategy, script: script, startedAt: now.instant,
                pricing: client.pricing, base: root.base, common: root.common, seam: root.strategy,
                stood: client.stored.count, joinsThoughts: response.thought > 0)
            truth.said = response.said(after: cursor.after)
            truth.hasPart = client.attempts.contains { $0.script.response == cursor.response && $0.hasPart }
        }
        truth.isAnew = client.turn == nil && (strategy == nil || strategy == .restartSkip)
        client.attempts.append(truth)
        tally.attempts += 1
        if let fault = script.fault { tally.faults[Self.position(fault)] += 1 }
        if let strategy { tally.strategies[ResumeStrategy.allCases.firstIndex(of: strategy) ?? 0] += 1 }
        trace.note(
            now.instant.nanoseconds,
            "stream \(id.stream): request \(id.generation)\(request.isStream ? "" : ", batch")\(strategy.map { ", \($0.rawValue) after \(client.stored.count) B" } ?? "") → \(script.fault?.rawValue ?? "no fault"), \(script.length) of \(script.body.count) B"
        )
        clients[index] = client
        transfers.append(
            Transfer(
                id: id, client: index, attempt: client.attempts.count - 1, at: now.instant + script.connectDelay))
    }

    private static func position(_ fault: Fault) -> Int { faultPositions[fault] ?? 0 }
    private static let faultPositions = Dictionary(
        uniqueKeysWithValues: Fault.allCases.enumerated().map { ($1, $0) })

    /// Told to close. Sometimes what was on its way is heard all the same.
    mutating func close(_ id: AttemptID) {
        guard let position = transfers.firstIndex(where: { $0.id == id && !$0.isCancelled && $0.phase != .over }) else {
            return fail(.nothingIsLeft, "a cancel of attempt \(id.generation), which does not run")
        }
        if forced == nil, choices.below(2) == 1 {
            transfers[position].isCancelled = true
        } else {
            transfers.remove(at: position)
        }
    }

    // MARK: Events

    mutating func play(_ position: Int) {
        if transfers[position].isCancelled {
            transfers[position].echoes += 1
            if transfers[position].echoes > 4 {
                transfers.remove(at: position)
                return
            }
        }
        let transfer = transfers[position]
        if let notice = transfer.notice { return playNotice(position, notice) }
        let script = clients[transfer.client].attempts[transfer.attempt].script
        switch transfer.phase {
        case .connecting:
            switch script.opening {
            case .fails(let kind, connects: false): over(position, .failed(failure(kind), Phases()))
            case .silent(connects: false): transfers[position].at = nil
            default:
                transfers[position].phase = .waiting
                transfers[position].at = now.instant + script.headerDelay
                truth(transfer) {
                    $0.isConnected = true
                    $0.wake = nil
                }
                report(.connected(Phases()), transfer)
            }
        case .waiting:
            switch script.opening {
            case .fails(let kind, _): over(position, .failed(failure(kind), Phases()))
            case .silent: transfers[position].at = nil
            case .answers(let status, let headers):
                transfers[position].phase = script.length > 0 ? .body : .ending
                transfers[position].at = now.instant + script.gap
                let now = now.instant
                learn(headers, script, transfer)
                truth(transfer) {
                    $0.wake = nil
                    $0.headersAt = now
                    $0.lastByteAt = now
                    $0.status = status
                }
                accept(status, transfer)
                report(.headers(status: status, headers: headers, phases: Phases()), transfer)
            }
        case .body: deliver(position, script)
        case .ending: end(position, script)
        case .over: transfers.remove(at: position)
        }
    }

    private func failure(_ kind: TransportFailure.Kind) -> TransportFailure {
        TransportFailure(kind: kind, message: "")
    }

    private mutating func deliver(_ position: Int, _ script: Script) {
        var transfer = transfers[position]
        let left = script.length - transfer.offset
        let size =
            script.pieces == 0 ? left : script.pieces == 1 ? 1 : min(left, 1 + choices.below(script.pieces))
        let start = transfer.offset
        transfer.offset += size
        if transfer.offset == script.length {
            transfer.phase = .ending
            if case .open = script.ending { transfer.at = nil } else { transfer.at = now.instant + script.gap }
        } else {
            transfer.at = now.instant + script.gap
        }
        let first = transfer.mark
        while transfer.mark < script.marks.count, script.marks[transfer.mark].offset <= transfer.offset {
            transfer.mark += 1
        }
        transfers[position] = transfer
        let now = now.instant
        truth(transfer) {
            $0.lastByteAt = now
            $0.bytes += size
            $0.wake = nil
        }
        for mark in script.marks[first..<transfer.mark] { learn(mark.kind, transfer) }
        trace.note(now.nanoseconds, "stream \(transfer.id.stream): \(size) B of attempt \(transfer.id.generation)")
        hear(script.body[start..<start + size], transfer)
    }

    private mutating func end(_ position: Int, _ script: Script) {
        let transfer = transfers[position]
        switch script.ending {
        case .finish:
            if transfer.offset == script.length, script.length == script.body.count {
                for kind in script.marksAtEnd { learn(kind, transfer) }
            }
            over(position, .finished(Phases()))
        case .fail(let kind): over(position, .failed(failure(kind), Phases()))
        case .open: transfers[position].at = nil
        case .pings:
            transfers[position].at = now.instant + .seconds(50)
            let now = now.instant
            truth(transfer) {
                $0.lastByteAt = now
                $0.wake = nil
            }
            // A line end first, where the body was cut inside a line: the rest of that event is lost with it.
            hear(Array(":\n".utf8)[...], transfer)
        case .drip:
            transfers[position].at = now.instant + .seconds(10)
            let now = now.instant
            truth(transfer) {
                $0.lastByteAt = now
                $0.wake = nil
            }
            hear([UInt8(ascii: ":")], transfer)
        }
    }

    /// The transport's last word on a transfer.
    private mutating func over(_ position: Int, _ event: TransportEvent) {
        let transfer = transfers.remove(at: position)
        truth(transfer) {
            switch event {
            case .failed(let failure, _): $0.failure = failure.kind
            default: $0.finished = true
            }
        }
        report(event, transfer)
    }

    // MARK: The engine is told

    private mutating func report(_ event: TransportEvent, _ transfer: Transfer) {
        trace.note(
            now.instant.nanoseconds,
            "stream \(transfer.id.stream): \(Self.words(event)) (attempt \(transfer.id.generation))")
        heard = transfer.isCancelled
        call(transfer.client) { $0.transportReported(event, of: transfer.id, at: $1, into: &$2) }
        heard = false
    }

    private mutating func hear(_ bytes: ArraySlice<UInt8>, _ transfer: Transfer) {
        heard = transfer.isCancelled
        call(transfer.client) { engine, now, actions in
            bytes.withUnsafeBytes { engine.bodyReceived($0, of: transfer.id, at: now, into: &actions) }
        }
        heard = false
    }

    private static func words(_ event: TransportEvent) -> String {
        switch event {
        case .connected: "connected"
        case .headers(let status, _, _): "status \(status)"
        case .finished: "finished"
        case .failed(let failure, _): "failed, \(failure.kind.rawValue)"
        }
    }

    // MARK: The truth

    /// Facts of an attempt that the engine has put away change no more.
    private mutating func truth(_ transfer: Transfer, _ change: (inout AttemptTruth) -> Void) {
        guard !transfer.isCancelled, !clients[transfer.client].attempts[transfer.attempt].isClosed else { return }
        change(&clients[transfer.client].attempts[transfer.attempt])
    }

    /// What a response says of the requests to come.
    private mutating func learn(_ headers: [HTTPHeader], _ script: Script, _ transfer: Transfer) {
        guard !transfer.isCancelled else { return }
        let model = clients[transfer.client].attempts[transfer.attempt].pricing
        let limited = headers.contains { $0.name == "x-ratelimit-reset-requests" }
        var until = limited ? now.instant + .seconds(12) : now.instant
        // The engine counts from when it has read the body: five seconds later at most.
        if let asked = script.retryAfter { until = max(until, now.instant + asked + .seconds(6)) }
        quotaUntil[model] = max(quotaUntil[model], until)
    }

    /// A status of 200: from here on it costs. A response that is gone on with costs once, and the last request bears it.
    private mutating func accept(_ status: Int, _ transfer: Transfer) {
        let attempt = clients[transfer.client].attempts[transfer.attempt]
        guard status == 200, !transfer.isCancelled, !attempt.isClosed else { return }
        clients[transfer.client].hasLeave = false
        guard attempt.strategy == .cursor, let response = attempt.script.response else { return }
        for index in 0..<transfer.attempt
        where clients[transfer.client].attempts[index].script.response == response
            && clients[transfer.client].attempts[index].status == 200
        {
            clients[transfer.client].attempts[index].isSuperseded = true
        }
    }

    private mutating func learn(_ kind: Script.Mark.Kind, _ transfer: Transfer) {
        let now = now.instant
        let client = transfer.client
        guard !transfer.isCancelled else { return }
        let attempt = clients[client].attempts[transfer.attempt]
        if attempt.isDiverged, kind == .terminator, !attempt.isClosed { clients[client].known = nil }
        guard !attempt.isClosed, attempt.dead == nil, !attempt.isTerminated else { return }
        switch kind {
        case .text(let end):
            // Half a scalar is no content yet.
            if end > max(attempt.said, attempt.script.from) {
                clients[client].attempts[transfer.attempt].lastContentAt = now
            }
            clients[client].attempts[transfer.attempt].said = end
            clients[client].attempts[transfer.attempt].deltas += 1
            diverge(client, transfer.attempt)
        case .thinking(let range):
            if !attempt.hasThought, !attempt.joinsThoughts, !clients[client].expectedThinking.isEmpty {
                clients[client].expectedThinking += "\n\n".utf8
            }
            if let response = attempt.script.response {
                clients[client].responses[response].thought = range.upperBound
            }
            clients[client].attempts[transfer.attempt].deltas += 1
            clients[client].attempts[transfer.attempt].hasThought = true
            clients[client].attempts[transfer.attempt].lastContentAt = now
            clients[client].expectedThinking += clients[client].thoughts[range]
        case .part: clients[client].attempts[transfer.attempt].hasPart = true
        case .search: clients[client].attempts[transfer.attempt].searches += 1
        case .event(let number):
            if let response = attempt.script.response { clients[client].known = (response, number) }
        case .usage(let input, let output, let isLast):
            if let input { clients[client].attempts[transfer.attempt].input = input }
            if let output { clients[client].attempts[transfer.attempt].output = output }
            clients[client].attempts[transfer.attempt].hasLastUsage = isLast
        case .charge(let picos): clients[client].attempts[transfer.attempt].charge = picos
        case .stop(let reason): clients[client].attempts[transfer.attempt].stop = reason
        case .terminator:
            clients[client].attempts[transfer.attempt].isTerminated = true
            // The response is over.
            if attempt.script.response != nil { clients[client].known = nil }
        case .dies(let meaning): clients[client].attempts[transfer.attempt].dead = meaning
        }
    }

    /// A restarted reply that has come to another word than the one that is shown, for a user who allows no new take.
    private mutating func diverge(_ client: Int, _ attempt: Int) {
        let truth = clients[client].attempts[attempt]
        guard truth.seam == .restartSkip, truth.said > truth.common, !clients[client].allowsNewTake else { return }
        clients[client].attempts[attempt].dead = .final
        clients[client].attempts[attempt].isDiverged = true
        clients[client].attempts[attempt].said = min(truth.base, truth.common)
    }
}
