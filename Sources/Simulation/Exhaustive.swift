import Providers

/// Every fault at every place of a small reply, in every dialect, with a cancel at every step of each: no chance in it. Also
/// of a response in the background and of the request that goes on with it, of a turn after its pause, and of a reply whose
/// user is asked first.
public struct Exhaustive: Sendable {
    public private(set) var runs = 0
    /// The first few that failed, with their traces.
    public private(set) var failures: [(what: String, trace: [String])] = []
    private let simulator: Simulator
    private let words: Int
    /// Places are so many bytes apart, and cancels are tried at so many.
    private let stride: Int
    private let cancelStride: Int
    private let faults: [Fault]

    /// - Parameters:
    ///   - words: of the reply.
    ///   - stride: 1 = every byte.
    ///   - cancelStride: a cancel at every step is tried at every so many of these places; 0 = nowhere.
    public init(
        _ simulator: Simulator, words: Int = 2, stride: Int = 1, cancelStride: Int = 1, faults: [Fault] = Fault.allCases
    ) {
        self.simulator = simulator
        self.words = words
        self.stride = stride
        self.cancelStride = cancelStride
        self.faults = faults
    }

    /// What is searched: a dialect, what is special about the reply, and whether it is the second request that breaks.
    private static let modes: [(dialect: Dialect, mode: World.Forced.Mode, isSecond: Bool)] = [
        (.anthropic, .plain, false), (.openai, .plain, false), (.responses, .plain, false),
        (.responses, .background, false), (.responses, .background, true), (.anthropic, .pausing, true),
        (.anthropic, .asking, false),
    ]

    public mutating func run() {
        for (dialect, mode, isSecond) in Self.modes {
            var plain = World.Forced(dialect: dialect, fault: nil, at: 0, words: words)
            plain.mode = mode
            let whole = simulator.run(plain)
            let body = whole.clients[0].attempts[0].script.body.count
            // The first request breaks where a word has come and more are missing.
            if isSecond, mode == .background { plain.firstAt = body * 6 / 10 }
            let second = isSecond ? simulator.run(plain).clients[0].attempts[1].script.body.count : body
            for fault in faults {
                for (number, place) in places(of: fault, in: second).enumerated() {
                    var forced = plain
                    forced.fault = fault
                    forced.at = place
                    let steps = run(forced)
                    guard cancelStride > 0, number % cancelStride == 0 else { continue }
                    for step in 0..<steps {
                        forced.cancelAfter = step
                        run(forced)
                    }
                }
            }
        }
    }

    private func places(of fault: Fault, in length: Int) -> [Int] {
        if fault.breaksBetweenEvents { return Array(0...words + 1) }
        guard fault.cutsAnywhere else { return [0] }
        return Array(Swift.stride(from: 0, through: length, by: stride))
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
                    "\(forced.dialect.rawValue), \(forced.mode.rawValue)\(forced.firstAt == nil ? "" : ", once broken"), \(forced.fault?.rawValue ?? "no fault") at \(forced.at)\(cancel): \(failure)",
                    simulator.run(forced, keepsTrace: true).trace.lines
                ))
        }
        return world.steps
    }
}
