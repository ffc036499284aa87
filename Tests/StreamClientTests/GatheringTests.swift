import CurlTransport
import FaultLab
import Foundation
import Providers
import StreamClient
import StreamEngine
import Testing

/// Turns that gather pieces of bodies: what the engine hears is the same, later and all at once. Sockets, libcurl and the lab
/// are real.
@Suite(.timeLimit(.minutes(15))) final class GatheringTests {
    private let lab: FaultLab
    private let client: Client
    private let driver: Driver
    private let clocks = Clocks()
    private let prompt = "Why do rivers bend?"
    /// Asks for a reply that runs for longer than any of these tests.
    private let long = "Why do rivers bend? --tokens 100000"
    /// What the engine heard in each turn.
    private var heard: [[CallRecord]] = []

    /// The system's clocks, of a machine that wakes up from a sleep at a moment.
    private final class Clocks {
        var wokeUpAt: Instant?

        func now() -> Now {
            var now = SystemClock.now()
            if let wokeUpAt, wokeUpAt <= now.instant { now.wall.secondsSince1970 += 3600 }
            return now
        }
    }

    init() throws {
        var scenario = Scenario(name: "gathering", description: "")
        scenario.stories = [Scenario.Story(requests: [[]], repeats: true)]
        var configuration = LabConfiguration(scenario: scenario)
        configuration.tokensPerSecond = 200
        let lab = try FaultLab.start(configuration)
        self.lab = lab
        client = try Client { $0 == "WEIR_LAB_URL" ? lab.baseURL : nil }
        driver = Driver(
            engine: StreamEngine(prices: nil, seed: 1), transport: try CurlTransport(), clocks: clocks.now)
        driver.listener = { [unowned self] in heard.append($0) }
    }

    private func start(_ prompt: String) throws -> StreamID {
        let order = try client.order(for: [ChatMessage(role: .user, text: prompt)], from: "lab/lab-claude")
        return driver.act { $0.start(order, at: $1, into: &$2) }
    }

    /// When pieces of bodies came.
    private static func times(_ records: [CallRecord]) -> [Instant] {
        records.filter { if case .body = $0.call { true } else { false } }.map(\.at.instant)
    }

    private func turn(
        until deadline: Duration = .seconds(600), gathering: Duration?, waitingFor descriptors: [Int32] = []
    ) -> [Int32] {
        let now = SystemClock.instant()
        return driver.turn(
            waitingFor: descriptors, until: now + deadline, gatheringUntil: gathering.map { now + $0 })
    }

    private func isOver(_ id: StreamID) -> Bool { driver.engine.state(of: id)?.isTerminal ?? true }

    /// A reply that has begun, and of which nothing is gathered.
    private func startLong() throws {
        let id = try start(long)
        while driver.text(of: id).isEmpty { _ = turn(gathering: nil) }
        heard = []
    }

    @Test func piecesKeepTheirTimesAndTheirOrder() throws {
        let ids = [try start(prompt), try start(prompt)]
        while !ids.allSatisfy(isOver) { _ = turn(gathering: .seconds(3600)) }
        for id in ids {
            #expect(String(decoding: driver.text(of: id), as: UTF8.self) == CanonicalReply.text(prompt: prompt))
        }
        let largest = try #require(heard.map(Self.times).max { $0.count < $1.count })
        #expect(Set(largest).count > 1)
        let times = heard.joined().map(\.at.instant)
        #expect(times == times.sorted())
        // What the engine tells has them, too.
        let told = driver.takeEvents().filter { if case .text = $0.kind { true } else { false } }.map(\.at)
        #expect(Set(told).isSubset(of: times) && Set(told).count > 1)
    }

    /// What the last look found came in time or was waiting there.
    @Test func theEndOfGatheringEndsTheTurn() throws {
        try startLong()
        for _ in 0..<10 {
            _ = turn(gathering: .milliseconds(50))
            let times = heard.flatMap(Self.times)
            for time in times where time != times.last { #expect(time - times[0] < .milliseconds(50)) }
            heard = []
        }
    }

    @Test(arguments: [nil, Duration.zero, .seconds(-1)])
    func withoutATimeToGatherUntilNothingIs(gathering: Duration?) throws {
        try startLong()
        for _ in 0..<20 { _ = turn(gathering: gathering) }
        for times in heard.map(Self.times) { #expect(Set(times).count == 1) }
    }

    /// A key, or what another thread has to say, must not wait for the frame.
    @Test(arguments: [true, false]) func whatElseIsWaitedForEndsTheTurn(byDescriptor: Bool) throws {
        try startLong()
        let keys = Pipe()
        let descriptor = keys.fileHandleForReading.fileDescriptor
        if byDescriptor { try keys.fileHandleForWriting.write(contentsOf: [1]) } else { driver.waker.wake() }
        let readable = turn(gathering: .seconds(3600), waitingFor: [descriptor])
        #expect(readable == (byDescriptor ? [descriptor] : []))
        // One look, and no second one.
        for times in heard.map(Self.times) { #expect(Set(times).count == 1) }
    }

    @Test func theCallersDeadlineEndsTheTurn() throws {
        try startLong()
        let deadline = SystemClock.instant() + .milliseconds(60)
        _ = driver.turn(waitingFor: [], until: deadline, gatheringUntil: deadline + .seconds(3600))
        #expect(SystemClock.instant() >= deadline)
        let times = heard.flatMap(Self.times)
        for time in times where time != times.last { #expect(time < deadline) }
    }

    /// What had come before the sleep is heard before it: else it would be a sign of life after it.
    @Test func aSleepEndsTheTurn() throws {
        try startLong()
        clocks.wokeUpAt = SystemClock.instant() + .milliseconds(40)
        _ = turn(gathering: .seconds(3600))
        let calls = heard.flatMap { $0 }
        let waking = try #require(calls.firstIndex { if case .wokeUp = $0.call { true } else { false } })
        #expect(waking == calls.count - 1)
        let times = Self.times(calls)
        for time in times where time != times.last { #expect(time < clocks.wokeUpAt ?? .init(nanoseconds: 0)) }
    }
}
