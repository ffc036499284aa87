/// Turns a request and the faults that await it into a program of acts.
struct Planner {
    let request: ReplyRequest
    let continuation: Continuation
    let steps: [FaultStep]
    var ticket: Ticket
    let requestID: String
    let messageID: String
    let tokensPerSecond: Double
    let jitter: Double
    let limit: RateLimit.Snapshot
    /// Seconds since 1970.
    let wall: Double
    /// What the client must send back of a turn that was paused; empty where none was.
    let paused: PausedContent
    /// A response in the background is taken up again.
    var resumed: Resumption?

    struct Resumption {
        /// The client has the events up to this number.
        var after: Int
        /// Deltas that are made by now.
        var made: Int
        var textStart: Int
        /// Seconds since 1970.
        var created: Int
        var hasFailed: Bool
        var isCancelled: Bool

        init(_ resuming: LabCore.Resuming, now: Double) {
            let response = resuming.response
            after = resuming.after
            made = response.made(now: now)
            textStart = response.textStart
            created = response.created
            hasFailed = response.hasFailed
            isCancelled = response.isCancelled
        }
    }

    /// A reply as a whole takes the time that its stream would have taken, but never longer.
    static let longestBatchDelay = 3.0

    func program() -> Program {
        var program = replyProgram()
        for step in steps {
            guard case .slowHeaders(let interval) = step.fault else { continue }
            let note = Act.note(fault: "slow_headers", "a byte in \(JSONText.seconds(interval)) s")
            program.acts = program.acts.flatMap { act -> [Act] in
                if case .head(let head) = act { [note, .slowHead(head, interval: interval)] } else { [act] }
            }
        }
        return program
    }

    private func replyProgram() -> Program {
        var program = Program([])
        program.ticket = ticket
        program.seed = continuation.key ^ UInt64(truncatingIfNeeded: ticket.request)
        program.tokensPerSecond = tokensPerSecond
        program.jitter = jitter
        program.paused = paused
        var delay: [Act] = []
        for step in steps { shape(step.fault, &program, &delay) }
        program.acts = delay
        if ModelTraits.thinks(request.model), continuation.manner == .fresh {
            program.thinking = CanonicalReply.thinkingBytes(prompt: continuation.prompt)
        }
        let wire = Wire(
            request: request, thinksFirst: !program.thinking.isEmpty, messageID: messageID,
            created: resumed?.created ?? Int(wall), after: resumed?.after ?? -1,
            quirks: Wire.Quirks(steps))
        program.wire = wire
        if let acts = refused() ?? instead() {
            program.acts += acts
            return program
        }
        let repeated = steps.reduce(0) { words, step in
            if case .repeatWords(let count) = step.fault { count } else { words }
        }
        program.text = continuation.reply
        program.textStart = continuation.covered
        if continuation.manner != .fresh, repeated > 0 {
            program.textStart = continuation.offset(repeating: repeated)
            let said = String(decoding: continuation.reply[program.textStart..<continuation.covered], as: UTF8.self)
            if !said.isEmpty { program.acts.append(.note(fault: "repeat_words", "said again: \(said)")) }
        }
        program.isReply = true
        if let resumed {
            resume(&program, wire, resumed)
            return program
        }
        if request.isBackground, !request.stream {
            program.acts += json(200, wire.response("queued"))
            return program
        }
        let isStream = request.stream && !steps.contains { $0.fault == .notStreamed }
        if isStream { stream(&program, wire) } else { batch(&program, wire) }
        return program
    }

    private func shape(_ fault: Fault, _ program: inout Program, _ delay: inout [Act]) {
        switch fault {
        case .latency(let seconds, let jitter):
            var random = SplitMix64(seed: program.seed ^ 0x1A7E)
            let seconds = max(0, seconds + jitter * (2 * random.unit() - 1))
            delay.append(.note(fault: "latency", "\(JSONText.seconds(seconds)) s before the response"))
            delay.append(.wait(seconds, .none, interval: 1))
        case .wait(let seconds, _, let interval, beforeHeaders: true):
            // Without keep-alives: they are a part of the body, which has not begun.
            delay += Self.hold(seconds, .none, interval)
        case .bandwidth(let rate): program.shape.bytesPerSecond = rate
        case .slicer(let average, let variation, let pause):
            program.shape.averageSize = average
            program.shape.sizeVariation = variation
            program.shape.delay = pause
        case .limitData(let bytes): program.bodyLimit = bytes
        case .lineEnding(let ending):
            program.lineEnding = ending
            delay.append(.note(fault: "line_ending", ending.rawValue))
        case .emptyChoices: delay.append(.note(fault: "empty_choices", ""))
        case .contentArray: delay.append(.note(fault: "content_array", ""))
        case .hugeNumbers: delay.append(.note(fault: "huge_numbers", ""))
        default: break
        }
    }

    static func hold(_ seconds: Double, _ kind: Fault.KeepAliveKind, _ interval: Double) -> [Act] {
        let words = seconds == 0 ? "until released" : "until released, \(JSONText.seconds(seconds)) s at most"
        return [.note(fault: "wait", words), .hold(seconds == 0 ? nil : seconds, kind, interval: interval)]
    }

    /// What the response asks the client to wait, as exactly as its form can tell it.
    var retryAfter: Double? {
        if limit.isExceeded { return limit.reset.rounded(.up) }
        for step in steps {
            guard case .status(let fault) = step.fault else { continue }
            // A date has whole seconds: up to one is lost.
            return fault.retryAfter.map { fault.retryAfterForm == .date ? max(0, $0 - 1) : $0 }
        }
        return nil
    }

    // MARK: Responses that are no reply

    /// OpenAI's words for an id that it does not know (any more).
    static func noSuchResponse(_ id: String, _ status: Int = 404, requestID: String) -> String {
        ProviderFault(status, message: "Response with id '\(id)' not found.").body(
            .responses, requestID: requestID, param: "id")
    }

    var identity: [(String, String)] {
        [(request.dialect.isAnthropic ? "request-id" : "x-request-id", requestID)]
    }

    private func json(_ status: Int, _ body: String, headers: [(String, String)] = []) -> [Act] {
        Program.whole(
            status, "application/json", headers: identity + limit.headers(request.dialect, wall: wall) + headers, body
        ).acts
    }

    private func refused() -> [Act]? {
        if limit.isExceeded {
            let wait = Int(limit.reset.rounded(.up))
            return [.note(fault: "status", "429, over the limit, \(wait) s until it is lifted")]
                + json(
                    429, ProviderFault(429).body(request.dialect, requestID: requestID),
                    headers: [("Retry-After", "\(wait)")])
        }
        if resumed != nil, let status = steps.lazy.compactMap(\.fault.cursorRefusal).first {
            return [.note(fault: "reject_cursor", "\(status)")]
                + json(status, Self.noSuchResponse(messageID, status, requestID: requestID))
        }
        if let complaint = continuation.manner == .fresh ? nil : paused.complaint(about: request) {
            return [.note(fault: "pause_turn", "400, \(complaint)")]
                + json(400, ProviderFault(400, message: complaint).body(request.dialect, requestID: requestID))
        }
        // A turn that was paused is gone on with in any model.
        if continuation.manner == .prefill, request.turns.last?.endsInPart != true,
            ModelTraits.rejectsPrefill(request.model) && request.dialect == .anthropic
                || steps.contains(where: { $0.fault == .rejectPrefill })
        {
            let message =
                "This model does not support assistant message prefill. The conversation must end with a user message."
            return [.note(fault: "reject_prefill", "400, prefill")]
                + json(400, ProviderFault(400, message: message).body(request.dialect, requestID: requestID))
        }
        return nil
    }

    /// The first fault that takes the place of the reply.
    private func instead() -> [Act]? {
        for step in steps {
            if let acts = Self.instead(
                step.fault, dialect: request.dialect, requestID: requestID,
                headers: identity + limit.headers(request.dialect, wall: wall), wall: wall)
            {
                return acts
            }
            if case .keepAliveOnly(let kind, let interval, let seconds) = step.fault, request.stream {
                return [
                    .note(fault: "keep_alive_only", "\(kind.rawValue) every \(JSONText.seconds(interval)) s"),
                    .head(streamHead), .wait(seconds == 0 ? nil : seconds, kind, interval: interval), .end,
                ]
            }
        }
        return nil
    }

    /// `nil` for faults that need a reply to happen to.
    static func instead(
        _ fault: Fault, dialect: LabDialect, requestID: String, headers: [(String, String)], wall: Double
    ) -> [Act]? {
        switch fault {
        case .status(let fault):
            return [.note(fault: "status", "\(fault.status)")]
                + fault.acts(dialect, requestID: requestID, headers: headers, wall: wall)
        case .html(let status):
            return [.note(fault: "html", "\(status)")]
                + Program.whole(status, "text/html; charset=utf-8", Pages.portal).acts
        case .jsonError(let type):
            let body =
                dialect.isAnthropic
                ? #"{"type":"error","error":{"type":\#(JSONText.string(type)),"message":"Something went wrong."}}"#
                : #"{"error":{"message":"Something went wrong.","type":\#(JSONText.string(type)),"code":null}}"#
            return [.note(fault: "json_error", type)]
                + Program.whole(200, "application/json", headers: headers, body).acts
        case .empty:
            let head = ResponseHead(
                status: 200, headers: [("Content-Type", "text/event-stream")] + headers, framing: .chunked)
            return [.note(fault: "empty", "200 without events"), .head(head), .end]
        case .redirect(let status, let location, let isMissing):
            // Port 9, discard: nobody listens there.
            let target = isMissing ? [] : [("Location", location ?? "http://127.0.0.1:9/elsewhere")]
            return [.note(fault: "redirect", "\(status)")]
                + Program.whole(status, "text/plain", headers: target, "").acts
        case .headerFlood(let bytes, let kind):
            return [.note(fault: "header_flood", ""), .flood(bytes: bytes, kind)]
        case .down(let seconds):
            return [.note(fault: "down", "nobody listens for \(JSONText.seconds(seconds)) s"), .down(seconds)]
        case .http09:
            return [.note(fault: "http09", ""), .raw("data: {\"text\":\"no status line\"}\n\n"), .close]
        case .gzipBomb(let bytes):
            let head = ResponseHead(
                status: 200,
                headers: [("Content-Type", "text/event-stream"), ("Content-Encoding", "gzip")] + headers,
                framing: .chunked)
            return [.note(fault: "gzip_bomb", "\(bytes) bytes"), .head(head), .bomb(bytes: bytes), .end]
        case .encodingChain(let count):
            let chain = Array(repeating: "gzip", count: count).joined(separator: ", ")
            return [.note(fault: "encoding_chain", "\(count)")]
                + Program.whole(
                    200, "text/event-stream", headers: [("Content-Encoding", chain)] + headers, "data: 1\n\n"
                )
                .acts
        case .resetPeer(_, beforeHeaders: true):
            return [.note(fault: "reset_peer", "before the headers"), .reset]
        case .rstStream(let error, beforeHeaders: true):
            return [.note(fault: "rst_stream", "\(error.rawValue), before the headers"), .resetStream(error)]
        case .goAway(let error, isProcessed: false):
            return [
                .note(fault: "goaway", "\(error.rawValue), and this request was never heard"),
                .goAway(error, isProcessed: false), error == .noError ? .resetStream(.refusedStream) : .close,
            ]
        case .timeout(let seconds, beforeHeaders: true):
            return [
                .note(fault: "timeout", "before the headers"),
                .wait(seconds == 0 ? nil : seconds, .none, interval: 1), .close,
            ]
        default: return nil
        }
    }

    var streamHead: ResponseHead {
        ResponseHead(
            status: 200,
            headers: [("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache")] + identity
                + limit.headers(request.dialect, wall: wall),
            framing: isCloseDelimited ? .closeDelimited : .chunked)
    }

    var isCloseDelimited: Bool {
        steps.contains { $0.fault == .closeDelimited }
    }
}

extension StatusFault {
    func acts(_ dialect: LabDialect, requestID: String, headers: [(String, String)], wall: Double) -> [Act] {
        var headers = headers
        if let retryAfterText { headers.append(("Retry-After", retryAfterText)) }
        if let retryAfter {
            switch retryAfterForm {
            case .seconds:
                let whole = Int(exactly: retryAfter).map { "\($0)" }
                headers.append(("Retry-After", whole ?? JSONText.seconds(retryAfter)))
            case .date: headers.append(("Retry-After", WallClock.httpDate(wall + retryAfter)))
            case .milliseconds:
                // Within the range of `Int` by what a scenario may say.
                headers.append(("retry-after-ms", "\(Int((min(1e15, max(-1e15, retryAfter)) * 1000).rounded()))"))
            }
        }
        if let shouldRetry { headers.append(("x-should-retry", shouldRetry ? "true" : "false")) }
        if html { return Program.whole(status, "text/html", headers: headers, Pages.error(status)).acts }
        let fault = ProviderFault(status, kind: kind.flatMap(ProviderFault.Kind.init), message: message)
        return Program.whole(
            status, "application/json", headers: headers, fault.body(dialect, requestID: requestID)
        ).acts
    }
}

/// What is no API answer at all.
enum Pages {
    static func error(_ status: Int) -> String {
        let title = "\(status) \(ProviderFault.reason(status))"
        return """
            <html>
            <head><title>\(title)</title></head>
            <body>
            <center><h1>\(title)</h1></center>
            <hr><center>weir-lab</center>
            </body>
            </html>

            """
    }

    static let portal = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Harbour Hotel Wi-Fi: please sign in</title></head>
        <body>
        <h1>Welcome to the Harbour Hotel</h1>
        <p>To use the network, enter your room number and accept the terms.</p>
        <form method="post" action="/portal"><input name="room"><button>Connect</button></form>
        </body>
        </html>

        """
}
