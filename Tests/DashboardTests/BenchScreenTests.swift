import Bench
import Pricing
import Providers
import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// The screen of `weir bench`.
@Suite struct BenchScreenTests {
    private static func at(_ milliseconds: Int) -> Instant { Instant(nanoseconds: Int64(milliseconds) * 1_000_000) }

    /// Twelve streams of which some break, told event by event.
    private func tally() -> BenchTally {
        var tally = BenchTally(target: "lab/lab-claude", planned: 40, startedAt: Self.at(0))
        func hear(_ id: Int, _ time: Int, _ kind: EngineEvent.Kind) {
            tally.heard(EngineEvent(stream: StreamID(rawValue: id), at: Self.at(time), kind: kind))
        }
        for id in 1...12 {
            tally.started(StreamID(rawValue: id), at: Self.at(id * 10))
            hear(id, id * 10, .attemptStarted(number: 1, of: 6, resume: nil))
            for word in 0..<20 {
                hear(id, id * 10 + 200 + id * id * 10 + word * (15 + id), .text(word * 5..<word * 5 + 5))
            }
            hear(id, 900, .stateChanged(.streaming))
            guard id % 3 == 0 else { continue }
            let failure =
                id % 2 == 0
                ? StreamFailure(kind: .status(529), message: "overloaded", isRetryable: true)
                : StreamFailure(kind: .transport(.reset), message: "reset", isRetryable: true)
            let backoff = Backoff(
                reason: failure, source: .schedule, startedAt: Self.at(2000 + id), deadline: Self.at(3000))
            hear(id, 2000 + id, .backoff(backoff))
            hear(id, 2000 + id, .stateChanged(.backingOff))
        }
        return tally
    }

    private func screen(_ tally: BenchTally, ascii: Bool = false, isEnding: Bool = false) -> BenchScreen {
        BenchScreen(
            tally: tally,
            plan: BenchPlan(
                streams: 12, promptsEach: 4, prompts: ["Hello"], maximumRequests: 100,
                maximumCost: Money(picos: Money.unit / 2)),
            now: Self.at(7400), conditions: "chaos, seed 7", place: "1/2", ascii: ascii,
            history: [100, 300, 900, 1200, 800], isEnding: isEnding)
    }

    @Test(arguments: [(140, 40), (80, 24), (40, 10)])
    func aRunAsItIsSeen(columns: Int, rows: Int) throws {
        let frame = view(screen(tally()), size: Size(columns: columns, rows: rows), theme: .plain)
        try expectSnapshot(frame.plainText, named: "bench-\(columns)x\(rows)")
    }

    @Test func inASCII() throws {
        let frame = view(screen(tally(), ascii: true), size: Size(columns: 80, rows: 24), theme: .plain)
        #expect(frame.plainText.utf8.allSatisfy { $0 < 0x80 }, "\(frame.plainText)")
    }

    @Test func theEndIsSaid() {
        let frame = view(screen(tally(), isEnding: true), size: Size(columns: 80, rows: 24), theme: .plain)
        #expect(frame.plainText.contains("ending"))
    }

    @Test func everySizeIsDrawn() {
        for columns in [0, 1, 2, 5, 11, 20, 39, 91, 300] {
            for rows in [0, 1, 2, 3, 5, 9, 13, 60] {
                let frame = view(screen(tally()), size: Size(columns: columns, rows: rows), theme: .plain)
                #expect(frame.cells.count == columns * rows)
            }
        }
    }

    @Test func namesFromOutsideAreHarmless() {
        let tally = BenchTally(target: "lab/\u{1B}[2Jx\u{202E}", planned: 1, startedAt: Self.at(0))
        let frame = view(screen(tally), size: Size(columns: 80, rows: 24), theme: .plain)
        #expect(!frame.plainText.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }
}
