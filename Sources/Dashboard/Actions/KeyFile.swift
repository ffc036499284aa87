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
    /// others; in a table with a pane's name they hold for that pane alone.
    ///
    ///     retry = "f9"
    ///     open-editor = ["ctrl-o", "ctrl-x ctrl-e"]
    ///     suspend = []
    ///     [streams]
    ///     cancel = "x"
    ///
    /// - Throws: for anything that is no action, pane or key; for a key that cannot be had; and for one that would mean
    ///   two things in one pane.
    init(_ file: TOMLDocument) throws(KeyFileProblems) {
        var reader = KeyFileReader()
        reader.read(file.root, pane: nil)
        self = reader.apply(to: .standard)
        if reader.problems.isEmpty { reader.findConflicts(in: self) }
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
        section(bindings.filter(\.panes.isEmpty), nil)
        for pane in Pane.allCases { section(bindings.filter { $0.panes.contains(pane) }, pane.rawValue) }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Reads a file of keys and gathers what is wrong in it.
private struct KeyFileReader {
    struct Entry {
        var action: Action
        var pane: Pane?
        var chords: [Chord]
        var table: TOMLTable

        func error(_ message: String) -> TOMLError { table.error(action.name, message) }
    }

    var entries: [Entry] = []
    var problems: [TOMLError] = []

    mutating func read(_ table: TOMLTable, pane: Pane?) {
        for key in table.keys {
            do throws(TOMLError) {
                if pane == nil, let pane = Pane(rawValue: key) {
                    if let inner = try table.table(key) { read(inner, pane: pane) }
                } else if let action = Action(name: key) {
                    let chords = try chords(of: key, in: table, pane: pane)
                    entries.append(Entry(action: action, pane: pane, chords: chords, table: table))
                } else {
                    let known = Action.allCases.map(\.name) + (pane == nil ? Pane.allCases.map(\.rawValue) : [])
                    let nearest = TOMLTable.nearest(to: key, in: known).map { ", did you mean \"\($0)\"?" } ?? ""
                    throw table.error(key, "there is no such action\(pane == nil ? " or pane" : "")\(nearest)")
                }
            } catch {
                problems.append(error)
            }
        }
    }

    private func chords(of key: String, in table: TOMLTable, pane: Pane?) throws(TOMLError) -> [Chord] {
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
            if let reason = Self.reasonAgainst(chord, in: pane) { throw table.error(key, reason) }
            if !chords.contains(chord) { chords.append(chord) }
        }
        return chords
    }

    /// Why a key cannot be bound.
    private static func reasonAgainst(_ chord: Chord, in pane: Pane?) -> String? {
        guard !chord.isSecond else { return chord.alone == Chord(.escape) ? "Esc after Ctrl-X gives it up" : nil }
        switch chord {
        case .control("c"): return "Ctrl-C always cancels, clears and quits"
        case .prefix: return "Ctrl-X begins keys of two: \"ctrl-x \(pane == nil ? "r" : "x")\""
        case .control("m"), .control("i"), .control("h"):
            return "terminals cannot tell \(chord.words) from Enter, Tab or Backspace"
        default: break
        }
        if chord.selectedStream(in: pane ?? .input) != nil { return "\(chord.words) selects a stream" }
        guard chord.isTyping, pane == nil || pane == .input else { return nil }
        return
            "\(chord.words) could no longer be typed in the prompt: name a pane other than input, or add ctrl- or alt-"
    }

    /// The keys with the entries in the place of what they stand for.
    func apply(to keymap: Keymap) -> Keymap {
        func entry(_ action: Action, _ pane: Pane?) -> Int? {
            entries.firstIndex { $0.action == action && $0.pane == pane }
        }
        var bindings: [Keymap.Binding] = []
        var used: Set<Int> = []
        func place(_ index: Int) {
            guard used.insert(index).inserted, !entries[index].chords.isEmpty else { return }
            let panes = entries[index].pane.map { Set([$0]) } ?? []
            bindings.append(.init(action: entries[index].action, chords: entries[index].chords, panes: panes))
        }
        for var binding in keymap.bindings {
            // Whoever gives such a key to something else does without it in a line.
            if binding.action.isEditing {
                binding.chords.removeAll { chord in
                    entries.contains {
                        ($0.pane ?? .input) == .input && $0.action != binding.action && $0.chords.contains(chord)
                    }
                }
            }
            guard !binding.panes.isEmpty else {
                if let index = entry(binding.action, nil) { place(index) } else { bindings.append(binding) }
                continue
            }
            var kept = binding
            kept.panes = binding.panes.filter { entry(binding.action, $0) == nil }
            if !kept.panes.isEmpty, !kept.chords.isEmpty { bindings.append(kept) }
            for pane in Pane.allCases where binding.panes.contains(pane) {
                if let index = entry(binding.action, pane) { place(index) }
            }
        }
        for index in entries.indices { place(index) }
        return Keymap(bindings)
    }

    /// A key of the file that another action has in the same place; and one for everywhere that means something else in a
    /// pane, unless the file says so itself.
    mutating func findConflicts(in keymap: Keymap) {
        for (index, entry) in entries.enumerated() {
            for chord in entry.chords {
                if let other = entries[..<index].first(where: {
                    $0.pane == entry.pane && $0.action != entry.action && $0.chords.contains(chord)
                }) {
                    let line = other.table.line(of: other.action.name) ?? 0
                    problems.append(entry.error("\(chord.name) is \(other.action.name)'s already, in line \(line)"))
                } else if let (action, pane) = owner(of: chord, but: entry, in: keymap) {
                    let place = pane.map { " in [\($0.rawValue)]" } ?? ""
                    problems.append(
                        entry.error(
                            "\(chord.name) is \(action.name)'s\(place): give that one another key, or none: "
                                + "\(action.name) = []"))
                }
            }
        }
    }

    private func owner(of chord: Chord, but entry: Entry, in keymap: Keymap) -> (Action, Pane?)? {
        func isOurs(_ action: Action, _ pane: Pane?) -> Bool {
            entries.contains { $0.action == action && $0.pane == pane }
        }
        for binding in keymap.bindings where binding.action != entry.action && binding.chords.contains(chord) {
            if binding.panes.isEmpty {
                if entry.pane == nil, !isOurs(binding.action, nil) { return (binding.action, nil) }
                continue
            }
            for pane in Pane.allCases where binding.panes.contains(pane) && !isOurs(binding.action, pane) {
                if entry.pane == nil || entry.pane == pane { return (binding.action, pane) }
            }
        }
        return nil
    }
}
