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
        let action = keymap.action(for: chord, in: .inspector)
        switch action {
        case .close?: return closeInspector()
        case .lineUp?: self.inspector?.move(by: -1)
        case .lineDown?: self.inspector?.move(by: 1)
        case .pageUp?: self.inspector?.move(by: -page)
        case .pageDown?: self.inspector?.move(by: page)
        case .toTop?: self.inspector?.toTop()
        case .toBottom?: self.inspector?.toBottom()
        case .take?: if inspector.entry != nil { self.inspector?.rawScroll = 0 }
        case .copyReply?:
            guard let entry = inspector.entry else { return [] }
            return [.copy(entry.toCopy)]
        case .selectPrevious?, .selectNext?:
            selectStream(by: action == .selectPrevious ? -1 : 1)
            return selected.map { $0 == inspector.stream ? [] : inspect($0) } ?? []
        default: _ = self.inspector?.type(chord, keys: keymap)
        }
        return []
    }

    /// The bytes of one event, over the whole box.
    private mutating func receiveInRaw(_ chord: Chord) -> [Command] {
        guard let scroll = inspector?.rawScroll, let entry = inspector?.entry else { return [] }
        if keymap.action(for: chord, in: .page) == .copyReply { return [.copy(entry.toCopy)] }
        let lines = InspectorView.rawLines(entry, columns: InspectorView.columns(size)).count
        let next = scrolled(scroll, by: chord, lines: lines, page: InspectorView.rawRows(size))
        inspector?.rawScroll = next
        return []
    }
}
