import Screen
import StreamEngine

/// Where the lanes are read: all of them from the same line on.
struct LaneScroll: Sendable, Equatable {
    /// The first line that is shown; `nil` = the last ones, as they come.
    var top: Int?
    /// As it was laid out last: lines of the longest, rows for them, and lines out of sight.
    var count = 0
    var rows = 0
    var above = 0
    var below = 0

    mutating func move(by lines: Int) {
        let last = max(0, count - rows)
        let target = (top ?? last) + lines
        top = target >= last ? nil : max(0, target)
    }
}

/// One prompt, several models: their lives under each other by one clock, and their words side by side.
enum LanesView {
    /// The narrowest lane that words can be read in.
    static let narrowest = 24

    static func box(_ size: Size) -> Rect {
        Rect(column: 0, row: 1, columns: size.columns, rows: max(0, size.rows - 2))
    }

    /// The streams of the selected one's prompt, as they were asked.
    static func lanes(_ model: Model) -> [StreamEntry] {
        guard let entry = model.selectedEntry else { return [] }
        return model.streams.entries.filter { $0.turn == entry.turn && $0.conversation == entry.conversation }
            .sorted { $0.id < $1.id }
    }

    /// Rows of the clock's part: as many lanes as there is room for.
    static func timelineRows(_ count: Int, size: Size) -> Int { min(count, max(1, (size.rows - 5) / 2)) }

    /// Which lanes stand side by side, and how wide each is.
    static func columns(_ model: Model, lanes: [StreamEntry]) -> (shown: Range<Int>, width: Int) {
        let room = max(1, box(model.size).columns - 2)
        let most = max(1, min(lanes.count, (room + 1) / (narrowest + 1)))
        let selected = lanes.firstIndex { $0.id == model.selected } ?? 0
        let first = max(0, min(selected - most / 2, lanes.count - most))
        return (first..<first + most, (room - (most - 1)) / most)
    }

    /// The lane at a place: its line by the clock, or its words.
    static func lane(at position: Position, _ model: Model, lanes: [StreamEntry]) -> Int? {
        let inner = box(model.size).inset(columns: 1, rows: 1)
        guard inner.contains(position), !lanes.isEmpty else { return nil }
        let rows = timelineRows(lanes.count, size: model.size)
        if position.row < inner.row + rows {
            let selected = lanes.firstIndex { $0.id == model.selected } ?? 0
            let index = max(0, min(selected - rows / 2, lanes.count - rows)) + position.row - inner.row
            return lanes.indices.contains(index) ? index : nil
        }
        let place = columns(model, lanes: lanes)
        let index = place.shown.lowerBound + (position.column - inner.column) / (place.width + 1)
        return place.shown.contains(index) ? index : nil
    }

    /// Where the words of the lanes that are shown stand, the model's name above them.
    private static func rects(_ model: Model, lanes: [StreamEntry]) -> [(lane: StreamEntry, rect: Rect)] {
        let inner = box(model.size).inset(columns: 1, rows: 1)
        guard !lanes.isEmpty, !inner.isEmpty else { return [] }
        let top = inner.row + timelineRows(lanes.count, size: model.size) + 1
        let place = columns(model, lanes: lanes)
        return place.shown.enumerated().map { offset, index in
            let column = inner.column + offset * (place.width + 1)
            let rect = Rect(column: column, row: top, columns: place.width, rows: max(0, inner.endRow - top))
            return (lanes[index], rect)
        }
    }

    private static func textRect(_ lane: Rect) -> Rect {
        Rect(column: lane.column + 1, row: lane.row + 1, columns: lane.columns - 2, rows: lane.rows - 1)
    }

    /// Lays out what is looked at of each lane's text, where lanes are shown: it depends on the room.
    static func layOut(_ model: inout Model) -> [StreamID: [Prose.Row]] {
        guard model.overlay == .lanes else { return [:] }
        var texts: [StreamID: [Prose.Row]] = [:]
        var scroll = LaneScroll()
        scroll.top = model.laneScroll.top
        for (lane, rect) in rects(model, lanes: lanes(model)) {
            let text = textRect(rect)
            guard text.columns > 0, text.rows > 0 else { continue }
            let shown = model.conversations[lane.conversation]?.transcript.rows(
                of: lane.id, columns: text.columns, rows: text.rows, top: scroll.top)
            guard let shown else { continue }
            texts[lane.id] = shown.rows
            scroll.rows = text.rows
            scroll.count = max(scroll.count, shown.count)
            scroll.above = max(scroll.above, shown.first)
            scroll.below = max(scroll.below, shown.count - shown.first - shown.rows.count)
        }
        model.laneScroll = scroll
        return texts
    }

    static func draw(_ model: Model, _ texts: [StreamID: [Prose.Row]], on canvas: inout Canvas, ink: Ink) {
        let box = box(model.size)
        let lanes = lanes(model)
        canvas.fill(box, style: ink(.text))
        let title = model.selectedEntry.map { entry in
            let prompt = model.conversations[entry.conversation]?.transcript.prompt(of: entry.turn)?.raw ?? ""
            return Model.title(of: prompt)
        }
        canvas.box(
            box, title: title?.isEmpty == false ? title ?? "" : "Lanes", style: ink(.borderFocused),
            titleStyle: ink(.title))
        let inner = box.inset(columns: 1, rows: 1)
        guard !lanes.isEmpty, !inner.isEmpty else { return }
        let rows = timelineRows(lanes.count, size: model.size)
        drawTimelines(
            model, lanes, in: Rect(column: inner.column, row: inner.row, columns: inner.columns, rows: rows),
            on: &canvas,
            ink: ink)
        canvas.divider(
            box, row: inner.row + rows, title: axis(model, lanes), style: ink(.borderFocused), titleStyle: ink(.muted))
        drawScroll(model.laneScroll, in: box, on: &canvas, ink: ink)
        let rects = rects(model, lanes: lanes)
        for (index, (lane, rect)) in rects.enumerated() {
            drawLane(model, lane, texts[lane.id] ?? [], in: rect, on: &canvas, ink: ink)
            guard index + 1 < rects.count else { break }
            for row in rect.row..<rect.endRow {
                canvas.put(ink.glyphs.bar, at: Position(column: rect.endColumn, row: row), style: ink(.border))
            }
        }
    }

    /// What of the longest lane is out of sight.
    private static func drawScroll(_ scroll: LaneScroll, in box: Rect, on canvas: inout Canvas, ink: Ink) {
        var words: [String] = []
        if scroll.above > 0 { words.append("\(ink.glyphs.up) \(scroll.above)") }
        if scroll.below > 0 { words.append("\(ink.glyphs.down) \(scroll.below)") }
        guard !words.isEmpty else { return }
        let text = " " + words.joined(separator: "  ") + " more "
        let column = box.endColumn - 2 - Width.columns(of: text)
        canvas.put(text, at: Position(column: column, row: box.endRow - 1), style: ink(.badge))
    }

    // MARK: By the clock

    private static func span(_ model: Model, _ lanes: [StreamEntry]) -> Timeline.Span {
        let start = lanes.map(\.snapshot.startedAt).min() ?? model.now.instant
        let end =
            lanes.map { lane in
                let snapshot = lane.snapshot
                return max(snapshot.endedAt ?? model.now.instant, snapshot.backoff?.end ?? snapshot.startedAt)
            }.max() ?? model.now.instant
        return Timeline.Span(start: start, seconds: (end - start).inSeconds)
    }

    private static func axis(_ model: Model, _ lanes: [StreamEntry]) -> String {
        let span = span(model, lanes)
        return "one clock, \(Format.duration(.clamping(seconds: span.seconds)))"
    }

    private static func drawTimelines(
        _ model: Model, _ lanes: [StreamEntry], in rect: Rect, on canvas: inout Canvas, ink: Ink
    ) {
        let span = span(model, lanes)
        let selected = lanes.firstIndex { $0.id == model.selected } ?? 0
        let first = max(0, min(selected - rect.rows / 2, lanes.count - rect.rows))
        let names = min(20, max(8, rect.columns / 4))
        let figures = rect.columns >= 60 ? 26 : 10
        for row in 0..<rect.rows where first + row < lanes.count {
            let lane = lanes[first + row]
            let snapshot = lane.snapshot
            let isSelected = lane.id == model.selected
            let line = Rect(column: rect.column, row: rect.row + row, columns: rect.columns, rows: 1)
            // No background: the colours of a life are what it is about.
            let columns = max(4, rect.columns - 2 - names - 3 - figures)
            let name = Model.shortName(snapshot.model).truncated(toColumns: names, ellipsis: ink.glyphs.ellipsis)
            let left: [PanelLine.Piece] =
                [
                    .init(isSelected ? ink.glyphs.selected : " ", .emphasis),
                    .init(ink.glyphs.state(snapshot.state) + " ", snapshot.state.role),
                    .init(name.padded(toColumns: names) + " ", isSelected ? .emphasis : .text),
                ] + Timeline.line(snapshot, now: model.now.instant, columns: columns, glyphs: ink.glyphs, span: span)
            canvas.put(
                PanelLine(left, right: Self.figures(lane, model, columns: figures)), in: line, row: line.row, ink: ink)
        }
    }

    /// First token, rate or cost.
    private static func figures(_ lane: StreamEntry, _ model: Model, columns: Int) -> [PanelLine.Piece] {
        let snapshot = lane.snapshot
        var pieces: [PanelLine.Piece] = []
        // From the asking to the first word that was seen, whatever became of the attempt that brought it.
        if columns >= 20, let first = snapshot.attempts.first(where: { $0.phases.firstToken != nil }),
            let token = first.phases.firstToken
        {
            let all = first.startedAt - snapshot.startedAt + token
            pieces.append(.init("first " + Format.duration(all) + " ", .muted))
        }
        if model.isKept(lane) { pieces.append(.init("kept ", .good)) }
        return pieces
            + StreamTable.figure(snapshot, now: model.now.instant, coarse: model.options.reducedMotion)
    }

    // MARK: Words

    private static func drawLane(
        _ model: Model, _ lane: StreamEntry, _ rows: [Prose.Row], in rect: Rect, on canvas: inout Canvas, ink: Ink
    ) {
        guard rect.rows > 0, rect.columns > 2 else { return }
        let isSelected = lane.id == model.selected
        let number = model.streams.index(of: lane.id).map { "\($0 + 1) " } ?? ""
        let name = number + Model.shortName(lane.snapshot.model) + (model.isKept(lane) ? " (kept)" : "")
        canvas.put(
            PanelLine([
                .init(isSelected ? ink.glyphs.selected : " ", .emphasis), .init(name, isSelected ? .title : .assistant),
            ]), in: rect, row: rect.row, ink: ink)
        let text = textRect(rect)
        guard !text.isEmpty else { return }
        canvas.clipped(to: text) { canvas in
            for (row, content) in rows.enumerated() {
                switch content {
                case .text(let line):
                    canvas.put(line, at: Position(column: text.column, row: text.row + row), theme: ink.theme)
                case .seam(let seam):
                    let line = Reply.seamLine(seam, columns: text.columns, glyphs: ink.glyphs)
                    canvas.put(line, in: text, row: text.row + row, ink: ink)
                }
            }
        }
        guard rows.isEmpty, let reply = model.conversations[lane.conversation]?.transcript.reply(of: lane.id) else {
            return
        }
        let standing = reply.standing(
            columns: text.columns, glyphs: ink.glyphs, keys: ink.keys, now: model.now.instant)
        for (row, line) in standing.prefix(text.rows).enumerated() {
            canvas.put(line, in: text, row: text.row + row, ink: ink)
        }
    }
}
