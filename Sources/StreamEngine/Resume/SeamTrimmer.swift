import Providers

/// Joins a continuation to the text that broke off: what the continuation repeats of the text's end is trimmed.
///
/// **When in doubt, keep.** A word that stands twice is seen; a word that is lost is not. A server that goes on exactly may
/// say once more what stands at the text's end, for it is how lists, tables, code, verse and speech are made ("step by
/// step by step", `x += 1;` twice). What is told from that is only the *glue*: the text ends within or right after a word,
/// the continuation begins right there with what began, in the text, after white space, and "hold a super" + "a superposition"
/// would be the text "hold a supera superposition". `prefill` has servers that go on exactly, so there more is asked; with
/// the others a model begins a new turn, and it begins with a whole word. The longest overlap of the text's end with the
/// continuation's beginning is trimmed when
/// - its last scalar is of a word, its first is no white space and stands in the text after white space (or an opening bracket
///   or quotation mark), and in the continuation the word goes on or a space follows; or a mark, after three words for
///   `prefill`; or else, after three or four words, anything but a quotation mark ("hello worldhello world" is what programs
///   print), and that for the others alone. And it has two different words; or a bullet or an emoji before the one; or a
///   table's bar. Or it is one word in small letters, but perhaps the first, not for `prefill` ("mur" + "murs"), and no word
///   that is known begins with it twice (see ``TwiceSpelt``); of words that are not in ASCII letters, where it has five
///   and goes on, or seven;
/// - or its last scalar is a mark of a sentence, and a space follows it only in the continuation ("at once." + "at once. But");
/// - or it is three different words and the space behind them, and `prefill` did not send that: an exact server begins with it;
/// - or it ends in a space within a line, and is what begins a sentence with a capital, or an item of a list;
/// - or it is a line's beginning with its indent, its bullet or its bar, in the middle of the line;
/// - or it is of a script without spaces: at least eight characters, six of them different, and another one follows, or twelve;
/// - or it is the whole reply, of 128 bytes or more for `prefill` and of 64 for the others, and then its end does not matter;
/// - or it is the line that opens a code block, or its beginning; or all of the block, and its opening line was said again;
/// - or it is a capital and one to four small letters that begin a sentence, and the continuation goes on with a small letter:
///   no word is spelt "QuQuantum";
/// - but never when it goes on as it begins (unless it has three words and is glued), or the text's end repeats by itself ("ha ha ha", "=====", two equal lines): there,
///   a repeat proves nothing.
///
/// So what begins again after a line end stands twice, and mostly what does after a space, and so do single letters and the
/// words of which one is known that is spelt with them twice ("is", for "isis"). What is lost where a server goes on exactly:
/// a reply whose first 128 bytes or more (64) are said twice in a row, and then no third time; a run-together like "helloworld
/// helloworldly"; and, but for `prefill`, a word that begins with another one twice and that no dictionary has.
///
/// Two more kinds of repeat are dropped as a whole: the reply from its very beginning, where it is longer than the window
/// (see ``RestartedText``), and the opening line of the code block that the text ends in (see ``SeamFence``).
///
/// White space is then mended where no overlap was trimmed: `prefill` sends the text right-trimmed, and in `system-note` its
/// end cannot be seen, so a server that sends the text's last white space again has it dropped. `continue` shows it, and
/// nothing is dropped: two spaces may be meant (they end a line of verse in Markdown).
///
/// Bytes are held back only while a longer overlap is still possible, and the one character after it is not known: never more
/// than ``window`` of them and four. The overlap is searched with Knuth–Morris–Pratt, its pattern growing as bytes arrive:
/// linear in the bytes received plus the window, whatever they are, and the same for any split of them. Valid text in whole
/// scalars gives valid text in whole scalars.
public struct SeamTrimmer: Sendable {
    /// How many bytes of the text's end are compared: 4 KiB, some 700 words.
    public static let window = 4096

    /// Bytes of the continuation that were dropped; final once ``isSettled``.
    public private(set) var trimmedBytes = 0
    /// The seam is closed: everything from here on is released as it comes.
    public private(set) var isSettled: Bool

    private let tail: SeamTail
    /// What the server was sent of it, where that is less.
    private let sent: SeamTail?
    private let strategy: ResumeStrategy
    /// The continuation, held back: the pattern.
    private var held: [UInt8] = []
    /// For each length of `held`'s beginnings, less one: the longest proper border's length.
    private var borders: [Int] = []
    /// Bytes of the tail that were searched.
    private var searched = 0
    /// How many bytes of `held` stand in the tail right before `searched`.
    private var matched = 0
    private var restart: RestartedText?
    private var fence: SeamFence?
    /// Held back until it is known whether a fence is opened again.
    private var fenceHeld: [UInt8] = []
    /// Bytes of a fence that were dropped.
    private var fenceBytes = 0
    /// Bytes of the text behind that fence's line: if they come again as well, the block was begun again.
    private var blockBytes = 0
    /// What follows a fence that was dropped needs a line end before it, unless it repeats the text's last line.
    private var needsLineEnd = false

    /// - Parameter committed: the text so far, in whole scalars; only its end is kept.
    public init(committed: [UInt8], strategy: ResumeStrategy) {
        tail = SeamTail(of: committed, window: Self.window)
        self.strategy = strategy
        sent = strategy == .prefill ? tail.withoutEndSpace : nil
        isSettled = tail.bytes.isEmpty
        guard !isSettled else { return }
        fence = SeamFence(of: committed)
        if !tail.isPeriodic { restart = RestartedText(of: committed, window: Self.window) }
    }

    /// Takes the next bytes of the continuation and returns those that are now certain to be new.
    public mutating func receive(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard !isSettled else { return bytes }
        guard var known = restart else { return receiveAtFence(bytes) }
        restart = nil
        switch known.receive(bytes) {
        case .matching:
            restart = known
            return []
        case .whole(let offset):
            trimmedBytes = known.matched
            close()
            return bytes.dropFirst(offset)
        case .differs(let offset):
            return receiveAtFence(known.released) + receive(bytes.dropFirst(offset))
        }
    }

    /// The continuation is over: returns what was still held back and is new.
    public mutating func finish() -> ArraySlice<UInt8> {
        guard !isSettled else { return [] }
        var released: ArraySlice<UInt8> = []
        if let restart {
            self.restart = nil
            released = receiveAtFence(restart.released)
        }
        if let fence, !isSettled { released += pass(fence.repeated(in: fenceHeld, isOver: true) ?? 0, of: fence) }
        guard !isSettled else { return released }
        // Only overlaps with what has come are left.
        while searched < tail.bytes.count {
            if matched == held.count { matched = matched == 0 ? 0 : borders[matched - 1] }
            step()
        }
        return released + settle()
    }

    private mutating func receiveAtFence(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let fence else { return receiveOverlap(bytes) }
        fenceHeld += bytes
        return fence.repeated(in: fenceHeld, isOver: false).map { pass($0, of: fence) } ?? []
    }

    /// It is known whether the continuation opens a fence again, with how many bytes.
    private mutating func pass(_ count: Int, of fence: SeamFence) -> ArraySlice<UInt8> {
        let rest = fenceHeld[count...]
        self.fence = nil
        fenceHeld = []
        fenceBytes = count
        guard count > 0 else { return receiveOverlap(rest) }
        if fence.openMarks > 0 {
            // What follows the marks that stood twice follows on exactly.
            trimmedBytes = count
            close()
            return rest
        }
        needsLineEnd = tail.bytes.last != 0x0A
        blockBytes = fence.blockBytes
        return receiveOverlap(rest)
    }

    private mutating func receiveOverlap(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard !isSettled else { return bytes }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            append(bytes[index])
            index += 1
            if searched == tail.bytes.count, isDecidable { return settle() + bytes[index...] }
        }
        return []
    }

    /// What follows an overlap is a part of the evidence: one whole scalar.
    private var isDecidable: Bool {
        guard matched > 0 else { return true }
        return matched < held.count && held.count - matched >= SeamScalar.length(held[matched])
    }

    private mutating func append(_ byte: UInt8) {
        held.append(byte)
        if held.count > 1 {
            var border = borders[held.count - 2]
            while border > 0, held[border] != byte { border = borders[border - 1] }
            borders.append(held[border] == byte ? border + 1 : border)
        } else {
            borders.append(0)
        }
        while matched < held.count, searched < tail.bytes.count { step() }
    }

    /// Compares one byte of the tail: the first occurrence of `held` in the tail is the one that may become the longest
    /// overlap, and it only ever moves on. `matched` < `held.count`.
    private mutating func step() {
        guard !held.isEmpty else {
            searched = tail.bytes.count
            return
        }
        if tail.bytes[searched] == held[matched] {
            searched += 1
            matched += 1
        } else if matched > 0 {
            matched = borders[matched - 1]
        } else {
            searched += 1
        }
    }

    /// The tail is searched to its end, so `matched` is the longest overlap, and its borders are all the shorter ones.
    private mutating func settle() -> ArraySlice<UInt8> {
        let overlap = overlap() ?? (fenceBytes > 0 ? 0 : repeatedSpace())
        trimmedBytes = fenceBytes + overlap
        defer { close() }
        guard needsLineEnd, overlap == 0, !held.isEmpty else { return held[overlap...] }
        // The fence's own.
        trimmedBytes -= 1
        return [0x0A] + held
    }

    private mutating func close() {
        isSettled = true
        held = []
        borders = []
        restart = nil
        fence = nil
        fenceHeld = []
    }

    private func overlap() -> Int? {
        var length = matched
        while length > 0 {
            if length == blockBytes { return length }
            if tail.repeatsItself(length, border: borders[length - 1]) { return nil }
            let next = held.count > length ? SeamScalar(in: held[...], at: length) : nil
            if !isAmbiguous(length), isEvidence(length, next: next), tail.isGraphemeBoundary(length) { return length }
            if tail.isShortWord(length, before: next) { return length }
            length = borders[length - 1]
        }
        return nil
    }

    private func isEvidence(_ length: Int, next: SeamScalar?) -> Bool {
        guard let sent else { return tail.isEvidence(length, next: next, strategy: strategy) }
        if tail.isEvidence(length, next: next, strategy: strategy) { return true }
        // The server would have gone on with the space that it was not sent.
        let words = length - (tail.bytes.count - sent.bytes.count)
        guard words > 0, let next, next.value != SeamScalar(in: held[...], at: 0).value, sent.hasThreeWords(words)
        else {
            return false
        }
        let space = SeamScalar(in: tail.bytes[...], at: sent.bytes.count)
        return sent.isEvidence(words, next: space, strategy: strategy)
    }

    /// A short overlap that begins as it ends: it may be its end alone that stands twice ("x = 1; x" + "x = 1; y").
    private func isAmbiguous(_ length: Int) -> Bool {
        let border = borders[length - 1]
        return border > 0 && length < 64 && tail.opens(tail.bytes.count - border)
    }

    private func repeatedSpace() -> Int {
        guard strategy != .continue else { return 0 }
        let space = tail.bytes.suffix { $0.isSpace }
        var length = 0
        for (ours, theirs) in zip(space, held) {
            guard ours == theirs else { break }
            length += 1
        }
        return length
    }
}

extension [UInt8] {
    fileprivate func suffix(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        var start = endIndex
        while start > startIndex, condition(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}
