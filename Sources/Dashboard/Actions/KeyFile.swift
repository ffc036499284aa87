import Screen
import TOML

/// `keys.toml` as it was read, or that there is none.
public struct KeyFile: Sendable, Equatable {
    /// As messages shall show it.
    public var path: String
    /// `nil` where there is no such file.
    public var bytes: [UInt8]?
    /// Why it could not be read.
    public var problem: String?
    /// The user asked for it, and is told what came of it.
    public var isAskedFor: Bool

    public init(path: String, bytes: [UInt8]?, problem: String? = nil, isAskedFor: Bool = false) {
        self.path = path
        self.bytes = bytes
        self.problem = problem
        self.isAskedFor = isAskedFor
    }
}

/// What is wrong in a file of keys: everything, in its order, so that it can be mended in one go.
struct KeyFileProblems: Error, Equatable {
    var all: [TOMLError]
}

extension Keymap {
    /// The usual keys, but for what a file says. An action that stands in it has the keys that it names there and no
    /// others; in a table with a pane's name they hold for that pane alone, and so with the names of what lies over the
    /// panes, see ``KeyTable``.
    ///
    ///     retry = "f9"
    ///     open-editor = ["ctrl-o", "ctrl-x ctrl-e"]
    ///     suspend = []
    ///     [streams]
    ///     cancel = "x"
    ///
    /// - Throws: for anything that is no action, table or key; for a key that cannot be had; for an action that is not done
    ///   there; and for a key that would mean two things in one place.
    init(_ file: TOMLDocument) throws(KeyFileProblems) {
        var reader = KeyFileReader()
        reader.read(file.root, of: nil)
        self = reader.apply(to: .standard)
        reader.findConflicts(in: self)
        guard reader.problems.isEmpty else {
            throw KeyFileProblems(all: reader.problems.sorted { $0.line < $1.line })
        }
    }

    /// The keys that hold with a file, as a file, and what is wrong in it.
    public static func listing(of file: KeyFile?) -> (text: String, problems: [String]) {
        if let problem = file?.problem { return (Keymap.standard.file, [problem]) }
        guard let file, let bytes = file.bytes else { return (Keymap.standard.file, []) }
        do {
            return (try Keymap(TOMLDocument(bytes: bytes, source: file.path)).file, [])
        } catch let problems as KeyFileProblems {
            return (Keymap.standard.file, problems.all.map(\.description))
        } catch {
            return (Keymap.standard.file, ["\(error)"])
        }
    }

    /// All of it as a file: what ``init(_:)`` makes this of.
    var file: String {
        var lines = [
            "# Weir's keys. An action that stands here has these keys and no others; [] is none. Keys are written as",
            "# ctrl-x, alt-m, shift-tab, f5, pageup, G; two of them (\"ctrl-x e\") begin with ctrl-x.",
        ]
        func section(_ bindings: [Binding], _ header: String?) {
            lines.append("")
            if let header { lines.append("[\(header)]") }
            // One line an action, even where it is bound in two places.
            var chords: [(action: Action, names: [String])] = []
            for binding in bindings {
                let names = binding.chords.map { "\"\($0.name == "\"" ? "\\\"" : $0.name)\"" }
                if let index = chords.firstIndex(where: { $0.action == binding.action }) {
                    chords[index].names += names
                } else {
                    chords.append((binding.action, names))
                }
            }
            for (action, names) in chords {
                let keys = names.count == 1 ? names[0] : "[" + names.joined(separator: ", ") + "]"
                let line = action.name + " = " + keys
                let columns = max(46, Width.columns(of: line))
                lines.append(line.padded(toColumns: columns) + " # " + action.title)
            }
        }
        section(bindings.filter(\.tables.isEmpty), nil)
        for table in KeyTable.allCases { section(bindings.filter { $0.tables.contains(table) }, table.rawValue) }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Reads a file of keys and gathers what is wrong in it.
private struct KeyFileReader {
    struct Entry {
        var action: Action
        /// `nil` = in every pane.
        var place: KeyTable?
        var chords: [Chord]
        var table: TOMLTable

        func error(_ message: String) -> TOMLError { table.error(action.name, message) }
    }

    var entries: [Entry] = []
    var problems: [TOMLError] = []
    /// What lines that are wrong seem to speak of. Which keys it has is not known until they are mended: it is in nobody's
    /// way.
    private var unclear: Set<Action> = []

    mutating func read(_ table: TOMLTable, of place: KeyTable?) {
        for key in table.keys {
            do throws(TOMLError) {
                if place == nil, let place = KeyTable(rawValue: key) {
                    if let inner = try table.table(key) { read(inner, of: place) }
                } else if let action = Action(name: key) {
                    if let reason = Self.reasonAgainst(action, in: place) { throw table.error(key, reason) }
                    let chords = try chords(of: key, in: table, place: place)
                    entries.append(Entry(action: action, place: place, chords: chords, table: table))
                } else {
                    let known = Action.allCases.map(\.name) + (place == nil ? KeyTable.allCases.map(\.rawValue) : [])
                    let nearest = TOMLTable.nearest(to: key, in: known)
                    if let meant = nearest.flatMap(Action.init(name:)) { unclear.insert(meant) }
                    let question = nearest.map { ", did you mean \"\($0)\"?" } ?? ""
                    throw table.error(key, "there is no such action\(place == nil ? " or table" : "")\(question)")
                }
            } catch {
                problems.append(error)
                if let action = Action(name: key) { unclear.insert(action) }
            }
        }
    }

    /// Why an action cannot have a key there: it would do nothing.
    private static func reasonAgainst(_ action: Action, in place: KeyTable?) -> String? {
        guard let place else {
            guard action.isOverPanes else { return nil }
            let tables = KeyTable.allCases.filter { $0.actions?.contains(action) == true }.map { "[\($0.rawValue)]" }
            return "it is done only over the panes: name it in \(tables.joined(separator: ", "))"
        }
        if place.isPane { return action.isOverPanes ? reasonAgainst(action, in: nil) : nil }
        guard let actions = place.actions, !actions.contains(action) else { return nil }
        return "it is not done in [\(place.rawValue)], which has "
            + actions.map(\.name).sorted().joined(separator: ", ")
    }

    private func chords(of key: String, in table: TOMLTable, place: KeyTable?) throws(TOMLError) -> [Chord] {
        let names: [String]
        switch table[key] {
        case .string(let name): names = [name]
        default: names = try table.strings(key) ?? []
        }
        var chords: [Chord] = []
        for name in names {
            guard let chord = Chord(name: name) else {
                throw table.error(
                    key, "\"\(name)\" is no key: as in \"ctrl-r\", \"alt-m\", \"f5\", \"G\", \"ctrl-x e\"")
            }
            if let reason = Self.reasonAgainst(chord, for: Action(name: key), in: place) {
                throw table.error(key, reason)
            }
            if !chords.contains(chord) { chords.append(chord) }
        }
        return chords
    }

    /// Why a key cannot be bound.
    private static func reasonAgainst(_ chord: Chord, for action: Action?, in place: KeyTable?) -> String? {
        if chord.isSecond {
            if let place, !place.isPane { return "keys of two hold in the panes, not in [\(place.rawValue)]" }
            return chord.alone == Chord(.escape) ? "Esc after Ctrl-X gives it up" : nil
        }
        if let place, !place.isPane, chord.key == .escape, action != .close {
            return "Esc always closes what lies there"
        }
        switch chord {
        case .control("c"): return "Ctrl-C always cancels, clears and quits"
        case .prefix: return "Ctrl-X begins keys of two: \"ctrl-x \(place == nil ? "r" : "x")\""
        case .control("m"), .control("i"), .control("h"):
            return "terminals cannot tell \(chord.words) from Enter, Tab or Backspace"
        default: break
        }
        if chord.selectedStream(in: place ?? .input) != nil { return "\(chord.words) selects a stream" }
        guard chord.isTyping, place?.isTypedIn ?? true else { return nil }
        guard let place, place != .input else {
            return
                "\(chord.words) could no longer be typed in the prompt: name a pane other than input, or add ctrl- or alt-"
        }
        return "\(chord.words) could no longer be typed there: add ctrl- or alt-"
    }

    /// The keys with the entries in the place of what they stand for.
    func apply(to keymap: Keymap) -> Keymap {
        func entry(_ action: Action, _ place: KeyTable?) -> Int? {
            entries.firstIndex { $0.action == action && $0.place == place }
        }
        var bindings: [Keymap.Binding] = []
        var used: Set<Int> = []
        func place(_ index: Int) {
            guard used.insert(index).inserted, !entries[index].chords.isEmpty else { return }
            let tables = entries[index].place.map { Set([$0]) } ?? []
            bindings.append(.init(action: entries[index].action, chords: entries[index].chords, tables: tables))
        }
        for var binding in keymap.bindings {
            // Whoever gives such a key to something else does without it in a line.
            if binding.action.isEditing {
                binding.chords.removeAll { chord in
                    entries.contains {
                        ($0.place ?? .input) == .input && $0.action != binding.action && $0.chords.contains(chord)
                    }
                }
            }
            guard !binding.tables.isEmpty else {
                if let index = entry(binding.action, nil) { place(index) } else { bindings.append(binding) }
                continue
            }
            var kept = binding
            kept.tables = binding.tables.filter { entry(binding.action, $0) == nil }
            if !kept.tables.isEmpty, !kept.chords.isEmpty { bindings.append(kept) }
            for table in KeyTable.allCases where binding.tables.contains(table) {
                if let index = entry(binding.action, table) { place(index) }
            }
        }
        for index in entries.indices { place(index) }
        return Keymap(bindings)
    }

    /// A key of the file that another action has in the same place; and one for every pane that means something else in one
    /// of them, unless the file says so itself.
    mutating func findConflicts(in keymap: Keymap) {
        for (index, entry) in entries.enumerated() {
            for chord in entry.chords {
                if let other = entries[..<index].first(where: {
                    $0.place == entry.place && $0.action != entry.action && $0.chords.contains(chord)
                }) {
                    let line = other.table.line(of: other.action.name) ?? 0
                    problems.append(entry.error("\(chord.name) is \(other.action.name)'s already, in line \(line)"))
                } else if let (action, place) = owner(of: chord, but: entry, in: keymap) {
                    let place = place.map { " in [\($0.rawValue)]" } ?? ""
                    problems.append(
                        entry.error(
                            "\(chord.name) is \(action.name)'s\(place): give that one another key, or none: "
                                + "\(action.name) = []"))
                }
            }
        }
    }

    private func owner(of chord: Chord, but entry: Entry, in keymap: Keymap) -> (Action, KeyTable?)? {
        func isOurs(_ action: Action, _ place: KeyTable?) -> Bool {
            unclear.contains(action) || entries.contains { $0.action == action && $0.place == place }
        }
        for binding in keymap.bindings where binding.action != entry.action && binding.chords.contains(chord) {
            if binding.tables.isEmpty {
                if entry.place == nil, !isOurs(binding.action, nil) { return (binding.action, nil) }
                continue
            }
            for table in KeyTable.allCases where binding.tables.contains(table) && !isOurs(binding.action, table) {
                if entry.place.map({ $0 == table }) ?? table.isPane { return (binding.action, table) }
            }
        }
        return nil
    }
}
