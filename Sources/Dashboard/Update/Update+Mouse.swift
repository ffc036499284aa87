import Screen
import StreamEngine

extension Model {
    /// The wheel scrolls what is under it, a click gives it the focus and selects or opens what it hits.
    mutating func receive(_ event: MouseEvent) -> [Command] {
        guard mouse else { return [] }
        switch event.kind {
        case .scrollUp: scrollWheel(at: event.position, by: -3)
        case .scrollDown: scrollWheel(at: event.position, by: 3)
        case .press(button: 1): return press(at: event.position)
        case .press, .release, .drag: break
        }
        return []
    }

    private mutating func scrollWheel(at position: Position, by step: Int) {
        switch overlay {
        case .help(let scroll): overlay = .help(scroll: scrolledOverlay(scroll, by: step))
        case .notices(let scroll): overlay = .notices(scroll: scrolledOverlay(scroll, by: step))
        case .policy(let scroll): overlay = .policy(scroll: scrolledOverlay(scroll, by: step))
        case .picker(var picker):
            picker.move(by: step.signum())
            overlay = .picker(picker)
        case .faults: break
        case .inspector: inspector?.move(by: step)
        case .lanes: laneScroll.move(by: step)
        case nil:
            guard let pane = layout().pane(at: position) else { return }
            scrollWheel(pane == .input ? .transcript : pane, by: step)
        }
        changed()
    }

    private func scrolledOverlay(_ scroll: Int, by step: Int) -> Int {
        min(max(0, scroll + step), max(0, overlayLines - max(1, size.rows - 6)))
    }

    private mutating func press(at position: Position) -> [Command] {
        let layout = layout()
        changed()
        if let overlay { return press(at: position, on: overlay, layout: layout) }
        if let completion {
            let box = CompletionList.rect(completion, layout: layout)
            let inner = box.inset(columns: 1, rows: 1)
            if inner.contains(position) {
                let index = CompletionList.first(completion, rows: inner.rows) + position.row - inner.row
                guard completion.items.indices.contains(index) else { return [] }
                take(completion.items[index])
                return []
            }
        }
        finder = nil
        if layout.tour?.contains(position) == true { return enterTour() }
        if layout.footer.contains(position) { return pressFooter(column: position.column) }
        if layout.isFramed, !layout.panelCoversTranscript, position.row == layout.transcript.row,
            let tab = Tabs.tabs(self, in: layout.transcript).first(where: { $0.columns.contains(position.column) })
        {
            letDisplayGo()
            show(tab.conversation)
            return []
        }
        guard let pane = layout.pane(at: position) else { return [] }
        if pane != .input { letDisplayGo() }
        focus = pane
        switch pane {
        case .input: placeCursor(at: position, layout: layout)
        case .streams:
            guard layout.table.contains(position) else { break }
            let index = StreamTable.first(self, rows: layout.table.rows) + position.row - layout.table.row
            if streams.entries.indices.contains(index) { select(streams.entries[index].id) }
        case .transcript: pressTranscript(at: position, layout: layout)
        case .events: break
        }
        return []
    }

    private mutating func press(at position: Position, on overlay: Overlay, layout: Layout) -> [Command] {
        if overlay == .lanes {
            let lanes = LanesView.lanes(self)
            if let index = LanesView.lane(at: position, self, lanes: lanes) { select(lanes[index].id) }
            return []
        }
        if overlay == .inspector {
            guard let inspector, inspector.rawScroll == nil else { return [] }
            let (list, first) = InspectorView.list(inspector, size: size)
            if list.contains(position) { self.inspector?.select(first + position.row - list.row) }
            return []
        }
        let box = Overlays.rect(overlay, lines: overlayLines, model: self, layout: layout)
        if case .faults(let console) = overlay {
            if let order = FaultConsoleView.order(at: position, console, model: self, layout: layout) {
                return give(order, to: console.target)
            }
            if !box.contains(position) { self.overlay = nil }
            return []
        }
        guard box.contains(position), case .picker(var picker) = overlay else {
            self.overlay = page == nil ? nil : takeOverlayUnderPage()
            if case .picker(let picker) = overlay { return preview(picker, isClosed: true) }
            return []
        }
        let (list, first) = Overlays.list(picker, in: box)
        let index = first + position.row - list.row
        guard list.contains(position), picker.matches.indices.contains(index) else { return [] }
        picker.select(index)
        self.overlay = .picker(picker)
        return choose(picker.choice)
    }

    private mutating func pressFooter(column: Int) -> [Command] {
        var start = 1
        for entry in Footer.entries(for: self) {
            let end = start + Width.columns(of: entry.key) + 1 + Width.columns(of: entry.text)
            if (start..<end).contains(column) { return entry.action.map { perform($0) } ?? [] }
            start = end + 2
        }
        return []
    }

    private mutating func placeCursor(at position: Position, layout: Layout) {
        let rect = layout.prompt
        guard rect.contains(position) else { return }
        let lines = EditorLayout(editor, columns: max(1, rect.columns - 1))
        let cursorRow = lines.row(of: editor.cursor)
        let first = max(0, min(cursorRow - rect.rows + 1, lines.rows.count - rect.rows))
        let row = min(lines.rows.count - 1, first + position.row - rect.row)
        editor.moveTo(lines.offset(row: row, column: position.column - rect.column, in: editor))
        completion = nil
    }

    private mutating func pressTranscript(at position: Position, layout: Layout) {
        // The badge on the frame's last line leads to what it counts.
        if position.row == layout.transcript.endRow - 1, !transcript.follows,
            position.column > layout.transcript.endColumn - 26
        {
            return transcript.follow()
        }
        guard layout.text.contains(position) else { return }
        let row = position.row - layout.text.row
        withTranscriptLaidOut { transcript, _ in
            if !transcript.toggleFold(atRow: row) { transcript.toggleSelection(atRow: row) }
        }
    }
}
