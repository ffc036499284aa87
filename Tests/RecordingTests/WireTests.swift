import Providers
import StreamEngine
import TestSupport
import Testing

@testable import Recording

/// The last of the wire, event by event beside the words that each produced; and the report of a stream.
@Suite struct WireTests {
    private func entries(_ run: Run, _ id: StreamID) -> [WireDecoder.Entry] {
        var decoder = WireDecoder(id)
        return decoder.read(run.tap)
    }

    @Test func everyEventStandsBesideItsWords() throws {
        let (run, id) = try Run.broken()
        let entries = entries(run, id)
        #expect(entries.map(\.number) == Array(1...entries.count))
        #expect(
            entries.map(\.name) == [
                "POST http://127.0.0.1:8787/v1/messages", "200", "message_start", "content_block_start",
                "content_block_delta", "content_block_delta", "reset",
                "POST http://127.0.0.1:8787/v1/messages", "429", "body", "the body ended",
                "POST http://127.0.0.1:8787/v1/messages", "200", "message_start", "content_block_start",
                "content_block_delta", "content_block_stop", "message_delta", "message_stop", "the body ended",
            ])
        #expect(entries.map { text($0.text) }.joined(separator: "|") == "||||Grüße, |Welt|||||||||| und alle.||||")
        #expect(entries.map(\.attempt) == [Int](repeating: 1, count: 7) + [2, 2, 2, 2] + [Int](repeating: 3, count: 9))
        let delta = entries[4]
        #expect(text(delta.raw).hasPrefix("{\"type\":\"content_block_delta\""))
        #expect(delta.bytes == delta.raw.count)
        #expect(text(entries[9].raw).contains("slow down"))
        #expect(text(entries[6].raw) == "reset by peer")
    }

    @Test func anySplitAndAnyTimeOfReadingGiveTheSame() throws {
        let body = Array((Run.head + Run.delta("Grüße 👋") + ": keep-alive\n\n" + Run.tail).utf8)
        func run(pieces: [[UInt8]], reads: Bool) throws -> [String] {
            var run = Run()
            let id = run.start(try Run.order())
            var decoder = WireDecoder(id)
            var found: [WireDecoder.Entry] = []
            run.answer()
            for piece in pieces {
                run.body(piece)
                if reads { found += decoder.read(run.tap) }
            }
            run.report(.finished(Phases()))
            found += decoder.read(run.tap)
            #expect(decoder.read(run.tap).isEmpty)
            return found.map { "\($0.number) \($0.name) \(text($0.raw)) \(text($0.text))" }
        }
        let whole = try run(pieces: [body], reads: false)
        #expect(whole.contains { $0.hasSuffix(" Grüße 👋") } && whole.contains { $0.contains(": keep-alive") })
        for cut in stride(from: 1, to: body.count, by: 7) {
            #expect(try run(pieces: [Array(body[..<cut]), Array(body[cut...])], reads: cut % 2 == 0) == whole)
        }
        #expect(try run(pieces: body.map { [$0] }, reads: true) == whole)
    }

    @Test func memoryIsBounded() throws {
        var run = Run()
        let id = run.start(try Run.order())
        run.answer()
        run.body(Run.head)
        var early = WireDecoder(id)
        let first = early.read(run.tap)
        #expect(first.count == 4)
        let delta = Array(Run.delta(String(repeating: "x", count: 900)).utf8)
        let count = 2 * WireTap.bytesOfStream / delta.count
        for _ in 0..<count { run.body(delta) }
        guard let wire = run.tap.wire(of: id) else {
            Issue.record("no wire")
            return
        }
        let kept = wire.pieces.reduce(0) { $0 + $1.cost }
        #expect(kept <= WireTap.bytesOfStream)
        #expect(wire.dropped > WireTap.bytesOfStream / 2)
        // A reader that comes late, or did not keep up, reads what is there.
        var late = WireDecoder(id)
        for entries in [late.read(run.tap), early.read(run.tap)] {
            #expect(entries.count > 500)
            #expect(entries.allSatisfy { $0.name == "content_block_delta" && $0.text.count == 900 })
        }
        // Beginnings of large events only.
        run.body(Run.delta(String(repeating: "y", count: 50_000)))
        let large = late.read(run.tap)
        #expect(large.count == 1 && large[0].raw.count == WireDecoder.longest && large[0].bytes > 50_000)
    }

    @Test func allStreamsTogetherAreBoundedToo() throws {
        var run = Run()
        var ids: [StreamID] = []
        let piece = Array(Run.delta(String(repeating: "x", count: 100_000)).utf8)
        for _ in 0..<40 {
            ids.append(run.start(try Run.order()))
            run.answer()
            for _ in 0..<8 { run.body(piece) }
        }
        let kept = ids.reduce(0) { $0 + (run.tap.wire(of: $1)?.pieces.reduce(0) { $0 + $1.cost } ?? 0) }
        #expect(kept <= WireTap.bytesInAll && kept > WireTap.bytesInAll / 2)
        // Of the first only the requests are left.
        #expect(run.tap.wire(of: ids[0])?.pieces.isEmpty == true)
        #expect(run.tap.wire(of: ids[0])?.exchanges.count == 1)
        #expect(entries(run, ids[39]).count > 5)
    }

    @Test func aWholeReplyIsABody() throws {
        var run = Run()
        let id = run.start(try Run.order())
        run.report(.connected(Phases()))
        run.report(
            .headers(status: 200, headers: [HTTPHeader("content-type", "application/json")], phases: Phases()))
        run.body("{\"type\":\"message\"}")
        #expect(entries(run, id).map(\.name) == ["POST http://127.0.0.1:8787/v1/messages", "200", "body"])
    }

    @Test func secretsAreOutOfIt() throws {
        var run = Run()
        let id = run.start(try Run.order())
        run.answer(200, [HTTPHeader("x-echo", "key \(Run.key)"), HTTPHeader("set-cookie", "session=abcdef")])
        run.body(Run.head + Run.delta("your key is \(Run.key)."))
        run.report(
            .failed(TransportFailure(kind: .reset, message: "reset: \(Run.key)", code: 56), Phases()))
        let all = entries(run, id)
        for entry in all {
            for bytes in [entry.raw, entry.text, Array(entry.name.utf8)] {
                #expect(!text(bytes).contains(Run.key), "\(entry.name)")
                #expect(!text(bytes).contains("abcdef"))
            }
        }
        #expect(all.contains { text($0.text) == "your key is \(Secret.mark(bytes: Run.key.utf8.count))." })
    }

    // MARK: The report

    private func report(_ run: Run, _ id: StreamID) throws -> String {
        var run = run
        let known = run.engine.snapshot(id, at: run.now)
        let snapshot = try #require(known)
        return StreamReport(program: "weir 0.1.0", made: "2026-11-26 14:02").text(snapshot, tap: run.tap)
    }

    @Test func theReportHoldsWhatOneNeeds() throws {
        let (run, id) = try Run.broken()
        let report = try report(run, id)
        for part in [
            "# Weir: `lab-claude` (`lab`), complete", "weir 0.1.0 on 2026-11-26 14:02", "## Attempt 1", "## Attempt 3",
            "- status: 429", "- outcome: failed: ", "retry-after: 3", "- retries: 3, base 250ms",
            "- clocks: connect 10s", "## Events", "curl --no-buffer --include --request 'POST'",
            "'http://127.0.0.1:8787/v1/messages'", "--header 'x-api-key: '\"$API_KEY\"", "--data-raw '{",
            "content_block_delta", "Grüße, ", "- first token after: 0.1",
        ] { #expect(report.contains(part), "\(part)\n\(report)") }
    }

    @Test func theReportHoldsNoSecretAndNothingThatSteersATerminal() throws {
        var run = Run()
        let id = run.start(try Run.order(prompt: "it's \u{1B}[31m \u{202E}red ```"))
        run.answer(200, [HTTPHeader("x-echo", "key \(Run.key)"), HTTPHeader("request-id", "r\u{1B}]0;x\u{7}")])
        run.body(Run.head)
        // The model spells it out over several events.
        for letter in Run.key { run.body(Run.delta(String(letter))) }
        run.report(.failed(TransportFailure(kind: .reset, message: "reset: \(Run.key)", code: 56), Phases()))
        let report = try report(run, id)
        #expect(!report.contains(Run.key))
        let letters = report.split(separator: "\n").compactMap { line -> Substring? in
            guard line.contains("text_delta"), let start = line.range(of: "\"text\":\"")?.upperBound else { return nil }
            return line[start...].prefix(1)
        }
        #expect(letters.joined() != Run.key)
        #expect(
            report.unicodeScalars.allSatisfy {
                $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E)
            })
        #expect(report.contains("\\u{1B}]0;x\\u{7}"))
        // The shell gets the prompt as it was: a quote in it ends nothing.
        #expect(report.contains("it'\\''s"))
    }

    @Test func openAIsKeyIsABearer() throws {
        var run = Run()
        let id = run.start(try Run.order(dialect: .openai))
        run.answer()
        let report = try report(run, id)
        #expect(
            report.contains("--header 'Authorization: Bearer '\"$API_KEY\"")
                || report.contains("--header 'authorization: Bearer '\"$API_KEY\""))
    }

    /// The curl line is for a shell: nothing in the request may be a command there.
    @Test func aRequestCannotRunCommands() {
        // The second mark has an accent, and is one character with it.
        let evil = "$(touch /tmp/x)`id`\";'\"'\u{301};$(id)"
        let line = StreamReport.curlLine(
            HTTPRequest(
                method: "POST\n" + evil, url: "http://x/" + evil,
                headers: [HTTPHeader("x-api-key" + evil, "s"), HTTPHeader("x" + evil, evil)],
                body: Array(("@/etc/passwd" + evil).utf8)))
        // What stands outside of quotes, as a shell reads it.
        var outside = ""
        var quote: Unicode.Scalar?
        var isEscaped = false
        for character in line.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\\" {
                isEscaped = true
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else if quote != "'" {
                outside.unicodeScalars.append(character)
            }
        }
        let words = outside.replacing("$API_KEY", with: "")
        #expect(!words.contains("$") && !words.contains("`") && !words.contains(";"), "\(line)")
        #expect(
            words.split { $0.isWhitespace } == [
                "curl", "--no-buffer", "--include", "--request", "--header", "--header", "--data-raw",
            ])
        #expect(quote == nil && !line.contains("--data-binary"))
    }

    @Test func whatAProviderSaysIsNoMarkup() throws {
        var run = Run()
        let id = run.start(try Run.order())
        run.answer(400, [HTTPHeader("request-id", "``[x](http://evil)`")])
        run.body("{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"![](http://evil/)`\"}}")
        run.report(.finished(Phases()))
        let report = try report(run, id)
        #expect(report.contains("- request id: ``` ``[x](http://evil)` ```"), "\(report)")
        for line in report.split(separator: "\n") where line.contains("![](http://evil/)") && line.hasPrefix("- ") {
            #expect(line.contains("``"), "\(line)")
        }
    }

    /// Why it stopped, and how a recording says that it was fetched.
    @Test func wordsOfAStopAndOfAConnectionAreNoMarkup() throws {
        let evil = "`\u{301}![](http://evil/)\r\n# x`"
        var run = Run()
        let id = run.start(try Run.order())
        var phases = Phases()
        phases.httpVersion = evil
        phases.remote = evil
        run.report(.connected(phases))
        run.report(
            .headers(status: 200, headers: [HTTPHeader("content-type", "text/event-stream")], phases: phases))
        let reason = "\"`\\u0301![](http://evil/)\\r\\n# x`\""
        run.body(Run.head + Run.delta("Hi") + Run.tail.replacing("\"end_turn\"", with: reason))
        run.report(.finished(phases))
        let report = try report(run, id)
        let code = "`` `\u{301}![](http://evil/) # x` ``"
        #expect(report.contains("- outcome: completed, \(code)\n"), "\(report)")
        #expect(report.contains("\(code), \(code)\n"), "\(report)")
        #expect(!report.unicodeScalars.split(separator: "\n").contains { String($0) == "# x`" })
    }

    /// The body of an error tells the key back, in two pieces cut at every byte, and in single bytes.
    @Test func aKeyAcrossPiecesOfABodyIsOutOfIt() throws {
        let body = Array("{\"error\":{\"message\":\"Incorrect API key \(Run.key) given\"}}".utf8)
        let clean = text(Redactor([Secret(Run.key)]).redacted(body))
        #expect(!clean.contains(Run.key))
        func check(_ pieces: [[UInt8]], end: TransportEvent?) throws {
            var run = Run()
            let id = run.start(try Run.order())
            run.answer(401, [HTTPHeader("content-type", "application/json")])
            var decoder = WireDecoder(id)
            var all: [WireDecoder.Entry] = []
            for piece in pieces {
                run.body(piece)
                all += decoder.read(run.tap)
            }
            if let end { run.report(end) }
            all += decoder.read(run.tap)
            let shown = all.filter { $0.kind == .body }.map { text($0.raw) }.joined()
            if end != nil { #expect(shown == clean) } else { #expect(clean.hasPrefix(shown)) }
            #expect(try !report(run, id).contains(Run.key))
            let whole = WireDecoder(id)
            var again = whole
            #expect(again.read(run.tap).allSatisfy { !text($0.raw).contains(Run.key) })
        }
        for cut in 0...body.count {
            try check([Array(body[..<cut]), Array(body[cut...])], end: .finished(Phases()))
        }
        try check(body.map { [$0] }, end: .finished(Phases()))
        try check(body.map { [$0] }, end: .failed(TransportFailure(kind: .cut, message: "cut"), Phases()))
        try check(body.map { [$0] }, end: nil)
    }

    @Test func aKeyWhereAnEventIsCutIsOutOfIt() throws {
        for offset in 0...Run.key.utf8.count {
            var run = Run()
            let id = run.start(try Run.order())
            run.answer()
            let frame = Run.delta("").utf8.count
            run.body(Run.delta(String(repeating: "x", count: WireDecoder.longest - frame + 40 - offset) + Run.key))
            let raw = try #require(entries(run, id).last).raw
            #expect(raw.count == WireDecoder.longest)
            #expect(!text(raw).contains(Run.key.prefix(4)), "\(offset)")
        }
    }

    @Test func requestsAreBoundedToo() throws {
        var run = Run()
        let prompt = String(repeating: "x", count: WireTap.longestBody)
        var ids: [StreamID] = []
        for _ in 0..<WireTap.keptStreams + 20 {
            ids.append(run.start(try Run.order(prompt: ids.count < 100 ? prompt : "short")))
        }
        let wires = ids.compactMap { run.tap.wire(of: $0) }
        #expect(wires.count == WireTap.keptStreams && run.tap.wire(of: ids[0]) == nil)
        let kept = wires.flatMap(\.exchanges).reduce(0) { $0 + $1.request.body.count }
        #expect(kept <= WireTap.requestBytesInAll && kept > WireTap.requestBytesInAll / 2)
        // Its report says what is missing.
        let old = try #require(wires.first { $0.exchanges.first?.request.body.isEmpty == true })
        #expect(old.exchanges[0].bodyBytes > WireTap.longestBody)
        let index = try #require(ids.firstIndex { run.tap.wire(of: $0)?.exchanges.first?.request.body.isEmpty == true })
        #expect(try report(run, ids[index]).contains("Of its body the first 0 of "))
    }
}
