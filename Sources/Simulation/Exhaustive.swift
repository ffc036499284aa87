import Providers

/// Every fault at every place of a small reply, in every dialect, with a cancel at every step of each: no chance in it.
public struct Exhaustive: Sendable {
    public private(set) var runs = 0
    /// The first few that failed, with their traces.
    public private(set) var failures: [(what: String, trace: [String])] = []
    private let simulator: Simulator
    private let words: Int
    /// Places are so many bytes apart, and cancels are tried at so many.
    private let stride: Int
    private let cancelStride: Int

    /// - Parameters:
    ///   - words: of the reply.
    ///   - stride: 1 = every byte.
    ///   - cancelStride: a cancel at every step is tried at every so many of these places; 0 = nowhere.
    public init(_ simulator: Simulator, words: Int = 2, stride: Int = 1, cancelStride: Int = 1) {
        self.simulator = simulator
        self.words = words
        self.stride = stride
        self.cancelStride = cancelStride
    }

    public mutating func run() {
        for dialect in [Dialect.anthropic, .openai, .responses] {
            for fault in Fault.allCases {
                let places = places(of: fault, dialect)
                for (number, place) in places.enumerated() {
                    let steps = run(World.Forced(dialect: dialect, fault: fault, at: place, words: words))
                    guard cancelStride > 0, number % cancelStride == 0 else { continue }
                    for step in 0..<steps {
                        run(World.Forced(dialect: dialect, fault: fault, at: place, cancelAfter: step, words: words))
                    }
                }
            }
        }
    }

    private func places(of fault: Fault, _ dialect: Dialect) -> [Int] {
        if fault.breaksBetweenEvents { return Array(0...words + 1) }
        guard fault.cutsAnywhere else { return [0] }
        let whole = simulator.run(World.Forced(dialect: dialect, fault: nil, at: 0, words: words))
        return Array(Swift.stride(from: 0, through: whole.clients[0].attempts[0].script.body.count, by: stride))
    }

    @discardableResult
    private mutating func run(_ forced: World.Forced) -> Int {
        runs += 1
        let world = simulator.run(forced)
        var failure = world.failure
        if failure == nil, world.clients[0].verdict != .complete {
            failure = Violation(.endsOnceAndInTime, "ends as \(world.clients[0].verdict?.rawValue ?? "nothing")")
        }
        if let failure, failures.count < 10 {
            let cancel = forced.cancelAfter.map { ", cancelled after \($0) steps" } ?? ""
            failures.append(
                (
                    "\(forced.dialect.rawValue), \(forced.fault?.rawValue ?? "no fault") at \(forced.at)\(cancel): \(failure)",
                    simulator.run(forced, keepsTrace: true).trace.lines
                ))
        }
        return world.steps
    }
}
