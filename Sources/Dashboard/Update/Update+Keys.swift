import Screen
import TOML

extension Model {
    /// A file of keys: they are in force from now on, or the last good ones stay.
    mutating func receive(_ file: KeyFile) {
        let path = Clean.line(file.path)
        let hadProblems = areKeysWrong
        areKeysWrong = true
        // What was wrong with the file as it was says nothing of the one that is there now.
        if toasts.contains(where: { $0.level == .warning && $0.text.hasPrefix(path) }) {
            toasts.removeAll { $0.level == .warning && $0.text.hasPrefix(path) }
            changed()
        }
        if let problem = file.problem {
            return notify(.warning, Clean.line(problem), hint: keysStay)
        }
        guard let bytes = file.bytes else {
            areKeysWrong = false
            if keymap != .standard { set(.standard) }
            if file.isAskedFor {
                tell("There is no \(path): `weir keys` prints one to begin with")
            }
            return
        }
        do {
            let keys = try Keymap(TOMLDocument(bytes: bytes, source: file.path))
            let isNew = keys != keymap
            set(keys)
            areKeysWrong = false
            if file.isAskedFor || hadProblems {
                tell(isNew ? "The keys of keys.toml hold from now on" : "The keys are as they were")
            }
        } catch let problems as KeyFileProblems {
            // What was said last is read first, here and in the list of notices; the rest stands there.
            let shown = problems.all.count > Toast.limit ? Toast.limit - 1 : Toast.limit
            for problem in problems.all.dropFirst(shown).reversed() { tell(problem) }
            let more = problems.all.count - shown
            if more > 0 {
                let words = Format.plural(more, "more key is", "more keys are")
                notify(.warning, "\(path): \(words) wrong: \(way(to: .notices)) lists all")
            }
            for problem in problems.all.dropFirst().prefix(shown - 1).reversed() { tell(problem) }
            if let first = problems.all.first { tell(first, hint: keysStay) }
        } catch let error as TOMLError {
            tell(error, hint: keysStay)
        } catch {
            notify(.warning, Clean.line("\(error)"), hint: keysStay)
        }
    }

    private var keysStay: String {
        keymap == .standard ? "The usual keys hold." : "The keys from before stay."
    }

    private mutating func tell(_ problem: TOMLError, hint: String? = nil) {
        notify(.warning, Clean.line(problem.description), hint: hint)
    }

    private mutating func set(_ keys: Keymap) {
        guard keys != keymap else { return }
        keymap = keys
        isAfterPrefix = false
        changed()
    }

    /// How a sentence names the way to an action, with the focus where it is.
    func way(to action: Action) -> String { keymap.words(action, in: focus.keys) }

    /// The same for who knows the action by its name, as a file of keys has it.
    public func way(toActionNamed name: String) -> String { Action(name: name).map(way) ?? name }

    /// Ctrl-X, and the key after it. `nil` = the key is one by itself.
    mutating func receiveSecond(_ chord: Chord) -> [Command]? {
        guard isAfterPrefix else {
            guard chord == .prefix else { return nil }
            isAfterPrefix = true
            completion = nil
            changed()
            return []
        }
        isAfterPrefix = false
        changed()
        if chord == Chord(.escape) || chord == .control("g") { return [] }
        // Most hands still hold Ctrl.
        var chords = [chord.second]
        if chord.modifiers == .control { chords.append(Chord(chord.key).second) }
        for chord in chords {
            if let action = keymap.action(for: chord, in: focus.keys) { return perform(action) }
        }
        tell("\(chord.second.words) does nothing: \(way(to: .help)) shows the keys")
        return []
    }
}
