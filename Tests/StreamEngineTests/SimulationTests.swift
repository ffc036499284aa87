import Providers
import StreamEngine
import TestSupport
import Testing

/// Seeded runs of the whole engine against a model of a server and a network that break in every way, with a user who
/// cancels, retries and steers at random. The invariants hold after every step, and the same seed gives the same run.
@Suite struct SimulationTests {
    @Test func noWordIsLostOrDoubledOverManyBrokenNetworks() throws {
        for seed in 0..<1500 {
            var simulation = Simulation(seed: UInt64(seed))
            try simulation.run()
            #expect(simulation.mistakes.isEmpty, "seed \(seed): \(simulation.mistakes)\n\(simulation.trace)")
            if !simulation.mistakes.isEmpty { return }
        }
    }

    @Test func theSameSeedGivesTheSameTrace() throws {
        for seed in 0..<50 {
            var one = Simulation(seed: UInt64(seed))
            var other = Simulation(seed: UInt64(seed))
            try one.run()
            try other.run()
            #expect(one.trace == other.trace)
        }
    }

    /// A reply of a few words, cut after every byte, by every kind of cut: the text is whole in the end.
    @Test(arguments: Simulation.Cut.allCases)
    func aReplyCutAtEveryByteIsWholeInTheEnd(_ cut: Simulation.Cut) throws {
        let words = ["The ", "river ", "knows ", "its ", "way."]
        let whole = Array((Wire.start + words.map(Wire.text).joined() + Wire.stop() + Wire.messageStop).utf8)
        for offset in 0..<whole.count {
            var world = EngineHarness()
            let id = world.start()
            try world.headers()
            try world.body(Array(whole[..<offset]))
            if world.engine.state(of: id) == .complete { continue }
            try Simulation.apply(cut, to: &world)
            let kept = world.text(id)
            #expect(words.joined().hasPrefix(kept))
            world.advance(.seconds(2))
            if world.running.isEmpty {
                #expect(world.text(id) == words.joined(), "cut at \(offset)")
                continue
            }
            try world.headers()
            try world.body(Wire.reply(String(words.joined().dropFirst(kept.count))))
            #expect(world.text(id) == words.joined(), "cut at \(offset)")
            #expect(world.engine.state(of: id) == .complete)
            #expect(String(decoding: world.heardText, as: UTF8.self) == words.joined())
            #expect(world.mistakes.isEmpty)
        }
    }
}

struct Simulation {
    enum Cut: CaseIterable {
        case reset, cut, finish, http2
    }

    static func apply(_ cut: Cut, to world: inout EngineHarness) throws {
        switch cut {
        case .reset: try world.fail(.reset)
        case .cut: try world.fail(.cut)
        case .finish: try world.finish()
        case .http2: try world.fail(.http2)
        }
    }

    private var random: SeededRandom
    private var world: EngineHarness
    private let id: StreamID
    private let words: [String]
    private let canonical: String
    private let strategy: ResumeStrategy
    /// Faults stop after so many requests: then the reply must complete.
    private let faultyRequests: Int
    private(set) var mistakes: [String] = []
    private(set) var trace: [String] = []
    private var longest = 0
    private var answered = 0
    private var userEnded = false

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        // Words that do not repeat, so that an overlap is one only where the server repeats.
        words = (0..<Int.random(in: 1...40, using: &random)).map { $0 == 0 ? "word0" : " word\($0)" } + [" the-end."]
        canonical = words.joined()
        strategy = [.prefill, .continue, .systemNote, .restartSkip].randomElement(using: &random) ?? .prefill
        faultyRequests = Int.random(in: 0...8, using: &random)
        world = EngineHarness(seed: random.next())
        var order = StreamOrder.test(
            resume: .fixed(strategy), strategy: strategy,
            policy: RetryPolicy(
                maximumRetries: Int.random(in: 1...6, using: &random),
                jitter: RetryPolicy.Jitter.allCases.randomElement(using: &random) ?? .additive))
        order.request.messages = [ChatMessage(role: .user, text: "question")]
        id = world.start(order)
    }

    mutating func run() throws {
        var turns = 0
        while turns < 400 {
            turns += 1
            try check()
            guard let state = world.engine.state(of: id) else { return }
            if state.isTerminal {
                // Now and then the user takes it up again.
                guard state != .complete, answered < 30, Bool.random(using: &random) else { break }
                note("user retries")
                world.retry(id)
                continue
            }
            if Int.random(in: 0..<25, using: &random) == 0 {
                userActs(state)
                continue
            }
            if world.running.isEmpty {
                world.advance(.milliseconds(Int.random(in: 100...20_000, using: &random)))
            } else {
                try serve()
            }
        }
        try check()
        world.advance(.seconds(5))
        if world.engine.state(of: id)?.isTerminal == true {
            if !world.running.isEmpty { mistakes.append("an attempt runs after the end") }
            if world.engine.nextDeadline != nil { mistakes.append("a timer is left after the end") }
        } else {
            mistakes.append("no end after \(turns) turns")
        }
    }

    private mutating func note(_ line: String) {
        trace.append("\(world.now.instant.nanoseconds / 1_000_000) \(line)")
    }

    private mutating func userActs(_ state: StreamState) {
        let id = id
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            note("user cancels")
            world.cancel(id)
        case 1:
            note("user retries now")
            world.act { $0.retryNow(id, at: $1, into: &$2) }
        case 2:
            note("user waits longer")
            world.act { $0.waitLonger(id, by: .seconds(10), at: $1, into: &$2) }
        case 3 where state == .backingOff:
            note("user gives up")
            world.act { $0.giveUp(id, at: $1, into: &$2) }
        default:
            note("user retries")
            world.retry(id)
        }
    }

    /// One request answered, with or without a fault.
    private mutating func serve() throws {
        let request = try #require(world.started.last?.request)
        let kept = world.text(id)
        answered += 1
        let faulty = answered <= faultyRequests
        try checkRequest(request, kept: kept)
        if faulty, Int.random(in: 0..<3, using: &random) == 0 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                note("refused")
                try world.fail(.connectionRefused)
            case 1:
                note("reset before headers")
                try world.connected()
                try world.fail(.reset)
            case 2:
                let status = [408, 429, 500, 503, 529].randomElement(using: &random) ?? 500
                note("status \(status)")
                let header = Bool.random(using: &random) ? [HTTPHeader("Retry-After", "3")] : []
                try world.answer(status, headers: header)
            case 3:
                note("empty")
                try world.headers()
                try world.finish()
            default:
                note("no answer")
                world.advance(.seconds(121))
            }
            return
        }
        try stream(request, kept: kept, breaks: faulty)
    }

    private mutating func stream(_ request: TransportRequest, kept: String, breaks: Bool) throws {
        // Where the server goes on, and what it says again.
        var remaining = words[...]
        if strategy != .restartSkip {
            var length = 0
            while let first = remaining.first, length + first.utf8.count <= kept.utf8.count {
                length += first.utf8.count
                remaining.removeFirst()
            }
            // One word that comes twice may well be meant, and so may words after a space: only more than that, glued to the
            // text's end and gone on with, is evidence of a repeat.
            let repeated = Int.random(in: 0...3, using: &random)
            if repeated > 1, repeated <= remaining.startIndex, !remaining.isEmpty {
                remaining = words[(remaining.startIndex - repeated)...]
                remaining[remaining.startIndex].trimPrefix(" ")
            }
        }
        if !request.isStream {
            note("batch")
            try world.headers(200, [HTTPHeader("content-type", "application/json")])
            try world.body(
                #"{"type":"message","content":[{"type":"text","text":"\#(remaining.joined())"}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":9}}"#
            )
            try world.finish()
            return
        }
        let cutAfter = breaks ? Int.random(in: 0...remaining.count, using: &random) : Int.max
        let sent = Array(remaining.prefix(cutAfter))
        note("stream \(sent.count) of \(remaining.count) words")
        try world.headers()
        let isWhole = cutAfter > remaining.count
        let body = Wire.start + sent.map(Wire.text).joined() + (isWhole ? Wire.stop() + Wire.messageStop : "")
        for piece in DripFeed.random(Array(body.utf8), longest: 200, using: &random) {
            guard world.running.count == 1 else { break }
            try world.body(piece)
            try check()
            if Int.random(in: 0..<30, using: &random) == 0 {
                world.advance(.milliseconds(Int.random(in: 1...8000, using: &random)))
            }
        }
        guard !isWhole, world.running.count == 1 else { return }
        let cut = Cut.allCases.randomElement(using: &random) ?? .reset
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            note("overloaded")
            try world.body(Wire.error("overloaded_error"))
        case 1:
            note("malformed")
            try world.body(Wire.event("content_block_delta", "{\"type\""))
        case 2:
            note("silence")
            world.advance(.seconds(181))
        default:
            note("\(cut)")
            try Simulation.apply(cut, to: &world)
        }
    }

    /// The request of a resumed attempt carries all the words that were kept.
    private mutating func checkRequest(_ request: TransportRequest, kept: String) throws {
        guard !kept.isEmpty, strategy != .restartSkip else { return }
        let body = String(decoding: request.http.body, as: UTF8.self)
        let trimmed = String(kept.reversed().drop { $0 == " " }.reversed())
        if !body.contains(trimmed) { mistakes.append("the request does not carry the partial") }
    }

    private mutating func check() throws {
        mistakes += world.mistakes
        let text = world.text(id)
        if !canonical.hasPrefix(text) { mistakes.append("not a prefix: \(text)") }
        if text.utf8.count < longest { mistakes.append("committed text shrank") }
        longest = text.utf8.count
        if !world.heardText.elementsEqual(text.utf8) { mistakes.append("heard is not what is kept") }
        let snapshot = try world.snapshot(id)
        if snapshot.attemptInRun > snapshot.maximumAttempts { mistakes.append("too many attempts") }
        if snapshot.state == .complete, text != canonical { mistakes.append("complete, but not whole") }
        if world.running.count > 1 { mistakes.append("two attempts at once") }
        if snapshot.state == .backingOff, world.engine.nextDeadline == nil { mistakes.append("waits for nothing") }
        if snapshot.textBytes != text.utf8.count { mistakes.append("the snapshot counts wrong") }
    }
}
