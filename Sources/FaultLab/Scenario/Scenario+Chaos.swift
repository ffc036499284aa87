#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Scenario {
    /// Every fault by chance, reproducibly: the same seed and the same requests meet the same faults.
    ///
    /// - Parameters:
    ///   - rate: the share of requests in which at least one thing breaks, 0 to 1. Delays, odd slices, repeated words and
    ///     unknown events, which break nothing, come beside it.
    public static func chaos(seed: UInt64, rate: Double) -> Scenario {
        let rate = min(1, max(0, rate))
        var scenario = Scenario(name: "chaos", description: "Seed \(seed): \(percent(rate)) of all requests break")
        scenario.seed = seed
        scenario.jitter = 0.5
        scenario.requestsPerMinute = 1_000_000
        scenario.tokensPerMinute = 1_000_000_000
        let total = breaking.reduce(0) { $0 + $1.weight }
        scenario.always =
            harmless
            + breaking.map { fault in
                var step = fault.step
                // Independent chances whose "none of them" is 1 - rate.
                step.probability = rate == 1 && fault.weight > 0 ? 1 : 1 - pow(1 - rate, fault.weight / total)
                return step
            }
        return scenario
    }

    private static func percent(_ rate: Double) -> String { "\(Int((rate * 100).rounded())) %" }

    private static let harmless: [FaultStep] = [
        FaultStep(.latency(0.05, jitter: 0.05), probability: 0.5),
        FaultStep(.slicer(averageSize: 24, sizeVariation: 23, delay: 0), probability: 0.3),
        FaultStep(.repeatWords(3), probability: 0.5),
        FaultStep(.unknownEvent, afterTokens: 10, spread: 9, probability: 0.2),
    ]

    /// The chance of each by its weight. Waits are short, so that a run with many streams does not take hours.
    private static let breaking: [(weight: Double, step: FaultStep)] = [
        (3, FaultStep(.status(StatusFault(429, retryAfter: 1)))),
        (1, FaultStep(.status(StatusFault(500)))),
        (1, FaultStep(.status(StatusFault(502, html: true)))),
        (1, FaultStep(.status(StatusFault(503)))),
        (2, FaultStep(.status(StatusFault(529)))),
        (1, FaultStep(.resetPeer(midWord: false, beforeHeaders: true))),
        (1, FaultStep(.empty)),
        (2, FaultStep(.malformedEvent(count: 1), afterTokens: 20, spread: 15)),
        (3, FaultStep(.errorEvent(type: "overloaded_error", message: nil), afterTokens: 60, spread: 50)),
        (3, FaultStep(.cleanEnd(midWord: true), afterTokens: 80, spread: 70)),
        (4, FaultStep(.cut(midWord: true), afterTokens: 100, spread: 90)),
        (5, FaultStep(.resetPeer(midWord: true, beforeHeaders: false), afterTokens: 120, spread: 110)),
        (1, FaultStep(.splice, afterTokens: 70, spread: 60)),
        (1, FaultStep(.stall(2, .comment, interval: 0.5), afterTokens: 40, spread: 30)),
    ]
}
