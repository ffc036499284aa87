import Providers
import Screen
import StreamEngine

/// A file or folder that a path in the prompt may become. Its name is as the file system has it.
public struct FileEntry: Sendable, Equatable {
    public var name: String
    public var isFolder: Bool

    public init(name: String, isFolder: Bool) {
        self.name = name
        self.isFolder = isFolder
    }
}

/// What the files that a draft names add to the request: for its estimate.
public struct FilesWeight: Sendable, Equatable {
    /// Files that were counted, each once.
    public var counted = 0
    /// Theirs, as the engine estimates them.
    public var tokens = 0
    /// Files that were not: too long to be read for a number, or none that can be sent.
    public var uncounted = 0

    public init(counted: Int = 0, tokens: Int = 0, uncounted: Int = 0) {
        self.counted = counted
        self.tokens = tokens
        self.uncounted = uncounted
    }
}

extension Model {
    /// Asks for the weight of the draft's files, a moment after it names others than before.
    mutating func weighFiles() -> [Command] {
        guard let mentions = estimator.takeUnweighed(at: now.instant) else { return [] }
        return [.weighFiles(mentions)]
    }

    /// Completes the path that is being typed: with the only file that begins so, or with one of a list.
    mutating func complete(_ path: String, with entries: [FileEntry]) {
        guard let mention = FileMention.unfinished(in: editor.text, before: editor.cursor), mention.path == path else {
            return
        }
        let place = mention.start..<editor.cursor
        // `~` alone, a folder already.
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
        let items = entries.map { entry in
            let whole = folder + entry.name + (entry.isFolder ? "/" : "")
            return Completion.Item(
                text: FileMention.written(whole, isOpen: entry.isFolder) + (entry.isFolder ? "" : " "),
                title: Clean.line(entry.name) + (entry.isFolder ? "/" : ""), note: entry.isFolder ? "folder" : "",
                isWhole: false, place: place)
        }
        switch items.count {
        case 0: tell("No file begins with \(Clean.line(path))")
        case 1: take(items[0])
        default:
            completion = Completion(items: items)
            changed()
        }
    }
}
