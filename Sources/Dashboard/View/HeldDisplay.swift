import Screen

/// The transcript and the panel as they were when the user held the display: they stand still while everything goes on.
struct HeldDisplay: Sendable {
    private(set) var frame: Frame?
    private var areas: [Rect] = []

    /// Draws what was held, or takes what is drawn now, at first and where the screen is cut up otherwise.
    mutating func apply(to canvas: inout Canvas, layout: Layout) {
        var areas = [layout.transcript]
        if let panel = layout.panel { areas.append(panel) }
        if let strip = layout.strip { areas.append(strip) }
        guard let frame, frame.size == canvas.size, areas == self.areas else {
            frame = canvas.frame
            self.areas = areas
            return
        }
        for area in areas {
            for row in area.row..<area.endRow {
                let start = row * frame.size.columns
                for index in start + area.column..<start + area.endColumn {
                    canvas.frame.cells[index] = frame.cells[index]
                }
            }
        }
    }
}

extension Model {
    /// What can be done while the display is held; anything else lets it go, so that nobody wonders where it went.
    static let doneWhileHeld: Set<Action> = [
        .holdDisplay, .focusNext, .focusPrevious, .newline, .undo, .clearDraft, .searchHistory, .openEditor, .cancel,
        .retryNow, .waitLonger, .giveUp,
        .saveReport, .record, .copyReply, .copyConversation, .help, .palette, .notices, .previewPolicy, .redraw,
        .toggleMouse, .suspend, .quit, .reloadKeys,
    ]

    mutating func holdDisplay() {
        held = held == nil ? HeldDisplay() : nil
        tell(
            held == nil
                ? "The display goes on"
                : "The display stands still, the streams go on: \(way(to: .holdDisplay)) lets it go")
    }

    mutating func letDisplayGo() {
        guard held != nil else { return }
        held = nil
        changed()
    }
}
