extension Planner {
    /// Head, opening, deltas with the faults at their places, ending.
    func stream(_ program: inout Program, _ wire: Wire) {
        let available =
            Tokenizer.count(program.thinking) + Tokenizer.count(program.text, from: program.textStart)
        let total = min(available, request.maxTokens ?? .max)
        let reason: StopReason = total < available ? .length : .end
        let opening: [Act] = [.head(streamHead), .body(wire.opening)]
        let calmRest: [Act] = [.tokens(upTo: total), .ending(reason, finish: true, done: true), .end]
        program.calm = (opening, calmRest)
        program.acts += opening
        if steps.contains(where: { $0.fault == .duplicateStart }) {
            program.acts += [.note(fault: "duplicate_start", ""), .body(wire.start(id: messageID))]
        }
        if let limit = program.bodyLimit { program.acts.append(.note(fault: "limit_data", "\(limit) bytes")) }
        if !program.shape.isPlain {
            program.acts.append(.note(fault: program.shape.averageSize != nil ? "slicer" : "bandwidth", ""))
        }
        let placed = steps.enumerated().filter { $0.element.fault.isPlaced && $0.element.afterTokens <= total }
            .sorted { ($0.element.afterTokens, $0.offset) < ($1.element.afterTokens, $1.offset) }
        for (_, step) in placed {
            if step.afterTokens > 0 { program.acts.append(.tokens(upTo: step.afterTokens)) }
            let (acts, isLast) = acts(step.fault, wire, canCut: step.afterTokens < total)
            program.acts += acts
            if isLast { return }
        }
        // A second reply inside the first has a length of its own.
        let isSpliced = placed.contains { $0.element.fault == .splice }
        // A token in two deltas counts twice.
        let isSplit = reason == .end && placed.contains { $0.element.fault == .loneSurrogate(isPair: true) }
        program.acts.append(.tokens(upTo: isSpliced || isSplit ? .max : total))
        program.acts += ending(reason)
    }

    private func ending(_ reason: StopReason) -> [Act] {
        var acts: [Act] = []
        var finish = true
        var done = true
        var close: Act?
        for step in steps {
            switch step.fault {
            case .doneWithoutFinish:
                finish = false
                acts.append(.note(fault: "done_without_finish", ""))
            case .finishWithoutDone:
                done = false
                acts.append(.note(fault: "finish_without_done", ""))
            case .slowClose(let delay): close = .wait(delay == 0 ? nil : delay, .none, interval: 1)
            default: break
            }
        }
        acts.append(.ending(reason, finish: finish, done: done))
        if let close { acts += [.note(fault: "slow_close", ""), close] }
        return acts + [.end]
    }

    /// The rest of a response in the background: at once what is made already, then as it is made.
    func resume(_ program: inout Program, _ wire: Wire, _ resumed: Resumption) {
        program.textStart = resumed.textStart
        let available = Tokenizer.count(program.thinking) + Tokenizer.count(program.text, from: program.textStart)
        let whole = min(available, request.maxTokens ?? .max)
        program.skip = Wire.deltas(through: resumed.after, thoughts: min(whole, Tokenizer.count(program.thinking)))
        program.skip.text = min(program.skip.text, whole - program.skip.thinking)
        let total = whole - program.skip.thinking - program.skip.text
        let opening: [Act] = [.head(streamHead), .body(wire.opening)]
        program.acts += opening
        if resumed.hasFailed || resumed.isCancelled {
            let end =
                resumed.hasFailed
                ? wire.responsesFailure(number: resumed.after + 1)
                : wire.responsesCancelled(number: resumed.after + 1)
            program.acts += [.body(end), .end]
            return
        }
        let reason: StopReason = whole < available ? .length : .end
        program.calm = (opening, [.tokens(upTo: total), .ending(reason, finish: true, done: true), .end])
        let made = min(total, max(0, resumed.made - program.skip.thinking - program.skip.text))
        if tokensPerSecond > 0, made > 0 { program.acts.append(.pace(tokensPerSecond: 0, jitter: 0)) }
        var hasCaughtUp = tokensPerSecond == 0 || made == 0
        func tokens(upTo count: Int) -> [Act] {
            guard !hasCaughtUp, count > made else { return [.tokens(upTo: count)] }
            hasCaughtUp = true
            return [
                .tokens(upTo: made), .pace(tokensPerSecond: tokensPerSecond, jitter: jitter), .tokens(upTo: count),
            ]
        }
        let placed = steps.enumerated().filter { $0.element.fault.isPlaced && $0.element.afterTokens <= total }
            .sorted { ($0.element.afterTokens, $0.offset) < ($1.element.afterTokens, $1.offset) }
        for (_, step) in placed {
            if step.afterTokens > 0 { program.acts += tokens(upTo: step.afterTokens) }
            let (acts, isLast) = acts(step.fault, wire, canCut: step.afterTokens < total)
            program.acts += acts
            if isLast { return }
        }
        program.acts += tokens(upTo: total) + ending(reason)
    }

    /// What a fault does at its place, and whether nothing follows it.
    private func acts(_ fault: Fault, _ wire: Wire, canCut: Bool) -> ([Act], isLast: Bool) {
        // What a background response says does not depend on who listens: only its way to the client breaks.
        func broken(_ midWord: Bool) -> [Act] {
            midWord && canCut ? (request.isBackground ? [.halfEvent] : [.halfToken, .halfEvent]) : []
        }
        switch fault {
        case .pace(let rate, let jitter):
            return ([.note(fault: "pace", "\(rate) tokens/s"), .pace(tokensPerSecond: rate, jitter: jitter)], false)
        case .resetPeer(let midWord, _):
            return (broken(midWord) + [.note(fault: "reset_peer", ""), .reset], true)
        case .rstStream(let error, _):
            return ([.note(fault: "rst_stream", error.rawValue), .resetStream(error)], true)
        case .goAway(let error, _):
            let acts: [Act] = [.note(fault: "goaway", error.rawValue), .goAway(error, isProcessed: true)]
            return error == .noError ? (acts, false) : (acts + [.close], true)
        case .cut(let midWord): return (broken(midWord) + [.note(fault: "cut", ""), .close], true)
        case .cleanEnd(let midWord):
            // The half word only: half an event at the end of a whole body would be a cut.
            let half: [Act] = midWord && canCut && !request.isBackground ? [.halfToken] : []
            return (half + [.note(fault: "clean_end", ""), .end], true)
        case .timeout(let seconds, _):
            return (
                [.note(fault: "timeout", ""), .wait(seconds == 0 ? nil : seconds, .none, interval: 1), .close], true
            )
        case .stall(let seconds, let kind, let interval):
            return (
                [.note(fault: "stall", "\(JSONText.seconds(seconds)) s"), .wait(seconds, kind, interval: interval)],
                false
            )
        case .wait(let seconds, let kind, let interval, _): return (Self.hold(seconds, kind, interval), false)
        case .errorEvent(let type, let message):
            let event = wire.error(type: type, message: message, requestID: requestID)
            return ([.note(fault: "error_event", type), .body(event), .end], true)
        case .errorAndEnd(let type, let message):
            let events = wire.errorAndEnd(type: type, message: message, requestID: requestID)
            return ([.note(fault: "error_and_end", type), .body(events), .end], true)
        case .nullEverything: return ([.note(fault: "null_everything", ""), .body(wire.nulls)], false)
        case .loneSurrogate(let isPair):
            return ([.note(fault: "lone_surrogate", isPair ? "a pair" : ""), .surrogate(isPair: isPair)], false)
        case .deepJSON(let depth):
            return ([.note(fault: "deep_json", "\(depth) arrays"), .body(wire.deep(depth))], false)
        case .malformedEvent(let count):
            return (
                [.note(fault: "malformed_event", ""), .body(String(repeating: wire.malformed, count: count))], false
            )
        case .unknownEvent: return ([.note(fault: "unknown_event", ""), .body(wire.unknown)], false)
        case .hugeEvent(let bytes):
            let (prefix, suffix) = wire.hugeEvent
            let padding = max(0, bytes - prefix.utf8.count - suffix.utf8.count)
            return (
                [.note(fault: "huge_event", "\(bytes) bytes"), .body(prefix), .filler(padding), .body(suffix)], false
            )
        case .splice: return ([.note(fault: "splice", ""), .splice], false)
        case .refusal:
            return ([.note(fault: "refusal", ""), .ending(.refusal, finish: true, done: true), .end], true)
        case .pauseTurn where wire.dialect == .anthropic:
            return ([.pause, .ending(.pause, finish: true, done: true), .end], true)
        default: return ([], false)
        }
    }
}

extension Fault {
    /// Whether it happens at a place in a stream.
    var isPlaced: Bool {
        switch self {
        case .resetPeer(_, let beforeHeaders), .timeout(_, let beforeHeaders), .wait(_, _, _, let beforeHeaders),
            .rstStream(_, let beforeHeaders):
            !beforeHeaders
        case .goAway(_, let isProcessed): isProcessed
        case .pace, .cut, .cleanEnd, .stall, .errorEvent, .errorAndEnd, .malformedEvent, .unknownEvent, .hugeEvent,
            .nullEverything, .loneSurrogate, .deepJSON, .splice, .refusal, .pauseTurn:
            true
        default: false
        }
    }
}
