import Providers

/// What the decoder found in the body.
extension ReplyMachine {
    enum Course {
        case goesOn
        /// The stop reason and the terminator were seen.
        case complete
        /// With the server's word on when to come back, where it gave one.
        case failed(StreamFailure, retryAfter: Duration? = nil)
    }

    /// Deltas of one kind that follow each other, committed as one piece.
    private struct Run {
        var isThinking = false
        var range = 0..<0
        var deltas = 0
    }

    /// Takes all items of a batch; those after the end of the attempt are not looked at.
    mutating func take(
        _ batch: borrowing ReplyBatch, into attempt: inout Attempt, at now: Now, actions: inout EngineActions
    ) -> Course {
        for event in batch.events {
            log.wire(event, at: now.instant)
        }
        guard !batch.items.isEmpty else { return .goesOn }
        attempt.hasEvents = true
        isNotStreamed = decoder.isWholeReply
        compareWithShown(&attempt)

        var run = Run()
        var textEnd = 0
        var thinkingEnd = 0
        for item in batch.items {
            switch item {
            case .text(let bytes):
                if run.isThinking || run.deltas == 0 {
                    guard commit(run, of: batch, to: &attempt, at: now, into: &actions) else {
                        return .failed(.diverged(at: text.count))
                    }
                    run = Run(isThinking: false, range: textEnd..<textEnd)
                }
                textEnd += bytes
                run.range = run.range.lowerBound..<textEnd
                run.deltas += 1
            case .thinking(let bytes):
                if !run.isThinking || run.deltas == 0 {
                    guard commit(run, of: batch, to: &attempt, at: now, into: &actions) else {
                        return .failed(.diverged(at: text.count))
                    }
                    run = Run(isThinking: true, range: thinkingEnd..<thinkingEnd)
                }
                thinkingEnd += bytes
                run.range = run.range.lowerBound..<thinkingEnd
                run.deltas += 1
            case .keepAlive:
                liveness.lastKeepAliveAt = now.instant
            case .started, .usage, .unknown, .spliced, .paused, .stopped, .terminator, .error, .part, .malformed:
                guard commit(run, of: batch, to: &attempt, at: now, into: &actions) else {
                    return .failed(.diverged(at: text.count))
                }
                run = Run()
                let course = takeMeaning(item, into: &attempt, at: now, actions: &actions)
                guard case .goesOn = course else { return course }
            }
        }
        return commit(run, of: batch, to: &attempt, at: now, into: &actions)
            ? .goesOn : .failed(.diverged(at: text.count))
    }

    /// Returns `false` where a restarted reply differs from what was shown and no new take is allowed.
    private mutating func commit(
        _ run: Run, of batch: borrowing ReplyBatch, to attempt: inout Attempt, at now: Now,
        into actions: inout EngineActions
    ) -> Bool {
        guard !run.range.isEmpty else { return true }
        if run.isThinking {
            commitThinking(batch.thinking[run.range], deltas: run.deltas, to: &attempt, at: now, into: &actions)
            return true
        }
        return commitText(batch.text[run.range], deltas: run.deltas, to: &attempt, at: now, into: &actions)
    }

    /// Everything that is neither text nor thinking.
    private mutating func takeMeaning(
        _ item: ReplyItem, into attempt: inout Attempt, at now: Now, actions: inout EngineActions
    ) -> Course {
        switch item {
        case .text, .thinking, .keepAlive, .started, .unknown:
            return .goesOn
        case .usage(let usage):
            let last = records.count - 1
            records[last].usage.replace(with: usage)
            records[last].inputIsReported = records[last].inputIsReported || usage.input != nil
            records[last].outputIsReported = usage.output != nil
            if usage.output != nil { attempt.deltasCounted = attempt.deltas }
            budget.isStale = true
            return .goesOn
        case .stopped(.error):
            // OpenRouter's word for an upstream that broke; the message, if any, came before it.
            return .failed(
                StreamFailure(
                    streamError: ProviderError(
                        type: "api_error", message: "the provider stopped the reply with an error")))
        case .paused(let turn):
            attempt.pausedTurn = turn
            return .goesOn
        case .stopped(let reason):
            attempt.stop = reason
            attempt.stoppedAt = now.instant
            return .goesOn
        case .terminator:
            return attempt.stop == nil ? .failed(.endedEarly) : .complete
        case .error(let received):
            let error = received.blackingOut(order.endpoint.key)
            guard decoder.isWholeReply else {
                return .failed(
                    StreamFailure(streamError: error, context: order.failureContext),
                    retryAfter: RetryAfter.parse(headers: [], error: error, now: now.wall))
            }
            return .failed(
                StreamFailure(
                    status: 200, headers: [], error: error, requestedStream: attempt.isStream,
                    context: order.failureContext))
        case .spliced:
            // After a stop reason ours is whole, and the other reply is not looked at.
            return attempt.stop == nil ? .failed(.spliced) : .complete
        case .part(let kind, let detail):
            // A restarted reply repeats its parts, too.
            attempt.origin.parts += 1
            if attempt.partsToPass > 0 {
                attempt.partsToPass -= 1
                return .goesOn
            }
            let part = ToldPart(kind: kind, detail: detail)
            if let told = attempt.partsToSkip.firstIndex(of: part) {
                attempt.partsToSkip.remove(at: told)
                return .goesOn
            }
            if let awaited = attempt.partsAwaited.firstIndex(of: part) { attempt.partsAwaited.remove(at: awaited) }
            toldParts.append(part)
            if !part.isCitation { partsSinceText += 1 }
            emit(.part(kind: kind, detail: detail), at: now, into: &actions)
            return .goesOn
        case .malformed(let offset, let reason):
            log.note("not JSON at byte \(offset): \(reason)", at: now.instant)
            // A word may have been in it, so the attempt cannot be trusted past this point.
            return attempt.stop == nil ? .failed(.malformed(offset: offset, reason: reason)) : .goesOn
        }
    }

    private mutating func contentArrived(deltas: Int, in attempt: inout Attempt, at now: Now) {
        if attempt.lastContentAt == nil {
            notices.append(.answered)
            let last = records.count - 1
            records[last].firstTokenAt = now.instant
            records[last].phases.firstToken = now.instant - attempt.startedAt
        }
        attempt.lastContentAt = now.instant
        attempt.deltas += deltas
        liveness.tier = .none
    }

    private mutating func commitThinking(
        _ bytes: ArraySlice<UInt8>, deltas: Int, to attempt: inout Attempt, at now: Now,
        into actions: inout EngineActions
    ) {
        contentArrived(deltas: deltas, in: &attempt, at: now)
        liveness.lastThinkingAt = now.instant
        let skipped = min(attempt.thinkingToSkip, bytes.count)
        attempt.thinkingToSkip -= skipped
        let bytes = bytes.dropFirst(skipped)
        if bytes.isEmpty { return }
        let start = thinking.count
        // A later attempt's thoughts begin on a line of their own.
        if attempt.thinkingBytes == 0, start > 0, start == attempt.origin.thinking {
            thinking.append(contentsOf: [0x0A, 0x0A])
            attempt.origin.thinking += 2
        }
        thinking.append(contentsOf: bytes)
        attempt.thinkingBytes += bytes.count
        meter.received(tokens: attempt.output.add(bytes), at: now.instant)
        actions.appendThinking(start..<thinking.count, of: id, at: now)
    }

    /// Returns `false` where a restarted reply differs from what was shown and no new take is allowed.
    private mutating func commitText(
        _ bytes: ArraySlice<UInt8>, deltas: Int, to attempt: inout Attempt, at now: Now,
        into actions: inout EngineActions
    ) -> Bool {
        contentArrived(deltas: deltas, in: &attempt, at: now)
        attempt.hasText = true
        var bytes = bytes
        if attempt.origin.skip > 0 {
            let skipped = min(attempt.origin.skip, bytes.count)
            attempt.origin.skip -= skipped
            bytes = bytes.dropFirst(skipped)
        }
        liveness.lastTextAt = now.instant
        meter.received(tokens: attempt.output.add(bytes), at: now.instant)
        switch attempt.filter {
        case .none:
            append(bytes, to: &attempt, at: now, into: &actions)
            return true
        case .joining:
            attempt.filter = .none
            seamClosed(attempt, trimmed: 0, at: now, into: &actions)
            append(bytes, to: &attempt, at: now, into: &actions)
            return true
        case .trimming(var trimmer):
            attempt.filter = .none
            let released = trimmer.receive(bytes)
            if trimmer.isSettled {
                attempt.origin.trimmed = trimmer.trimmedBytes
                seamClosed(attempt, trimmed: trimmer.trimmedBytes, at: now, into: &actions)
            } else {
                attempt.filter = .trimming(trimmer)
            }
            append(released, to: &attempt, at: now, into: &actions)
            return true
        case .matching(var matcher):
            attempt.filter = .none
            switch matcher.receive(bytes) {
            case .matching:
                attempt.filter = .matching(matcher)
            case .caughtUp(let rest):
                seamClosed(attempt, trimmed: text.count - matcher.start, at: now, into: &actions)
                append(rest, to: &attempt, at: now, into: &actions)
            case .diverged(let kept, let rest):
                guard order.allowsNewTake else { return false }
                beginTake(keeping: matcher.start - partialStart + kept, at: now, into: &actions)
                // From here on it is another reply, with parts of its own.
                attempt.partsToSkip = []
                attempt.partsAwaited = []
                attempt.partsToPass = 0
                append(rest, to: &attempt, at: now, into: &actions)
            }
            return true
        }
    }

    /// The reply is over, so the seam is, too. What was held back there is new after all; a restarted reply that ended
    /// before it reached the end of what is shown differs from it. Returns `false` where no new take is allowed for that.
    mutating func closeSeam(of attempt: inout Attempt, at now: Now, into actions: inout EngineActions) -> Bool {
        switch attempt.filter {
        case .none:
            break
        case .joining:
            seamClosed(attempt, trimmed: 0, at: now, into: &actions)
        case .trimming(var trimmer):
            let released = trimmer.finish()
            seamClosed(attempt, trimmed: trimmer.trimmedBytes, at: now, into: &actions)
            append(released, to: &attempt, at: now, into: &actions)
        case .matching(let matcher):
            if matcher.missingBytes == 0 {
                seamClosed(attempt, trimmed: text.count - matcher.start, at: now, into: &actions)
            } else {
                guard order.allowsNewTake else { return false }
                beginTake(keeping: matcher.start - partialStart + matcher.matchedBytes, at: now, into: &actions)
            }
        }
        attempt.filter = .none
        return true
    }

    /// What is shown stays as a failed take; a new one begins with the text before the present turn and the turn's first
    /// bytes.
    mutating func beginTake(keeping keptOfTurn: Int, at now: Now, into actions: inout EngineActions) {
        let kept = partialStart + keptOfTurn
        take += 1
        text.removeLast(text.count - kept)
        let turnStart = partialStart
        seams.removeAll { $0.offset > turnStart || turnStart == 0 }
        hasParts = false
        partsSinceText = 0
        toldParts = []
        emit(.diverged(take: take, kept: kept), at: now, into: &actions)
    }

    private mutating func seamClosed(
        _ attempt: Attempt, trimmed: Int, at now: Now, into actions: inout EngineActions
    ) {
        guard let plan = attempt.plan else { return }
        let seam = Seam(
            offset: text.count, attempt: records.count, reason: textBreak?.reason ?? lastFailure ?? .endedEarly,
            strategy: plan.strategy, tokensBefore: textBreak?.tokens ?? 0, trimmedBytes: trimmed,
            gap: textBreak.map { now.instant - $0.at } ?? .zero)
        textBreak = nil
        seams.append(seam)
        log.note("continued by \(plan.strategy.rawValue)", at: now.instant)
        if trimmed > 0 { log.note("\(trimmed) B repeated, trimmed", at: now.instant) }
        emit(.resumed(seam), at: now, into: &actions)
    }

    private mutating func append(
        _ bytes: ArraySlice<UInt8>, to attempt: inout Attempt, at now: Now, into actions: inout EngineActions
    ) {
        guard !bytes.isEmpty else { return }
        let start = text.count
        bytes.withUnsafeBufferPointer { text.append(contentsOf: $0) }
        if partsSinceText > 0 {
            hasParts = true
            partsSinceText = 0
        }
        attempt.textBytes += bytes.count
        actions.appendText(start..<text.count, of: id, at: now)
    }
}
