/// A multi-line text and a cursor in it, by the readline keys that hands know. Pure; the cursor always stands between
/// two graphemes.
///
/// A large paste is kept beside the text and stands in it as one `U+FFFC`, so that a megabyte is one thing to see, to
/// step over and to delete; ``expanded`` is the text with everything in its place.
public struct Editor: Sendable, Equatable {
    /// Where a paste of ``pastes`` stands: OBJECT REPLACEMENT CHARACTER.
    static let placeholder: Unicode.Scalar = "\u{FFFC}"
    static let undoLimit = 200
    /// A paste over either is shown as `[pasted 123 lines]`.
    static let largePasteLines = 12
    static let largePasteBytes = 4096

    /// What is edited, as undo keeps it. Strings share their storage, so that a step costs nothing until it differs.
    struct Content: Sendable, Equatable {
        var text = ""
        /// In the order of their placeholders.
        var pastes: [String] = []
        /// UTF-8 offset of the cursor.
        var cursor = 0
    }

    enum Edit: Sendable, Equatable {
        case none, typing, deleting, killing, other
    }

    private(set) var content = Content()
    private var undone: [Content] = []
    private var done: [Content] = []
    private var lastEdit = Edit.none
    /// What was killed last, for yank.
    private(set) var killed = Content()
    /// The column that Up and Down try to keep, in cells; `nil` after any other move.
    var goalColumn: Int?
    /// Grows with every change of the text.
    private(set) var generation = 0

    public init() {}

    public init(_ text: String) {
        load(text)
    }

    /// Placeholders included: what the layout draws.
    var text: String { content.text }
    var pastes: [String] { content.pastes }
    /// UTF-8 offset of the cursor in ``text``.
    var cursor: Int { content.cursor }
    public var isEmpty: Bool { content.text.isEmpty }

    /// Only blanks and line ends: nothing to send.
    public var isBlank: Bool {
        content.pastes.isEmpty && content.text.utf8.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }
    }

    /// The text with every paste in its place. Linear.
    public var expanded: String {
        guard !content.pastes.isEmpty else { return content.text }
        var whole = ""
        whole.reserveCapacity(content.text.utf8.count + content.pastes.reduce(0) { $0 + $1.utf8.count })
        var next = 0
        var rest = content.text.unicodeScalars[...]
        while let place = rest.firstIndex(of: Self.placeholder) {
            whole.unicodeScalars.append(contentsOf: rest[..<place])
            if next < content.pastes.count { whole += content.pastes[next] }
            next += 1
            rest = rest[rest.index(after: place)...]
        }
        whole.unicodeScalars.append(contentsOf: rest)
        return whole
    }

    // MARK: Changes

    /// Puts text at the cursor, as typed.
    public mutating func insert(_ string: String) {
        guard !string.isEmpty else { return }
        // A blank ends a step, so that undo takes back words, not letters and not everything.
        let isWord = string.utf8.allSatisfy { $0 != 0x20 && $0 != 0x0A }
        willEdit(isWord ? .typing : .other)
        replace(cursor..<cursor, with: Self.clean(string))
    }

    /// A paste: as it is when small, as one thing when large. Never submits.
    public mutating func paste(_ string: String) {
        guard !string.isEmpty else { return }
        willEdit(.other)
        insertPiece(Self.clean(string))
        lastEdit = .none
    }

    /// Replaces everything: history, `$EDITOR`. Can be undone.
    public mutating func replaceAll(_ string: String) {
        willEdit(.other)
        content = Content()
        insertPiece(Self.clean(string), keepsLines: true)
        lastEdit = .none
        generation += 1
    }

    /// Puts a text in the place of a range of ``text``: a completion.
    mutating func complete(_ range: Range<Int>, with string: String) {
        guard range.lowerBound >= 0, range.upperBound <= end else { return }
        willEdit(.other)
        replace(range, with: Self.clean(string))
        lastEdit = .none
    }

    /// Replaces everything and forgets what was before: another conversation's draft.
    public mutating func load(_ string: String) {
        replaceAll(string)
        done = []
        undone = []
    }

    /// Removes everything; undo brings it back.
    public mutating func clear() {
        guard !isEmpty else { return }
        willEdit(.other)
        content = Content()
        generation += 1
        lastEdit = .none
    }

    public mutating func deleteBackward() {
        guard cursor > 0 else { return }
        willEdit(.deleting)
        replace(before(cursor)..<cursor, with: "")
    }

    public mutating func deleteForward() {
        guard cursor < end else { return }
        willEdit(.deleting)
        replace(cursor..<after(cursor), with: "")
    }

    public mutating func killToLineEnd() {
        let stop = lineEnd(cursor)
        kill(cursor..<(stop == cursor ? after(cursor) : stop), forward: true)
    }

    public mutating func killToLineStart() {
        let start = lineStart(cursor)
        kill((start == cursor ? before(cursor) : start)..<cursor, forward: false)
    }

    public mutating func killWordBackward() { kill(wordStart(cursor)..<cursor, forward: false) }
    public mutating func killWordForward() { kill(cursor..<wordEnd(cursor), forward: true) }

    public mutating func yank() {
        guard !killed.text.isEmpty else { return }
        willEdit(.other)
        let at = placeholders(in: 0..<cursor)
        content.pastes.insert(contentsOf: killed.pastes, at: at)
        splice(cursor..<cursor, killed.text)
    }

    public mutating func undo() {
        guard let before = done.popLast() else { return }
        undone.append(content)
        restore(before)
    }

    public mutating func redo() {
        guard let after = undone.popLast() else { return }
        done.append(content)
        restore(after)
    }

    private mutating func restore(_ other: Content) {
        content = other
        lastEdit = .none
        goalColumn = nil
        generation += 1
    }

    private mutating func kill(_ range: Range<Int>, forward: Bool) {
        guard !range.isEmpty else { return }
        let again = lastEdit == .killing
        willEdit(.killing)
        let cut = Content(text: substring(range), pastes: Array(content.pastes[pastes(in: range)]))
        if again {
            killed.text = forward ? killed.text + cut.text : cut.text + killed.text
            killed.pastes = forward ? killed.pastes + cut.pastes : cut.pastes + killed.pastes
        } else {
            killed = cut
        }
        replace(range, with: "")
    }

    /// Keeps the state before an edit, once for a run of alike ones.
    private mutating func willEdit(_ edit: Edit) {
        goalColumn = nil
        undone = []
        if edit == .other || edit != lastEdit {
            done.append(content)
            if done.count > Self.undoLimit { done.removeFirst() }
        }
        lastEdit = edit
    }

    private mutating func insertPiece(_ string: String, keepsLines: Bool = false) {
        let lines = string.utf8.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let isLarge =
            keepsLines
            ? string.utf8.count > 4 * Self.largePasteBytes
            : lines > Self.largePasteLines || string.utf8.count > Self.largePasteBytes
        guard isLarge else { return replace(cursor..<cursor, with: string) }
        content.pastes.insert(string, at: placeholders(in: 0..<cursor))
        splice(cursor..<cursor, String(Self.placeholder))
    }

    /// Replaces a range of plain text; pastes that stood in it go with it.
    private mutating func replace(_ range: Range<Int>, with string: String) {
        content.pastes.removeSubrange(pastes(in: range))
        splice(range, string)
    }

    private mutating func splice(_ range: Range<Int>, _ string: String) {
        content.text.replaceSubrange(index(range.lowerBound)..<index(range.upperBound), with: string)
        content.cursor = aligned(range.lowerBound + string.utf8.count)
        generation += 1
    }

    /// What may stand in the text: no placeholder of ours, line ends as LF, no NUL. Other control characters stay and
    /// are shown as signs.
    private static func clean(_ string: String) -> String {
        let isClean = string.utf8.allSatisfy { $0 != 0x0D && $0 != 0 && $0 != 0xEF }
        guard !isClean else { return string }
        var scalars = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\r": scalars.append("\n")
            case "\n": if !afterReturn { scalars.append("\n") }
            case "\0": break
            case placeholder: scalars.append("\u{FFFD}")
            default: scalars.append(scalar)
            }
            afterReturn = scalar == "\r"
        }
        return String(scalars)
    }

    // MARK: Moves

    public mutating func moveTo(_ offset: Int) {
        move(to: aligned(min(max(0, offset), end)))
    }

    public mutating func moveLeft() { move(to: before(cursor)) }
    public mutating func moveRight() { move(to: after(cursor)) }
    public mutating func moveToLineStart() { move(to: lineStart(cursor)) }
    public mutating func moveToLineEnd() { move(to: lineEnd(cursor)) }
    public mutating func moveToStart() { move(to: 0) }
    public mutating func moveToEnd() { move(to: end) }
    public mutating func moveWordBackward() { move(to: wordStart(cursor)) }
    public mutating func moveWordForward() { move(to: wordEnd(cursor)) }

    private mutating func move(to offset: Int) {
        content.cursor = offset
        goalColumn = nil
        lastEdit = .none
    }

    /// A vertical move, by someone who knows the layout.
    mutating func moveVertically(to offset: Int, goal: Int) {
        move(to: aligned(min(max(0, offset), end)))
        goalColumn = goal
    }

    // MARK: Places

    var end: Int { content.text.utf8.count }

    func index(_ offset: Int) -> String.Index {
        content.text.utf8.index(content.text.startIndex, offsetBy: offset)
    }

    func substring(_ range: Range<Int>) -> String {
        String(content.text[index(range.lowerBound)..<index(range.upperBound)])
    }

    private func offset(_ index: String.Index) -> Int {
        content.text.utf8.distance(from: content.text.startIndex, to: index)
    }

    /// The next place between two graphemes at or after `offset`.
    private func aligned(_ offset: Int) -> Int {
        guard offset > 0, offset < end else { return min(max(0, offset), end) }
        let place = index(offset)
        if String.Index(place, within: content.text) != nil { return offset }
        return self.offset(content.text.index(after: place))
    }

    private func before(_ offset: Int) -> Int {
        offset > 0 ? self.offset(content.text.index(before: index(offset))) : 0
    }

    private func after(_ offset: Int) -> Int {
        offset < end ? self.offset(content.text.index(after: index(offset))) : end
    }

    func lineStart(_ offset: Int) -> Int {
        let head = content.text.utf8[..<index(offset)]
        guard let feed = head.lastIndex(of: 0x0A) else { return 0 }
        return self.offset(feed) + 1
    }

    func lineEnd(_ offset: Int) -> Int {
        guard let feed = content.text.utf8[index(offset)...].firstIndex(of: 0x0A) else { return end }
        return self.offset(feed)
    }

    /// Where the word before `offset` begins; blanks and signs between are skipped.
    private func wordStart(_ offset: Int) -> Int {
        var place = index(offset)
        let text = content.text
        while place > text.startIndex {
            let previous = text.index(before: place)
            guard !Self.isWord(text[previous]) else { break }
            place = previous
        }
        while place > text.startIndex {
            let previous = text.index(before: place)
            guard Self.isWord(text[previous]) else { break }
            place = previous
        }
        return self.offset(place)
    }

    private func wordEnd(_ offset: Int) -> Int {
        var place = index(offset)
        let text = content.text
        while place < text.endIndex, !Self.isWord(text[place]) { place = text.index(after: place) }
        while place < text.endIndex, Self.isWord(text[place]) { place = text.index(after: place) }
        return self.offset(place)
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character.unicodeScalars.first == placeholder
    }

    private func placeholders(in range: Range<Int>) -> Int {
        // U+FFFC is EF BF BC; nothing else in valid UTF-8 contains these three bytes.
        let bytes = content.text.utf8[index(range.lowerBound)..<index(range.upperBound)]
        guard !content.pastes.isEmpty else { return 0 }
        return content.text.unicodeScalars[bytes.startIndex..<bytes.endIndex].reduce(0) {
            $1 == Self.placeholder ? $0 + 1 : $0
        }
    }

    /// The pastes whose placeholders stand in a range.
    private func pastes(in range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty, !content.pastes.isEmpty else { return 0..<0 }
        let first = placeholders(in: 0..<range.lowerBound)
        return first..<min(content.pastes.count, first + placeholders(in: range))
    }
}
