import Pricing
import Screen
import StreamEngine

/// The first row: who is asked next, how much is going on, what it has cost, what time it is. At the right, what matters
/// least goes first where there is no room.
enum Header {
    static func draw(_ model: Model, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        guard !rect.isEmpty else { return }
        canvas.fill(rect, style: ink(.header))
        let glyphs = ink.glyphs
        var right: [PanelLine.Piece] = []
        let live = model.streams.live
        let waiting = model.streams.waiting
        var counts: [String] = []
        if live > 0 { counts.append("\(live) live") }
        if waiting > 0 { counts.append("\(waiting) waiting") }
        if !counts.isEmpty { right.append(.init(counts.joined(separator: " \(glyphs.dot) "), .header)) }
        let costs = model.streams.costs
        if !costs.isEmpty { right.append(.init(costs.map(\.description).joined(separator: " + "), .money)) }
        if model.held != nil { right.append(.init("held still", .warning)) }
        if let sign = model.flightSign { right.append(.init(sign, model.isReplay ? .info : .critical)) }
        if let gauge = model.conversationGauge {
            right.append(.init("budget " + Model.words(gauge), gauge.role(warnAt: model.budget.warnAt)))
        }
        if model.options.showsClock { right.append(.init(model.timeOfDay(model.now.wall).clock, .muted)) }

        let name = Model.shortName(model.currentModel.model)
        let provider = Clean.line(model.currentModel.provider)
        let lead = " weir  \(name)"
        // The model's name keeps at least so much.
        let least = min(Width.columns(of: lead), rect.columns)
        func columns(_ pieces: [PanelLine.Piece]) -> Int {
            PanelLine.columns(pieces) + 3 * max(0, pieces.count - 1) + (pieces.isEmpty ? 0 : 1)
        }
        // The clock goes first, then the counts; what it costs stays longest.
        while columns(right) + least + 2 > rect.columns, !right.isEmpty {
            if model.options.showsClock, right.count > 1, right.last?.role == .muted {
                right.removeLast()
            } else {
                right.removeFirst()
            }
        }
        var joined: [PanelLine.Piece] = []
        for (index, piece) in right.enumerated() {
            if index > 0 { joined.append(.init("   ", .header)) }
            joined.append(piece)
        }
        if !joined.isEmpty { joined.append(.init(" ", .header)) }
        var left: [PanelLine.Piece] = [.init(" weir  ", .title), .init(name, .emphasis)]
        var rest = rect.columns - columns(right) - least - 2
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
