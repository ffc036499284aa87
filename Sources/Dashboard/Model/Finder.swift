/// The line in which a search is typed, and where the reader was when it began.
struct Finder: Sendable {
    var line = Editor()
    var place: Transcript.Place
    var follows: Bool

    /// One line; what cannot be drawn is nothing to look for.
    var text: String { Clean.line(line.text) }
}
