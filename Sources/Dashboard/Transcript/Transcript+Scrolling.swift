import Screen
import StreamEngine

/// The window onto the lines. Only items in sight are laid out; the others keep the height they had, or an estimate, so
/// that no frame costs more for a longer transcript. The reader's place is an item and a line in it: what happens above
/// or below does not move it.
extension Transcript {
    /// Where the reader was when the width changed last.
    struct Anchor: Sendable {
        /// The top line that it led to.
        var top: Place
        var part: Int
        var place: Item.Anchor
    }

    /// Makes the lines ready for a window of that size. Call before asking for lines or scrolling.
    mutating func prepare(columns: Int, rows: Int, glyphs: Glyphs) {
        self.rows = max(1, rows)
        self.glyphs = glyphs
        if columns != self.columns { reflow(to: columns) }
        takeInGrowth()
        if follows {
            keepEndInSight()
        } else {
            move(by: 0)
        }
        endWasInSight = follows
    }

    /// Lines that lie below the window.
    var below: Int { max(0, total - above - top.line - rows) }

    /// The line at the window's top, counted from the beginning.
    var firstLine: Int { above + top.line }

    // MARK: Moves, after `prepare`

    mutating func scroll(by step: Int) {
        guard !items.isEmpty else { return }
        if step < 0 {
            // From the last line, not from the room that was left below it.
            if follows { settleAtEnd() }
            follows = false
        }
        move(by: step)
    }

    mutating func scrollToTop() {
        guard !items.isEmpty else { return }
        follows = false
        top = Place(item: 0, line: 0)
        above = 0
        move(by: 0)
    }

    /// To the end, and stay there.
    mutating func follow() {
        follows = true
        unseen = 0
        if columns > 0 { settleAtEnd() }
    }

    /// Brings the beginning of a reply to the window's top.
    mutating func show(reply stream: StreamID, rows: Int) {
        guard let index = index(of: stream) else { return }
        follows = false
        top = Place(item: index, line: index > 0 ? 1 : 0)
        above = items[..<index].reduce(0) { $0 + $1.height }
        move(by: 0)
    }

    /// Folds or opens what can be, of the selected message, or of the lowest item in sight that has any. Says whether
    /// anything can.
    @discardableResult
    mutating func toggleFolds(rows: Int) -> Bool {
        let candidates = selected.map { $0.item...$0.item } ?? 0...max(0, lastVisibleItem)
        for index in candidates.reversed() where items.indices.contains(index) {
            switch items[index].content {
            case .prompt(var prompt) where prompt.isLong:
                prompt.isOpen.toggle()
                items[index].content = .prompt(prompt)
            case .reply(var reply) where reply.hasFolds:
                reply.toggleFolds()
                items[index].content = .reply(reply)
            default: continue
            }
            refold(index)
            return true
        }
        return false
    }

    /// A click on a line: folds or opens the block that it belongs to. Says whether it belongs to one.
    mutating func toggleFold(atRow row: Int) -> Bool {
        guard let place = place(ofRow: row), let (part, line) = part(of: place) else { return false }
        switch items[place.item].content {
        case .prompt(var prompt) where prompt.isLong && part == 2:
            prompt.isOpen.toggle()
            items[place.item].content = .prompt(prompt)
        case .reply(var reply) where line == 0 && reply.canFold(block: part - 1):
            reply.toggleFold(block: part - 1)
            items[place.item].content = .reply(reply)
        default: return false
        }
        refold(place.item)
        return true
    }

    mutating func refold(_ index: Int) {
        items[index].isExact = false
        // What opens is no new text: it must not count as unseen.
        _ = exactHeight(index)
        if follows { settleAtEnd() } else { move(by: 0) }
    }

    // MARK: Lines

    /// The line shown in a row of the window.
    func place(ofRow row: Int) -> Place? {
        var place = top
        place.line += row
        while items.indices.contains(place.item) {
            let height = items[place.item].height
            if place.line < height { return place }
            place.line -= height
            place.item += 1
        }
        return nil
    }

    /// Which part of its item a line belongs to, and which line of that part it is.
    func part(of place: Place) -> (part: Int, line: Int)? {
        var line = place.line
        for (part, height) in items[place.item].parts.enumerated() {
            if line < height { return (part, line) }
            line -= height
        }
        return nil
    }

    var lastVisibleItem: Int { place(ofRow: rows - 1)?.item ?? items.count - 1 }

    // MARK: Heights

    /// The item's height at the present width; laid out if it was not.
    @discardableResult
    mutating func exactHeight(_ index: Int) -> Int {
        guard !items[index].isExact else { return items[index].height }
        let before = items[index].height
        items[index].measure(columns: columns, isFirst: index == 0, glyphs: glyphs)
        let difference = items[index].height - before
        total += difference
        if index < top.item { above += difference }
        return items[index].height
    }

    private mutating func takeInGrowth() {
        guard !dirty.isEmpty else { return }
        for index in dirty where items.indices.contains(index) {
            items[index].isExact = false
            lookAgain(in: index)
            let before = items[index].height
            if !follows, index >= top.item {
                // The badge counts lines, so these must be known.
                unseen = max(0, unseen + exactHeight(index) - before)
            } else {
                // Whoever is in sight is laid out below; a guess will do for the others.
                items[index].height = items[index].estimate(columns: columns)
                total += items[index].height - before
                if index < top.item { above += items[index].height - before }
            }
        }
        dirty.removeAll(keepingCapacity: true)
    }

    private mutating func reflow(to columns: Int) {
        let old = self.columns
        endWasInSight = false
        // The reader's line, by its part and by what it begins with; while nobody scrolls, the same through any number of
        // widths, so that rounding to lines does not add up.
        var anchor: Anchor?
        if let last = lastAnchor, last.top == top, !follows {
            anchor = last
        } else if !follows, items.indices.contains(top.item), let (part, line) = part(of: top) {
            anchor = Anchor(top: top, part: part, place: items[top.item].anchor(part: part, line: line))
        }
        self.columns = columns
        total = 0
        for index in items.indices {
            // A guess until somebody looks: as much text in lines of another length.
            if old > 0, columns > 0 { items[index].height = max(1, items[index].height * old / columns) }
            items[index].isExact = false
            total += items[index].height
        }
        if old > 0, columns > 0 { unseen = unseen * old / columns }
        above = items[..<min(top.item, items.count)].reduce(0) { $0 + $1.height }
        lastAnchor = nil
        guard var anchor else { return }
        exactHeight(top.item)
        let parts = items[top.item].parts
        guard parts.indices.contains(anchor.part) else { return }
        top.line = parts[..<anchor.part].reduce(0, +) + items[top.item].line(of: anchor.place, part: anchor.part)
        anchor.top = top
        lastAnchor = anchor
    }

    // MARK: The window

    /// Leaves the lines where they are while the end is in sight, so that a reply can be read while it grows. Where it has
    /// grown past the window's bottom, room for three quarters of a window is made at once: a line's move costs the terminal,
    /// and a slow line to it, as much as a whole window. What comes faster than it can be read just stands at the bottom.
    private mutating func keepEndInSight() {
        guard endWasInSight, items.indices.contains(top.item) else { return settleAtEnd() }
        // A low window has none to spare.
        let room = rows < 12 ? 0 : rows * 3 / 4
        // From the beginning of the window's first item; more than this is not asked for.
        let enough = top.line + rows + room
        var lines = 0
        var index = top.item
        while index < items.count, lines <= enough {
            lines += exactHeight(index)
            index += 1
        }
        switch lines - top.line - rows {
        case 1...max(1, room): settleAtEnd(leaving: room)
        case -room...0:
            unseen = 0
            above = total - lines
        default: settleAtEnd()
        }
    }

    /// Puts the last line at the window's bottom, or so many rows above it.
    private mutating func settleAtEnd(leaving room: Int = 0) {
        unseen = 0
        let rows = self.rows - room
        guard !items.isEmpty else {
            top = Place(item: 0, line: 0)
            above = 0
            return
        }
        var index = items.count
        var lines = 0
        while index > 0, lines < rows {
            index -= 1
            // Nothing above is known yet: what changes there is summed up below.
            lines += exactHeight(index)
        }
        top = Place(item: index, line: max(0, lines - rows))
        above = total - lines
    }

    mutating func move(by step: Int) {
        guard !items.isEmpty else { return settleAtEnd() }
        top.item = min(top.item, items.count - 1)
        exactHeight(top.item)
        var line = top.line + step
        while line < 0, top.item > 0 {
            top.item -= 1
            above -= items[top.item].height
            line += exactHeight(top.item)
        }
        line = max(0, line)
        while line >= exactHeight(top.item) {
            guard top.item < items.count - 1 else {
                line = max(0, items[top.item].height - 1)
                break
            }
            line -= items[top.item].height
            above += items[top.item].height
            top.item += 1
        }
        top.line = line
        // Is there a whole window of lines from here on?
        var left = -line
        var index = top.item
        while index < items.count, left <= rows {
            left += exactHeight(index)
            index += 1
        }
        if left <= rows {
            // At the end (or the whole fits): from here on it follows.
            follows = true
            settleAtEnd()
        } else {
            unseen = min(unseen, below)
        }
    }
}
