import Dashboard
import FaultLab
import StreamClient
import StreamEngine

/// The demo's provider, at the dashboard's orders.
extension ChatSession {
    func steerLab(_ order: FaultOrder, _ stream: StreamID?) throws {
        guard let lab else { return }
        var count = 0
        if let stream {
            // Every request of a stream is called by its number; see ReplyMachine.
            if let conversation = lab.conversation(clientRequestID: "weir-\(stream.rawValue)-") {
                count = lab.steer(LabOrder(order), conversation: conversation)
            }
        } else {
            count = lab.steer(LabOrder(order))
        }
        try hand(.labSteered(order, stream, streams: count))
    }

    /// For the tour: nothing happens but what it orders.
    func calmLab(_ isCalm: Bool) {
        guard let lab else { return }
        if isCalm {
            labScenario = labScenario ?? lab.scenario
            lab.use(Scenario(name: "calm", description: "No fault at all"))
            // Nor anything that was ordered before.
            lab.steer(.heal)
        } else if let before = labScenario {
            lab.use(before)
            labScenario = nil
        }
    }

    /// What the file does when it can take no more.
    func screenRecordingEnded() -> @Sendable (String) -> Void {
        guard let driver = driver as? Driver else { return { _ in } }
        let waker = driver.waker
        let box = screenNotices
        return { reason in
            box.post(Notice(.warning, "the recording of the screen has ended: \(reason)", hint: "All else goes on."))
            waker.wake()
        }
    }
}

extension LabOrder {
    fileprivate init(_ order: FaultOrder) {
        self =
            switch order {
            case .drop: .dropNow
            case .reset: .resetNow
            case .stall(let seconds): .stall(seconds: Double(seconds))
            case .slow(let rate): .slow(tokensPerSecond: Double(rate))
            case .rateLimit(let seconds): .next429(retryAfter: Double(seconds))
            case .overload(let count): .next529(count: count)
            case .corrupt: .corrupt
            case .heal: .heal
            }
    }
}
