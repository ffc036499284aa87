import TOML

extension FaultStep {
    /// Of every step, and of those with a place in the stream.
    static let keys = ["fault", "probability", "model"]
    static let placeKeys = ["after_tokens", "spread", "every", "times"]

    init(_ table: TOMLTable) throws(TOMLError) {
        let name = try table.requireString("fault")
        guard let kind = Fault.kinds.first(where: { $0.name == name }) else {
            var message = "unknown fault \"\(name)\""
            if let meant = TOMLTable.nearest(to: name, in: Fault.names) { message += ", did you mean \"\(meant)\"?" }
            throw table.error("fault", message)
        }
        try table.rejectUnknownKeys(Self.keys + kind.keys + (kind.hasPlace ? Self.placeKeys : []))
        self.init(
            try kind.make(table), afterTokens: try table.int("after_tokens", in: 0...ReplyLength.longest) ?? 0,
            spread: try table.int("spread", in: 0...ReplyLength.longest) ?? 0,
            probability: try table.double("probability", in: 0...1) ?? 1)
        model = try table.string("model")
        every = try table.int("every", in: 1...ReplyLength.longest)
        times = try table.int("times", in: 1...Self.mostPlaces)
        if times != nil, every == nil { throw table.error("times", "belongs to \"every\", the tokens in between") }
    }
}

extension Fault {
    /// How a fault is written in a scenario.
    struct Kind: Sendable {
        var name: String
        var keys: [String]
        /// Whether it comes after a number of tokens.
        var hasPlace: Bool
        var make: @Sendable (TOMLTable) throws(TOMLError) -> Fault

        init(
            _ name: String, _ keys: [String] = [], hasPlace: Bool = false,
            make: @escaping @Sendable (TOMLTable) throws(TOMLError) -> Fault
        ) {
            self.name = name
            self.keys = keys
            self.hasPlace = hasPlace
            self.make = make
        }
    }

    /// The names of all faults, as scenarios use them.
    public static var names: [String] { kinds.map(\.name) }

    static let kinds: [Kind] = whole + instead + placed + last

    private static let whole = [
        Kind("latency", ["latency", "jitter"]) { table throws(TOMLError) in
            .latency(try table.seconds("latency") ?? 0.5, jitter: try table.seconds("jitter") ?? 0)
        },
        Kind("pace", ["tokens_per_second", "jitter"], hasPlace: true) { table throws(TOMLError) in
            .pace(
                tokensPerSecond: try table.double("tokens_per_second", in: 0...1_000_000) ?? 3,
                jitter: try table.double("jitter", in: 0...1) ?? 0)
        },
        Kind("bandwidth", ["rate"]) { table throws(TOMLError) in
            .bandwidth(bytesPerSecond: try table.double("rate", in: 1...1e12) ?? 1_000)
        },
        Kind("slicer", ["average_size", "size_variation", "delay"]) { table throws(TOMLError) in
            let average = try table.int("average_size", in: 1...1_000_000) ?? 8
            return .slicer(
                averageSize: average, sizeVariation: try table.int("size_variation", in: 0...average) ?? average / 2,
                delay: try table.seconds("delay") ?? 0)
        },
        Kind("repeat_words", ["words"]) { table throws(TOMLError) in
            .repeatWords(try table.int("words", in: 0...1_000) ?? 2)
        },
        Kind("reject_prefill") { _ throws(TOMLError) in .rejectPrefill },
        Kind("reject_cursor", ["status"]) { table throws(TOMLError) in
            .rejectCursor(status: try table.int("status", in: 400...599) ?? 404)
        },
        Kind("close_delimited") { _ throws(TOMLError) in .closeDelimited },
        Kind("slow_headers", ["interval"]) { table throws(TOMLError) in
            .slowHeaders(interval: try table.interval())
        },
        Kind("line_ending", ["kind"]) { table throws(TOMLError) in .lineEnding(try table.word("kind") ?? .crlf) },
        Kind("empty_choices") { _ throws(TOMLError) in .emptyChoices },
        Kind("content_array") { _ throws(TOMLError) in .contentArray },
        Kind("huge_numbers") { _ throws(TOMLError) in .hugeNumbers },
    ]

    private static let instead = [
        Kind(
            "status",
            [
                "status", "retry_after", "retry_after_form", "retry_after_text", "should_retry", "kind", "html",
                "message",
            ]
        ) { table throws(TOMLError) in
            guard let status = try table.int("status", in: 400...599) else {
                throw table.error("status", "is required")
            }
            if table.contains("retry_after"), table.contains("retry_after_text") {
                throw table.error("retry_after_text", "contradicts \"retry_after\"")
            }
            return .status(
                StatusFault(
                    status, retryAfter: try table.farSeconds("retry_after"),
                    retryAfterForm: try table.word("retry_after_form") ?? .seconds,
                    shouldRetry: try table.bool("should_retry"),
                    kind: try table.word("kind", ProviderFault.Kind.self)?.rawValue,
                    html: try table.bool("html") ?? false, message: try table.string("message"),
                    retryAfterText: try table.headerValue("retry_after_text")))
        },
        Kind("html", ["status"]) { table throws(TOMLError) in
            .html(status: try table.int("status", in: 200...599) ?? 200)
        },
        Kind("json_error", ["type"]) { table throws(TOMLError) in
            .jsonError(type: try table.string("type") ?? "api_error")
        },
        Kind("empty") { _ throws(TOMLError) in .empty },
        Kind("not_streamed") { _ throws(TOMLError) in .notStreamed },
        Kind("redirect", ["status", "location", "missing"]) { table throws(TOMLError) in
            let location = try table.headerValue("location")
            let isMissing = try table.bool("missing") ?? false
            if isMissing, location != nil { throw table.error("missing", "contradicts \"location\"") }
            return .redirect(
                status: try table.int("status", in: 300...399) ?? 307, location: location, isMissing: isMissing)
        },
        Kind("header_flood", ["bytes", "one_line", "early_hints"]) { table throws(TOMLError) in
            let (oneLine, hints) = (try table.bool("one_line") ?? false, try table.bool("early_hints") ?? false)
            if oneLine, hints { throw table.error("early_hints", "contradicts \"one_line\"") }
            return .headerFlood(
                bytes: try table.int("bytes", in: 0...1_000_000_000) ?? 0,
                oneLine ? .oneLine : hints ? .earlyHints : .lines)
        },
        Kind("down", ["seconds"]) { table throws(TOMLError) in .down(try table.seconds("seconds") ?? 1) },
        Kind("upstream", ["kind", "bytes"]) { table throws(TOMLError) in
            .upstream(try table.word("kind") ?? .reset, bytes: try table.int("bytes", in: 0...1_000_000_000) ?? 0)
        },
        Kind("http09") { _ throws(TOMLError) in .http09 },
        Kind("gzip_bomb", ["bytes"]) { table throws(TOMLError) in
            .gzipBomb(bytes: try table.int("bytes", in: 1...1 << 40) ?? 2 << 30)
        },
        Kind("encoding_chain", ["count"]) { table throws(TOMLError) in
            .encodingChain(count: try table.int("count", in: 1...1_000) ?? 12)
        },
        Kind("keep_alive_only", ["kind", "interval", "seconds"]) { table throws(TOMLError) in
            .keepAliveOnly(
                try table.word("kind") ?? .comment, interval: try table.interval(),
                seconds: try table.seconds("seconds") ?? 0)
        },
    ]

    private static let placed = [
        Kind("reset_peer", ["mid_word", "before_headers"], hasPlace: true) { table throws(TOMLError) in
            .resetPeer(midWord: try table.bool("mid_word") ?? false, beforeHeaders: try table.beforeHeaders())
        },
        Kind("rst_stream", ["error", "before_headers"], hasPlace: true) { table throws(TOMLError) in
            .rstStream(try table.word("error") ?? .internalError, beforeHeaders: try table.beforeHeaders())
        },
        Kind("goaway", ["error", "processed"], hasPlace: true) { table throws(TOMLError) in
            let isProcessed = try table.bool("processed") ?? true
            if !isProcessed, table.contains("after_tokens") {
                throw table.error("processed", "contradicts \"after_tokens\": what was not heard has no answer")
            }
            return .goAway(try table.word("error") ?? .noError, isProcessed: isProcessed)
        },
        Kind("cut", ["mid_word"], hasPlace: true) { table throws(TOMLError) in
            .cut(midWord: try table.bool("mid_word") ?? false)
        },
        Kind("limit_data", ["bytes"]) { table throws(TOMLError) in
            .limitData(bytes: try table.int("bytes", in: 0...1_000_000_000) ?? 1_000)
        },
        Kind("clean_end", ["mid_word"], hasPlace: true) { table throws(TOMLError) in
            .cleanEnd(midWord: try table.bool("mid_word") ?? false)
        },
        Kind("timeout", ["timeout", "before_headers"], hasPlace: true) { table throws(TOMLError) in
            .timeout(try table.seconds("timeout") ?? 0, beforeHeaders: try table.beforeHeaders())
        },
        Kind("stall", ["seconds", "keep_alive", "interval"], hasPlace: true) { table throws(TOMLError) in
            .stall(
                try table.seconds("seconds") ?? 10, try table.word("keep_alive") ?? .none,
                interval: try table.interval())
        },
        Kind("wait", ["seconds", "keep_alive", "interval", "before_headers"], hasPlace: true) {
            table throws(TOMLError) in
            .wait(
                try table.seconds("seconds") ?? 0, try table.word("keep_alive") ?? .none,
                interval: try table.interval(), beforeHeaders: try table.beforeHeaders())
        },
        Kind("error_event", ["type", "message"], hasPlace: true) { table throws(TOMLError) in
            .errorEvent(type: try table.string("type") ?? "overloaded_error", message: try table.string("message"))
        },
        Kind("error_and_end", ["type", "message"], hasPlace: true) { table throws(TOMLError) in
            .errorAndEnd(type: try table.string("type") ?? "server_error", message: try table.string("message"))
        },
        Kind("null_everything", hasPlace: true) { _ throws(TOMLError) in .nullEverything },
        Kind("lone_surrogate", ["pair"], hasPlace: true) { table throws(TOMLError) in
            .loneSurrogate(isPair: try table.bool("pair") ?? false)
        },
        Kind("deep_json", ["depth"], hasPlace: true) { table throws(TOMLError) in
            .deepJSON(depth: try table.int("depth", in: 1...10_000_000) ?? 100_000)
        },
        Kind("malformed_event", ["count"], hasPlace: true) { table throws(TOMLError) in
            .malformedEvent(count: try table.int("count", in: 1...10_000) ?? 1)
        },
        Kind("unknown_event", hasPlace: true) { _ throws(TOMLError) in .unknownEvent },
        Kind("huge_event", ["bytes"], hasPlace: true) { table throws(TOMLError) in
            .hugeEvent(bytes: try table.int("bytes", in: 1...1_000_000_000) ?? 17 << 20)
        },
        Kind("duplicate_start") { _ throws(TOMLError) in .duplicateStart },
        Kind("splice", hasPlace: true) { _ throws(TOMLError) in .splice },
        Kind("refusal", hasPlace: true) { _ throws(TOMLError) in .refusal },
        Kind("pause_turn", hasPlace: true) { _ throws(TOMLError) in .pauseTurn },
    ]

    private static let last = [
        Kind("done_without_finish") { _ throws(TOMLError) in .doneWithoutFinish },
        Kind("finish_without_done") { _ throws(TOMLError) in .finishWithoutDone },
        Kind("slow_close", ["delay"]) { table throws(TOMLError) in
            .slowClose(delay: try table.seconds("delay") ?? 0)
        },
    ]
}

extension TOMLTable {
    /// Between keep-alives.
    fileprivate func interval() throws(TOMLError) -> Double {
        let seconds = try seconds("interval") ?? 1
        guard seconds >= 0.001 else { throw error("interval", "expected at least a millisecond") }
        return seconds
    }

    /// Also a time that is past, and one that is farther than a day: a number of seconds.
    fileprivate func farSeconds(_ key: String) throws(TOMLError) -> Double? {
        if case .string? = self[key] { return try seconds(key) }
        return try double(key, in: -1e12...1e12)
    }

    /// What can stand in a header.
    fileprivate func headerValue(_ key: String) throws(TOMLError) -> String? {
        let text = try string(key)
        if let text, text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw error(key, "has control characters")
        }
        return text
    }

    fileprivate func beforeHeaders() throws(TOMLError) -> Bool {
        guard try bool("before_headers") ?? false else { return false }
        guard !contains("after_tokens") else {
            throw error("before_headers", "contradicts \"after_tokens\"")
        }
        return true
    }
}
