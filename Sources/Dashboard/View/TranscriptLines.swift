import StreamEngine

/// The lines of the transcript that are in sight, from the top down.
struct TranscriptLines {
    struct Line {
        /// In sight, from 0.
        var row: Int
        var item: Transcript.Item
        /// Which of the items.
        var index: Int
        /// Of the item, from 0.
        var part: Int
        /// Of the part, from 0; and how many the part has.
        var line: Int
        var height: Int
    }

    private let transcript: Transcript

    init(_ transcript: Transcript) {
        self.transcript = transcript
    }

    func forEach(rows: Int, _ body: (Line) -> Void) {
        var place: Transcript.Place? = transcript.top
        var row = 0
        while row < rows, let current = place, transcript.items.indices.contains(current.item) {
            let item = transcript.items[current.item]
            var line = current.line
            var index = 0
            // Find the part that the line is in, then go on to the item's end.
            for (part, height) in item.parts.enumerated() {
                defer { index += height }
                if line >= index + height { continue }
                while line < index + height, row < rows {
                    body(
                        Line(
                            row: row, item: item, index: current.item, part: part, line: line - index, height: height))
                    line += 1
                    row += 1
                }
                if row >= rows { break }
            }
            place = Transcript.Place(item: current.item + 1, line: 0)
        }
    }

    /// The row of the lowest seam in a stream's text.
    func lastSeam(of stream: StreamID, rows: Int) -> Int? {
        var last: Int?
        forEach(rows: rows) { line in
            guard case .reply(let reply) = line.item.content, reply.stream == stream,
                reply.blocks.indices.contains(line.part - 1)
            else { return }
            switch reply.blocks[line.part - 1] {
            case .seam: last = line.row
            case .text(let prose):
                if case .seam? = prose.row(line.line) { last = line.row }
            case .thinking, .part, .failedTake: break
            }
        }
        return last
    }
}
