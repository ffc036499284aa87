import Screen

/// Numbers as a row of bars, the newest at the right.
enum Sparkline {
    /// - Parameter top: what a full bar stands for; `nil` = the largest number shown.
    static func text(_ values: [Double], columns: Int, glyphs: Glyphs, top: Double? = nil) -> String {
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
}
