import Foundation

/// A worker in a process of its own. It writes into a file, so that nobody has to read while it runs.
struct Child {
    struct Result {
        var reports: [Worker.Report]
        /// It came to its end by itself.
        var isOrderly: Bool
    }

    private let process = Process()
    private let file = FileManager.default.temporaryDirectory.appending(path: "weir-simulate-\(UUID().uuidString)")

    /// `nil` where no process can be started.
    init?(_ from: UInt64, _ count: UInt64, isBrief: Bool) {
        process.executableURL = URL(filePath: Bundle.main.executablePath ?? CommandLine.arguments[0])
        process.arguments = ["--worker", "--from", "\(from)", "--seeds", "\(count)"] + (isBrief ? ["--brief"] : [])
        guard FileManager.default.createFile(atPath: file.path, contents: nil),
            let output = FileHandle(forWritingAtPath: file.path)
        else { return nil }
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            return nil
        }
    }

    func finish() -> Result {
        process.waitUntilExit()
        let data = FileManager.default.contents(atPath: file.path) ?? Data()
        try? FileManager.default.removeItem(at: file)
        return Result(
            reports: data.split(separator: 0x0A).compactMap {
                try? JSONDecoder().decode(Worker.Report.self, from: Data($0))
            },
            isOrderly: process.terminationReason == .exit && process.terminationStatus == 0)
    }
}
