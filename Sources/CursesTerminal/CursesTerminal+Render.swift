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
        if synchronizes, !bytes.isEmpty { bytes = ModeSequences.syncBegin + bytes + ModeSequences.syncEnd }
        // After the cells: curses enters the alternate screen with the first ones, and some terminals save the title then.
        bytes += modes.change(to: frame.modes)
        shown = frame
        guard !bytes.isEmpty else { return 0 }
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
        if added == nil {
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

extension terminal_cell {
    /// The last guard before the terminal: whatever a cell holds, no control, format character or unpaired surrogate goes
    /// out. Text was sanitised long before; this is for our own mistakes.
    fileprivate init(_ cell: Cell, pair: Int32, attributes: UInt8) {
        let isSafe = Self.isDrawable(cell.base) || cell.width == 0
        self.init(
            base: isSafe ? cell.base : 0xFFFD, mark1: Self.isDrawable(cell.mark1) ? cell.mark1 : 0,
            mark2: Self.isDrawable(cell.mark1) && Self.isDrawable(cell.mark2) ? cell.mark2 : 0, pair: pair,
            attributes: attributes, width: isSafe ? cell.width : 1)
    }

    private static func isDrawable(_ scalar: UInt32) -> Bool {
        if scalar < 0x7F { return scalar >= 0x20 }
        if scalar < 0x300 { return scalar >= 0xA0 && scalar != 0xAD }
        guard let value = Unicode.Scalar(scalar) else { return false }
        switch value.properties.generalCategory {
        case .control, .surrogate, .lineSeparator, .paragraphSeparator: return false
        // Number signs that are seen are format characters too; the invisible ones are not to be drawn.
        case .format: return !value.properties.isDefaultIgnorableCodePoint && !(0xFFF9...0xFFFB).contains(scalar)
        default: return true
        }
    }
}
