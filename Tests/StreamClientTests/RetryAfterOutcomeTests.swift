import FaultLab
import Foundation
import StreamClient
import StreamEngine
import TestSupport
import Testing

/// Retry-After in every form, from the lab through libcurl to the wait that the engine chooses.
@Suite struct RetryAfterOutcomeTests {
    /// - Returns: the wait before the second attempt, and whose word it is.
    private func wait(_ keys: String) throws -> (Duration, Backoff.Source, exceeds: Bool) {
        let row = FaultRow("retry-after-table", "fault = \"status\", status = 429, \(keys)", to: .wholeAtLast)
        var configuration = LabConfiguration(scenario: try row.scenario())
        configuration.tokensPerSecond = 0
        let lab = try FaultLab.start(configuration)
        defer {
            // Nothing is left to be told.
            try? lab.shutdown()
        }
        let url = lab.baseURL
        let client = try Client { $0 == "WEIR_LAB_URL" ? url : nil }
        var order = try client.order(for: [.init(role: .user, text: "?")], from: "lab/lab-claude")
        order.retryPolicy = RetryPolicy(baseDelay: .milliseconds(400), jitter: .none, fallbackAfter: 0)
        order.longWaits = .wait
        let id = client.driver.act { $0.start(order, at: $1, into: &$2) }
        while true {
            _ = client.driver.turn(waitingFor: [], until: nil)
            for event in client.driver.takeEvents() {
                guard case .backoff(let backoff) = event.kind else { continue }
                client.driver.act { $0.cancel(id, at: $1, into: &$2) }
                return (backoff.deadline - backoff.startedAt, backoff.source, backoff.exceedsMaximum)
            }
            try #require(client.driver.engine.state(of: id)?.isTerminal == false)
        }
    }

    private func isNear(_ wait: Duration, _ seconds: Double, within: Double) -> Bool {
        abs(wait / .seconds(1) - seconds) <= within
    }

    @Test func formsOfTheLab() throws {
        let (seconds, source, _) = try wait("retry_after = 20")
        #expect(isNear(seconds, 20, within: 0.001) && source == .retryAfter)
        let (fraction, _, _) = try wait("retry_after = 1.5")
        #expect(isNear(fraction, 1.5, within: 0.001))
        let (milliseconds, _, _) = try wait(#"retry_after = 1.5, retry_after_form = "ms""#)
        #expect(isNear(milliseconds, 1.5, within: 0.001))
        let (date, dated, _) = try wait(#"retry_after = 20, retry_after_form = "date""#)
        #expect(isNear(date, 20, within: 2) && dated == .retryAfter)
        // Seven hours: the server's word, and more than is waited without being told to.
        let (_, far, exceeds) = try wait("retry_after = 25_200")
        #expect(far == .retryAfter && exceeds)
    }

    /// What says nothing leaves the schedule: 400 ms, twice as long after a 429.
    @Test(arguments: [
        "retry_after = -10", #"retry_after = -3600, retry_after_form = "date""#,
        #"retry_after = -5, retry_after_form = "ms""#, #"retry_after_text = "soon""#, #"retry_after_text = """#,
        #"retry_after_text = "nan""#, #"retry_after_text = "inf""#, #"retry_after_text = "1e3""#,
        #"retry_after_text = "Zun, 29 Sep 2023 16:26:27 GMT""#,
        #"retry_after_text = "Fri, 29 Sep 100000 16:26:57 GMT""#,
        #"retry_after_text = "99999999999999999999999999999999999""#,
    ])
    func whatSaysNothing(_ keys: String) throws {
        let (wait, source, exceeds) = try wait(keys)
        #expect(isNear(wait, 0.8, within: 0.001) && source == .schedule && !exceeds, "\(wait) \(source)")
    }

    /// Every text of the SDKs' tables arrives as it is, and is no longer a wait than it says.
    @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func everyRowOfTheTable() throws {
        let texts = Set(
            try Conformance.lines("retry_after_cases.jsonl").compactMap { $0["retry_after"] as? String })
        #expect(texts.count > 10)
        for text in texts.sorted() {
            let (wait, source, _) = try wait("retry_after_text = \"\(text)\"")
            if let number = Double(text), number.isFinite, number > 0, number < 1e6 {
                #expect(isNear(wait, number, within: 0.001) && source == .retryAfter, "\(text): \(wait)")
            } else {
                // Their dates are of 2023: past.
                #expect(isNear(wait, 0.8, within: 0.001) && source == .schedule, "\(text): \(wait) \(source)")
            }
        }
    }
}
