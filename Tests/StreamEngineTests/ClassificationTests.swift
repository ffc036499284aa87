import Providers
import TestSupport
import Testing

@testable import StreamEngine

private func failure(
    _ status: Int, _ headers: KeyValuePairs<String, String> = [:], type: String? = nil, code: String? = nil,
    message: String = "", retryAfter: Double? = nil, context: FailureContext = FailureContext()
) -> StreamFailure {
    StreamFailure(
        status: status, headers: headers.map { HTTPHeader($0.key, $0.value) },
        error: ProviderError(status: status, type: type, code: code, message: message, retryAfter: retryAfter),
        context: context)
}

private func inStream(_ type: String?, code: String? = nil, status: Int? = nil, _ message: String = "") -> StreamFailure
{
    StreamFailure(streamError: ProviderError(status: status, type: type, code: code, message: message))
}

private func transport(_ kind: TransportFailure.Kind) -> StreamFailure {
    StreamFailure(transport: TransportFailure(kind: kind, message: ""))
}

@Suite struct ClassificationTests {
    @Test func retriedStatuses() {
        let retried = (300...599).filter { failure($0).isRetryable }
        #expect(retried == [408, 409, 425, 429] + Array(500...599))
        #expect((300...599).allSatisfy { failure($0).kind == .status($0) })
    }

    @Test func theServersOwnWordWins() {
        #expect(!failure(503, ["X-Should-Retry": "false"]).isRetryable)
        #expect(failure(400, ["x-should-retry": "true"]).isRetryable)
        #expect(failure(429, ["x-should-retry": "TRUE"], type: "insufficient_quota").isRetryable)
        #expect(failure(503, ["x-should-retry": "maybe"]).isRetryable)
        #expect(failure(200, ["x-should-retry": "true"]).isRetryable)
    }

    @Test func spentMoneyIsNotThrottling() {
        #expect(!failure(429, type: "insufficient_quota").isRetryable)
        #expect(!failure(429, code: "insufficient_quota").isRetryable)
        #expect(
            !failure(429, type: "rate_limit_error", message: "You have hit your workspace's spend limit").isRetryable)
        #expect(!failure(403, type: "insufficient_user_quota").isRetryable)
        #expect(!failure(500, code: "insufficient_quota").isRetryable)
        #expect(failure(429, type: "rate_limit_error", message: "Too many tokens per minute").isRetryable)
        // Who names a time means a throttle, whatever the words.
        #expect(failure(429, ["retry-after": "5"], type: "rate_limit_error", message: "your spend limit").isRetryable)
        #expect(
            failure(
                429, type: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota, please check your plan.",
                retryAfter: 34.4
            ).isRetryable)
        #expect(failure(429, type: "insufficient_quota").hint?.contains("credit") == true)
        // Talk of money in a server's failure is no verdict.
        #expect(failure(500, type: "api_error", message: "billing service unreachable").isRetryable)
    }

    @Test func throttlesAreKnown() {
        #expect(failure(429).isThrottle && inStream("rate_limit_error").isThrottle)
        #expect(!failure(529).isThrottle && !inStream("overloaded_error").isThrottle && !transport(.reset).isThrottle)
    }

    @Test func errorsInsideAStream() {
        for type in [
            "overloaded_error", "api_error", "rate_limit_error", "timeout_error", "server_error", "UNAVAILABLE", nil,
        ] {
            #expect(inStream(type).isRetryable)
        }
        // The request had been accepted: a name that we do not know may pass.
        #expect(inStream("brand_new_error").isRetryable)
        for type in [
            "invalid_request_error", "authentication_error", "permission_error", "billing_error", "tool_use_failed",
        ] {
            #expect(!inStream(type).isRetryable)
        }
        #expect(!inStream(nil, code: "400", "Token limit reached").isRetryable)
        #expect(inStream(nil, code: "502").isRetryable && inStream(nil, status: 429).isRetryable)
        #expect(!inStream("insufficient_quota", code: "insufficient_quota").isRetryable)
        #expect(inStream("overloaded_error").kind == .stream(type: "overloaded_error"))
    }

    @Test func theEnginesOwn() {
        let retried: [StreamFailure] = [
            .firstByteTimeout(after: .seconds(120)), .idleTimeout(after: .seconds(1)),
            .contentTimeout(after: .seconds(1)),
            .endedEarly, .empty, .spliced,
        ]
        let final: [StreamFailure] = [
            .totalTimeout(after: .seconds(1)), .notAReply(contentType: "text/html", excerpt: "<html>"),
            .tooLarge(.event, limit: 16 << 20), .diverged(at: 12),
            .cancelled, .configuration("no key"),
        ]
        #expect(retried.allSatisfy { $0.isRetryable })
        #expect(!final.contains { $0.isRetryable })
        #expect(
            StreamFailure.tooLarge(.event, limit: 16 << 20).message
                == "an event of the response is larger than the limit of 16 MiB"
        )
        #expect(
            StreamFailure.idleTimeout(after: .seconds(180)).message
                == "the stream stalled: nothing came for 3m (--idle-timeout)")
    }
}

@Suite struct ClassificationWordsTests {
    @Test func messagesAreOneLine() {
        #expect(
            failure(400, type: "invalid_request_error", message: "  max_tokens:\n\trequired\r\n").message
                == "HTTP 400 invalid_request_error: max_tokens: required")
        #expect(failure(502).message == "HTTP 502 Bad Gateway")
        #expect(failure(418).message == "HTTP 418")
        #expect(
            inStream("overloaded_error", "Overloaded").message == "error in the stream, overloaded_error: Overloaded")
        #expect(
            failure(307, ["location": "https://example.org/v1"]).message
                == "HTTP 307 the server redirects: to https://example.org/v1")
        #expect(failure(301).message == "HTTP 301 the server redirects: it does not say where")
    }

    @Test func longMessagesAreCutBetweenScalars() {
        for length in 90...110 {
            let line = Words.oneLine(String(repeating: "水", count: length))
            #expect(line.utf8.count <= 303)
            #expect(line.hasSuffix("…") == (length > 100))
            #expect(!line.contains("\u{FFFD}"))
        }
        #expect(Words.oneLine(String(repeating: "x ", count: 100_000)).utf8.count <= 303)
    }

    @Test(arguments: [
        "sk-ant-api03-abcdefghijkl", "sk-proj-0123456789AB_cd-ef", "gsk_0123456789abcdef", "AIzaSyA0123456789",
    ])
    func keysAreNotEchoed(key: String) {
        for text in [key, "key \(key).", "Incorrect API key provided: \(key)", "{\"key\":\"\(key)\"}", "k=\(key)&x=1"] {
            let message = failure(401, type: "authentication_error", message: text).message
            #expect(!message.contains(key.dropFirst(5)))
            #expect(message.contains("…"))
        }
    }

    @Test func wordsThatOnlyBeginLikeKeysStay() {
        for text in ["risk-averse-investments", "sk-1", "task-0123456789"] { #expect(Words.oneLine(text) == text) }
    }

    @Test func hintsSayWhatToDo() {
        let context = FailureContext(provider: "anthropic", keyVariable: "ANTHROPIC_API_KEY")
        #expect(
            failure(401, context: context).hint == "Set ANTHROPIC_API_KEY to a valid key, then `weir check anthropic`.")
        #expect(failure(401).hint?.contains("`weir check`") == true)
        #expect(failure(404).hint?.contains("`weir models`") == true)
        #expect(failure(413).hint?.hasPrefix("Shorten") == true)
        #expect(failure(400, message: "prompt is too long: 210000 tokens").hint?.hasPrefix("Shorten") == true)
        #expect(failure(302).hint?.contains("base URL") == true)
        #expect(transport(.connectionRefused).hint == "Is the server running, and is the port in the base URL right?")
        #expect(
            StreamFailure.notAReply(contentType: "text/html", excerpt: "Log in to the network").hint?.contains(
                "login page")
                == true)
        for kind in TransportFailure.Kind.allCases { #expect(!transport(kind).message.isEmpty) }
    }
}

@Suite struct ClassificationScenarioTests {
    /// What each scenario comes down to, once the transport or the decoder has told what happened. The statuses are read
    /// from the scenario's name.
    private let failures: [String: [StreamFailure]] = [
        "tx-timeout-0": [.idleTimeout(after: .seconds(180))], "tx-timeout-n": [transport(.reset), .endedEarly],
        "tx-reset-pre": [transport(.reset)], "tx-reset-mid": [transport(.reset)],
        "tx-limit-data": [transport(.cut), .endedEarly],
        "tx-down": [transport(.connectionRefused)], "tx-upstream": [transport(.reset), transport(.connectTimeout)],
        "eof-chunked": [transport(.cut)], "empty-200": [.empty],
        "slow-headers": [.firstByteTimeout(after: .seconds(120))],
        "http-200-json-error": [failure(200, type: "invalid_request_error"), failure(200, type: "overloaded_error")],
        "http-200-html": [.notAReply(contentType: "text/html", excerpt: "<!doctype html>")],
        "quota-429": [failure(429, type: "insufficient_quota"), inStream("insufficient_quota")],
        "x-should-retry-false": [failure(503, ["x-should-retry": "false"])],
        "redirect-other-host": [failure(307, ["location": "https://example.org"])],
        "redirect-loop": [failure(301, ["location": ""]), failure(301)], "tls-bad-cert": [transport(.tlsCertificate)],
        "dns-fail": [transport(.nameNotFound), transport(.nameLookupFailed)], "h2-goaway": [transport(.http2)],
        "header-flood": [transport(.headersTooLarge)], "encoding-chain": [transport(.badEncoding)],
        "http09": [transport(.notHTTP)], "gzip-bomb": [transport(.bodyTooLarge)],
        "huge-event": [.tooLarge(.event, limit: 16 << 20)], "spliced-message-start": [.spliced],
        "sse-error-mid": [inStream("overloaded_error", "Overloaded")],
        "sse-error-groq": [inStream("invalid_request_error", code: "tool_use_failed")],
        "sse-error-openrouter": [inStream(nil, code: "400", "Token limit reached")],
        "sse-error-responses": [inStream("insufficient_quota", code: "insufficient_quota")],
        // The scenarios' own good client ends these with the partial. Here they are stalls and cuts like others: tried
        // again, with the partial kept, as long as there are retries; and never taken for complete.
        "comments-only": [.contentTimeout(after: .seconds(600))], "ping-only": [.contentTimeout(after: .seconds(600))],
        "slow-body": [.contentTimeout(after: .seconds(600))], "eof-close": [.endedEarly],
        "done-without-finish": [.endedEarly],
    ]
    private let retriedHere: Set = ["comments-only", "ping-only", "slow-body", "eof-close", "done-without-finish"]

    /// These are about something else than what a failure means: the waits, a clock.
    private let elsewhere: Set = ["retry-after-table"]

    @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func scenarios() throws {
        var decided = 0
        for row in try Conformance.lines("fault_scenarios.jsonl") {
            let id = try #require(row["id"] as? String)
            let stage = try #require(row["stage"] as? String)
            let outcome = try #require(row["outcome"] as? String)
            let meant: [StreamFailure]
            if let known = failures[id] {
                meant = known
            } else if let status = Int(id.dropFirst(5)), id.hasPrefix("http-") {
                meant = [failure(status, type: "some_error", message: "words"), failure(status)]
            } else {
                // Whatever fails before a body comes must be decided here.
                #expect(
                    !["connect", "status", "headers", "request"].contains(stage) || elsewhere.contains(id), "\(id)")
                continue
            }
            decided += 1
            switch outcome {
            case "retry", "resume": #expect(meant.allSatisfy { $0.isRetryable }, "\(id)")
            case "fail": #expect(!meant.contains { $0.isRetryable }, "\(id)")
            default: #expect(retriedHere.contains(id) && meant.allSatisfy { $0.isRetryable }, "\(id)")
            }
        }
        #expect(decided >= 51)
    }
}
