import Screen

/// The runs of cells in which two rows of the same length differ.
enum RowChanges {
    /// Runs closer than this are one: to curses a call costs more than a few equal cells.
    static let shortestGap = 8

    /// Runs begin and end at whole cells of the new row, and are given in order.
    static func forEach(
        _ old: UnsafeBufferPointer<Cell>, _ new: UnsafeBufferPointer<Cell>, _ body: (Range<Int>) -> Void
    ) {
        var column = 0
        while column < new.count {
            guard new[column] != old[column] else {
                column += 1
                continue
            }
            var end = column + 1
            var probe = end
            while probe < new.count, probe - end < shortestGap {
                if new[probe] != old[probe] { end = probe + 1 }
                probe += 1
            }
            let run = whole(column..<end, in: new)
            body(run)
            column = run.upperBound
        }
    }

    /// The run, with both halves of the wide cells that it touches.
    private static func whole(_ run: Range<Int>, in row: UnsafeBufferPointer<Cell>) -> Range<Int> {
        var (start, end) = (run.lowerBound, run.upperBound)
        while start > 0, row[start].width == 0 { start -= 1 }
        while end < row.count, row[end].width == 0 { end += 1 }
        return start..<end
    }
}
