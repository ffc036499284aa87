import CTerminal
import Screen

extension CursesTerminal {
    /// Makes the terminal show the frame. Sends only what differs from the last one; nothing where nothing does.
    ///
    /// While the terminal takes no bytes, the last frame given is kept and drawn by ``flush()``.
    /// - Returns: the bytes that were made for it.
    /// - Throws: ``TerminalError/lost``.
    @discardableResult
    public func render(_ frame: Frame) throws -> Int {
        guard isOpen else { throw TerminalError.lost }
        if wantsToWrite { try send() }
        guard !wantsToWrite else {
            deferred = frame
            return 0
        }
        deferred = nil
        guard frame != shown else { return 0 }

        var bytes = draw(frame)
        // What goes out in one small write is read at once: marks around it would cost more than they could save.
        if synchronizes, bytes.count > ModeSequences.readAtOnce {
            bytes = ModeSequences.syncBegin + bytes + ModeSequences.syncEnd
        }
        // After the cells: curses enters the alternate screen with the first ones, and some terminals save the title then.
        bytes += modes.change(to: frame.modes)
        shown = frame
        guard !bytes.isEmpty else { return 0 }
        listener?(bytes)
        unwritten = bytes[...]
        try send()
        return bytes.count
    }

    /// Goes on writing what the terminal did not take, and then draws the frame that waited for it.
    /// - Throws: ``TerminalError/lost``.
    public func flush() throws {
        try send()
        if !wantsToWrite, let frame = deferred { try render(frame) }
    }

    /// Forgets what the terminal shows: the next frame is drawn whole.
    public func redraw() {
        guard isOpen else { return }
        shown = nil
        terminal_forget()
    }

    private func send() throws {
        guard !unwritten.isEmpty else { return }
        let written = unwritten.withUnsafeBufferPointer { terminal_tty_write($0.baseAddress, $0.count, 0) }
        guard written >= 0 else {
            unwritten = []
            throw TerminalError.lost
        }
        unwritten = unwritten.dropFirst(Int(written))
        if unwritten.isEmpty { unwritten = [] }
    }

    /// The bytes that bring the terminal from what it shows to `frame`, modes aside.
    private func draw(_ frame: Frame) -> [UInt8] {
        var touched: [Int] = []
        usesAllPairs = false
        let old = shown.flatMap { $0.size == frame.size ? $0.cells : nil }
        if old == nil, shown != nil { terminal_forget() }
        let columns = frame.size.columns
        let rows = columns == 0 ? 0 : min(frame.size.rows, size.rows)
        frame.cells.withUnsafeBufferPointer { new in
            for index in 0..<rows {
                let part = index * columns..<(index + 1) * columns
                let row = UnsafeBufferPointer(rebasing: new[part])
                if let old {
                    old.withUnsafeBufferPointer { old in
                        let oldRow = UnsafeBufferPointer(rebasing: old[part])
                        guard !sameBytes(oldRow, row) else { return }
                        var isTouched = false
                        RowChanges.forEach(oldRow, row) { run in
                            put(row, run, at: index, frame)
                            isTouched = true
                        }
                        if isTouched { touched.append(index) }
                    }
                } else {
                    put(row, 0..<columns, at: index, frame)
                    touched.append(index)
                }
            }
            let cursor = frame.cursor ?? Position(column: 0, row: -1)
            terminal_place_cursor(Int32(clamping: cursor.row), Int32(clamping: cursor.column))
            terminal_update()
            overlay(new, columns: columns, rows: touched)
        }
        var count = 0
        let bytes = terminal_take(&count)
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// Gives a run of cells to curses.
    private func put(_ cells: UnsafeBufferPointer<Cell>, _ run: Range<Int>, at index: Int, _ frame: Frame) {
        row.removeAll(keepingCapacity: true)
        var style: Style?
        var pair: Int32 = 0
        var attributes: UInt8 = 0
        for cell in cells[run] {
            if cell.style != style {
                style = cell.style
                let drawn = CursesStyle(cell.style, numbers)
                pair = number(of: drawn.pair, for: frame)
                attributes = drawn.attributes
            }
            row.append(terminal_cell(cell, pair: pair, attributes: attributes))
        }
        terminal_put(Int32(index), Int32(run.lowerBound), row, Int32(row.count))
    }

    private func number(of pair: PairTable.Pair, for frame: Frame) -> Int32 {
        if let number = pairs.number(of: pair) { return number }
        var added = pairs.add(pair)
        if added == nil, !usesAllPairs {
            // Once a frame: if that gives no room, nothing does.
            usesAllPairs = true
            pairs.keep(Set(Set(frame.cells.lazy.map(\.style)).map { CursesStyle($0, numbers).pair }))
            added = pairs.add(pair)
        }
        // A frame with more pairs than there are: without colour.
        guard let added else { return 0 }
        terminal_define_pair(added, pair.foreground, pair.background)
        return added
    }

    /// Draws the cells that curses cannot place, on the rows that it may have drawn over.
    private func overlay(_ cells: UnsafeBufferPointer<Cell>, columns: Int, rows: [Int]) {
        var any = false
        for index in rows {
            for column in 0..<min(columns, size.columns) {
                let cell = cells[index * columns + column]
                guard cell.base >= 0x300 || cell.mark1 != 0 else { continue }
                var drawn = terminal_cell(cell, pair: 0, attributes: 0)
                guard terminal_needs_overlay(&drawn) else { continue }
                let style = CursesStyle(cell.style, numbers)
                drawn.attributes = style.attributes
                terminal_overlay(
                    Int32(index), Int32(column), &drawn, style.pair.foreground, style.pair.background)
                any = true
            }
        }
        if any { terminal_end_overlays() }
    }
}
