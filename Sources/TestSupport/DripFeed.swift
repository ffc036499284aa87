/// Ways to cut a piece of input, for decoders that must not care.
public enum DripFeed {
    /// Byte by byte.
    public static func bytes(_ input: [UInt8]) -> [[UInt8]] {
        input.map { [$0] }
    }

    /// Every way to cut the input in two, the empty halves included.
    public static func twoWaySplits(_ input: [UInt8]) -> some Sequence<[[UInt8]]> {
        (0...input.count).lazy.map { [Array(input[..<$0]), Array(input[$0...])] }
    }

    /// Pieces of 1 to `longest` bytes.
    public static func random(
        _ input: [UInt8], longest: Int, using random: inout some RandomNumberGenerator
    ) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var start = 0
        while start < input.count {
            let end = min(input.count, start + Int.random(in: 1...max(1, longest), using: &random))
            pieces.append(Array(input[start..<end]))
            start = end
        }
        return pieces
    }
}
