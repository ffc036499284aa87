/// What happened in a run: a number that stands for all of it, and, where wanted, its lines.
public struct Trace: Sendable {
    public let keepsLines: Bool
    public private(set) var lines: [String] = []
    /// Over everything that was noted: two runs with the same number were the same run.
    public private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325

    init(keepsLines: Bool) {
        self.keepsLines = keepsLines
    }

    mutating func mix(_ value: Int) {
        digest = (digest ^ UInt64(bitPattern: Int64(value))) &* 0x0000_0100_0000_01B3
        digest ^= digest >> 29
    }

    /// `line` is only made where lines are kept.
    mutating func note(_ now: Int64, _ line: @autoclosure () -> String) {
        guard keepsLines else { return }
        let milliseconds = now / 1_000_000
        lines.append("\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst()) \(line())")
    }
}
