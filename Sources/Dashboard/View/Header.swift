import Pricing
import Screen
import StreamEngine

/// The first row: who is asked next, how much is going on, what it has cost, what time it is. At the right, what matters
/// least goes first where there is no room.
enum Header {
    private enum Part { case counts, cost, sign, budget, clock }

    static func draw(_ model: Model, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        guard !rect.isEmpty else { return }
        canvas.fill(rect, style: ink(.header))
        let glyphs = ink.glyphs
        var right: [(part: Part, piece: PanelLine.Piece)] = []
        func add(_ part: Part, _ text: String, _ role: Role) { right.append((part, .init(text, role))) }
        let live = model.streams.live
        let waiting = model.streams.waiting
        var counts: [String] = []
        if live > 0 { counts.append("\(live) live") }
        if waiting > 0 { counts.append("\(waiting) waiting") }
        if !counts.isEmpty { add(.counts, counts.joined(separator: " \(glyphs.dot) "), .header) }
        let costs = model.streams.costs
        if !costs.isEmpty { add(.cost, costs.map(\.description).joined(separator: " + "), .money) }
        if model.held != nil { add(.sign, "held still", .warning) }
        if let sign = model.flightSign { add(.sign, sign, model.isReplay ? .info : .critical) }
        if let gauge = model.conversationGauge {
            add(.budget, "budget " + Model.words(gauge), gauge.role(warnAt: model.budget.warnAt))
        }
        if model.options.showsClock { add(.clock, model.timeOfDay(model.now.wall).clock, .muted) }

        let name = Model.shortName(model.currentModel.model)
        let provider = Clean.line(model.currentModel.provider)
        let lead = " weir  \(name)"
        // The model's name keeps at least so much.
        let least = min(Width.columns(of: lead), rect.columns)
        func columns(_ pieces: [PanelLine.Piece]) -> Int {
            PanelLine.columns(pieces) + 3 * max(0, pieces.count - 1) + (pieces.isEmpty ? 0 : 1)
        }
        // The clock goes first, then the counts. Of the cost and a budget, which is spent of, the budget stays, or else what
        // there is room for.
        let leaving: [Set<Part>] = [
            [], [.clock], [.clock, .counts], [.clock, .counts, .cost], [.clock, .counts, .budget],
            [.clock, .counts, .budget, .sign], [.clock, .counts, .budget, .cost],
        ]
        let shown =
            leaving.lazy.map { left in right.filter { !left.contains($0.part) }.map(\.piece) }
            .first { columns($0) + least + 2 <= rect.columns } ?? []
        var joined: [PanelLine.Piece] = []
        for (index, piece) in shown.enumerated() {
            if index > 0 { joined.append(.init("   ", .header)) }
            joined.append(piece)
        }
        if !joined.isEmpty { joined.append(.init(" ", .header)) }
        var left: [PanelLine.Piece] = [.init(" weir  ", .title), .init(name, .emphasis)]
        var rest = rect.columns - columns(shown) - least - 2
        let suffix = " \(glyphs.dot) \(provider)"
        // Where there is no frame there are no tabs.
        let isFramed = model.size.rows >= 16 && model.size.columns >= 50
        if !isFramed, model.tabs.count > 1, let index = model.tabs.firstIndex(of: model.current) {
            let place = "  \(index + 1)/\(model.tabs.count)"
            if rest >= Width.columns(of: place) {
                left.append(.init(place, .muted))
                rest -= Width.columns(of: place)
            }
        }
        if rest >= Width.columns(of: suffix) { left.append(.init(suffix, .muted)) }
        canvas.put(PanelLine(left, right: joined), in: rect, row: rect.row, ink: ink, base: ink(.header))
    }
}
