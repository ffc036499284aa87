import Providers

/// What comes from the network.
extension ReplyMachine {
    mutating func transportReported(
        _ event: TransportEvent, of generation: Int, batch: inout ReplyBatch, at now: Now,
        into actions: inout EngineActions
    ) {
        if let draining, draining.id.generation == generation {
            switch event {
            case .connected, .headers: break
            case .finished, .failed: self.draining = nil
            }
            return
        }
        if noticeReported(event, of: generation, at: now) { return }
        guard let held = takeAttempt(generation) else { return }
        switch event {
        case .connected(let phases):
            held.attempt.phase = .sent
            held.attempt.wasConnected = true
            held.attempt.wake = nil
            records[records.count - 1].phases = phases
            log.note("connected", at: now.instant)
            state = .attempting(held)
            tellState(at: now, into: &actions)
        case .headers(let status, let headers, let phases):
            headersArrived(status: status, headers: headers, phases: phases, of: &held.attempt, at: now, into: &actions)
            state = .attempting(held)
            tellState(at: now, into: &actions)
        case .finished(let phases):
            note(phases)
            bodyEnded(of: &held.attempt, failure: nil, batch: &batch, at: now, into: &actions)
        case .failed(let failure, let phases):
            note(phases)
            log.note("transport: \(failure.kind.rawValue)", at: now.instant)
            bodyEnded(of: &held.attempt, failure: failure, batch: &batch, at: now, into: &actions)
        }
    }

    /// Takes the attempt out of the state, which is idle then, to change it in place. `nil`, and nothing changed, where
    /// another generation is under way, or none.
    @inline(__always)
    private mutating func takeAttempt(_ generation: Int) -> HeldAttempt? {
        do {
            // In a scope of its own: whoever looks at it holds it, too.
            guard case .attempting(let current) = state, current.attempt.id.generation == generation else { return nil }
        }
        var taken = State.idle
        swap(&taken, &state)
        guard case .attempting(var held) = consume taken else { return nil }
        // A copy of the machine keeps its own.
        if !isKnownUniquelyReferenced(&held) { held = HeldAttempt(held.attempt) }
        return held
    }

    private mutating func note(_ phases: Phases) {
        let last = records.count - 1
        let firstToken = records[last].phases.firstToken
        records[last].phases = phases
        records[last].phases.firstToken = firstToken
    }

    private mutating func headersArrived(
        status: Int, headers: [HTTPHeader], phases: Phases, of attempt: inout Attempt, at now: Now,
        into actions: inout EngineActions
    ) {
        let last = records.count - 1
        let requestID = headers.text("request-id") ?? headers.text("x-request-id") ?? headers.text("x-generation-id")
        attempt.headersAt = now.instant
        attempt.lastByteAt = now.instant
        attempt.wake = nil
        liveness.lastByteAt = now.instant
        note(phases)
        records[last].headersAt = now.instant
        records[last].status = status
        records[last].requestID = requestID
        var limits = RateLimits(headers: headers, now: now.wall)
        limits?.anchor(at: now)
        if let limits { rateLimits.merge(limits) }
        notices.append(.responded(status: status, limits: limits))
        log.note("← \(status)", at: now.instant)
        emit(.headers(status: status, requestID: requestID), at: now, into: &actions)

        if status == 200 {
            // From here on it costs.
            hasLeave = false
            let format = BodyFormat(contentType: headers.text("content-type"))
            decoder = ReplyDecoder(format: format, maximumEventSize: order.maximumEventBytes)
            cursorAccepted(by: &attempt, format: format)
            attempt.phase = .receiving
        } else {
            attempt.phase = .collectingError(Attempt.ErrorResponse(status: status, headers: headers))
        }
    }

    /// Body bytes, in any pieces.
    ///
    /// - Returns: whether ``deadline`` may have come nearer. Most pieces only put it off, and are spared the question.
    mutating func bodyArrived(
        _ bytes: UnsafeRawBufferPointer, of generation: Int, batch: inout ReplyBatch, at now: Now,
        into actions: inout EngineActions
    ) -> Bool {
        guard let held = takeAttempt(generation) else { return false }
        switch pieceArrived(bytes, of: &held.attempt, batch: &batch, at: now, into: &actions) {
        case .goesOn(let shown, let isDeadlineNearer):
            state = .attempting(held)
            if let shown { tell(shown, at: now, into: &actions) }
            return isDeadlineNearer
        case .complete:
            complete(held.attempt, isTransferOver: false, at: now, into: &actions)
        case .failed(let failure, let retryAfter):
            attemptFailed(
                held.attempt, failure, retryAfter: retryAfter, isTransferOver: false, at: now, into: &actions)
        case .refused(let response):
            errorAnswered(held.attempt, response, isTransferOver: false, at: now, into: &actions)
        }
        return true
    }

    /// What a piece of a body comes to.
    private enum Piece {
        /// With what is to be told of it.
        case goesOn(StreamState?, isDeadlineNearer: Bool)
        case complete
        case failed(StreamFailure, retryAfter: Duration? = nil)
        /// As much of an error's body as is kept.
        case refused(Attempt.ErrorResponse)
    }

    private mutating func pieceArrived(
        _ bytes: UnsafeRawBufferPointer, of attempt: inout Attempt, batch: inout ReplyBatch, at now: Now,
        into actions: inout EngineActions
    ) -> Piece {
        let wasQuiet = liveness.tier > .none
        let hadStopped = attempt.stop != nil
        attempt.lastByteAt = now.instant
        if attempt.wake != nil { attempt.wake = nil }
        liveness.lastByteAt = now.instant

        switch attempt.phase {
        case .receiving: break
        case .connecting, .sent:
            // There is no body before a response.
            return .goesOn(nil, isDeadlineNearer: true)
        case .collectingError(var response):
            response.body.append(contentsOf: bytes.prefix(Self.errorBodyLimit - response.body.count))
            attempt.phase = .collectingError(response)
            return response.body.count < Self.errorBodyLimit
                ? .goesOn(nil, isDeadlineNearer: true) : .refused(response)
        }
        batch.removeAll()
        var failure: StreamFailure?
        do throws(ReplyDecodingError) {
            try decoder.receive(bytes, into: &batch)
        } catch {
            // What came before the bad event still counts.
            failure = StreamFailure(decoding: error)
        }
        switch take(batch, into: &attempt, at: now, actions: &actions) {
        case .goesOn:
            let hasStopped = attempt.stop != nil
            if let failure { return hasStopped ? .complete : .failed(failure) }
            if !hasStopped, let failure = budgetCounted(attempt, at: now, into: &actions) { return .failed(failure) }
            // After a silence the next tier is near again; a stop reason starts the wait for the usage.
            return .goesOn(
                attempt.shownState(tier: liveness.tier), isDeadlineNearer: wasQuiet || hasStopped != hadStopped)
        case .complete: return .complete
        case .failed(let failure, let retryAfter): return .failed(failure, retryAfter: retryAfter)
        }
    }

    /// A status that is no 200, with as much of its body as came.
    mutating func errorAnswered(
        _ attempt: Attempt, _ response: Attempt.ErrorResponse, isTransferOver: Bool, at now: Now,
        into actions: inout EngineActions
    ) {
        let error = ProviderError(
            status: response.status, body: response.body, contentType: response.headers.text("content-type")
        ).blackingOut(order.endpoint.key)
        let failure = StreamFailure(
            status: response.status, headers: response.headers, error: error, requestedStream: attempt.isStream,
            context: order.failureContext)
        let wait = RetryAfter.parse(headers: response.headers, error: error, now: now.wall)
        attemptFailed(
            attempt, failure, retryAfter: wait, isTransferOver: isTransferOver, at: now, into: &actions)
    }

    private mutating func bodyEnded(
        of attempt: inout Attempt, failure transportFailure: TransportFailure?, batch: inout ReplyBatch, at now: Now,
        into actions: inout EngineActions
    ) {
        if case .collectingError(let response) = attempt.phase {
            errorAnswered(attempt, response, isTransferOver: true, at: now, into: &actions)
            return
        }
        var failure = transportFailure.map(StreamFailure.init(transport:))
        batch.removeAll()
        if failure == nil {
            do throws(ReplyDecodingError) {
                try decoder.finish(into: &batch)
            } catch {
                failure = StreamFailure(decoding: error)
            }
        }
        switch take(batch, into: &attempt, at: now, actions: &actions) {
        case .complete:
            complete(attempt, isTransferOver: true, at: now, into: &actions)
        case .failed(let failure, let retryAfter):
            attemptFailed(attempt, failure, retryAfter: retryAfter, isTransferOver: true, at: now, into: &actions)
        case .goesOn:
            if attempt.stop != nil {
                // The stop reason is the proof of completeness; how the connection went afterwards is not.
                complete(attempt, isTransferOver: true, at: now, into: &actions)
            } else {
                attemptFailed(
                    attempt, failure ?? (attempt.hasEvents ? .endedEarly : .empty), isTransferOver: true, at: now,
                    into: &actions)
            }
        }
    }

    /// - Parameter mayGoOn: a stop that is no end (a pause) may be gone on from.
    mutating func complete(
        _ attempt: Attempt, isTransferOver: Bool, mayGoOn: Bool = true, at now: Now, into actions: inout EngineActions
    ) {
        var attempt = attempt
        guard let stop = attempt.stop else { return }
        guard closeSeam(of: &attempt, at: now, into: &actions) else {
            attemptFailed(
                attempt, .diverged(at: text.count), isTransferOver: isTransferOver, at: now, into: &actions)
            return
        }
        if !isTransferOver {
            // One connection at a time is waited for.
            if let draining { actions.transport.append(.cancel(draining.id)) }
            draining = (attempt.id, now.instant + Self.drainGrace)
        }
        close(attempt, as: .completed(stop), at: now)
        notices.append(.completed)
        if wentOn(after: attempt, mayGoOn: mayGoOn, at: now, into: &actions) { return }
        end(stop.verdict, at: now, into: &actions)
    }
}

extension [HTTPHeader] {
    /// A field's value as text; `name` in small letters.
    fileprivate func text(_ name: String) -> String? {
        field(name).map { String(decoding: $0, as: UTF8.self) }
    }
}
