/// Curses draws colours in pairs that must be numbered first. This numbers them as they are met; the bound is the
/// terminal's or ours. When it is reached, the pairs that the frame at hand does not use are forgotten together.
struct PairTable {
    struct Pair: Hashable {
        /// The terminal's colour numbers; -1 is its own colour.
        var foreground: Int32
        var background: Int32

        static let own = Pair(foreground: -1, background: -1)
    }

    /// More pairs than any theme has; a limit for frames that are pictures.
    static let mostPairs = 4096

    private var numbers: [Pair: Int32] = [:]
    private var unused: [Int32] = []
    private var next: Int32 = 1
    private let end: Int32

    /// `count`: how many numbers curses has, 0 (the terminal's own colours) included.
    init(count: Int32) {
        end = min(count, Int32(Self.mostPairs) + 1)
    }

    var count: Int { numbers.count }

    /// The number of a pair that has one. Pair 0 is the terminal's own colours.
    func number(of pair: Pair) -> Int32? {
        pair == .own ? 0 : numbers[pair]
    }

    /// Numbers a new pair, which curses must then be told. `nil` when the table is full.
    mutating func add(_ pair: Pair) -> Int32? {
        let number: Int32
        if let free = unused.popLast() {
            number = free
        } else if next < end {
            number = next
            next += 1
        } else {
            return nil
        }
        numbers[pair] = number
        return number
    }

    /// Forgets all pairs but these.
    mutating func keep(_ used: Set<Pair>) {
        for (pair, number) in numbers where !used.contains(pair) {
            unused.append(number)
            numbers[pair] = nil
        }
    }
}
