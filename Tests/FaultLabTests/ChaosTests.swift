import Testing

@testable import FaultLab

@Suite struct ChaosTests {
    private static func isHarmless(_ fault: Fault) -> Bool {
        switch fault {
        case .latency, .slicer, .repeatWords, .unknownEvent: true
        default: false
        }
    }

    private func steps(_ scenario: Scenario, requests: Int) -> [[FaultStep]] {
        (1...requests).map { scenario.steps(conversation: $0, request: 1, key: UInt64($0) &* 0x1234_5678_9ABC_DEF1) }
    }

    @Test func theSameSeedMeetsTheSameFaults() {
        let one = steps(.chaos(seed: 7, rate: 0.4), requests: 200)
        #expect(one == steps(.chaos(seed: 7, rate: 0.4), requests: 200))
        #expect(one != steps(.chaos(seed: 8, rate: 0.4), requests: 200))
    }

    @Test(arguments: [0, 0.05, 0.2, 0.5, 0.9, 1])
    func theRateIsTheShareOfRequestsThatBreak(rate: Double) {
        let all = steps(.chaos(seed: 11, rate: rate), requests: 4000)
        let broken = all.count { $0.contains { !Self.isHarmless($0.fault) } }
        // Three standard deviations of a share of 4,000.
        #expect(abs(Double(broken) / 4000 - rate) < 0.025)
    }

    @Test func everyBreakingFaultComes() {
        let faults = steps(.chaos(seed: 5, rate: 0.7), requests: 3000).joined().map { "\($0.fault)" }
        let names = Set(faults.map { $0.prefix { $0 != "(" } })
        let expected = [
            "status", "resetPeer", "empty", "malformedEvent", "errorEvent", "cleanEnd", "cut", "splice", "stall",
        ]
        #expect(names.isSuperset(of: expected.map { $0[...] }), "\(names)")
        let statuses = Set(faults.compactMap { $0.firstMatch(of: /status: (\d+)/)?.1 })
        #expect(statuses == ["429", "500", "502", "503", "529"])
    }

    @Test func ratesOutsideTheRangeAreTakenAtItsEdge() {
        #expect(Scenario.chaos(seed: 1, rate: 7) == .chaos(seed: 1, rate: 1))
        #expect(Scenario.chaos(seed: 1, rate: -1) == .chaos(seed: 1, rate: 0))
    }
}
