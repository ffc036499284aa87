import Foundation
import Synchronization
import Testing

@testable import Archive

@Suite struct RecordingFileTests {
    private let folder = NSTemporaryDirectory() + "/weir-recording-\(UUID().uuidString)"

    private func cleanUp() { try? FileManager.default.removeItem(atPath: folder) }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func linesAreWrittenInTheirOrderForTheirOwnerAlone() throws {
        defer { cleanUp() }
        let path = folder + "/deep/flight.jsonl"
        let file = try RecordingFile(path: path, makesFolder: true)
        for number in 0..<1000 { file.append(Array("\(number)\n".utf8)) }
        #expect(file.close() == nil)
        file.append([0x78])
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == (0..<1000).map { "\($0)\n" }.joined())
        #expect(try mode(path) == 0o600)
        #expect(try mode(folder) == 0o700)
    }

    @Test func aFileThatIsThereStays() throws {
        defer { cleanUp() }
        let path = folder + "/flight.jsonl"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(filePath: path))
        #expect(throws: RecordingFile.Failure.exists) { try RecordingFile(path: path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        let file = try RecordingFile(path: path, overwrites: true)
        file.append([0x0A])
        #expect(file.close() == nil)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([0x0A]))
        #expect(throws: RecordingFile.Failure.failed(reason: "No such file or directory")) {
            try RecordingFile(path: folder + "/none/flight.jsonl")
        }
        // Not emptied, and not given other permissions.
        #expect(throws: RecordingFile.Failure.failed(reason: "it is no file")) {
            try RecordingFile(path: "/dev/null", overwrites: true)
        }
    }

    /// Told once; what comes after is dropped.
    @Test func aDiskThatIsTooSlowEndsTheFile() throws {
        defer { cleanUp() }
        let reasons = Mutex<[String]>([])
        let file = try RecordingFile(path: folder + "/flight.jsonl", makesFolder: true, backlogLimit: 100) { reason in
            reasons.withLock { $0.append(reason) }
        }
        file.append([UInt8](repeating: 0x0A, count: 101))
        file.append([0x0A])
        #expect(file.close() == "the disk is too slow")
        #expect(reasons.withLock { $0 } == ["the disk is too slow"])
    }
}
