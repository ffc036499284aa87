import Providers

/// Joins a continuation to the text that broke off: what the continuation repeats of the text's end is trimmed.
///
/// **When in doubt, keep.** A word that stands twice is seen; a word that is lost is not. The longest overlap of the text's
/// end with the continuation's beginning is trimmed when it is evidence of a repeat:
/// - it has two words and begins at a word boundary of the text. A word is a run of letters and digits, at least three
///   bytes in both together and a letter among them; a CJK character is half a word. One word will do with a bullet or an
///   emoji before it, or where it ends a line that it does not begin, with six bytes that are no white space. One cell of
///   a table will not do, nor one line of less than 24 such bytes: what stands beside them is often alike.
/// - Or it is one word or the beginning of one, the text ends in it, and the continuation begins with it without a space
///   between, so that keeping it would glue the word to itself ("quanquantum"): six bytes for `prefill`, whose servers
///   go on exactly ("mur" + "murs"), three for the strategies that begin a new turn, which models begin with a whole word.
/// - Or it has two words and at least 16 bytes that are no white space, wherever it begins and whatever it consists of.
/// - But never when the text's end repeats by itself ("ha ha ha", "=====", two equal lines): there, a repeat proves nothing.
///
/// - And one word of two letters, or a letter, will do where it begins a sentence with a capital and the continuation goes
///   on with a small letter: no word is spelt "QuQuantum".
///
/// Two more kinds of repeat are dropped as a whole: the reply from its very beginning, where it is longer than the window
/// (see ``RestartedText``), and the opening line of the code block that the text ends in (see ``SeamFence``).
///
/// White space is then mended where no overlap was trimmed: `prefill` sends the text right-trimmed, and in `system-note` its
/// end cannot be seen, so a server that sends the text's last white space again has it dropped; and `continue` does not
/// double a single space.
///
/// Bytes are held back only while a longer overlap is still possible, which is never more than ``window`` of them. The
/// overlap is searched with Knuth–Morris–Pratt, its pattern growing as bytes arrive: linear in the bytes received plus the
/// window, whatever they are, and the same for any split of them. Valid text in whole scalars gives valid text in whole
/// scalars.
public struct SeamTrimmer: Sendable {
    /// How many bytes of the text's end are compared: 4 KiB, some 700 words.
    public static let window = 4096

    /// Bytes of the continuation that were dropped; final once ``isSettled``.
    public private(set) var trimmedBytes = 0
    /// The seam is closed: everything from here on is released as it comes.
    public private(set) var isSettled: Bool

    private let tail: SeamTail
    private let strategy: ResumeStrategy
    /// The continuation, held back: the pattern.
    private var held: [UInt8] = []
    /// For each length of `held`'s beginnings, less one: the longest proper border's length.
    private var borders: [Int] = []
    /// Bytes of the tail that were searched.
    private var searched = 0
    /// How many bytes of `held` stand in the tail right before `searched`.
    private var matched = 0
    /// The overlap is a short word: the byte after it decides.
    private var awaitsNext = false
    private var restart: RestartedText?
    private var fence: SeamFence?
    /// Held back until it is known whether a fence is opened again.
    private var fenceHeld: [UInt8] = []
    /// Bytes of a fence that were dropped.
    private var fenceBytes = 0
    /// What follows a fence that was dropped needs a line end before it, unless it repeats the text's last line.
    private var needsLineEnd = false

    /// - Parameter committed: the text so far, in whole scalars; only its end is kept.
    public init(committed: [UInt8], strategy: ResumeStrategy) {
        tail = SeamTail(of: committed, window: Self.window)
        self.strategy = strategy
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
        return receiveOverlap(rest)
    }

    private mutating func receiveOverlap(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard !isSettled else { return bytes }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            append(bytes[index])
            index += 1
            guard searched == tail.bytes.count else { continue }
            if !awaitsNext, matched == held.count, tail.mayBeShortWord(matched) {
                awaitsNext = true
            } else {
                return settle() + bytes[index...]
            }
        }
        return []
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
            if tail.repeatsItself(length, border: borders[length - 1]) { return nil }
            if tail.isEvidence(length, strategy: strategy) { return length }
            if held.count > length, tail.isShortWord(length, before: held[length], strategy: strategy) { return length }
            length = borders[length - 1]
        }
        return nil
    }

    private func repeatedSpace() -> Int {
        let space = tail.bytes.suffix { $0.isSpace }
        guard strategy != .continue else {
            // A line's first space is an indent's, which the next ones belong to.
            let before = tail.bytes.dropLast().last ?? 0x0A
            return space.elementsEqual([0x20]) && held.first == 0x20 && before != 0x0A ? 1 : 0
        }
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
