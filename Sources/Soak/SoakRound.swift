import FaultLab
import Providers
import StreamClient
import StreamEngine

/// Some hundred replies, so many at a time, by one client.
final class SoakRound {
    private let lab: FaultLab
    private let client: Client
    private let streams: Int
    private let concurrent: Int
    private let number: Int
    /// What each running stream was asked.
    private var asked: [StreamID: String] = [:]
    private var started = 0

    /// In turn: every dialect, and every way to take a reply up again.
    private static let models = [
        "lab-claude", "lab-gpt", "lab-claude-no-prefill", "lab-responses", "lab-claude-thinking", "lab-background",
    ]

    init(lab: FaultLab, streams: Int, concurrent: Int, number: Int) throws {
        self.lab = lab
        self.streams = streams
        self.concurrent = concurrent
        self.number = number
        let url = lab.baseURL
        client = try Client { $0 == "WEIR_LAB_URL" ? url : nil }
    }

    func run(_ report: inout SoakReport) throws {
        while started < streams || !asked.isEmpty {
            while started < streams, asked.count < concurrent { try start() }
            // What a cancel tells is told at once: a turn would wait for something else.
            while !client.driver.events.isEmpty {
                for event in client.driver.takeEvents() { hear(event, &report) }
            }
            if !asked.isEmpty { _ = client.driver.turn(waitingFor: [], until: nil) }
        }
        // What ended may still read on for a moment: the stop reason is there before the last bytes are.
        let patience = SystemClock.instant() + .seconds(30)
        while client.driver.engine.nextDeadline != nil, SystemClock.instant() < patience {
            _ = client.driver.turn(waitingFor: [], until: patience)
        }
        if client.driver.engine.nextDeadline != nil { report.complain("round \(number): a deadline is left over") }
    }

    private func start() throws {
        let prompt = "Round \(number), story \(started) --tokens \(40 + started * 37 % 200)"
        let model = Self.models[started % Self.models.count]
        var order = try client.order(for: [ChatMessage(role: .user, text: prompt)], from: "lab/\(model)")
        order.retryPolicy = RetryPolicy(
            maximumRetries: 12, baseDelay: .milliseconds(10), maximumDelay: .seconds(5), jitter: .full)
        asked[client.driver.act { $0.start(order, at: $1, into: &$2) }] = prompt
        started += 1
    }

    private func hear(_ event: EngineEvent, _ report: inout SoakReport) {
        switch event.kind {
        // One in twenty is ended by its user, at its first words.
        case .text where event.stream.rawValue.isMultiple(of: 20) && asked[event.stream] != nil:
            client.driver.act { $0.cancel(event.stream, at: $1, into: &$2) }
        case .ended:
            guard let prompt = asked.removeValue(forKey: event.stream),
                let snapshot = client.driver.snapshot(event.stream)
            else { return }
            let verdict = lab.verdict(on: client.driver.engine.text(of: event.stream), prompt: prompt)
            report.add(snapshot, verdict, prompt)
            client.driver.act { engine, _, _ in engine.discard(event.stream) }
        default: break
        }
    }
}
