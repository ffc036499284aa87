/// What the end of a text is as Markdown's code fences go (CommonMark 4.5), so that a continuation that opens a fence
/// once more can be told from one that closes it.
///
/// A continuation that begins a new turn likes to open the code block anew in which the reply broke off. Within an open
/// block a line of a fence *with an info string* closes nothing: it is the opening line again, and is dropped. A bare
/// fence may be the end of the block, and is kept.
struct SeamFence: Sendable {
    /// The marks that the text ends in the middle of: its last line is nothing else. 0 where it is not so.
    private(set) var openMarks = 0
    private var mark: UInt8 = 0
    /// The block that the text ends within: its opening fence's marks and info string.
    private var block: (mark: UInt8, marks: Int, info: [UInt8])?
    /// Bytes of the text behind that fence's line.
    private(set) var blockBytes = 0

    /// Longer lines are no fence that anybody opens.
    static let longestLine = 80

    init(of text: [UInt8]) {
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            read(text[start..<end], isWhole: end < text.count, rest: text.count - end - 1)
            start = end + 1
        }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, isWhole: Bool, rest: Int) {
        guard let fence = Self.fence(in: line) else { return }
        if isWhole {
            if let open = block {
                if fence.mark == open.mark, fence.marks >= open.marks, fence.info.isEmpty { block = nil }
            } else if fence.marks >= 3 {
                block = fence
                blockBytes = rest
            }
        } else if fence.info.isEmpty {
            openMarks = fence.marks
            mark = fence.mark
        }
    }

    /// How many of the continuation's first bytes are a fence that stands there already; `nil` while more of it must come
    /// to say, at least `isOver` is needed.
    func repeated(in continuation: [UInt8], isOver: Bool) -> Int? {
        if openMarks > 0 { return repeatedMarks(in: continuation, isOver: isOver) }
        guard let block, !block.info.isEmpty else { return 0 }
        // A line end before it is not the text's: a fence must begin a line.
        let start = continuation.first == 0x0A ? 1 : 0
        let line = continuation[start...].prefix { $0 != 0x0A }
        let isWhole = line.endIndex < continuation.count
        guard isWhole else {
            // As long as it can become the fence.
            let whole = Array(repeating: block.mark, count: block.marks) + block.info
            let isPossible = !isOver && (whole.starts(with: line) || line.elementsEqual(whole + [0x0D]))
            return isPossible ? nil : 0
        }
        guard let fence = Self.fence(in: line), fence.mark == block.mark, fence.marks == block.marks,
            fence.info == block.info
        else { return 0 }
        return line.endIndex + 1
    }

    /// The text ends in "``" and the continuation begins with "```swift": the marks stand twice. Or it was a fence of more
    /// than three marks: those quote other fences, so their block is of Markdown or of no language, and then they are kept.
    private func repeatedMarks(in continuation: [UInt8], isOver: Bool) -> Int? {
        let marks = continuation.prefix { $0 == mark }.count
        if marks == continuation.count, marks <= 3, !isOver { return nil }
        // Fewer are the rest of the fence; and within a block of three marks no fence of more is written.
        guard marks == 3, openMarks <= 3, block.map({ $0.mark == mark && $0.marks == 3 }) ?? true
        else { return 0 }
        let info = continuation[3...].prefix { $0 != 0x0A }
        if info.endIndex == continuation.count, !isOver, info.count <= Self.longestLine { return nil }
        guard block == nil else { return info.isEmpty ? openMarks : 0 }
        let name = info.prefix { $0 | 0x20 &- 0x61 < 26 }.map { $0 | 0x20 }
        return name.isEmpty || Self.quoting.contains(String(decoding: name, as: UTF8.self)) ? 0 : openMarks
    }

    private static let quoting: Set<String> = [
        "md", "markdown", "mdx", "text", "txt", "plain", "plaintext", "rst", "qmd", "rmd",
    ]

    /// The marks that a line begins with, and what follows them; `nil` where it is no fence, nor the beginning of one.
    private static func fence(in line: ArraySlice<UInt8>) -> (mark: UInt8, marks: Int, info: [UInt8])? {
        guard line.count <= longestLine else { return nil }
        let text = line.drop { $0 == 0x20 }
        guard text.startIndex - line.startIndex < 4, let mark = text.first,
            mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~")
        else { return nil }
        let marks = text.prefix { $0 == mark }.count
        let info = text.dropFirst(marks).trimmingSpace()
        if mark == UInt8(ascii: "`"), info.contains(mark) { return nil }
        return (mark, marks, Array(info))
    }
}
