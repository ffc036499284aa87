import Screen

/// An editor's text in rows of a given width: where each glyph stands, for drawing, for the cursor, and for Up and Down.
struct EditorLayout: Sendable, Equatable {
    struct Row: Sendable, Equatable {
        /// UTF-8 offsets; a line end belongs to no row.
        var start: Int
        var end: Int
    }

    /// A glyph in its row; what it is drawn as is decided by the view.
    struct Piece {
        var glyph: Glyph
        var column: Int
        var columns: Int
        /// Which paste it stands for.
        var paste: Int?
    }

    static let tabStop = 4
    private(set) var rows: [Row]
    let columns: Int
    private let chips: [Int]

    /// - Parameter columns: at least 1; the cursor may stand in one more.
    init(_ editor: Editor, columns: Int) {
        self.columns = max(1, columns)
        chips = editor.pastes.map { Width.columns(of: Self.label(ofPaste: $0)) }
        rows = []
        var paste = 0
        var text = editor.text
        text.withUTF8 { bytes in
            var start = 0
            while true {
                let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                wrap(bytes, start..<end, paste: &paste)
                guard end < bytes.count else { break }
                start = end + 1
            }
        }
    }

    static func label(ofPaste text: String) -> String {
        let lines = text.utf8.reduce(text.utf8.last == 0x0A ? 0 : 1) { $1 == 0x0A ? $0 + 1 : $0 }
        return lines > 1 ? "[pasted \(lines) lines]" : "[pasted \(Format.bytes(text.utf8.count))]"
    }

    private mutating func wrap(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, paste: inout Int) {
        var start = line.lowerBound
        // The place after the last blank, where a row may end.
        var opportunity: Int?
        var column = 0
        var sinceOpportunity = 0
        var walker = Walker(bytes, line, chips: chips, paste: paste)
        while let piece = walker.next(column: column) {
            let isBlank = piece.glyph.base == 0x20
            // Blanks hang over the end instead of beginning the next row.
            if column + piece.columns > columns, !isBlank, piece.glyph.start > start {
                if let cut = opportunity, cut > start {
                    rows.append(Row(start: start, end: cut))
                    start = cut
                    column = sinceOpportunity
                } else if piece.glyph.startsGrapheme {
                    rows.append(Row(start: start, end: piece.glyph.start))
                    start = piece.glyph.start
                    column = 0
                }
                opportunity = nil
                sinceOpportunity = 0
            }
            column += piece.columns
            sinceOpportunity += piece.columns
            if isBlank || piece.glyph.width == 2 {
                opportunity = piece.glyph.end
                sinceOpportunity = 0
            }
        }
        paste = walker.paste
        rows.append(Row(start: start, end: line.upperBound))
    }

    /// Calls with each glyph of a row, left to right.
    func forEach(in row: Int, of editor: Editor, _ body: (Piece) -> Void) {
        guard rows.indices.contains(row) else { return }
        let range = rows[row]
        var text = editor.text
        var paste = 0
        if !chips.isEmpty {
            paste = editor.substring(0..<range.start).unicodeScalars.reduce(0) {
                $1 == Editor.placeholder ? $0 + 1 : $0
            }
        }
        text.withUTF8 { bytes in
            var walker = Walker(bytes, range.start..<range.end, chips: chips, paste: paste)
            var column = 0
            while let piece = walker.next(column: column) {
                body(piece)
                column += piece.columns
            }
        }
    }

    /// The row that holds an offset: a place where two rows meet belongs to the second.
    func row(of offset: Int) -> Int {
        var low = 0
        var high = rows.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if rows[middle].start <= offset { low = middle } else { high = middle - 1 }
        }
        return low
    }

    func column(of offset: Int, row: Int, in editor: Editor) -> Int {
        var column = 0
        forEach(in: row, of: editor) { piece in
            if piece.glyph.start < offset { column = piece.column + piece.columns }
        }
        return column
    }

    /// The offset in a row that is nearest to a column from the left.
    func offset(row: Int, column: Int, in editor: Editor) -> Int {
        guard rows.indices.contains(row) else { return 0 }
        var offset = rows[row].start
        forEach(in: row, of: editor) { piece in
            if piece.column + piece.columns <= column { offset = piece.glyph.end }
        }
        // The place after a row that goes on in the next one belongs to that next one.
        if offset == rows[row].end, row + 1 < rows.count, rows[row + 1].start == offset {
            var last = rows[row].start
            forEach(in: row, of: editor) { if $0.glyph.startsGrapheme { last = $0.glyph.start } }
            return last
        }
        return offset
    }

    private struct Walker {
        private var reducer: GraphemeReducer
        private let chips: [Int]
        private let base: Int
        var paste: Int

        init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, chips: [Int], paste: Int) {
            reducer = GraphemeReducer(UnsafeBufferPointer(rebasing: bytes[range]))
            base = range.lowerBound
            self.chips = chips
            self.paste = paste
        }

        mutating func next(column: Int) -> Piece? {
            guard var glyph = reducer.next() else { return nil }
            glyph.start += base
            glyph.end += base
            if glyph.base == Editor.placeholder.value, paste < chips.count {
                defer { paste += 1 }
                return Piece(glyph: glyph, column: column, columns: chips[paste], paste: paste)
            }
            if glyph.base == 0x2409 || glyph.base == 0x09 {
                let stop = EditorLayout.tabStop - column % EditorLayout.tabStop
                return Piece(glyph: glyph, column: column, columns: stop)
            }
            return Piece(glyph: glyph, column: column, columns: Int(glyph.width))
        }
    }
}
