import Providers

/// A response that the provider makes in the background, as far as it was received: what is needed to go on from there.
struct BackgroundReply: Sendable {
    var cursor: ResponseCursor
    /// Knows what was told up to the cursor.
    var decoder: ReplyDecoder
    /// What stood between decoder and text when the stream broke: a cursor goes on behind it, too.
    var filter: Attempt.SeamFilter
    /// Of the whole response, over all attempts that received parts of it.
    var output: TokenEstimator
    /// The place in ``ReplyMachine/records`` of the attempt that bears its usage.
    var record: Int
    var origin: Attempt.Origin
    /// How the request that began it took the reply up.
    var plan: ResumePlan?
}

/// Going on by a cursor: the same response from the event after the last one, so that nothing is sent or billed again and
/// text, thoughts and parts follow on exactly.
extension ReplyMachine {
    /// How long the provider may take to acknowledge that it stops making a reply.
    static let noticeGrace = Duration.seconds(2)

    /// Whether the next attempt asks for a stream.
    var wantsStream: Bool {
        order.request.stream
            && (order.retryPolicy.fallbackAfter == 0 || brokenStreams < order.retryPolicy.fallbackAfter)
    }

    /// The plan by the cursor; `nil` where there is none, or the user or the server does not want it.
    var cursorPlan: ResumePlan? {
        guard background != nil, wantsStream, !planner.refusedStrategies.contains(.cursor),
            order.resume == .auto || order.resume == .ask || order.resume == .fixed(.cursor)
        else { return nil }
        return ResumePlan(strategy: .cursor, keptBytes: text.count, rebill: .nothing)
    }

    /// Before an attempt starts: one by the cursor takes over what is known, any other leaves the response behind.
    mutating func prepareCursor(for attempt: inout Attempt, at now: Now, into actions: inout EngineActions) {
        guard attempt.plan?.strategy == .cursor, let background else {
            abandonBackground(at: now, into: &actions)
            return
        }
        attempt.output = background.output
        attempt.origin = background.origin
        if case .none = background.filter { attempt.filter = .joining } else { attempt.filter = background.filter }
    }

    /// The provider took the request for the rest of a response: from now on this attempt bears its numbers, those of
    /// the attempts before it included.
    mutating func cursorAccepted(by attempt: inout Attempt, format: BodyFormat) {
        guard attempt.plan?.strategy == .cursor, let background else { return }
        decoder = background.decoder.continued(format: format, maximumEventSize: order.maximumEventBytes)
        let earlier = background.record
        budgetMoved(from: records[earlier], to: records[records.count - 1], tokens: attempt.output.tokens)
        records[earlier].usage = Usage()
        records[earlier].inputIsReported = true
        records[earlier].outputIsReported = true
        records[earlier].cost = .zero
        self.background?.record = records.count - 1
    }

    /// A whole reply instead of the rest of a stream begins at the beginning: what was told of it is skipped.
    ///
    /// `mutating`, as ``deadline`` is: asked with every piece.
    mutating func compareWithShown(_ attempt: inout Attempt) {
        guard decoder.isWholeReply, attempt.plan?.strategy == .cursor, let background else { return }
        let origin = attempt.origin
        switch attempt.filter {
        case .trimming, .matching:
            // Nothing of it was told: as when it began.
            if let plan = background.plan { attempt.filter = filter(for: plan) }
        case .none, .joining:
            attempt.origin.skip = origin.trimmed
            attempt.filter =
                origin.text < text.count
                ? .matching(RestartMatcher(shown: Array(text[origin.text...]), start: origin.text)) : .joining
        }
        attempt.partsToPass = origin.parts
        attempt.thinkingToSkip = thinking.count - origin.thinking
    }

    /// At the end of an attempt: where its response can be taken up again.
    mutating func noteCursor(of attempt: Attempt, isComplete: Bool) {
        guard case .receiving = attempt.phase else { return }
        if isComplete {
            background = nil
            return
        }
        if decoder.isWholeReply, attempt.plan?.strategy == .cursor,
            attempt.textBytes > 0 || attempt.thinkingBytes > 0 || attempt.origin.parts > background?.origin.parts ?? 0
        {
            // What it brought lies behind the cursor, which knows nothing of it.
            planner.refused(.cursor)
        }
        guard attempt.isStream, order.endpoint.offersCursor, !decoder.isWholeReply, let cursor = decoder.cursor else {
            // A whole reply that is still being made leaves the place as it was.
            if attempt.plan?.strategy != .cursor || !decoder.isWholeReply { background = nil }
            return
        }
        var filter = attempt.filter
        if case .joining = filter { filter = .none }
        background = BackgroundReply(
            cursor: cursor, decoder: decoder, filter: filter, output: attempt.output, record: records.count - 1,
            origin: attempt.origin, plan: attempt.plan?.strategy == .cursor ? background?.plan : attempt.plan)
    }

    /// Whether the attempt, which is over, received something and left a cursor behind it.
    func leftCursor(_ attempt: Attempt) -> Bool {
        background?.record == records.count - 1 && attempt.lastContentAt != nil
    }

    // MARK: Telling the provider

    /// The response is not wanted any more: the provider is told to stop making it, which closing the connection does
    /// not do in the background. Its answer changes nothing and is not waited for long.
    mutating func abandonBackground(at now: Now, into actions: inout EngineActions) {
        guard let left = background else { return }
        background = nil
        if let notice { actions.transport.append(.cancel(notice.id)) }
        generation += 1
        let noticeID = AttemptID(stream: id, generation: generation)
        let http = order.endpoint.cancelRequest(of: left.cursor, requestID: requestID())
        log.note("→ \(http.method) \(http.path)", at: now.instant)
        actions.transport.append(
            .start(
                noticeID,
                TransportRequest(
                    http: http, connectTimeout: order.timeouts.connect, maximumBodyBytes: order.maximumBodyBytes,
                    isStream: false)))
        notice = (noticeID, now.instant + Self.noticeGrace)
    }

    /// `true` for an event of the notice's own.
    mutating func noticeReported(_ event: TransportEvent, of generation: Int, at now: Now) -> Bool {
        guard let notice, notice.id.generation == generation else { return false }
        switch event {
        case .connected: break
        case .headers(let status, _, _): log.note("← \(status)", at: now.instant)
        case .finished, .failed: self.notice = nil
        }
        return true
    }
}

extension StreamFailure {
    /// Whether a request by a cursor that fails so is in vain however often it is made: the response is not kept (any
    /// more), the server knows no cursors, or it sends something else than what is missing.
    var refusesCursor: Bool {
        switch kind {
        case .status(let status): [400, 404, 405, 409, 410, 413, 422, 501].contains(status)
        case .notAReply, .spliced, .diverged: true
        default: false
        }
    }
}

extension AttemptRecord.Outcome {
    var isCompleted: Bool {
        if case .completed = self { true } else { false }
    }
}
