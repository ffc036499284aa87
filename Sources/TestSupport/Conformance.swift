import Foundation

/// The conformance data that lies beside the project, in `../shared/conformance` seen from its root. The project's
/// tests read it there and never copy it in.
public enum Conformance {
    /// `nil` where the data is missing: the tests that need it are then disabled, with ``missing`` as the reason.
    public static let directory: URL? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = root.deletingLastPathComponent().appending(path: "shared/conformance")
        return FileManager.default.fileExists(atPath: data.path) ? data : nil
    }()

    public static var isPresent: Bool { directory != nil }
    public static let missing = "skipped: ../shared/conformance is not there"

    /// The objects of a file of JSON lines.
    public static func lines(_ name: String) throws -> [[String: Any]] {
        try contents(name).split(separator: 0x0A).map { line in
            guard let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
                throw CocoaError(.fileReadCorruptFile)
            }
            return object
        }
    }

    public static func contents(_ name: String) throws -> Data {
        guard let directory else { throw CocoaError(.fileNoSuchFile) }
        return try Data(contentsOf: directory.appending(path: name))
    }

    /// The paths, seen from the data's folder, of the files below `folder` that end in `suffix`, sorted.
    public static func files(below folder: String, suffix: String) throws -> [String] {
        guard let directory else { return [] }
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory.appending(path: folder).path)
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder + "/" + $0 }
    }
}
