import TOML
import Themes

/// The themes that can be chosen: the built-in ones, and files of the user's, of which one with a built-in one's name
/// takes its place.
public struct ThemeLibrary: Sendable {
    /// A theme's file, not yet read.
    private struct Source {
        var name: String
        var bytes: [UInt8]
        /// For messages.
        var file: String
        var isBuiltIn: Bool
    }

    private var sources: [Source]

    public init() {
        sources = BuiltInThemes.files.map {
            Source(name: $0.name, bytes: $0.bytes, file: "\($0.name).toml", isBuiltIn: true)
        }
    }

    /// Adds a file of the user's. It is read when the theme is asked for.
    public mutating func add(name: String, bytes: [UInt8], file: String) {
        sources.removeAll { $0.name == name }
        sources.append(Source(name: name, bytes: bytes, file: file, isBuiltIn: false))
    }

    public var names: [String] { sources.map(\.name) }

    /// The themes that a theme is made of: itself, and those that it inherits from, as far as they can be read.
    public func ancestry(of name: String) -> [String] {
        var names = [name]
        while let parent = (try? read(names[names.count - 1]))?.inherits, !names.contains(parent) {
            names.append(parent)
        }
        return names
    }

    /// The user's file that a theme comes from; `nil` for a built-in one.
    public func file(of name: String) -> String? {
        sources.first { $0.name == name && !$0.isBuiltIn }?.file
    }

    /// Reads a theme and those it inherits from.
    ///
    /// - Returns: `nil` where no theme has that name.
    /// - Throws: ``TOMLError`` with file, line and key; also for a theme that inherits from itself, or from none.
    public func theme(named name: String) throws(TOMLError) -> Theme? {
        guard var file = try read(name) else { return nil }
        var seen = [name]
        var parent = file.inherits
        while let next = parent {
            // A user's "dark" may inherit from the built-in one whose place it takes.
            let isReplaced = next == seen.last && self.file(of: next) != nil
            guard isReplaced || !seen.contains(next),
                let base = try isReplaced ? readBuiltIn(next) : read(next)
            else {
                throw TOMLError(
                    source: self.file(of: name) ?? "\(name).toml", line: 1, key: "inherits",
                    message: seen.contains(next) ? "the theme inherits from itself" : "there is no theme \"\(next)\"")
            }
            file.inherit(base)
            seen.append(next)
            parent = base.inherits
        }
        return try file.resolved()
    }

    private func read(_ name: String) throws(TOMLError) -> ThemeFile? {
        guard let source = sources.first(where: { $0.name == name }) else { return nil }
        return try Self.parse(source.bytes, source.file, name, isBuiltIn: source.isBuiltIn)
    }

    private func readBuiltIn(_ name: String) throws(TOMLError) -> ThemeFile? {
        guard let (_, bytes) = BuiltInThemes.files.first(where: { $0.name == name }) else { return nil }
        return try Self.parse(bytes, "\(name).toml", name, isBuiltIn: true)
    }

    private static func parse(
        _ bytes: [UInt8], _ file: String, _ name: String, isBuiltIn: Bool
    ) throws(TOMLError) -> ThemeFile {
        let document =
            isBuiltIn ? try TOMLDocument(builtIn: bytes, source: file) : try TOMLDocument(bytes: bytes, source: file)
        return try ThemeFile(document, name: name)
    }
}
