import Foundation

/// A user's home of its own for a test: no file, key or variable of this machine reaches the program. Gone with its last
/// reference.
final class Home {
    let path: String

    init() throws {
        path = NSTemporaryDirectory().trimmingSuffix("/") + "/weir-e2e-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// All that a program gets of an environment.
    var environment: [String: String] {
        [
            "PATH": "/usr/bin:/bin", "HOME": path, "XDG_CONFIG_HOME": path + "/config", "XDG_DATA_HOME": path + "/data",
            "XDG_STATE_HOME": path + "/state", "LANG": "C.UTF-8", "TZ": "UTC", "SWIFT_BACKTRACE": "enable=no",
        ]
    }

    /// Where `config.toml` and the other files of the user are.
    var configuration: String { path + "/config/weir" }

    /// Writes a file, its folders too.
    /// - Parameter path: from the home.
    /// - Returns: the whole path.
    @discardableResult
    func write(_ text: String, to path: String, mode: Int = 0o600) throws -> String {
        let whole = self.path + "/" + path
        try FileManager.default.createDirectory(
            atPath: (whole as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: whole))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: whole)
        return whole
    }

    /// - Parameter folder: from the home; there must be one file in it.
    func read(onlyFileIn folder: String) throws -> String {
        let whole = path + "/" + folder
        let names = try FileManager.default.contentsOfDirectory(atPath: whole)
        guard names.count == 1 else { throw CocoaError(.fileReadUnknown) }
        return String(decoding: try Data(contentsOf: URL(filePath: whole + "/" + names[0])), as: UTF8.self)
    }

    @discardableResult
    func configure(_ toml: String) throws -> String {
        try write(toml, to: "config/weir/config.toml")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
