import Screen

/// Numbers as a row of bars, the newest at the right.
enum Sparkline {
    /// - Parameter top: what a full bar stands for; `nil` = the largest number shown.
    static func text(_ values: [Double], columns: Int, glyphs: Glyphs, top: Double? = nil) -> String {
        if glyphs.isBraille { return braille(values, columns: columns, top: top) }
        let shown = values.suffix(max(0, columns)).map { $0.isFinite ? max(0, $0) : 0 }
        guard !shown.isEmpty else { return "" }
        let highest = top ?? shown.max() ?? 0
        let bars = glyphs.bars
        return shown.map { value in
            guard highest > 0 else { return bars[0] }
            let step = (value / highest * Double(bars.count - 1)).rounded()
            return bars[min(bars.count - 1, max(0, Int(step)))]
        }.joined()
    }

    /// Two numbers to a cell, each a column of one to four dots.
    private static func braille(_ values: [Double], columns: Int, top: Double?) -> String {
        let shown = values.suffix(max(0, 2 * columns)).map { $0.isFinite ? max(0, $0) : 0 }
        guard !shown.isEmpty else { return "" }
        let highest = top ?? shown.max() ?? 0
        func dots(_ value: Double) -> Int {
            highest > 0 ? min(4, max(1, Int((value / highest * 3).rounded()) + 1)) : 1
        }
        // The dots of a column from the bottom up: 7, 3, 2, 1, and 8, 6, 5, 4.
        let left: [UInt32] = [0, 0x40, 0x44, 0x46, 0x47]
        let right: [UInt32] = [0, 0x80, 0xA0, 0xB0, 0xB8]
        // The newest stands at the right.
        let padded = shown.count % 2 == 0 ? shown.map(Optional.some) : [nil] + shown.map(Optional.some)
        var scalars = String.UnicodeScalarView()
        for index in stride(from: 0, to: padded.count, by: 2) {
            let bits = (padded[index].map { left[dots($0)] } ?? 0) | (padded[index + 1].map { right[dots($0)] } ?? 0)
            if let scalar = Unicode.Scalar(0x2800 + bits) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
