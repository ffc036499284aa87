/// Makes a list of choices that fails smaller while it fails in the same way: runs of them are left out, made zero, and
/// the rest made less, over and over until nothing helps any more or the allowance of runs is spent.
public struct Shrinker {
    private let isFailing: ([UInt16]) -> Bool
    private var runs: Int
    public private(set) var list: [UInt16]

    /// - Parameters:
    ///   - list: one that fails.
    ///   - runs: how often `isFailing` may be asked.
    ///   - isFailing: whether a list fails in the way that is looked for.
    public init(_ list: [UInt16], runs: Int = 4000, isFailing: @escaping ([UInt16]) -> Bool) {
        self.list = list
        self.runs = runs
        self.isFailing = isFailing
    }

    public mutating func shrink() {
        var before: [UInt16] = []
        while before != list, runs > 0 {
            before = list
            while list.last == 0 { list.removeLast() }
            var length = max(1, list.count / 2)
            while length > 0 {
                pass(length) { list, range in list.removeSubrange(range) }
                pass(length) { list, range in for index in range { list[index] = 0 } }
                length /= 2
            }
            for index in list.indices.reversed() where index < list.count { lessen(index) }
        }
    }

    private mutating func pass(_ length: Int, _ change: (inout [UInt16], Range<Int>) -> Void) {
        var end = list.count
        while end > 0, runs > 0 {
            let start = max(0, end - length)
            var candidate = list
            change(&candidate, start..<min(end, candidate.count))
            _ = take(candidate)
            end = min(start, list.count)
        }
    }

    /// By bisection: the smallest value that still fails, if less is always simpler.
    private mutating func lessen(_ index: Int) {
        var low: UInt16 = 0
        while low < list[index], runs > 0 {
            let middle = low + (list[index] - low) / 2
            var candidate = list
            candidate[index] = middle
            if !take(candidate) { low = middle + 1 }
        }
    }

    private mutating func take(_ candidate: [UInt16]) -> Bool {
        guard candidate != list, runs > 0 else { return false }
        runs -= 1
        guard isFailing(candidate) else { return false }
        list = candidate
        return true
    }
}

extension Simulator {
    /// The smallest run that breaks the same invariant, from one that does.
    public func shrunk(_ world: World) -> World {
        guard let failure = world.failure else { return world }
        var shrinker = Shrinker(world.choices.made) { run(replaying: $0).failure?.invariant == failure.invariant }
        shrinker.shrink()
        return run(replaying: shrinker.list, keepsTrace: true)
    }
}
