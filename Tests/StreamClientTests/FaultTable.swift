/// Every fault that a server can cause, and what becomes of a reply that meets it.
enum FaultTable {
    static let chat = ["lab-gpt"]
    static let anthropic = ["lab-claude"]
    static let responses = ["lab-responses"]

    static let rows: [FaultRow] = transport + secure + statuses + bodies + oddities

    private static let transport: [FaultRow] = [
        FaultRow("tx-latency", #"fault = "latency", latency = "30ms", jitter = "20ms""#, to: .whole(1)),
        FaultRow("tx-bandwidth", #"fault = "bandwidth", rate = 2_000_000"#, to: .whole(1)),
        FaultRow("tx-slow-close", #"fault = "slow_close", delay = "50ms""#, to: .whole(1)),
        FaultRow("tx-slicer", #"fault = "slicer", average_size = 1, size_variation = 0"#, to: .whole(1)),
        FaultRow(
            "tx-slicer", #"fault = "slicer", average_size = 40, size_variation = 39, delay = 0.000_01"#, to: .whole(1)),
        FaultRow("tx-timeout-0", #"fault = "timeout", after_tokens = 20"#, silent: true, to: .whole(2)),
        FaultRow("tx-timeout-0", #"fault = "timeout", before_headers = true"#, silent: true, to: .whole(2)),
        FaultRow("tx-timeout-n", #"fault = "timeout", timeout = "50ms", after_tokens = 20"#, to: .whole(2)),
        FaultRow("tx-reset-pre", #"fault = "reset_peer", before_headers = true"#, to: .whole(2)),
        FaultRow("tx-reset-mid", #"fault = "reset_peer", after_tokens = 30"#, to: .whole(2)),
        FaultRow("tx-reset-mid", #"fault = "reset_peer", after_tokens = 30, mid_word = true"#, to: .whole(2)),
        FaultRow("tx-limit-data", #"fault = "limit_data", bytes = 5_000"#, to: .whole(2)),
        FaultRow("tx-down", #"fault = "down", seconds = "500ms""#, to: .wholeAtLast),
        FaultRow("tx-upstream", #"fault = "upstream""#, always: true, to: .failed(4, isEmpty: true)),
        FaultRow(
            "tx-upstream", #"fault = "upstream", kind = "reset_peer", bytes = 20"#, always: true,
            to: .failed(4, isEmpty: true)),
        FaultRow("eof-chunked", #"fault = "cut", after_tokens = 30, mid_word = true"#, to: .whole(2)),
        FaultRow(
            "eof-close", #"fault = "close_delimited""#, #"fault = "cut", after_tokens = 30, mid_word = true"#,
            to: .whole(2)),
        FaultRow("eof-close", #"fault = "close_delimited""#, #"fault = "clean_end", after_tokens = 30"#, to: .whole(2)),
        FaultRow("slow-headers", #"fault = "slow_headers", interval = "50ms""#, silent: true, to: .whole(2)),
        FaultRow(
            "slow-body", #"fault = "slicer", average_size = 1, size_variation = 0, delay = "50ms""#, silent: true,
            to: .whole(2)),
        FaultRow("header-flood", #"fault = "header_flood""#, to: .failed(1, isEmpty: true)),
        FaultRow("header-flood", #"fault = "header_flood", one_line = true"#, to: .failed(1, isEmpty: true)),
        FaultRow("header-flood", #"fault = "header_flood", early_hints = true"#, to: .failed(1, isEmpty: true)),
        FaultRow("encoding-chain", #"fault = "encoding_chain""#, to: .failed(1, isEmpty: true)),
        FaultRow("gzip-bomb", #"fault = "gzip_bomb""#, to: .failed(1, isEmpty: true)),
        FaultRow("http09", #"fault = "http09""#, to: .failed(1, isEmpty: true)),
    ]

    private static let refused = FaultRow.Outcome.failed(1, isEmpty: true)

    /// Over TLS, which the lab and libcurl speak with HTTP/2.
    private static let secure: [FaultRow] = [
        FaultRow("tls-bad-cert", #"fault = "latency", latency = 0"#, tls: .good, to: .whole(1)),
        FaultRow(
            "tls-bad-cert", #"fault = "latency", latency = 0"#, tls: .expired, to: refused,
            saying: ["certificate has expired", "renew"]),
        FaultRow(
            "tls-bad-cert", #"fault = "latency", latency = 0"#, tls: .notYetValid, to: refused,
            saying: ["not yet valid", "clock"]),
        FaultRow(
            "tls-bad-cert", #"fault = "latency", latency = 0"#, tls: .wrongHost, to: refused,
            saying: ["subject name", "base URL"]),
        FaultRow(
            "tls-bad-cert", #"fault = "latency", latency = 0"#, tls: .selfSigned, to: refused,
            saying: ["self-signed", "SSL_CERT_FILE"]),
        // The reply goes on to its end.
        FaultRow("h2-goaway", #"fault = "goaway", after_tokens = 20"#, tls: .good, to: .whole(1)),
        // Nobody has heard the request, so it may be asked again: libcurl 7.88 leaves that to us.
        FaultRow("h2-goaway", #"fault = "goaway", processed = false"#, tls: .good, to: .whole(2)),
        FaultRow(
            "h2-goaway", #"fault = "goaway", error = "ENHANCE_YOUR_CALM", processed = false"#, tls: .good,
            to: .whole(2)),
        FaultRow(
            "h2-goaway", #"fault = "goaway", error = "INTERNAL_ERROR", after_tokens = 20"#, tls: .good, to: .whole(2)),
        FaultRow("h2-goaway", #"fault = "rst_stream", after_tokens = 20"#, tls: .good, to: .whole(2)),
        // libcurl 7.88 takes it for an end in good order; the stop reason that did not come tells.
        FaultRow(
            "h2-goaway", #"fault = "rst_stream", error = "NO_ERROR", after_tokens = 20"#, tls: .good, to: .whole(2)),
        FaultRow("h2-goaway", #"fault = "rst_stream", before_headers = true"#, tls: .good, to: .whole(2)),
        // This one libcurl sends again by itself.
        FaultRow(
            "h2-goaway", #"fault = "rst_stream", error = "REFUSED_STREAM", before_headers = true"#, tls: .good,
            to: .whole(1)),
        // What HTTP/1.1 has and HTTP/2 has in another way.
        FaultRow(
            "tx-reset-mid", #"fault = "reset_peer", after_tokens = 30, mid_word = true"#, tls: .good, to: .whole(2)),
        FaultRow("eof-chunked", #"fault = "cut", after_tokens = 30, mid_word = true"#, tls: .good, to: .whole(2)),
        FaultRow("eof-close", #"fault = "close_delimited""#, tls: .good, to: .whole(1)),
        FaultRow("tx-slicer", #"fault = "slicer", average_size = 1, size_variation = 0"#, tls: .good, to: .whole(1)),
        FaultRow("http-529", #"fault = "status", status = 529"#, tls: .good, to: .whole(2)),
        FaultRow("http09", #"fault = "http09""#, tls: .good, to: .whole(2)),
    ]

    private static let statuses: [FaultRow] =
        [400, 401, 403, 404, 413, 422, 499].map {
            FaultRow("http-\($0)", "fault = \"status\", status = \($0)", to: .failed(1, isEmpty: true))
        }
        + [408, 409, 425, 429, 500, 502, 503, 504, 520, 529].map {
            FaultRow("http-\($0)", "fault = \"status\", status = \($0)", to: .whole(2))
        } + [
            FaultRow("http-502", #"fault = "status", status = 502, html = true"#, to: .whole(2)),
            FaultRow(
                "http-413", #"fault = "status", status = 400, kind = "context_too_long""#, to: .failed(1, isEmpty: true)
            ),
            FaultRow(
                "http-429", #"fault = "status", status = 429, retry_after = "10ms", retry_after_form = "ms""#,
                to: .whole(2)),
            FaultRow(
                "quota-429", #"fault = "status", status = 429, kind = "insufficient_quota""#,
                to: .failed(1, isEmpty: true)),
            FaultRow(
                "quota-429", #"fault = "status", status = 429, kind = "spend_cap""#, to: .failed(1, isEmpty: true)),
            FaultRow(
                "x-should-retry-false", #"fault = "status", status = 503, should_retry = false"#,
                to: .failed(1, isEmpty: true)),
            FaultRow("x-should-retry-false", #"fault = "status", status = 400, should_retry = true"#, to: .whole(2)),
            FaultRow("http-200-html", #"fault = "html""#, to: .failed(1, isEmpty: true)),
            FaultRow(
                "http-200-json-error", #"fault = "json_error", type = "invalid_request_error""#,
                to: .failed(1, isEmpty: true)),
            FaultRow(
                "http-200-json-error", #"fault = "json_error", type = "overloaded_error""#,
                to: .failed(1, isEmpty: true)),
            FaultRow("redirect-other-host", #"fault = "redirect""#, to: .failed(1, isEmpty: true)),
            FaultRow(
                "redirect-loop", #"fault = "redirect", status = 301, location = "/v1/messages""#,
                to: .failed(1, isEmpty: true)),
            FaultRow(
                "redirect-loop", #"fault = "redirect", status = 301, location = """#, to: .failed(1, isEmpty: true)),
            FaultRow(
                "redirect-loop", #"fault = "redirect", status = 302, missing = true"#, to: .failed(1, isEmpty: true)),
            FaultRow("budget", #"fault = "status", status = 500"#, always: true, to: .failed(4, isEmpty: true)),
        ]

    private static let bodies: [FaultRow] = [
        FaultRow("empty-200", #"fault = "empty""#, to: .whole(2)),
        FaultRow("comments-only", #"fault = "keep_alive_only", interval = "50ms""#, silent: true, to: .whole(2)),
        FaultRow(
            "ping-only", #"fault = "keep_alive_only", kind = "ping", interval = "50ms""#, silent: true, to: .whole(2)),
        FaultRow("eof-after-finish-before-done", #"fault = "finish_without_done""#, to: .whole(1)),
        FaultRow("anthropic-delta-no-stop", #"fault = "finish_without_done""#, only: anthropic, to: .whole(1)),
        // The end is asked for again: that there was no more to come nobody said.
        FaultRow("done-without-finish", #"fault = "done_without_finish""#, to: .whole(2)),
        FaultRow("done-then-open", #"fault = "slow_close""#, to: .whole(1)),
        FaultRow("done-then-open", #"fault = "close_delimited""#, #"fault = "slow_close""#, to: .whole(1)),
        FaultRow("sse-error-mid", #"fault = "error_event", after_tokens = 20"#, to: .whole(2)),
        FaultRow(
            "sse-error-groq", #"fault = "error_event", after_tokens = 20, type = "tool_use_failed""#,
            to: .failed(1, isEmpty: false)),
        FaultRow("sse-error-openrouter", #"fault = "error_and_end", after_tokens = 20"#, only: chat, to: .whole(2)),
        FaultRow(
            "sse-error-openrouter", #"fault = "error_and_end", after_tokens = 20, type = "invalid_request_error""#,
            only: chat, to: .failed(1, isEmpty: false)),
        FaultRow("sse-error-responses", #"fault = "error_and_end", after_tokens = 20"#, only: responses, to: .whole(2)),
        FaultRow(
            "sse-error-mid", #"fault = "error_and_end", after_tokens = 20, type = "overloaded_error""#, only: anthropic,
            to: .whole(2)),
        FaultRow("dup-message-start", #"fault = "duplicate_start""#, to: .whole(1)),
        FaultRow("spliced-message-start", #"fault = "splice", after_tokens = 20"#, to: .whole(2)),
        FaultRow("bad-json", #"fault = "malformed_event", after_tokens = 20"#, to: .whole(2)),
        FaultRow("unknown-event", #"fault = "unknown_event", after_tokens = 20"#, to: .whole(1)),
        FaultRow("http-200-json-error", #"fault = "not_streamed""#, to: .whole(1)),
    ]

    private static let oddities: [FaultRow] = [
        FaultRow("choices-empty", #"fault = "empty_choices""#, to: .whole(1)),
        FaultRow("null-everything", #"fault = "null_everything", after_tokens = 0"#, to: .whole(1)),
        FaultRow("null-everything", #"fault = "null_everything", after_tokens = 25"#, to: .whole(1)),
        FaultRow("content-array", #"fault = "content_array""#, to: .whole(1)),
        FaultRow("crlf-stream", #"fault = "line_ending""#, to: .whole(1)),
        FaultRow("crlf-stream", #"fault = "line_ending", kind = "cr""#, to: .whole(1)),
        FaultRow(
            "crlf-stream", #"fault = "line_ending""#, #"fault = "slicer", average_size = 1, size_variation = 0"#,
            to: .whole(1)),
        FaultRow("lone-surrogate", #"fault = "lone_surrogate", pair = true, after_tokens = 3"#, to: .whole(1)),
        // Here the reply goes on after it, as after every event that cannot be read.
        FaultRow("deep-json", #"fault = "deep_json", after_tokens = 20"#, to: .whole(2)),
        FaultRow("huge-number", #"fault = "huge_numbers""#, to: .whole(1)),
        FaultRow("huge-event", #"fault = "huge_event", bytes = 1_048_576, after_tokens = 20"#, to: .whole(1)),
        FaultRow(
            "huge-event", #"fault = "huge_event", bytes = 17_000_000, after_tokens = 20"#,
            to: .failed(1, isEmpty: false)),
        FaultRow(
            "huge-event", #"fault = "huge_event", bytes = 67_108_864, after_tokens = 20"#,
            only: chat, to: .failed(1, isEmpty: false)),
    ]

    /// Rows that no server can cause, and where they are tested.
    static let others: [String: String] = [
        "clock-jump": "the client's clock: StreamEngineTests",
        "cancel-every-point": "the user's key: StreamEngineTests, SimulationTests",
        "cancel-vs-done": "the user's key: StreamEngineTests",
        "disk-full": "the client's disk: ArchiveTests",
        "db-busy": "the client's store: ArchiveTests",
        "kill-9": "the client's process: ArchiveTests",
        "dns-fail": "the client's resolver, before any server: CurlTransportTests",
        // A table of its own.
        "retry-after-table": "RetryAfterOutcomeTests",
    ]
}
