/// A table while it is read: keys may come back to it from headers further down.
final class TableBuilder {
    enum Origin {
        /// Made by a longer header that passes through it; its own header may follow.
        case implied
        /// Has had its own header.
        case header
        /// Made by dotted keys; only the table that they stand in may add to it.
        case dotted
        /// Between braces, complete.
        case inline
    }

    enum Value {
        case scalar(TOMLValue)
        case array([Item])
        case table(TableBuilder)
        /// `[[name]]`, open for further elements.
        case tables([TableBuilder])
    }

    struct Item {
        var value: Value
        var line: Int
    }

    struct Entry {
        var key: String
        var line: Int
        var value: Value
    }

    var origin: Origin
    let line: Int
    private(set) var entries: [Entry] = []
    private var index: [String: Int] = [:]

    init(_ origin: Origin, line: Int) {
        self.origin = origin
        self.line = line
    }

    func position(of key: String) -> Int? {
        if entries.count > TOMLTable.scanned { return index[key] }
        return entries.firstIndex { $0.key == key }
    }

    /// The key must not be there yet.
    func append(_ key: String, line: Int, _ value: Value) {
        entries.append(Entry(key: key, line: line, value: value))
        if entries.count == TOMLTable.scanned + 1 {
            for (position, entry) in entries.enumerated() { index[entry.key] = position }
        } else if entries.count > TOMLTable.scanned {
            index[key] = entries.count - 1
        }
    }

    func appendTable(_ table: TableBuilder, at position: Int) {
        guard case .tables(var tables) = entries[position].value else { return }
        // Let go of the stored array first, so that appending does not copy it.
        entries[position].value = .tables([])
        tables.append(table)
        entries[position].value = .tables(tables)
    }

    func frozen(source: String, path: String, line: Int) -> TOMLTable {
        let entries = entries.map { entry in
            TOMLTable.Entry(
                key: entry.key, line: entry.line,
                value: Self.frozen(
                    entry.value, source: source, path: { TOMLTable.path(path, entry.key) }, line: entry.line))
        }
        return TOMLTable(source: source, path: path, line: line, entries: entries)
    }

    private static func frozen(_ value: Value, source: String, path: () -> String, line: Int) -> TOMLValue {
        switch value {
        case .scalar(let scalar):
            return scalar
        case .table(let table):
            return .table(table.frozen(source: source, path: path(), line: table.line))
        case .tables(let tables):
            let path = path()
            return .array(
                tables.enumerated().map { position, table in
                    TOMLItem(
                        value: .table(table.frozen(source: source, path: "\(path)[\(position)]", line: table.line)),
                        line: table.line)
                })
        case .array(let items):
            return .array(
                items.enumerated().map { position, item in
                    TOMLItem(
                        value: frozen(
                            item.value, source: source, path: { "\(path())[\(position)]" }, line: item.line),
                        line: item.line)
                })
        }
    }
}
