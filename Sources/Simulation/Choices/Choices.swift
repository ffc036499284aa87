/// The decisions of a run, in the order in which they were asked for: drawn from a seed, or taken from a list that was
/// written down. Everything that a simulation decides comes from here, so the list is the whole run; and since 0 always
/// means the plain thing (no fault, no act, the shortest), a shorter and smaller list is a simpler run. What shrinks a
/// failure (see ``Shrinker``) knows nothing else of it. After Hypothesis' internal reduction (MacIver and Donaldson,
/// ECOOP 2020).
public struct Choices: Sendable {
    /// What was decided so far, each less than its bound.
    public private(set) var made: [UInt16] = []
    private var given: [UInt16]
    private var random: SplitMix
    private let isReplay: Bool

    public init(seed: UInt64) {
        given = []
        random = SplitMix(state: seed)
        isReplay = false
        made.reserveCapacity(256)
    }

    /// A list that is too short goes on with zeros, and what is too large for its question is folded into its range.
    public init(replaying list: [UInt16]) {
        given = list
        random = SplitMix(state: 0)
        isReplay = true
    }

    /// A number in `0..<bound`.
    public mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        let value: Int
        if isReplay {
            value = made.count < given.count ? Int(given[made.count]) % bound : 0
        } else {
            value = Int(random.next().multipliedFullWidth(by: UInt64(bound)).high)
        }
        made.append(UInt16(truncatingIfNeeded: value))
        return value
    }

    /// Once in `bound` times.
    public mutating func once(in bound: Int) -> Bool { below(bound) == bound - 1 }

    public mutating func one<Element>(of list: [Element]) -> Element { list[below(list.count)] }
}

/// Steele, Lea and Flood's SplitMix64 (OOPSLA 2014).
struct SplitMix: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
