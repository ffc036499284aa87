import Foundation

/// Other programs, run to their end.
enum Command {
    /// Where a program is on the search path; `nil` = nowhere.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The first line of what a program prints; `nil` where it is missing or fails.
    static func firstLine(_ name: String, _ arguments: String...) -> String? {
        guard let (status, output) = try? run(name, arguments, hidesErrors: true), status == 0 else { return nil }
        return output.split(separator: "\n").first.map(String.init)
    }

    /// - Returns: the exit status and what came on standard output.
    static func run(
        _ name: String, _ arguments: [String], hidesErrors: Bool = false
    ) throws -> (status: Int32, output: String) {
        guard let path = find(name) else { throw CocoaError(.fileNoSuchFile) }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        if hidesErrors { process.standardError = FileHandle.nullDevice }
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
