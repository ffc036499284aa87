import Foundation

/// The project as files: what the tests of the house look at.
enum House {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    /// Every module's folder, by name: those of `Sources`, the themes beside them, and the example.
    static func modules() throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path)
        var folders = Dictionary(
            uniqueKeysWithValues: names.filter { !$0.hasPrefix(".") }.map { ($0, "Sources/" + $0) })
        folders["Themes"] = "themes"
        folders["StreamReply"] = "Examples/StreamReply/Sources/StreamReply"
        // A folder of which nothing is left but itself is no module.
        return try folders.filter { try !files(below: $0.value).isEmpty }
    }

    /// The Swift files of every module, read once.
    static let sources = Result { () throws -> [String: [(path: String, text: SourceText)]] in
        try modules().mapValues { folder in
            try files(below: folder, suffix: ".swift").map { ($0, SourceText(try text($0))) }
        }
    }

    /// Paths of the files below a folder, seen from the root.
    static func files(below folder: String, suffix: String = "") throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
            .filter { $0.hasSuffix(suffix) }.sorted().map { folder + "/" + $0 }
            .filter { path in
                var isFolder: ObjCBool = false
                let full = root.appending(path: path).path
                return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) && !isFolder.boolValue
            }
    }
}
