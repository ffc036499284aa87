import Screen
import StreamEngine

/// The open conversations, on the upper edge of the transcript: where more than one is open.
enum Tabs {
    struct Tab: Sendable, Equatable {
        var conversation: ConversationID
        var columns: Range<Int>
        var pieces: [PanelLine.Piece]
    }

    /// Those that there is room for, the present one always among them.
    static func tabs(_ model: Model, in rect: Rect) -> [Tab] {
        let open = model.tabs
        guard open.count > 1, rect.columns > 24 else { return [] }
        let room = rect.columns - 6
        let each = max(8, min(28, room / open.count - 6))
        let all = open.enumerated().map { index, id in (id, pieces(index, id, each, model)) }
        func width(_ index: Int) -> Int { PanelLine.columns(all[index].1) + 3 }
        let current = all.firstIndex { $0.0 == model.current } ?? 0
        // As many to the left and to the right of the present one as fit.
        var first = current
        var last = current
        var used = width(current)
        var grew = true
        while grew {
            grew = false
            if last + 1 < all.count, used + width(last + 1) <= room {
                last += 1
                used += width(last)
                grew = true
            }
            if first > 0, used + width(first - 1) <= room {
                first -= 1
                used += width(first)
                grew = true
            }
        }
        var column = rect.column + 2
        return (first...last).map { index in
            let columns = column..<column + PanelLine.columns(all[index].1) + 2
            column = columns.upperBound + 1
            return Tab(conversation: all[index].0, columns: columns, pieces: all[index].1)
        }
    }

    private static func pieces(_ index: Int, _ id: ConversationID, _ columns: Int, _ model: Model) -> [PanelLine.Piece]
    {
        let isCurrent = id == model.current
        let glyphs = model.glyphs
        let title = model.title(of: id).truncated(toColumns: columns - 4, ellipsis: glyphs.ellipsis)
        var pieces: [PanelLine.Piece] = []
        let sign = isCurrent ? (model.focus == .transcript ? glyphs.selected : glyphs.unfolded) + " " : ""
        pieces.append(.init(sign + "\(index + 1) " + title, isCurrent ? .title : .muted))
        let mine = model.streams.entries.lazy.filter { $0.conversation == id && $0.isLive }
        if let entry = mine.first {
            pieces.append(.init(" " + glyphs.state(entry.snapshot.state), entry.snapshot.state.role))
        }
        return pieces
    }

    static func draw(_ model: Model, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        for tab in tabs(model, in: rect) {
            var column = tab.columns.lowerBound
            canvas.put(" ", at: Position(column: column, row: rect.row), style: ink(.text))
            column += 1
            for piece in tab.pieces {
                column += canvas.put(piece.text, at: Position(column: column, row: rect.row), style: ink(piece.role))
            }
            canvas.put(" ", at: Position(column: column, row: rect.row), style: ink(.text))
        }
    }
}

extension Model {
    /// The conversations that have a tab.
    var tabs: [ConversationID] { conversationOrder.filter { !closedTabs.contains($0) } }

    mutating func switchTab(by step: Int) {
        let tabs = tabs
        guard let index = tabs.firstIndex(of: current), tabs.count > 1 else { return }
        show(tabs[(index + step + tabs.count) % tabs.count])
    }

    /// Closes the tab. The conversation is still there: whoever switches to it opens it again.
    mutating func closeTab() -> [Command] {
        let tabs = tabs
        guard let index = tabs.firstIndex(of: current), tabs.count > 1 else { return [] }
        let commands = saveDrafts(dueAt: nil)
        let title = title(of: current)
        closedTabs.insert(current)
        show(tabs[index + 1 < tabs.count ? index + 1 : index - 1])
        tell("Closed “\(title)”: \(way(to: .switchConversation)) opens it again")
        return commands
    }

    var closeTabAvailability: Availability {
        if tabs.count < 2 {
            return .unavailable("This is the only tab: \(way(to: .newConversation)) begins another")
        }
        return .available
    }
}
