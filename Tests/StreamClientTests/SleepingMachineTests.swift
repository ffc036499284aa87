import CurlTransport
import FaultLab
import Providers
import StreamClient
import StreamEngine
import Testing

/// A machine that sleeps while replies run, by its clocks: the wall clock is ahead of the monotonic one when it wakes up.
/// Everything but the clocks is real: sockets, libcurl, the lab. The limit is for what hangs: beside tests that wait for
/// terminals, these wait for a thread, too.
@Suite(.timeLimit(.minutes(15))) struct SleepingMachineTests {
    /// The system's clocks, of a machine that has slept now and then.
    private final class Clocks {
        private var slept = 0.0

        func now() -> Now {
            var now = SystemClock.now()
            now.wall.secondsSince1970 += slept
            return now
        }

        func sleep(_ time: Duration) { slept += time.inSeconds }
    }

    private let lab: FaultLab
    private let clocks = Clocks()
    private let driver: Driver
    private let client: Client
    private let prompt = "Why do rivers bend?"

    /// - Parameter steps: what the first request meets.
    private init(_ steps: [FaultStep], tokensPerSecond: Double = 0) throws {
        var scenario = Scenario(name: "sleep", description: "")
        scenario.stories = [Scenario.Story(requests: [steps], repeats: false)]
        var configuration = LabConfiguration(scenario: scenario)
        configuration.tokensPerSecond = tokensPerSecond
        let lab = try FaultLab.start(configuration)
        self.lab = lab
        client = try Client { $0 == "WEIR_LAB_URL" ? lab.baseURL : nil }
        driver = Driver(
            engine: StreamEngine(prices: nil, seed: 1), transport: try CurlTransport(), clocks: clocks.now)
    }

    init() throws {
        try self.init([])
    }

    private func start() throws -> StreamID {
        var order = try client.order(for: [ChatMessage(role: .user, text: prompt)], from: "lab/lab-claude")
        order.retryPolicy = RetryPolicy(baseDelay: .milliseconds(2), jitter: .none)
        order.timeouts.wake = .milliseconds(200)
        return driver.act { $0.start(order, at: $1, into: &$2) }
    }

    /// Turns the loop until something is so.
    private func run(until isDone: () -> Bool) {
        while !isDone() { _ = driver.turn(waitingFor: [], until: SystemClock.instant() + .milliseconds(20)) }
    }

    private func isOver(_ id: StreamID) -> Bool {
        driver.engine.state(of: id)?.isTerminal ?? true
    }

    private func text(of id: StreamID) -> String {
        String(decoding: driver.text(of: id), as: UTF8.self)
    }

    @Test func whatWasSilentAfterTheSleepIsAskedForAgain() throws {
        let test = try SleepingMachineTests([FaultStep(.timeout(0, beforeHeaders: false), afterTokens: 20)])
        let id = try test.start()
        test.run { !test.driver.text(of: id).isEmpty }
        test.clocks.sleep(.seconds(7530))
        test.run { test.isOver(id) }
        let end = try #require(test.driver.snapshot(id))
        #expect(end.state == .complete)
        #expect(end.attempts.count == 2)
        guard case .failed(let failure) = end.attempts.first?.outcome else {
            Issue.record("the first attempt has not failed")
            return
        }
        #expect(failure.message.hasPrefix("the machine slept for 2h 5m"))
        #expect(test.text(of: id) == CanonicalReply.text(prompt: test.prompt))
    }

    @Test func whatLivesAfterTheSleepGoesOn() throws {
        let test = try SleepingMachineTests([], tokensPerSecond: 400)
        let id = try test.start()
        test.run { !test.driver.text(of: id).isEmpty }
        test.clocks.sleep(.seconds(7530))
        test.run { test.isOver(id) }
        let end = try #require(test.driver.snapshot(id))
        #expect(end.state == .complete && end.attempts.count == 1)
        #expect(test.text(of: id) == CanonicalReply.text(prompt: test.prompt))
    }

    /// A connection that was idle in a sleep is dead, and nobody says so. `nil`: no sleep, for comparison. A few seconds
    /// are a correction of the clock.
    @Test(arguments: [nil, 2, 60]) func whatWasIdleInASleepIsNotUsedAgain(seconds: Double?) throws {
        let test = try SleepingMachineTests()
        for _ in 0..<2 {
            let id = try test.start()
            test.run { test.isOver(id) }
            #expect(test.driver.engine.state(of: id) == .complete)
            // The end of the response, too: until then its connection is not idle.
            test.run { test.driver.engine.nextDeadline == nil }
            if let seconds { test.clocks.sleep(.seconds(seconds)) }
        }
        let connections = test.lab.journal().filter { $0.kind == .asked }.map(\.connection)
        #expect(connections == (seconds.map { $0 > 5 } == true ? [1, 2] : [1, 1]))
    }
}
