import RealModule
import StreamEngine

/// Plots as SVG, of plain shapes and text.
enum Plot {
    private static let width = 900.0
    private static let left = 60.0
    private static let right = 20.0

    /// Bars over a logarithmic axis of time.
    ///
    /// - Parameter range: of the axis; the same for all that are to be compared.
    static func histogram(_ distribution: Distribution, title: String, over range: ClosedRange<Duration>?) -> String {
        let height = 200.0
        let bars = distribution.bars(60, over: range)
        guard let highest = bars.map(\.count).max(), highest > 0 else {
            return "<p class=\"muted\">\(HTMLReport.escape(title)): nothing was measured.</p>\n"
        }
        let base = height - 30
        let step = (width - left - right) / Double(bars.count)
        var shapes = ""
        for (index, bar) in bars.enumerated() where bar.count > 0 {
            // Anything at all is seen.
            let size = max(1.5, Double(bar.count) / Double(highest) * (base - 30))
            let x = left + Double(index) * step
            shapes += """
                <rect class="bar" x="\(number(x))" y="\(number(base - size))" width="\(number(max(1, step - 1)))" \
                height="\(number(size))"><title>\(Text.time(bar.from)) to \(Text.time(bar.to)): \(bar.count)</title></rect>

                """
        }
        for share in [0.0, 0.25, 0.5, 0.75, 1] {
            let bar = bars[min(bars.count - 1, Int(share * Double(bars.count)))]
            let x = left + share * (width - left - right)
            let anchor = share == 0 ? "start" : share == 1 ? "end" : "middle"
            shapes += text(Text.time(share == 1 ? bar.to : bar.from), x: x, y: height - 10, anchor: anchor)
        }
        shapes += text(Text.grouped(highest), x: left - 8, y: 40, anchor: "end")
        let caption =
            "\(title) · median \(Text.time(distribution.percentile(50))), "
            + "p99 \(Text.time(distribution.percentile(99))), \(Text.grouped(distribution.count)) measured"
        shapes += text(HTMLReport.escape(caption), x: left, y: 18, anchor: "start")
        return frame(shapes + axis(y: base), height: height, label: caption)
    }

    /// One curve for each distribution: how long the best so many per cent took, the last ones spread out (1 − 10⁻ⁿ).
    static func percentiles(_ distributions: [(name: String, distribution: Distribution)]) -> String {
        let height = 260.0
        let base = height - 30
        let known = distributions.filter { !$0.distribution.isEmpty }
        guard let longest = known.compactMap({ $0.distribution.highest }).max() else {
            return "<p class=\"muted\">Nothing was measured.</p>\n"
        }
        let nines = 4.0
        func x(_ percent: Double) -> Double {
            let rest = max(1 - percent / 100, Double.pow(10, -nines))
            return left + -Double.log(rest) / Double.log(10) / nines * (width - left - right)
        }
        // From the power of ten below nearly all of them.
        let usual = known.compactMap { $0.distribution.percentile(1) }.min() ?? longest
        let top = Double.log(Double(max(2, longest.nanoseconds))) / Double.log(10)
        let bottom = min(Double.log(Double(max(1, usual.nanoseconds))) / Double.log(10), top - 0.1).rounded(.down)
        func y(_ value: Duration) -> Double {
            let place = Double.log(Double(max(1, value.nanoseconds))) / Double.log(10)
            return base - (max(place, bottom) - bottom) / (top - bottom) * (base - 60)
        }
        var shapes = axis(y: base)
        for power in Int(bottom)..<Int(top.rounded(.up)) {
            let value = Duration.nanoseconds(Int64(Double.pow(10, Double(power)).rounded()))
            if power > Int(bottom) { shapes += axis(y: y(value)) }
            // Not where the longest stands.
            if y(value) - y(longest) > 14 {
                shapes += text(Text.time(value), x: left - 8, y: y(value) + 4, anchor: "end")
            }
        }
        for (label, percent) in [("0", 0.0), ("90 %", 90), ("99 %", 99), ("99.9 %", 99.9), ("99.99 %", 99.99)] {
            let anchor = percent == 0 ? "start" : percent > 99.95 ? "end" : "middle"
            shapes += text(label, x: x(percent), y: height - 10, anchor: anchor)
        }
        for (index, entry) in known.enumerated() {
            let points = entry.distribution.curve().map { "\(number(x($0.percent))),\(number(y($0.value)))" }
            shapes += "<polyline class=\"curve c\(index % 4)\" points=\"\(points.joined(separator: " "))\"/>\n"
            let caption = "\(entry.name) · longest \(Text.time(entry.distribution.highest))"
            let place = left + 20
            let row = 20 + Double(index) * 16
            shapes += "<line class=\"curve c\(index % 4)\" x1=\"\(number(left))\" x2=\"\(number(place - 6))\" "
            shapes += "y1=\"\(number(row - 4))\" y2=\"\(number(row - 4))\"/>\n"
            shapes += text(HTMLReport.escape(caption), x: place, y: row, anchor: "start")
        }
        shapes += text(Text.time(longest), x: left - 8, y: y(longest) + 4, anchor: "end")
        return frame(shapes, height: height, label: "percentiles of gaps")
    }

    // MARK: Shapes

    private static func frame(_ shapes: String, height: Double, label: String) -> String {
        """
        <svg viewBox="0 0 \(number(width)) \(number(height))" role="img" aria-label="\(HTMLReport.escape(label))">
        \(shapes)</svg>

        """
    }

    private static func axis(y: Double) -> String {
        "<line class=\"axis\" x1=\"\(number(left))\" x2=\"\(number(width - right))\" y1=\"\(number(y))\" y2=\"\(number(y))\"/>\n"
    }

    /// - Parameter content: as HTML.
    private static func text(_ content: String, x: Double, y: Double, anchor: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(content)</text>\n"
    }

    private static func number(_ value: Double) -> String { Text.decimal(value, digits: 1) }
}
