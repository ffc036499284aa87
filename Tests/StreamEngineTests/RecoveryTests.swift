import Pricing
import Providers
import StreamEngine
import Testing

/// What follows a failure: the wait, the next attempt, the seam, the fallback, the end.
@Suite struct RecoveryTests {
    @Test func aBrokenStreamGoesOnFromItsPartial() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.connected()
        try world.headers()
        try world.body(Wire.start + Wire.text("Quantum computers use qubits, which "))
        try world.fail(.reset)
        #expect(world.engine.state(of: id) == .backingOff)
        let backoff = try #require(world.snapshot(id).backoff)
        #expect(backoff.source == .schedule)
        #expect(backoff.exponential == .seconds(1))
        #expect(backoff.deadline - backoff.startedAt == .seconds(1))
        #expect(backoff.resume?.strategy == .prefill)

        world.advance(.seconds(1))
        let body = String(decoding: try #require(world.started.last).request.http.body, as: UTF8.self)
        #expect(body.contains("Quantum computers use qubits, which"))
        try world.connected()
        try world.headers()
        world.advance(.milliseconds(400))
        try world.body(Wire.reply("can hold a superposition."))
        let snapshot = try world.snapshot(id)
        #expect(world.text(id) == "Quantum computers use qubits, which can hold a superposition.")
        #expect(snapshot.seams.count == 1)
        #expect(snapshot.seams.first?.offset == "Quantum computers use qubits, which ".utf8.count)
        #expect(snapshot.seams.first?.gap == .milliseconds(1400))
        #expect(snapshot.seams.first?.attempt == 2)
        #expect(snapshot.attempts.map(\.outcome).last == .completed(.endTurn))
        #expect(world.mistakes.isEmpty)
    }

    /// The seam tells where and why the text stopped, not what else went wrong before it went on.
    @Test func theSeamNamesTheBreakAndNotTheLastFailure() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("some words before "))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.answer(429, headers: [HTTPHeader("Retry-After", "3")])
        world.advance(.seconds(3))
        try world.headers()
        try world.body(Wire.reply("and after"))
        let seam = try #require(world.snapshot(id).seams.first)
        #expect(seam.reason.kind == .transport(.reset))
        #expect(seam.tokensBefore > 0)
        #expect(seam.gap == .seconds(4))
        #expect(seam.attempt == 3)
    }

    @Test func wordsThatTheServerRepeatsAreTrimmedAndTheListenerHearsEachOnce() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("the river runs down to the sea and "))
        try world.fail(.cut)
        world.advance(.seconds(1))
        try world.headers()
        for piece in ["to", " the", " sea", " and", " never", " comes back"] {
            try world.body((piece == "to" ? Wire.start : "") + Wire.text(piece))
        }
        try world.body(Wire.stop() + Wire.messageStop)
        #expect(world.text(id) == "the river runs down to the sea and never comes back")
        #expect(String(decoding: world.heardText, as: UTF8.self) == world.text(id))
        #expect(try world.snapshot(id).seams.first?.trimmedBytes ?? 0 > 10)
    }

    /// The measured hole in every peer: an orderly end without a stop reason counts as success there.
    @Test func anOrderlyEndWithoutAStopReasonIsNotTheEnd() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("half"))
        try world.finish()
        #expect(world.engine.state(of: id) == .backingOff)
        #expect(try world.snapshot(id).backoff?.reason.kind == .endedEarly)
    }

    @Test func doneAloneProvesNothing() throws {
        var world = EngineHarness()
        let id = world.start(.test(dialect: .openai, strategy: .continue))
        try world.headers()
        try world.body("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half\"}}]}\n\ndata: [DONE]\n\n")
        #expect(world.engine.state(of: id) == .backingOff)
        #expect(world.text(id) == "half")
    }

    @Test func anEmptyStreamIsRetried() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.finish()
        #expect(try world.snapshot(id).backoff?.reason.kind == .empty)
    }

    @Test func anErrorInTheStreamIsRetriedAndKeepsTheText() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("kept ") + Wire.error("overloaded_error"))
        #expect(world.engine.state(of: id) == .backingOff)
        #expect(world.text(id) == "kept ")
        #expect(world.cancelled.count == 1)
    }

    /// A word may have been in the event that cannot be read: go on from what is certain.
    @Test func anEventThatIsNotJSONBreaksTheAttemptNotTheReply() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(
            Wire.start + Wire.text("kept ") + Wire.event("content_block_delta", "{\"type\":\"content_bl")
                + Wire.text("lost"))
        #expect(world.engine.state(of: id) == .backingOff)
        #expect(world.text(id) == "kept ")
        #expect(try world.snapshot(id).malformedEvents == 1)
    }

    @Test(arguments: [400, 401, 402, 403, 404, 413, 422, 301, 307])
    func statusesThatCannotHelpAreNotRetried(_ status: Int) throws {
        var world = EngineHarness()
        let id = world.start()
        try world.answer(status)
        #expect(world.engine.state(of: id) == .failed)
        #expect(world.started.count == 1)
        #expect(world.engine.nextDeadline == nil)
        #expect(try world.snapshot(id).failure?.isRetryable == false)
    }

    @Test(arguments: [408, 409, 425, 429, 500, 502, 503, 504, 520, 529])
    func statusesThatPassAreRetried(_ status: Int) throws {
        var world = EngineHarness()
        let id = world.start()
        try world.answer(status)
        #expect(world.engine.state(of: id) == .backingOff)
    }

    @Test func a429WaitsTwiceAsLong() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.answer(429)
        let backoff = try #require(world.snapshot(id).backoff)
        #expect(backoff.deadline - backoff.startedAt == .seconds(2))
    }

    @Test func theServersWordBeatsTheSchedule() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.answer(529, headers: [HTTPHeader("Retry-After", "7")])
        let backoff = try #require(world.snapshot(id).backoff)
        #expect(backoff.source == .retryAfter)
        #expect(backoff.deadline - backoff.startedAt == .seconds(7))
        world.advance(.milliseconds(6999))
        #expect(world.started.count == 1)
        world.advance(.milliseconds(1))
        #expect(world.started.count == 2)
    }

    @Test func anExhaustedQuotaWaitsForItsReset() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.answer(
            429,
            headers: [
                HTTPHeader("x-ratelimit-remaining-requests", "0"), HTTPHeader("x-ratelimit-reset-requests", "20s"),
            ])
        let backoff = try #require(world.snapshot(id).backoff)
        #expect(backoff.source == .quotaReset)
        #expect(backoff.deadline - backoff.startedAt == .seconds(20))
    }

    @Test func aKeyThatTheServerQuotesIsBlackedOut() throws {
        var world = EngineHarness()
        let id = world.start(.test(key: "a-key-of-no-known-form"))
        try world.answer(
            401,
            body:
                #"{"type":"error","error":{"type":"authentication_error","message":"a-key-of-no-known-form is invalid"}}"#
        )
        let failure = try #require(world.snapshot(id).failure)
        #expect(failure.message.contains("is invalid"))
        #expect(!failure.message.contains("no-known-form"))

        var stream = EngineHarness()
        let second = stream.start(.test(key: "server"))
        try stream.headers()
        try stream.body(Wire.start + Wire.error("overloaded_error"))
        #expect(try stream.snapshot(second).backoff?.reason.message.contains("server") == false)
    }

    @Test func aWaitOverTheMaximumIsTheUsersChoice() throws {
        let answer = [HTTPHeader("Retry-After", "3600")]
        var interactive = EngineHarness()
        let id = interactive.start()
        try interactive.answer(429, headers: answer)
        #expect(try interactive.snapshot(id).backoff?.exceedsMaximum == true)

        var script = EngineHarness()
        let other = script.start(.test(longWaits: .giveUp))
        try script.answer(429, headers: answer)
        #expect(script.engine.state(of: other) == .failed)
        #expect(script.engine.nextDeadline == nil)
    }

    @Test func theScheduleDoublesAndTheAttemptsEnd() throws {
        var world = EngineHarness()
        let id = world.start()
        var waits: [Duration] = []
        while let attempt = world.running.keys.first {
            _ = attempt
            try world.fail(.connectionRefused)
            guard let backoff = try world.snapshot(id).backoff else { break }
            waits.append(backoff.deadline - backoff.startedAt)
            world.advance(waits[waits.count - 1])
        }
        #expect(waits == [1, 2, 4, 8, 16].map { .seconds($0) })
        #expect(world.started.count == 6)
        let snapshot = try world.snapshot(id)
        #expect(snapshot.verdict == .failed)
        #expect(snapshot.failure?.isRetryable == true)
        #expect(world.engine.nextDeadline == nil)
    }

    @Test func afterTwoBrokenStreamsABatchIsAskedFor() throws {
        var world = EngineHarness()
        let id = world.start()
        for text in ["one ", "two "] {
            try world.headers()
            try world.body(Wire.start + Wire.text(text))
            try world.fail(.reset)
            world.advance(.seconds(3))
        }
        #expect(world.engine.state(of: id) == .fallingBack)
        #expect(world.events.contains(.fallback))
        let last = try #require(world.started.last)
        #expect(!last.request.isStream)
        #expect(String(decoding: last.request.http.body, as: UTF8.self).contains(#""stream":false"#))
        try world.headers(200, [HTTPHeader("content-type", "application/json")])
        try world.body(
            #"{"type":"message","content":[{"type":"text","text":"three"}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":1}}"#
        )
        try world.finish()
        #expect(world.text(id) == "one two three")
        #expect(world.engine.state(of: id) == .complete)
    }

    @Test func aRefusedPrefillIsAskedForInAnotherWay() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("The beginning "))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.answer(
            400,
            body:
                #"{"type":"error","error":{"type":"invalid_request_error","message":"This model does not support assistant message prefill."}}"#
        )
        #expect(world.started.count == 3)
        try world.headers()
        try world.body(Wire.reply("and the end."))
        #expect(world.text(id) == "The beginning and the end.")
        #expect(try world.snapshot(id).seams.first?.strategy == .continue)
    }

    @Test func aRestartSkipsWhatWasShown() throws {
        var world = EngineHarness()
        let id = world.start(.test(strategy: .restartSkip))
        try world.headers()
        try world.body(Wire.start + Wire.text("same beginning"))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.start + Wire.text("same ") + Wire.text("beginning") + Wire.text(", then more"))
        #expect(world.text(id) == "same beginning, then more")
        #expect(String(decoding: world.heardText, as: UTF8.self) == world.text(id))
    }

    @Test func aRestartThatDivergesBeginsANewTake() throws {
        var world = EngineHarness()
        let id = world.start(.test(strategy: .restartSkip))
        try world.headers()
        try world.body(Wire.start + Wire.text("same then this"))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.reply("same then that"))
        #expect(world.text(id) == "same then that")
        #expect(try world.snapshot(id).take == 1)
        #expect(world.events.contains { if case .diverged(1, _) = $0 { true } else { false } })
    }

    /// `weir ask` has printed the first words already.
    @Test func whereNoNewTakeIsAllowedADivergingRestartIsGivenUp() throws {
        var world = EngineHarness()
        let id = world.start(.test(resume: .fixed(.restartSkip), allowsNewTake: false))
        try world.headers()
        try world.body(Wire.start + Wire.text("same then this"))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.start + Wire.text("other"))
        #expect(world.text(id) == "same then this")
        #expect(world.engine.state(of: id)?.isTerminal == true)
        #expect(try world.snapshot(id).verdict == .incomplete)
    }

    @Test func resumeOffKeepsThePartialAndEnds() throws {
        var world = EngineHarness()
        let id = world.start(.test(resume: .fixed(.off)))
        try world.headers()
        try world.body(Wire.start + Wire.text("half"))
        try world.fail(.reset)
        #expect(try world.snapshot(id).verdict == .incomplete)
        #expect(world.text(id) == "half")
    }

    @Test func everyClockEndsAnAttempt() throws {
        var world = EngineHarness()
        let id = world.start()
        world.advance(.seconds(120))
        #expect(try world.snapshot(id).backoff?.reason.kind == .firstByteTimeout)

        var silent = EngineHarness()
        let second = silent.start()
        try silent.headers()
        try silent.body(Wire.start)
        silent.advance(.seconds(180))
        #expect(try silent.snapshot(second).backoff?.reason.kind == .idleTimeout)

        var pinging = EngineHarness()
        let third = pinging.start()
        try pinging.headers()
        try pinging.body(Wire.start + Wire.text("x"))
        for _ in 0..<60 where pinging.engine.state(of: third)?.isLive == true {
            pinging.advance(.seconds(10))
            if !pinging.running.isEmpty { try pinging.body(Wire.ping) }
        }
        #expect(try pinging.snapshot(third).backoff?.reason.kind == .contentTimeout)

        var total = EngineHarness()
        let fourth = total.start(.test(timeouts: Timeouts(total: .seconds(30))))
        try total.headers()
        try total.body(Wire.start + Wire.text("x"))
        total.advance(.seconds(30))
        #expect(total.engine.state(of: fourth) == .failed)
        #expect(total.engine.nextDeadline == nil)
    }

    @Test func moneyIsCountedForEachAttempt() throws {
        var world = EngineHarness(prices: try PriceTable.builtIn())
        var order = StreamOrder.test()
        order.model.id = "lab-claude"
        order.request.model = "lab-claude"
        let id = world.start(order)
        try world.headers()
        try world.body(Wire.start + Wire.text("some words that cost money "))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.answer(529)
        world.advance(.seconds(2))
        try world.headers()
        try world.body(Wire.reply("the end"))
        let snapshot = try world.snapshot(id)
        #expect(snapshot.attempts.count == 3)
        guard case .estimated = snapshot.attempts[0].cost else {
            Issue.record("a cut attempt's cost is an estimate, not \(snapshot.attempts[0].cost)")
            return
        }
        #expect(snapshot.attempts[1].cost == .zero)
        guard case .reported(let money) = snapshot.attempts[2].cost else {
            Issue.record("the last attempt's usage was reported")
            return
        }
        // 12 tokens in at $3 and 7 out at $15 a million.
        #expect(money.picos == 12 * 3_000_000 + 7 * 15_000_000)
        #expect(snapshot.cost == .reported(money))
        #expect(snapshot.lostCost == snapshot.attempts[0].cost)
    }
}
