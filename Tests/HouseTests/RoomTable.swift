import Foundation

/// The rooms as `docs/ARCHITECTURE.md` has them.
struct RoomTable {
    struct Room {
        var mayImport: Set<String>
        var never: Set<String>
    }

    var rooms: [String: Room] = [:]
    /// What the table's words in italics stand for: `*libc*`, `*the outside world*`. Each is explained in a paragraph that
    /// begins with it and a colon.
    var meanings: [String: Set<String>] = [:]

    init(document: String) {
        for paragraph in document.components(separatedBy: "\n\n") where paragraph.hasPrefix("*") {
            guard let end = paragraph.range(of: "*:") else { continue }
            meanings[paragraph[..<end.lowerBound].dropFirst().lowercased()] = Self.quoted(paragraph)
        }
        for line in document.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            // Other tables have other widths.
            guard cells.count == 6, let name = Self.quoted(cells[1]).first else { continue }
            rooms[name] = Room(mayImport: words(in: cells[3]), never: words(in: cells[4]))
        }
    }

    private func words(in cell: String) -> Set<String> {
        meanings.reduce(into: Self.quoted(cell)) { words, meaning in
            if cell.lowercased().contains("*\(meaning.key)*") { words.formUnion(meaning.value) }
        }
    }

    /// The words between backticks.
    private static func quoted(_ text: String) -> Set<String> {
        Set(text.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
    }
}
