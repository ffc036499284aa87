import Screen
import StreamEngine

/// Search, selection and copying in the transcript.
extension Model {
    // MARK: Search

    mutating func beginSearch() {
        focus = .transcript
        overlay = nil
        completion = nil
        // With the room that is left beside the line.
        finder = Finder(place: transcript.top, follows: transcript.follows)
        withTranscriptLaidOut { _, _ in }
        let top = transcript.top
        finder?.place = top
    }

    mutating func receiveInFinder(_ chord: Chord) -> [Command] {
        guard var finder else { return [] }
        changed()
        switch keymap.action(for: chord, in: .search) {
        case .close?: leaveFinder()
        case .take?: keepSearch(finder.text)
        case .nextMatch?: withTranscriptLaidOut { transcript, _ in transcript.goToPlace(by: 1) }
        case .previousMatch?: withTranscriptLaidOut { transcript, _ in transcript.goToPlace(by: -1) }
        case let page?: return perform(page)
        default:
            guard finder.line.handle(chord, keys: keymap, columns: 10_000) == .changed else {
                self.finder = finder
                break
            }
            self.finder = finder
            searchTyped()
        }
        return []
    }

    mutating func pasteInFinder(_ text: String) {
        let line = String(text.prefix(200)).split(whereSeparator: \.isNewline).joined(separator: " ")
        finder?.line.insert(line)
        searchTyped()
        changed()
    }

    /// The nearest place from where the reader was, at every letter.
    private mutating func searchTyped() {
        guard let finder else { return }
        let pattern = SearchPattern(finder.text)
        withTranscriptLaidOut { transcript, _ in
            transcript.find(pattern)
            transcript.goBack(to: finder.place, follows: finder.follows)
            if transcript.search?.total ?? 0 > 0 { transcript.goToPlace(from: finder.place) }
        }
    }

    /// As if no search had begun.
    mutating func leaveFinder() {
        guard let finder else { return }
        self.finder = nil
        withTranscriptLaidOut { transcript, _ in
            transcript.find(nil)
            transcript.goBack(to: finder.place, follows: finder.follows)
        }
    }

    private mutating func keepSearch(_ text: String) {
        guard !text.isEmpty else {
            let again = lastSearch
            leaveFinder()
            if !again.isEmpty { find(again) }
            return
        }
        finder = nil
        lastSearch = text
        guard transcript.search?.total == 0 else { return }
        withTranscriptLaidOut { transcript, _ in transcript.find(nil) }
        tell("\(text) is nowhere in this conversation")
    }

    /// Searches for a text and goes to the nearest place.
    mutating func find(_ text: String) {
        let text = Clean.line(text)
        focus = .transcript
        guard let pattern = SearchPattern(text) else { return }
        lastSearch = text
        withTranscriptLaidOut { transcript, _ in
            transcript.find(pattern)
            if transcript.search?.total == 0 {
                transcript.find(nil)
            } else {
                transcript.goToPlace(from: transcript.top)
            }
        }
        if transcript.search == nil { tell("\(text) is nowhere in this conversation") }
    }

    mutating func goToMatch(by step: Int) {
        focus = .transcript
        guard transcript.search != nil else { return find(lastSearch) }
        withTranscriptLaidOut { transcript, _ in transcript.goToPlace(by: step) }
    }

    /// Esc in the transcript: the search ends, then the selection. Says whether there was one.
    mutating func letGoInTranscript() -> Bool {
        if transcript.search != nil {
            transcript.find(nil)
            return true
        }
        guard transcript.selection != nil else { return false }
        let had = transcript.selected != nil
        transcript.selection = nil
        return had
    }

    // MARK: Selection

    mutating func selectInTranscript(_ action: Action) {
        focus = .transcript
        var isFound = true
        withTranscriptLaidOut { transcript, _ in
            switch action {
            case .previousMessage: transcript.selectMessage(by: -1)
            case .nextMessage: transcript.selectMessage(by: 1)
            case .previousCode: isFound = transcript.selectCode(by: -1)
            default: isFound = transcript.selectCode(by: 1)
            }
        }
        if !isFound { tell(action == .nextCode ? "No block of code follows" : "No block of code before") }
    }

    mutating func toggleFold() {
        var isFound = true
        withTranscriptLaidOut { isFound = $0.toggleFolds(rows: $1) }
        if !isFound { tell("Nothing to fold in what is selected") }
    }

    mutating func toggleLateness() {
        showsLateness.toggle()
        guard showsLateness, !transcript.knowsLateness else { return }
        tell("How late text came is known of what this session received, and of nothing here yet")
    }

    // MARK: Copying

    mutating func copy(_ action: Action) -> [Command] {
        let text: CopyText?
        switch action {
        case .copyCode: text = codeToCopy()
        case .copyConversation: text = transcript.conversationToCopy
        default: text = textToCopy()
        }
        guard let text else {
            tell("There is no block of code to copy")
            return []
        }
        return [.copy(text)]
    }

    private func textToCopy() -> CopyText? { transcript.selectedText ?? transcript.replyToCopy(selected) }

    private mutating func codeToCopy() -> CopyText? {
        if case .code = transcript.selected { return transcript.selectedText }
        var text: CopyText?
        let selected = self.selected
        withTranscriptLaidOut { transcript, _ in text = transcript.codeToCopy(selected) }
        return text
    }

    /// `/copy [code|all] [> FILE]`. What cannot be understood stays in the prompt.
    mutating func copy(_ argument: String, entered: String) -> [Command] {
        let parts = argument.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
        func trimmed(_ text: Substring) -> String {
            var text = text
            while text.first == " " { text.removeFirst() }
            while text.last == " " { text.removeLast() }
            return String(text)
        }
        let text: CopyText?
        switch trimmed(parts[0]) {
        case "", "reply": text = textToCopy()
        case "code": text = codeToCopy()
        case "all": text = transcript.isEmpty ? nil : transcript.conversationToCopy
        case let other:
            tell("/copy takes code or all, not \(Clean.line(other)); > FILE writes it to a file")
            return []
        }
        guard let text else {
            tell("There is nothing of that to copy yet")
            return []
        }
        guard parts.count == 2 else {
            accepted(entered)
            return [.copy(text)]
        }
        let path = trimmed(parts[1])
        guard !path.isEmpty else {
            tell("/copy > FILE: the file's name is missing")
            return []
        }
        accepted(entered)
        return [.save(text, path: path)]
    }

    mutating func beginSaving() {
        guard editor.isEmpty else {
            return tell("/copy all > FILE writes the conversation to a file; the prompt has a draft now")
        }
        focus = .input
        edit { $0.insert("/copy all > ") }
    }

    mutating func copied(_ text: CopyText, _ outcome: CopyOutcome) {
        let size = Format.bytes(text.text.utf8.count)
        switch outcome {
        case .multiplexer(let name):
            tell("Copied \(text.what), \(size), to \(name)'s buffer and the clipboard")
        case .sent(let name):
            // Terminals take such text or drop it, and say nothing either way.
            let via = name.map { ", which \($0) passes on if it is set to" } ?? ""
            tell("Sent \(text.what), \(size), to the terminal's clipboard (OSC 52)\(via)")
        case .tooLong(let limit):
            notify(
                .warning, "\(text.what) is \(size): terminals take \(Format.bytes(limit)) for the clipboard",
                hint: "/copy all > FILE writes the conversation to a file")
        case .unsupported:
            notify(
                .warning, "This terminal has no clipboard for programs",
                hint: "/copy > FILE writes it to a file; F2 lets the terminal select")
        case .saved(let path):
            notify(.info, "Wrote \(text.what), \(size), to \(Clean.line(path))")
        case .failed(let reason):
            notify(.error, "\(text.what) is not copied: \(Clean.line(reason))")
        }
    }
}

/// What became of a text that was to leave the program.
public enum CopyOutcome: Sendable, Equatable {
    /// tmux took it, for its own buffer and for the terminal's clipboard.
    case multiplexer(String)
    /// Sent as OSC 52, through a multiplexer of that name or not. The terminal does not say whether it took it.
    case sent(through: String?)
    /// Over so many bytes.
    case tooLong(limit: Int)
    /// The terminal is of a kind that never does.
    case unsupported
    case saved(path: String)
    case failed(String)
}
