import Bench
import Pricing
import Providers
import Screen
import StreamEngine

/// What `weir bench` shows while it runs, as a value.
public struct BenchScreen: Sendable {
    public var tally: BenchTally
    public var plan: BenchPlan
    public var now: Instant
    /// `chaos, seed 7`; empty where there is nothing to say.
    public var conditions: String
    /// The run of several: `1/2`; empty where there is one only.
    public var place: String
    public var ascii: Bool
    /// Bytes of text a second, one sample for each half second, newest last.
    public var history: [Double]
    /// The user wants it to end: what runs is being cancelled.
    public var isEnding: Bool

    public init(
        tally: BenchTally, plan: BenchPlan, now: Instant, conditions: String = "", place: String = "",
        ascii: Bool = false, history: [Double] = [], isEnding: Bool = false
    ) {
        self.tally = tally
        self.plan = plan
        self.now = now
        self.conditions = conditions
        self.place = place
        self.ascii = ascii
        self.history = history
        self.isEnding = isEnding
    }
}

/// Draws the bench. The same value, size and theme give the same frame; every size is drawn, with as much as fits.
public func view(_ bench: BenchScreen, size: Size, theme: Theme) -> Frame {
    var painter = BenchPainter(bench, size: size, theme: theme)
    painter.draw()
    var frame = painter.canvas.frame
    frame.settle(on: theme)
    if bench.ascii { Glyphs.makeASCII(&frame) }
    frame.modes.bracketedPaste = false
    frame.modes.title = "weir bench \(bench.tally.ended)/\(bench.tally.planned)"
    return frame
}

/// The screen from top to bottom: head, progress, states, numbers, histograms, failures, foot.
private struct BenchPainter {
    var bench: BenchScreen
    var canvas: Canvas
    let ink: Ink
    private var row = 0
    private var columns: Int { canvas.size.columns }

    init(_ bench: BenchScreen, size: Size, theme: Theme) {
        self.bench = bench
        ink = Ink(theme: theme, glyphs: Glyphs(ascii: bench.ascii))
        canvas = Canvas(
            size: size, fill: Cell(base: 0x20, style: theme.style(.text)), glyphs: bench.ascii ? .ascii : .unicode)
    }

    mutating func draw() {
        head()
        progress()
        states()
        numbers()
        histograms()
        failures()
        foot()
    }

    private var room: Int { canvas.size.rows - 1 - row }

    /// Pieces one after the other, each in its role.
    private mutating func line(_ pieces: [(String, Role)], indent: Int = 1) {
        guard room > 0 else { return }
        var column = indent
        for (text, role) in pieces {
            column += canvas.put(text, at: Position(column: column, row: row), style: ink(role))
        }
        row += 1
    }

    private mutating func heading(_ title: String) {
        guard room > 2 else { return }
        row += 1
        line([(title, .title)])
    }

    private mutating func head() {
        let place = bench.place.isEmpty ? "" : " \(bench.place)"
        let clock = Format.age(bench.tally.elapsed(at: bench.now))
        canvas.put("weir bench" + place, at: Position(column: 1, row: 0), style: ink(.title))
        let start = 13 + Width.columns(of: place)
        let target = Clean.line(bench.tally.target) + (bench.conditions.isEmpty ? "" : " · " + bench.conditions)
        canvas.put(
            target, at: Position(column: start, row: 0),
            columns: max(0, columns - start - Width.columns(of: clock) - 3), style: ink(.header))
        canvas.put(
            clock, at: Position(column: columns - Width.columns(of: clock) - 1, row: 0), style: ink(.value))
        row = min(2, max(1, canvas.size.rows - 8))
    }

    private mutating func progress() {
        guard room > 0 else { return }
        let tally = bench.tally
        let text = "\(Format.whole(tally.ended))/\(Format.whole(tally.planned)) replies"
        let width = max(0, columns - Width.columns(of: text) - 4)
        let full = tally.planned > 0 ? width * tally.ended / tally.planned : 0
        let bar = String(repeating: ink.glyphs.gaugeFull, count: full)
        let rest = String(repeating: ink.glyphs.gaugeEmpty, count: width - full)
        line([(bar, .gauge), (rest, .gaugeEmpty), (" " + text, .value)])
    }

    private mutating func states() {
        let states = bench.tally.states
        var pieces: [(String, Role)] = []
        for state in [
            StreamState.connecting, .waiting, .thinking, .streaming, .stalled, .backingOff, .fallingBack,
        ] {
            guard let count = states[state] else { continue }
            pieces.append(("\(ink.glyphs.state(state)) \(count) \(state.word)   ", state.role))
        }
        if pieces.isEmpty { pieces = [("nothing runs", .muted)] }
        line(pieces)
    }

    private mutating func numbers() {
        let tally = bench.tally
        var rate = tally
        let speed = rate.bytesPerSecond(at: bench.now)
        if room > 8 { row += 1 }
        field("text", Format.bytes(Int(speed)) + "/s", spark: bench.history)
        var complete = "\(tally.verdicts[.complete] ?? 0) complete"
        for verdict in [Verdict.truncated, .incomplete, .refused, .cancelled, .failed] {
            if let count = tally.verdicts[verdict] { complete += ", \(count) \(verdict.rawValue)" }
        }
        field("replies", complete)
        if tally.checked > 0 {
            field(
                "exact", "\(tally.exact) of \(tally.checked)",
                role: tally.silentlyWrong > 0 ? .critical : tally.exact == tally.checked ? .good : .warning)
        }
        field("requests", "\(tally.requests), \(tally.reconnections) again" + budget(bench.plan.maximumRequests))
        if tally.broken > 0 {
            field("recovered", "\(tally.recovered) of \(tally.broken) broken replies so far")
        }
        let limit = bench.plan.maximumCost.map { " of \($0)" } ?? ""
        field("cost", "\(tally.spent)" + limit, role: .money)
    }

    private func budget(_ limit: Int?) -> String { limit.map { " · \(Format.whole($0)) at most" } ?? "" }

    private mutating func field(_ label: String, _ value: String, role: Role = .value, spark: [Double] = []) {
        guard room > 0 else { return }
        let place = Position(column: 1, row: row)
        canvas.put(label, at: place, style: ink(.label))
        let used = canvas.put(value, at: Position(column: 12, row: row), style: ink(role))
        if !spark.isEmpty {
            let free = columns - 12 - used - 4
            let bars = Sparkline.text(spark, columns: min(40, free), glyphs: ink.glyphs)
            canvas.put(bars, at: Position(column: 14 + max(used, 10), row: row), style: ink(.graph))
        }
        row += 1
    }

    private mutating func histograms() {
        let rows = min(10, room - 4)
        guard rows >= 4 else {
            percentiles("first", bench.tally.firstToken)
            percentiles("gaps", bench.tally.gaps)
            return
        }
        row += 1
        let isWide = columns >= 90
        let half = isWide ? columns / 2 - 2 : columns - 2
        histogram("First token", bench.tally.firstToken, at: 1, columns: half, rows: rows)
        if isWide { histogram("Gaps", bench.tally.gaps, at: columns / 2 + 1, columns: half, rows: rows) }
        row += rows
        if !isWide { percentiles("gaps", bench.tally.gaps) }
    }

    private mutating func percentiles(_ label: String, _ distribution: Distribution) {
        let text = Distribution.named.map { name, percent in
            "\(name) " + Format.milliseconds(distribution.percentile(percent).map { $0.inSeconds * 1000 })
        }
        field(label, text.joined(separator: "  "))
    }

    private mutating func histogram(
        _ title: String, _ distribution: Distribution, at column: Int, columns: Int, rows: Int
    ) {
        let named = Distribution.named.prefix(3).map { name, percent in
            "\(name) " + Format.milliseconds(distribution.percentile(percent).map { $0.inSeconds * 1000 })
        }
        let head = canvas.put(title + "  ", at: Position(column: column, row: row), style: ink(.title))
        canvas.put(
            named.joined(separator: "  "), at: Position(column: column + head, row: row), columns: columns - head,
            style: ink(.muted))
        let bars = distribution.bars(rows - 1)
        let highest = bars.map(\.count).max() ?? 0
        for (index, bar) in bars.enumerated() {
            let place = row + 1 + index
            let from = Format.milliseconds(bar.from.inSeconds * 1000)
            canvas.put(
                from, at: Position(column: column, row: place), columns: 8, alignment: .right, style: ink(.label))
            let room = max(0, columns - 18)
            let length = highest == 0 ? 0 : (bar.count * room + highest - 1) / highest
            let full = String(repeating: ink.glyphs.meterFull, count: length)
            let used = canvas.put(full, at: Position(column: column + 9, row: place), style: ink(.graph))
            if bar.count > 0 {
                canvas.put(
                    " " + Format.count(bar.count), at: Position(column: column + 9 + used, row: place),
                    style: ink(.muted))
            }
        }
    }

    private mutating func failures() {
        guard room > 2 else { return }
        let list = bench.tally.failures
        heading(list.lines.isEmpty ? "Failures: none" : "Failures")
        let lines = list.lines.sorted { $0.count > $1.count }
        let shown = room >= lines.count ? lines[...] : lines.prefix(max(0, room - 1))
        let start = bench.tally.elapsed(at: bench.now)
        for failure in shown {
            let count = "\(failure.count)\(ink.glyphs.times)"
            canvas.put(
                count, at: Position(column: 1, row: row), columns: 6, alignment: .right, style: ink(.failed))
            let ago = Format.age(start - failure.last) + " ago"
            canvas.put(
                Clean.line(failure.label), at: Position(column: 8, row: row), columns: max(0, columns - 26),
                style: ink(.text))
            canvas.put(
                ago, at: Position(column: columns - 16, row: row), columns: 15, alignment: .right, style: ink(.muted))
            row += 1
        }
        if shown.count < lines.count { line([("\(lines.count - shown.count) more kinds", .muted)], indent: 8) }
    }

    private mutating func foot() {
        guard canvas.size.rows > 1 else { return }
        let place = Position(column: 1, row: canvas.size.rows - 1)
        if bench.isEnding {
            canvas.put("ending: what runs is being cancelled", at: place, style: ink(.warning))
            return
        }
        let used = canvas.put("q", at: place, style: ink(.footerKey))
        canvas.put(
            " ends it; the summary stays in the shell", at: Position(column: 1 + used, row: place.row),
            style: ink(.footer))
    }
}
