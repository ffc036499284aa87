/// A table of a TOML document, as a value that knows where it stands in the file.
public struct TOMLTable: Sendable {
    struct Entry: Sendable, Equatable {
        var key: String
        var line: Int
        var value: TOMLValue
    }

    /// The file's name as the user knows it.
    public let source: String
    /// The path of this table from the root, `models[3].prices`; empty for the root.
    public let path: String
    /// Where the table begins: its header, its brace, or the key that first implied it. 1-based; 0 for the root.
    public let line: Int

    let entries: [Entry]
    /// Positions in ``entries``, where there are so many that looking through them would tell.
    private let index: [String: Int]

    init(source: String, path: String, line: Int, entries: [Entry]) {
        self.source = source
        self.path = path
        self.line = line
        self.entries = entries
        if entries.count > Self.scanned {
            var index: [String: Int] = [:]
            index.reserveCapacity(entries.count)
            for (position, entry) in entries.enumerated() { index[entry.key] = position }
            self.index = index
        } else {
            index = [:]
        }
    }

    /// Up to this many keys a walk over them is as quick as a hash.
    static let scanned = 12

    /// In the order of the file.
    public var keys: [String] { entries.map(\.key) }
    public var isEmpty: Bool { entries.isEmpty }
    public var count: Int { entries.count }

    public func contains(_ key: String) -> Bool {
        entry(key) != nil
    }

    /// Where the key stands, 1-based.
    public func line(of key: String) -> Int? {
        entry(key)?.line
    }

    public subscript(_ key: String) -> TOMLValue? {
        entry(key)?.value
    }

    /// The full path of a key of this table, `models[3].output`.
    public func path(of key: String) -> String {
        Self.path(path, key)
    }

    /// An error about a key of this table or, with `nil`, about the table.
    public func error(_ key: String?, _ message: String) -> TOMLError {
        guard let key else {
            return TOMLError(source: source, line: line, key: path.isEmpty ? nil : path, message: message)
        }
        return TOMLError(source: source, line: self.line(of: key) ?? line, key: path(of: key), message: message)
    }

    func entry(_ key: String) -> Entry? {
        if entries.count > Self.scanned {
            return index[key].map { entries[$0] }
        }
        return entries.first { $0.key == key }
    }

    /// Joins a path and a key, quoted where it is not bare.
    static func path(_ path: String, _ key: String) -> String {
        let isBare = !key.isEmpty && key.utf8.allSatisfy(Scanner.isBareKeyByte)
        let key = isBare ? key : "\"\(key)\""
        return path.isEmpty ? key : path + "." + key
    }
}

extension TOMLTable: Equatable {
    /// The same keys in the same order with the same values at the same lines; the file's name does not count.
    public static func == (one: TOMLTable, other: TOMLTable) -> Bool {
        one.line == other.line && one.entries == other.entries
    }
}
