import Pricing
import Providers
import StreamClient
import StreamEngine

/// `--json`: one object a line. The `text` events, joined, are exactly the final text.
struct JSONLinePrinter: AskPrinter {
    private var output = OutputBuffer(descriptor: 1)
    private let start: Instant
    /// When the last thing happened that was told.
    private var lastAt: Instant?
    /// Which request's events these are, where there are several.
    private var part: AskPart?
    private var lastByte: UInt8?

    init(start: Instant) {
        self.start = start
    }

    var failure: Int32? { output.failure }

    mutating func print(_ event: EngineEvent, text: [UInt8], thinking: [UInt8]) {
        lastAt = event.at
        switch event.kind {
        case .attemptStarted(let number, let of, let plan):
            line("attempt", at: event.at) {
                $0.member("attempt", number)
                $0.member("of", of)
                Self.plan(plan, into: &$0)
            }
        case .stateChanged(let state):
            line("state", at: event.at) { $0.member("state", state.rawValue) }
        case .headers(let status, let requestID):
            line("headers", at: event.at) {
                $0.member("status", status)
                $0.member("request_id", requestID)
            }
        case .text(let range):
            // The words of a part that is only for the last request are no part of the answer.
            line(part?.isAnswer == false ? "part_text" : "text", at: event.at) {
                $0.member("text", utf8: text[range])
            }
            lastByte = text[range].last ?? lastByte
        case .thinking(let range):
            line("thinking", at: event.at) { $0.member("text", utf8: thinking[range]) }
        case .backoff(let backoff):
            line("retry", at: event.at) {
                $0.member("reason", backoff.reason.message)
                $0.member("delay", decimal: Self.seconds(backoff.deadline - backoff.startedAt))
                $0.member("source", backoff.source.rawValue)
                Self.plan(backoff.resume, into: &$0)
            }
        case .asked(let question):
            line("question", at: event.at) {
                $0.member("reason", question.reason.message)
                $0.member("way", question.chosen + 1)
                $0.member("of", question.options.count)
                Self.plan(question.plan, into: &$0)
            }
        case .resumed(let seam):
            line("resume", at: event.at) {
                $0.member("strategy", seam.strategy.rawValue)
                $0.member("kept", seam.offset)
                $0.member("trimmed", seam.trimmedBytes)
            }
        case .fallback:
            line("fallback", at: event.at) { _ in }
        case .usage(let usage, let isEstimated):
            line("usage", at: event.at) { Self.usage(usage, isEstimated: isEstimated, into: &$0) }
        case .part(let kind, let detail):
            line("part", at: event.at) {
                $0.member("kind", kind)
                $0.member("detail", detail)
            }
        case .budget(let notice):
            line("budget", at: event.at) {
                $0.member("notice", notice.word)
                $0.member("scope", notice.gauge?.scope.rawValue)
                $0.member("spent", decimal: notice.gauge?.spent.exactText)
                $0.member("limit", decimal: notice.gauge?.limit.exactText)
                $0.member("currency", notice.gauge?.limit.currency)
                $0.member("message", notice.message)
            }
        case .diverged, .ended:
            break
        }
    }

    mutating func end(_ snapshot: StreamSnapshot) {
        line("end", at: snapshot.endedAt ?? start) {
            $0.member("verdict", snapshot.verdict?.rawValue)
            $0.member("stop_reason", snapshot.stopReason?.word)
            $0.member("attempts", snapshot.attempts.count)
            $0.member("text_bytes", snapshot.textBytes)
            $0.key("usage")
            $0.object {
                Self.usage(
                    snapshot.usage, isEstimated: snapshot.inputIsEstimated || snapshot.outputIsEstimated, into: &$0)
            }
            // An unknown cost is null: never 0.
            $0.member("cost", decimal: snapshot.cost.money?.exactText)
            $0.member("currency", snapshot.cost.currency ?? snapshot.lostCost.currency)
            $0.member("lost_cost", decimal: snapshot.lostCost.money?.exactText)
            $0.member("error", snapshot.failure?.message)
        }
        output.flush()
    }

    mutating func plan(_ parts: AskParts) {
        line("parts", at: SystemClock.instant()) {
            $0.member("parts", parts.orders.count)
            $0.member("merge", parts.merges)
            $0.member("input", parts.tokens)
            $0.member("cost", decimal: parts.cost.money?.exactText)
            $0.member("currency", parts.cost.currency)
        }
    }

    mutating func begin(_ part: AskPart) {
        self.part = part
        if let lastByte, part.isAnswer, part.number != nil {
            // The same blank line as without --json.
            line("text", at: lastAt ?? SystemClock.instant()) { $0.member("text", AskPart.separator(after: lastByte)) }
        }
    }

    mutating func put(unmerged answers: [String]) {
        guard !answers.isEmpty else { return }
        line("text", at: SystemClock.instant()) { $0.member("text", AskPart.joined(answers)) }
        output.flush()
    }

    mutating func flush() {
        output.flush()
    }

    /// How the next attempt goes on, and what that bills again: all `null` where it is a first attempt, or where nothing had
    /// come. `kept` is 0 where only thoughts had.
    private static func plan(_ plan: ResumePlan?, into object: inout JSONWriter) {
        object.member("strategy", plan?.strategy.rawValue)
        object.member("kept", plan?.keptBytes)
        object.member("rebilled_input", plan?.rebill.input)
        object.member("rebilled_output", plan?.rebill.output)
        object.member("rebilled_cost", decimal: plan?.rebill.cost.money?.exactText)
        object.member("currency", plan?.rebill.cost.currency)
    }

    private static func usage(_ usage: Usage, isEstimated: Bool, into object: inout JSONWriter) {
        object.member("input", usage.input)
        object.member("output", usage.output)
        object.member("cache_read", usage.cacheRead)
        object.member("cache_write", usage.cacheWrite)
        object.member("estimated", isEstimated)
    }

    /// Whole microseconds, without a binary fraction's tail.
    private static func seconds(_ duration: Duration) -> String {
        let microseconds = max(0, duration.nanoseconds / 1000)
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
    }

    private mutating func line(_ event: String, at instant: Instant, _ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object {
            $0.member("event", event)
            $0.member("t", decimal: Self.seconds(instant - start))
            if let part {
                $0.member("part", part.number)
                $0.member("parts", part.count)
            }
            members(&$0)
        }
        output.append(json.bytes)
        output.append("\n")
    }
}

extension StopReason {
    /// Anthropic's word for it, whatever the provider called it.
    var word: String {
        switch self {
        case .endTurn: "end_turn"
        case .stopSequence: "stop_sequence"
        case .maxTokens: "max_tokens"
        case .toolUse: "tool_use"
        case .pauseTurn: "pause_turn"
        case .refusal: "refusal"
        case .contentFilter: "content_filter"
        case .contextWindowExceeded: "model_context_window_exceeded"
        case .error: "error"
        case .incomplete(let word): word
        case .other(let word): word
        }
    }
}
