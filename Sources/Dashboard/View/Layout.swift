import Screen

/// Where each part of the screen lies. A function of the size, the focus, and how much the prompt and the streams need;
/// update uses it for paging and for the mouse, view for drawing, so that the two never disagree.
///
/// As the window shrinks, detail goes in this order: the side panel becomes narrower (below 120 columns, then 100), it
/// folds into a strip of up to three lines (below 76), frames go (below 16 rows or 50 columns), the strip becomes one
/// line, the header's clock and provider go. Below 40×10 one line says that there is no room.
struct Layout: Sendable, Equatable {
    static let minimum = Size(columns: 40, rows: 10)
    /// Longer lines are hard to read: the eye loses the way back.
    static let longestLine = 120

    var size: Size
    var isTooSmall = false
    /// Panes have frames around them.
    var isFramed = false
    var header = Rect(column: 0, row: 0, columns: 0, rows: 0)
    /// With its frame; empty while a panel takes its place.
    var transcript = Rect(column: 0, row: 0, columns: 0, rows: 0)
    /// The transcript's lines.
    var text = Rect(column: 0, row: 0, columns: 0, rows: 0)
    /// With its frame.
    var input = Rect(column: 0, row: 0, columns: 0, rows: 0)
    /// Where the prompt's text stands, right of its sign.
    var prompt = Rect(column: 0, row: 0, columns: 0, rows: 0)
    /// With its frame; `nil` in a narrow window, unless it has the focus.
    var panel: Rect?
    /// The panel stands where the transcript was, because the window is narrow and the panel has the focus.
    var panelCoversTranscript = false
    /// The panel's parts, without frames.
    var table = Rect(column: 0, row: 0, columns: 0, rows: 0)
    var detail = Rect(column: 0, row: 0, columns: 0, rows: 0)
    var events = Rect(column: 0, row: 0, columns: 0, rows: 0)
    /// What is left of the panel in a narrow window.
    var strip: Rect?
    /// What the demo's tour says, with its frame; `nil` where none plays.
    var tour: Rect?
    var footer = Rect(column: 0, row: 0, columns: 0, rows: 0)

    /// What the layout must know of the model besides the size.
    struct Needs: Sendable, Equatable {
        var inputRows = 1
        var streams = 0
        /// Lines that the selected stream's details would fill.
        var detailRows = 12
        var focus = Pane.input
        /// Of the demo's tour, frame or title included.
        var tourRows = 0
        /// A line of its own under the transcript, where that has no frame: what is searched, what colours mean.
        var hasReadingLine = false
    }

    /// Columns of the prompt's text; the cursor may stand one further.
    static func promptColumns(_ size: Size, focus: Pane) -> Int {
        let layout = Layout(size, Needs(focus: focus))
        return max(1, layout.prompt.columns - 1)
    }

    init(_ size: Size, _ needs: Needs) {
        self.size = size
        guard size.columns >= Self.minimum.columns, size.rows >= Self.minimum.rows else {
            isTooSmall = true
            return
        }
        isFramed = size.rows >= 16 && size.columns >= 50
        let frame = isFramed ? 1 : 0
        header = Rect(column: 0, row: 0, columns: size.columns, rows: 1)
        footer = Rect(column: 0, row: size.rows - 1, columns: size.columns, rows: 1)
        let body = Rect(column: 0, row: 1, columns: size.columns, rows: size.rows - 2)

        let panelColumns = Self.panelColumns(size.columns)
        let left = body.columns - panelColumns
        // The prompt grows with what is typed, up to a third of the body.
        let inputRows = min(max(1, needs.inputRows), max(1, (body.rows - 2 * frame) / 3))
        panelCoversTranscript = panelColumns == 0 && (needs.focus == .streams || needs.focus == .events)
        let stripRows = panelColumns > 0 || panelCoversTranscript ? 0 : body.rows >= 22 ? 3 : 1
        input = Rect(
            column: 0, row: body.endRow - inputRows - 2 * frame, columns: left, rows: inputRows + 2 * frame)
        let sign = 2
        prompt = Rect(
            column: input.column + frame + (isFramed ? 1 : 0) + sign, row: input.row + frame,
            columns: left - 2 * frame - (isFramed ? 2 : 0) - sign, rows: inputRows)
        transcript = Rect(column: 0, row: body.row, columns: left, rows: input.row - body.row - stripRows)
        let tourRows = min(needs.tourRows, max(0, transcript.rows - 1))
        if tourRows > 0 {
            transcript.rows -= tourRows
            tour = Rect(column: 0, row: transcript.endRow, columns: left, rows: tourRows)
        }
        if stripRows > 0 {
            strip = Rect(column: 0, row: transcript.endRow + tourRows, columns: left, rows: stripRows)
        }
        if panelColumns > 0 {
            panel = Rect(column: left, row: body.row, columns: panelColumns, rows: body.rows)
        } else if panelCoversTranscript {
            panel = transcript
        }
        text = isFramed ? transcript.inset(columns: 2, rows: 1) : transcript.inset(columns: 1, rows: 0)
        text.columns = min(text.columns, Self.longestLine)
        if needs.hasReadingLine, !isFramed, text.rows > 2 { text.rows -= 1 }
        placePanel(needs)
    }

    private static func panelColumns(_ columns: Int) -> Int {
        switch columns {
        case ..<76: 0
        case ..<100: 30
        case ..<120: 34
        case ..<160: 42
        default: min(64, 42 + (columns - 160) / 2)
        }
    }

    private mutating func placePanel(_ needs: Needs) {
        guard let panel else { return }
        let frame = isFramed ? 1 : 0
        let inner = panel.inset(columns: frame, rows: frame)
        // Each part but the first has a line above it that names it.
        let rows = inner.rows
        var tableRows = min(max(1, needs.streams), max(3, rows / 4), max(1, rows - 4))
        var eventRows = 0
        var detailRows = rows - tableRows - 1
        if needs.focus == .events, panelCoversTranscript {
            eventRows = max(1, rows - 4)
            tableRows = 1
            detailRows = max(0, rows - tableRows - 1 - eventRows - 1)
        } else if detailRows > needs.detailRows + 3 {
            detailRows = needs.detailRows
            eventRows = rows - tableRows - detailRows - 2
        } else if detailRows >= 13 {
            // Both are short of room: the log keeps three lines.
            eventRows = 3
            detailRows -= 4
        }
        table = Rect(column: inner.column, row: inner.row, columns: inner.columns, rows: tableRows)
        if detailRows > 0 {
            detail = Rect(column: inner.column, row: table.endRow + 1, columns: inner.columns, rows: detailRows)
        }
        if eventRows > 0 {
            let row = (detailRows > 0 ? detail.endRow : table.endRow) + 1
            events = Rect(column: inner.column, row: row, columns: inner.columns, rows: inner.endRow - row)
        }
    }

    /// The pane at a place.
    func pane(at position: Position) -> Pane? {
        if let panel, panel.contains(position) {
            // The line that names the log belongs to it.
            return !events.isEmpty && position.row >= events.row - 1 ? .events : .streams
        }
        if transcript.contains(position) { return .transcript }
        if let strip, strip.contains(position) { return .streams }
        if input.contains(position) { return .input }
        return nil
    }
}
