extension Planner {
    /// The reply as one JSON object. Faults with a place in the stream happen to the same share of the body, or, where
    /// they are events, to the response.
    func batch(_ program: inout Program, _ wire: Wire) {
        let thinkingCount = Tokenizer.count(program.thinking)
        let textCount = Tokenizer.count(program.text, from: program.textStart)
        let available = thinkingCount + textCount
        let total = min(available, request.maxTokens ?? .max)
        var reason: StopReason? = total < available ? .length : .end
        var text = program.text[program.textStart...]
        if total < available {
            var end = program.textStart
            for _ in 0..<max(0, total - thinkingCount) { end = Tokenizer.end(in: program.text, from: end) }
            text = text[..<end]
        }
        var delay =
            tokensPerSecond > 0 ? min(Double(total) / tokensPerSecond, Self.longestBatchDelay) : 0
        var acts: [Act] = []
        var breaking: (share: Double, act: Act)?
        if steps.contains(where: { $0.fault == .notStreamed }) {
            acts.append(.note(fault: "not_streamed", ""))
        }
        for step in steps where !step.fault.isPlaced || step.afterTokens <= total {
            let share = Double(step.afterTokens) / Double(max(1, total))
            switch step.fault {
            case .resetPeer(_, beforeHeaders: false):
                acts.append(.note(fault: "reset_peer", ""))
                breaking = breaking ?? (share, .reset)
            case .rstStream(let error, beforeHeaders: false):
                acts.append(.note(fault: "rst_stream", error.rawValue))
                breaking = breaking ?? (share, .resetStream(error))
            case .goAway(let error, isProcessed: true):
                acts += [.note(fault: "goaway", error.rawValue), .goAway(error, isProcessed: true)]
                if error != .noError { breaking = breaking ?? (share, .close) }
            case .cut:
                acts.append(.note(fault: "cut", ""))
                breaking = breaking ?? (share, .close)
            case .timeout(let seconds, beforeHeaders: false):
                program.acts += [
                    .note(fault: "timeout", ""), .wait(seconds == 0 ? nil : seconds, .none, interval: 1), .close,
                ]
                return
            case .stall(let seconds, _, _):
                acts.append(.note(fault: "stall", "\(JSONText.seconds(seconds)) s"))
                delay += seconds
            case .wait(let seconds, _, let interval, beforeHeaders: false):
                acts += Self.hold(seconds, .none, interval)
            case .errorEvent(let type, let message), .errorAndEnd(let type, let message):
                let status = type == "overloaded_error" ? 529 : 500
                let headers = identity + limit.headers(request.dialect, wall: wall)
                program.acts += acts + [.wait(delay, .none, interval: 1), .note(fault: "error_event", type)]
                program.acts += StatusFault(status, message: message).acts(
                    request.dialect, requestID: requestID, headers: headers, wall: wall)
                return
            case .cleanEnd, .doneWithoutFinish:
                acts.append(.note(fault: "clean_end", "without a stop reason"))
                reason = nil
            case .refusal:
                acts.append(.note(fault: "refusal", ""))
                reason = .refusal
            case .malformedEvent:
                acts.append(.note(fault: "malformed_event", ""))
                breaking = breaking ?? (0.5, .end)
            default: break
            }
        }
        var body = wire.batch(
            text: String(decoding: text, as: UTF8.self), thinking: String(decoding: program.thinking, as: UTF8.self),
            reason: reason, usage: Usage(output: total, thinking: min(total, thinkingCount), lastBlock: 0))
        var length = body.utf8.count
        var last = Act.end
        if let breaking {
            let bytes = Array(body.utf8)
            var cut = Int(Double(bytes.count) * min(1, breaking.share))
            while cut > 0, cut < bytes.count, bytes[cut] & 0xC0 == 0x80 { cut -= 1 }
            body = String(decoding: bytes[..<cut], as: UTF8.self)
            last = breaking.act
            // Broken JSON of the length that was told.
            if last == .end { length = body.utf8.count }
        }
        let head = ResponseHead(
            status: 200,
            headers: [("Content-Type", "application/json")] + identity + limit.headers(request.dialect, wall: wall),
            framing: isCloseDelimited ? .closeDelimited : .length(length))
        if delay > 0 { acts.append(.wait(delay, .none, interval: 1)) }
        program.acts += acts + [.head(head), .body(body)]
        if last == .end, reason != nil { program.acts.append(.delivered) }
        program.acts.append(last)
    }
}
