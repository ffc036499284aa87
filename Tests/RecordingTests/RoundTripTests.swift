import Providers
import StreamEngine
import Testing

@testable import Recording

/// What was recorded makes the same run again.
@Suite struct RoundTripTests {
    @Test func aBrokenStreamIsPlayedToTheSameBytesAndEvents() throws {
        var (run, id) = try Run.broken()
        let bytes = run.finish()
        #expect(text(run.engine.text(of: id)) == "Grüße, Welt und alle.")
        let recording = try parse(bytes)
        #expect(recording.shortfall == nil)
        var playback = Playback(recording, prices: nil)
        let events = playback.run()
        #expect(playback.divergences == [])
        #expect(events == run.events)
        #expect(playback.engine.text(of: id) == run.engine.text(of: id))
        #expect(playback.engine.state(of: id) == .complete)
    }

    /// What a file says is not for the reader's pieces to change.
    @Test(arguments: [1, 2, 7, 4096]) func theFileMayComeInPieces(of size: Int) throws {
        var (run, _) = try Run.broken()
        let bytes = run.finish()
        let whole = try parse(bytes)
        let recording = try parse(bytes, piece: size)
        #expect(recording.entries.map(\.record.call) == whole.entries.map(\.record.call))
        #expect(recording.entries.map(\.record.at) == whole.entries.map(\.record.at))
    }

    /// Everything that was added to an order comes back, whatever it is.
    @Test func anOrderComesBackWhole() throws {
        var order = try Run.order(key: "REDACTEDREDACTED")
        order.request.temperature = 0.3
        order.request.maxTokens = 77
        order.request.messages.append(
            ChatMessage(
                role: .user, text: "\u{0}\"\\\n é 😀",
                attachments: [
                    Attachment(name: "a.png", content: .image(.png, [0, 1, 2, 255])),
                    Attachment(name: "b.txt", content: .text("x")),
                ]))
        order.retryPolicy = RetryPolicy(
            maximumRetries: 9, baseDelay: .nanoseconds(1_000_001), maximumDelay: .seconds(7), jitter: .decorrelated,
            fallbackAfter: 4)
        order.timeouts = Timeouts(connect: .milliseconds(1), firstByte: .zero, idle: .seconds(2), total: .seconds(3))
        order.resume = .fixed(.systemNote)
        order.longWaits = .giveUp
        order.allowsNewTake = false
        order.failureContext = FailureContext(provider: "p", keyVariable: nil, model: "m")
        order.maximumBodyBytes = 123
        let tree = try TreeEncoder.encode(order)
        #expect(try TreeDecoder.decode(StreamOrder.self, from: tree) == order)
    }

    /// A version that knows more reads what one that knew less has written.
    @Test func whatIsMissingHasItsDefault() throws {
        var (run, id) = try Run.broken()
        let bytes = run.finish()
        var lines = text(bytes).split(separator: "\n").map(String.init)
        #expect(lines[1].contains("\"maximumEventBytes\":16777216"))
        lines[1] = lines[1].replacing(",\"maximumEventBytes\":16777216", with: "")
        lines[1] = lines[1].replacing("\"fallbackAfter\":2", with: "\"unheardOf\":[1]")
        var playback = Playback(try parse(Array(lines.joined(separator: "\n").utf8)), prices: nil)
        _ = playback.run()
        #expect(playback.divergences == [])
        #expect(text(playback.engine.text(of: id)) == "Grüße, Welt und alle.")
    }

    @Test func actsOfTheUserArePlayedToo() throws {
        var run = Run()
        let first = run.start(try Run.order(prompt: "one"))
        let second = run.start(try Run.order(prompt: "two", dialect: .openai))
        run.pass(.milliseconds(5))
        run.report(.failed(TransportFailure(kind: .reset, message: "reset"), Phases()))
        run.pass(.milliseconds(5))
        run.act { $0.waitLonger(second, by: .seconds(10), at: $1, into: &$2) }
        run.pass(.seconds(1))
        run.act { $0.retryNow(second, at: $1, into: &$2) }
        run.answer()
        run.body("data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n")
        let other = try Endpoint(
            provider: "other", dialect: .openai, baseURL: "https://example.com/v1", key: Secret("k-12345678"))
        run.act { $0.switchModel(second, to: Model(id: "gpt"), of: other, at: $1, into: &$2) }
        run.pass(.milliseconds(1))
        run.act { $0.cancel(second, at: $1, into: &$2) }
        run.act { $0.retry(second, at: $1, into: &$2) }
        run.report(.failed(TransportFailure(kind: .cut, message: "cut"), Phases()))
        run.act { $0.giveUp(second, at: $1, into: &$2) }
        run.act { $0.cancel(first, at: $1, into: &$2) }
        var playback = Playback(try parse(run.finish()), prices: nil)
        #expect(playback.run() == run.events)
        #expect(playback.divergences == [])
        #expect(playback.recording.streams == [first, second])
        #expect(text(playback.engine.text(of: second)) == "half")
    }

    /// Streams that ran already when the recording began are none of its.
    @Test func aRecordingMayBeginLater() throws {
        var (run, _) = try Run.broken()
        let before = run.events.count
        run.writer = RecordingWriter(
            Recording.Header(program: "weir", start: run.now, origin: run.engine.origin), secrets: [])
        let skipped = run.file.count
        let id = run.start(try Run.order(prompt: "again"))
        run.act { $0.retry(StreamID(rawValue: 1), at: $1, into: &$2) }
        run.answer()
        run.body(Run.head + Run.delta("yes") + Run.tail)
        run.report(.finished(Phases()))
        var playback = Playback(try parse(Array(run.finish()[skipped...])), prices: nil)
        #expect(playback.run() == Array(run.events[before...]))
        #expect(playback.divergences == [])
        #expect(id == StreamID(rawValue: 2))
        #expect(text(playback.engine.text(of: id)) == "yes")
    }

    /// A version that does something else says so, and where.
    @Test func anotherEngineIsFoundOut() throws {
        var (run, _) = try Run.broken()
        let file = text(run.finish())
        let other = file.replacing("\"baseDelay\":0.25", with: "\"baseDelay\":5.0")
            .replacing("\"system\":\"Be brief.\"", with: "\"system\":\"Be long.\"")
        var playback = Playback(try parse(Array(other.utf8)), prices: nil)
        _ = playback.run()
        let first = try #require(playback.divergences.first)
        #expect(first.line == 2)
        #expect(first.problem.contains("the request 1.1 differs: bodies of"))
        #expect(playback.divergenceCount >= 2)
        #expect(playback.divergences.contains { $0.problem.contains("now nothing was asked for") })
    }
}
