import Screen
import StreamEngine

extension Model {
    /// Opens the inspector on the selected stream.
    mutating func inspect() -> [Command] {
        guard let id = selected else { return [] }
        return inspect(id)
    }

    mutating func inspect(_ id: StreamID) -> [Command] {
        inspector = Inspector(id)
        overlay = .inspector
        completion = nil
        changed()
        return [.watchWire(id)]
    }

    mutating func receive(_ entries: [WireEntry], of id: StreamID) {
        guard inspector?.stream == id else { return }
        inspector?.append(entries)
        if overlay == .inspector { changed() }
    }

    mutating func closeInspector() -> [Command] {
        overlay = nil
        inspector = nil
        changed()
        return [.watchWire(nil)]
    }

    mutating func receiveInInspector(_ chord: Chord) -> [Command] {
        guard let inspector else { return closeInspector() }
        changed()
        let page = max(1, InspectorView.listRows(size) - 1)
        if inspector.rawScroll != nil { return receiveInRaw(chord) }
        if let number = chord.selectedStream(in: .input) {
            selectStream(number: number)
            return selected.map { $0 == inspector.stream ? [] : inspect($0) } ?? []
        }
        switch (chord.key, chord.modifiers) {
        case (.escape, _): return closeInspector()
        case (.up, []), (.character("p"), .control): self.inspector?.move(by: -1)
        case (.down, []), (.character("n"), .control): self.inspector?.move(by: 1)
        case (.pageUp, _): self.inspector?.move(by: -page)
        case (.pageDown, _): self.inspector?.move(by: page)
        case (.home, _): self.inspector?.toTop()
        case (.end, _): self.inspector?.toBottom()
        case (.enter, _): if inspector.entry != nil { self.inspector?.rawScroll = 0 }
        case (.character("y"), .control):
            guard let entry = inspector.entry else { return [] }
            return [.copy(entry.toCopy)]
        case (.up, .alt), (.down, .alt):
            selectStream(by: chord.key == .up ? -1 : 1)
            return selected.map { $0 == inspector.stream ? [] : inspect($0) } ?? []
        default: _ = self.inspector?.type(chord, keys: keymap)
        }
        return []
    }

    /// The bytes of one event, over the whole box.
    private mutating func receiveInRaw(_ chord: Chord) -> [Command] {
        guard let scroll = inspector?.rawScroll, let entry = inspector?.entry else { return [] }
        let rows = InspectorView.rawRows(size)
        let last = max(0, InspectorView.rawLines(entry, columns: InspectorView.columns(size)).count - rows)
        switch (chord.key, chord.modifiers) {
        case (.up, _), (.character("k"), []): inspector?.rawScroll = max(0, scroll - 1)
        case (.down, _), (.character("j"), []): inspector?.rawScroll = min(last, scroll + 1)
        case (.pageUp, _): inspector?.rawScroll = max(0, scroll - rows)
        case (.pageDown, _), (.character(" "), _): inspector?.rawScroll = min(last, scroll + rows)
        case (.home, _): inspector?.rawScroll = 0
        case (.end, _): inspector?.rawScroll = last
        case (.character("y"), .control):
            return [.copy(entry.toCopy)]
        default: inspector?.rawScroll = nil
        }
        return []
    }
}
