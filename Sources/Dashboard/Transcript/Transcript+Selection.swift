import Screen
import StreamEngine

extension Transcript {
    /// What the reader has picked out, to copy it or to fold it.
    enum Selection: Sendable, Equatable {
        /// A prompt or a reply.
        case message(Int)
        /// A block of code: in which item, in which part of it, its number there.
        case code(item: Int, part: Int, head: Int)

        var item: Int {
            get {
                switch self {
                case .message(let item), .code(let item, _, _): item
                }
            }
            set {
                switch self {
                case .message: self = .message(newValue)
                case .code(_, let part, let head): self = .code(item: newValue, part: part, head: head)
                }
            }
        }
    }

    /// What is selected, as long as it is there.
    var selected: Selection? {
        guard let selection, items.indices.contains(selection.item) else { return nil }
        guard case .code(let item, let part, let head) = selection else { return selection }
        return items[item].text(ofPart: part)?.prose.code(head) == nil ? nil : selection
    }

    // MARK: By message, after `prepare`

    /// Selects the next message or the one before and shows its beginning. From the window, where nothing is selected.
    mutating func selectMessage(by step: Int) {
        guard !items.isEmpty else { return }
        let item: Int
        switch selection {
        case .code(let owner, _, _)?: item = step < 0 ? owner : owner + 1
        case .message(let owner)?: item = owner + step
        case nil: item = step < 0 ? lastVisibleItem : top.line == 0 ? top.item : top.item + 1
        }
        select(.message(min(max(0, item), items.count - 1)))
    }

    mutating func select(_ selection: Selection) {
        self.selection = selection
        switch selection {
        case .message(let item): showMessage(item)
        case .code(let item, let part, let head):
            guard let lines = lines(item: item, part: part, head: head) else { return }
            show(item, lines)
        }
    }

    private mutating func showMessage(_ item: Int) {
        let height = exactHeight(item)
        // The first line of all but the first is the blank between two messages.
        show(item, min(item > 0 ? 1 : 0, height - 1)..<height)
    }

    /// Scrolls so that the lines of an item are in sight, the first of them where there are too many.
    private mutating func show(_ item: Int, _ lines: Range<Int>) {
        let place = Place(item: item, line: lines.lowerBound)
        if let row = row(of: place), row + lines.count <= rows { return }
        jump(to: place, rowsAbove: lines.count < rows ? (rows - lines.count) / 3 : 0)
    }

    // MARK: By block of code, after `prepare`

    /// Selects the next block of code or the one before. Says whether there is one.
    mutating func selectCode(by step: Int) -> Bool {
        var item: Int
        var isBeyond: (Int, Int) -> Bool = { _, _ in true }
        switch selected {
        case .code(let owner, let part, let head)?:
            item = owner
            isBeyond = { step > 0 ? ($0, $1) > (part, head) : ($0, $1) < (part, head) }
        case .message(let owner)?: item = step > 0 ? owner : owner - 1
        case nil: item = step > 0 ? top.item : lastVisibleItem
        }
        let isFromWindow = selection == nil
        while items.indices.contains(item) {
            exactHeight(item)
            var found = blocks(ofItem: item).filter { isBeyond($0.part, $0.head) }
            if isFromWindow, step > 0, item == top.item {
                found = found.filter { lines(item: item, part: $0.part, head: $0.head)?.lowerBound ?? 0 >= top.line }
            }
            if let block = step > 0 ? found.first : found.last {
                select(.code(item: item, part: block.part, head: block.head))
                return true
            }
            isBeyond = { _, _ in true }
            item += step.signum()
        }
        return false
    }

    /// The blocks of code in an item's open texts.
    private func blocks(ofItem item: Int) -> [(part: Int, head: Int)] {
        items[item].openTextParts.flatMap { part in
            (items[item].text(ofPart: part)?.prose.codeHeads ?? []).map { (part, $0) }
        }
    }

    /// The lines of an item that a block of code takes.
    func lines(item: Int, part: Int, head: Int) -> Range<Int>? {
        guard items.indices.contains(item), items[item].isExact, let (prose, lead) = items[item].text(ofPart: part),
            part < items[item].parts.count
        else { return nil }
        let start = items[item].parts[..<part].reduce(0, +) + lead
        let rows = prose.rows(ofCode: head)
        return rows.isEmpty ? nil : start + rows.lowerBound..<start + rows.upperBound
    }

    /// A click: selects the block of code or the message that a row of the window shows, or lets go of it.
    mutating func toggleSelection(atRow row: Int) {
        guard let place = place(ofRow: row), let (part, line) = part(of: place) else {
            selection = nil
            return
        }
        var hit = Selection.message(place.item)
        if items[place.item].openTextParts.contains(part), let (prose, lead) = items[place.item].text(ofPart: part),
            line >= lead, let head = prose.codeHead(atRow: line - lead)
        {
            hit = .code(item: place.item, part: part, head: head)
        }
        selection = hit == selection ? nil : hit
    }

    /// The lines of the selection in an item, to mark them; `nil` = none.
    func selectedLines(ofItem item: Int) -> Range<Int>? {
        switch selected {
        case .message(item)?: min(item > 0 ? 1 : 0, items[item].height)..<items[item].height
        case .code(item, let part, let head)?: lines(item: item, part: part, head: head)
        default: nil
        }
    }
}

extension Transcript.Item {
    /// The parts whose text is shown whole.
    var openTextParts: [Int] {
        switch content {
        case .prompt: []
        case .reply(let reply):
            textParts.filter { part in
                switch reply.blocks[part - 1] {
                case .text: true
                case .thinking(let thinking): thinking.isOpen
                case .failedTake(let take): take.isOpen
                case .seam, .part: false
                }
            }
        }
    }
}
