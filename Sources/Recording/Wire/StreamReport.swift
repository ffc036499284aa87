import Pricing
import Providers
import StreamEngine

/// What one hands to somebody who is to find out why a stream went as it did: the attempts by the clock, the headers of both
/// sides, the provider's ids, the rules that held, the last of the wire, and a `curl` line that asks the same. Markdown;
/// secrets are blacked out, and nothing in it can steer a terminal.
public struct StreamReport: Sendable {
    /// `weir 0.4.0`.
    public var program: String
    /// When it was made, as the user reads time.
    public var made: String
    /// What holds besides, a line each.
    public var notes: [String]

    public init(program: String, made: String, notes: [String] = []) {
        self.program = program
        self.made = made
        self.notes = notes
    }

    /// The report. What the tap no longer has is left out, and that is said.
    public func text(_ snapshot: StreamSnapshot, tap: WireTap) -> String {
        let wire = tap.wire(of: snapshot.id)
        var report = Report(start: snapshot.startedAt)
        report.line(
            "# Weir: \(Report.code(snapshot.model)) (\(Report.code(snapshot.provider))), \(snapshot.state.rawValue)")
        report.line()
        report.line(
            "Made by \(program) on \(made). Keys and tokens are blacked out. The request, and so what was asked, is in it."
        )
        for note in notes { report.line(note) }
        summary(snapshot, &report)
        for (index, attempt) in snapshot.attempts.enumerated() {
            self.attempt(attempt, isLast: index == snapshot.attempts.count - 1, wire, &report)
        }
        log(snapshot, &report)
        if let wire {
            policy(wire.order, &report)
            curl(wire, &report)
            events(snapshot.id, tap, wire, &report)
        } else {
            report.line()
            report.line("What went over the wire is no longer known.")
        }
        return tap.redactor.redacted(Self.harmless(report.text))
    }

    // MARK: Parts

    private func summary(_ snapshot: StreamSnapshot, _ report: inout Report) {
        report.heading("The stream")
        report.item("state", snapshot.state.rawValue)
        report.item("verdict", snapshot.verdict?.rawValue)
        report.item(
            "failure",
            snapshot.failure.map { Report.code($0.message) + ($0.hint.map { " (\(Report.code($0)))" } ?? "") })
        let end = snapshot.endedAt ?? snapshot.stateSince
        report.item("lasted", Report.seconds(end - snapshot.startedAt))
        report.item(
            "attempts",
            "\(snapshot.attempts.count); \(snapshot.attemptInRun) of \(snapshot.maximumAttempts) in this run")
        report.item(
            "text", "\(snapshot.textBytes) bytes, thinking \(snapshot.thinkingBytes) bytes, take \(snapshot.take)")
        report.item("tokens", Self.words(snapshot.usage, snapshot.inputIsEstimated, snapshot.outputIsEstimated))
        report.item("cost", "\(snapshot.cost), lost \(snapshot.lostCost)")
        report.item(
            "gaps", snapshot.gapP95.map { "p50 \(Int(snapshot.gapP50 ?? 0)) ms, p95 \(Int($0)) ms" })
        report.item("events", "\(snapshot.unknownEvents) unknown, \(snapshot.malformedEvents) malformed")
        report.item(
            "cancelled",
            snapshot.cancelReceipt.map {
                "closed after \(Report.seconds($0.closedAfter)), \($0.tokensAfter) tokens after the key"
            })
    }

    private func attempt(_ attempt: AttemptRecord, isLast: Bool, _ wire: WireTap.Wire?, _ report: inout Report) {
        report.heading("Attempt \(attempt.number)")
        let start = attempt.startedAt
        func after(_ instant: Instant?) -> String? { instant.map { Report.seconds($0 - start) } }
        report.item("began", report.since(start))
        report.item(
            "asked",
            "\(Report.code(attempt.model)) (\(Report.code(attempt.provider)))\(attempt.isStream ? "" : ", as a whole")")
        report.item(
            "resumed",
            attempt.resume.map {
                "by \($0.strategy.rawValue) from byte \($0.keptBytes), ~\($0.rebill.tokens) tokens again"
            })
        report.item("status", attempt.status.map(String.init))
        report.item("request id", attempt.requestID.map(Report.code))
        report.item("headers after", after(attempt.headersAt))
        report.item("first token after", after(attempt.firstTokenAt))
        report.item("last token after", after(attempt.lastTokenAt))
        report.item("ended after", after(attempt.endedAt))
        report.item("outcome", Self.words(attempt.outcome))
        report.item(
            "received",
            "\(attempt.textBytes) bytes of text, \(attempt.thinkingBytes) of thinking, \(attempt.deltas) deltas")
        report.item("tokens", Self.words(attempt.usage, !attempt.inputIsReported, !attempt.outputIsReported))
        report.item("cost", "\(attempt.cost)\(attempt.isLost(isLast: isLast) ? ", lost" : "")")
        report.item("phases", Self.words(attempt.phases))
        guard let exchange = wire?.exchanges.first(where: { $0.at.instant == attempt.startedAt }) else { return }
        report.block("\(exchange.request.method) \(exchange.request.url)\n" + Self.lines(exchange.request.headers))
        if let status = exchange.status { report.block("\(status)\n" + Self.lines(exchange.headers)) }
    }

    private func log(_ snapshot: StreamSnapshot, _ report: inout Report) {
        guard !snapshot.events.isEmpty else { return }
        report.heading("Events")
        let lines = snapshot.events.map { event in
            let count = event.count > 1 ? " ×\(event.count)" : ""
            return "\(report.since(event.at))  \(event.name)\(count)\(event.bytes > 0 ? "  \(event.bytes) B" : "")"
        }
        report.block(lines.joined(separator: "\n"))
    }

    private func policy(_ order: StreamOrder, _ report: inout Report) {
        let policy = order.retryPolicy
        let clocks = order.timeouts
        func text(_ duration: Duration) -> String { DurationText.format(duration) }
        report.heading("Policy")
        report.item(
            "retries",
            "\(policy.maximumRetries), base \(text(policy.baseDelay)), max \(text(policy.maximumDelay)), "
                + "jitter \(policy.jitter.rawValue), whole reply after \(policy.fallbackAfter) broken streams")
        report.item("retry budget", "\(policy.budget), hold-back \(policy.holdsBack ? "on" : "off")")
        report.item(
            "clocks",
            "connect \(text(clocks.connect)), first byte \(text(clocks.firstByte)), idle \(text(clocks.idle)), "
                + "content \(text(clocks.contentIdle)), total \(clocks.total == .zero ? "none" : text(clocks.total)), "
                + "wake \(text(clocks.wake))")
        report.item(
            "limits",
            "body \(order.maximumBodyBytes), event \(order.maximumEventBytes), headers \(order.maximumHeaderBytes) bytes"
        )
    }

    private func curl(_ wire: WireTap.Wire, _ report: inout Report) {
        guard let exchange = wire.exchanges.last else { return }
        report.heading("The last request as a curl line")
        report.line("Set `API_KEY` first. It is not in here.")
        let kept = exchange.request.body.count
        if kept < exchange.bodyBytes {
            report.line("Of its body the first \(kept) of \(exchange.bodyBytes) bytes are known, and are in the line.")
        }
        report.block(Self.curlLine(exchange.request))
    }

    private func events(_ id: StreamID, _ tap: WireTap, _ wire: WireTap.Wire, _ report: inout Report) {
        report.heading("The last of the wire")
        var decoder = WireDecoder(id)
        let all = decoder.read(tap)
        let last = all.suffix(Self.eventsInReport)
        let left = all.count - last.count
        if left > 0 { report.line("\(left) earlier ones are left out.") }
        if wire.dropped > 0 { report.line("\(wire.dropped) bytes before them are no longer known.") }
        let lines = last.map { entry in
            let data = entry.kind == .request ? "" : String(decoding: entry.raw, as: UTF8.self)
            let cut = entry.bytes > entry.raw.count ? " … \(entry.bytes) bytes" : ""
            return "\(report.since(entry.at))  \(entry.attempt)  \(entry.name)  \(data)\(cut)"
        }
        report.block(lines.joined(separator: "\n"))
    }

    static let eventsInReport = 200

    // MARK: Words

    /// The request for a shell, with `$API_KEY` in the place of what is secret.
    static func curlLine(_ request: HTTPRequest) -> String {
        var parts = ["curl --no-buffer --include --request \(quoted(request.method)) \(quoted(request.url))"]
        for header in request.headers {
            guard SensitiveName.holds(header.name) else {
                parts.append("--header \(quoted("\(header.name): \(header.value)"))")
                continue
            }
            let scheme = header.name.lowercased() == "authorization" ? "Bearer " : ""
            parts.append("--header \(quoted("\(header.name): \(scheme)"))\"$API_KEY\"")
        }
        if !request.body.isEmpty {
            // Not --data-binary: a body that begins with @ would name a file.
            parts.append("--data-raw \(quoted(String(decoding: request.body, as: UTF8.self)))")
        }
        return parts.joined(separator: " \\\n  ")
    }

    /// By scalars, as a shell reads: a quotation mark and an accent that follows it are one character.
    private static func quoted(_ text: String) -> String {
        let parts = text.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
        return "'" + parts.joined(separator: "'\\''") + "'"
    }

    private static func lines(_ headers: [HTTPHeader]) -> String {
        headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }

    private static func words(_ outcome: AttemptRecord.Outcome) -> String {
        switch outcome {
        case .running: "running"
        case .completed(.other(let word)): "completed, \(Report.code(word))"
        case .completed(.incomplete(let word)): "completed, incomplete: \(Report.code(word))"
        case .completed(let reason): "completed, \(reason)"
        case .failed(let failure): "failed: \(Report.code(failure.message))"
        case .cancelled: "cancelled"
        }
    }

    private static func words(_ usage: Usage, _ inputIsEstimated: Bool, _ outputIsEstimated: Bool) -> String {
        func number(_ value: Int?, _ isEstimated: Bool) -> String {
            value.map { (isEstimated ? "~" : "") + "\($0)" } ?? "?"
        }
        let cached = usage.cacheRead.map { ", cached \($0)" } ?? ""
        return "in \(number(usage.input, inputIsEstimated)), out \(number(usage.output, outputIsEstimated))\(cached)"
    }

    private static func words(_ phases: Phases) -> String? {
        var words: [String] = phases.connectionReused ? ["connection reused"] : []
        for (name, time) in [
            ("dns", phases.nameLookup), ("tcp", phases.connect), ("tls", phases.tls), ("sent", phases.requestSent),
            ("first byte", phases.firstByte), ("first token", phases.firstToken),
        ] {
            if let time { words.append("\(name) \(Report.seconds(time))") }
        }
        words += [phases.httpVersion, phases.remote].compactMap { $0.map(Report.code) }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// Control characters, and those that turn the direction of text, as `\u{1B}`: whoever prints the file is safe.
    private static func harmless(_ text: String) -> String {
        func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x0A: true
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: false
            default: true
            }
        }
        guard !text.unicodeScalars.allSatisfy(isHarmless) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isHarmless(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            }
        }
        return result
    }
}

/// Markdown, line by line.
private struct Report {
    let start: Instant
    private(set) var text = ""

    init(start: Instant) { self.start = start }

    mutating func line(_ line: String = "") { text += line + "\n" }

    mutating func heading(_ title: String) {
        line()
        line("## \(title)")
        line()
    }

    mutating func item(_ name: String, _ value: String?) {
        guard let value else { return }
        line("- \(name): \(Self.oneLine(value))")
    }

    /// What somebody else wrote, as code: no markup in it means anything. Line ends become blanks.
    static func code(_ text: String) -> String {
        let line = oneLine(text)
        let fence = String(repeating: "`", count: longestRun(line) + 1)
        // A blank on either side is taken off again; without, a backtick there would be the fence's.
        let tick = UInt8(ascii: "`")
        let pad = line.isEmpty || line.utf8.first == tick || line.utf8.last == tick ? " " : ""
        return fence + pad + line + pad + fence
    }

    /// By scalars: Markdown knows no others.
    private static func oneLine(_ text: String) -> String {
        text.unicodeScalars.split { scalar in
            switch scalar.value {
            case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
            default: false
            }
        }.map(String.init).joined(separator: " ")
    }

    /// Of backticks.
    private static func longestRun(_ text: String) -> Int {
        var longest = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    /// A fence that nothing in the text can close.
    mutating func block(_ content: String) {
        let fence = String(repeating: "`", count: max(3, Self.longestRun(content) + 1))
        line()
        line(fence)
        line(content)
        line(fence)
    }

    func since(_ instant: Instant) -> String { "+" + Self.seconds(instant - start) }

    /// `1.204 s`, to the millisecond.
    static func seconds(_ duration: Duration) -> String {
        let milliseconds = max(0, duration.nanoseconds) / 1_000_000
        let rest = "\(milliseconds % 1000)"
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest + " s"
    }
}
