extension String {
    /// Sanitised text as lines of at most so many columns; LF ends a line.
    public func wrapped(toColumns columns: Int, hangingIndent: Int = 0) -> [String] {
        StyledLine(self).wrapped(toColumns: columns, hangingIndent: hangingIndent).map(\.text)
    }
}

extension StyledLine {
    /// Its text as lines of at most so many columns, each run keeping its style; LF ends a line.
    ///
    /// - Parameter hangingIndent: blanks before each line but the first, taken from its columns; fewer where that would
    ///   leave less than half of them.
    public func wrapped(toColumns columns: Int, hangingIndent: Int = 0) -> [StyledLine] {
        let indent = min(max(0, hangingIndent), columns / 2)
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for run in runs {
            bytes.append(contentsOf: run.text.utf8)
            ends.append(bytes.count)
        }
        let isASCII = bytes.allSatisfy { $0 < 0x80 }
        return bytes.withUnsafeBufferPointer { bytes in
            let breaker = LineBreaker(bytes, end: bytes.count, mode: .words, isASCII: isASCII)
            var lines: [StyledLine] = []
            var start = 0
            while true {
                let room = lines.isEmpty ? columns : columns - indent
                let line = breaker.line(from: start, columns: room)
                var pieces: [TextRun] = []
                if !lines.isEmpty, indent > 0, line.end > start {
                    pieces.append(TextRun(String(repeating: " ", count: indent)))
                }
                var run = ends.partition { $0 <= start }
                var from = start
                while from < line.end, run < runs.count {
                    let to = min(line.end, ends[run])
                    pieces.append(TextRun(String(decoding: bytes[from..<to], as: UTF8.self), style: runs[run].style))
                    from = to
                    run += 1
                }
                var result = StyledLine(pieces, isSoftWrapped: line.kind == .soft)
                if line.kind == .soft { result.joint = String(decoding: bytes[line.end..<line.next], as: UTF8.self) }
                lines.append(result)
                if line.kind == .last { return lines }
                start = line.next
            }
        }
    }
}
