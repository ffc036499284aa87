import Archive
import Foundation
import TestSupport
import Testing

/// The file: who may read it, what is said where it cannot be used.
@Suite struct StoreFileTests {
    let store: TemporaryStore

    init() throws {
        store = try TemporaryStore()
    }

    private func message(_ path: String) -> String {
        do {
            _ = try Archive(path: path)
            return "opened"
        } catch {
            return error.description
        }
    }

    @Test func onlyTheOwnerMayRead() throws {
        let archive = try store.open()
        try archive.appendPrompt("p", as: .random(), to: "c", at: 1)
        #expect(try store.permissions(of: store.path) == 0o600)
        #expect(try store.permissions(of: store.folder.appending(path: "data").path) == 0o700)
        for file in try FileManager.default.contentsOfDirectory(atPath: store.folder.appending(path: "data").path) {
            #expect(try store.permissions(of: store.folder.appending(path: "data/" + file).path) == 0o600, "\(file)")
        }
    }

    @Test func aFileThatOthersMayReadIsClosed() throws {
        try store.open().close()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: store.path)
        try store.open().close()
        #expect(try store.permissions(of: store.path) == 0o600)
    }

    @Test func leavesOneFileBehind() throws {
        let archive = try store.open()
        try archive.appendPrompt("p", as: .random(), to: "c", at: 1)
        try archive.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: store.folder.appending(path: "data").path)
        #expect(files.filter { !$0.hasSuffix("-journal") } == ["weir.sqlite"])
    }

    @Test func refusesWhatIsNoStore() throws {
        let path = store.folder.appending(path: "other").path
        try Data("# Not a database, but a text that is long enough to be taken for one by its size.\n".utf8)
            .write(to: URL(filePath: path))
        #expect(message(path) == "\(path) is not a store of weir, or its beginning is damaged")
        #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8).hasPrefix("# Not a database"))
    }

    @Test func refusesAFolder() {
        let path = store.folder.path
        #expect(message(path) == "cannot open the store \(path): Is a directory")
        #expect(
            message("/dev/null/x/weir.sqlite")
                == "cannot open the store /dev/null/x/weir.sqlite: /dev/null/x: Not a directory")
    }

    @Test func anEmptyFileBecomesAStore() throws {
        let path = store.folder.appending(path: "empty").path
        try Data().write(to: URL(filePath: path))
        #expect(message(path) == "opened")
    }

    /// Damage anywhere ends in an error or in a store that answers, never in a crash.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func damageIsReported(seed: UInt64) throws {
        let archive = try store.open()
        for number in 0..<40 {
            try archive.appendPrompt(
                String(repeating: "text \(number) ", count: 40), as: .random(), to: "c\(number % 3)", at: Double(number)
            )
        }
        try archive.close()
        var random = SeededRandom(seed: seed)
        var bytes = [UInt8](try store.contents())
        switch seed % 3 {
        case 0: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
        case 1:
            for _ in 0..<2000 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
        default:
            let start = Int.random(in: 100..<bytes.count - 4096, using: &random)
            for position in start..<start + 4096 { bytes[position] = 0 }
        }
        try Data(bytes).write(to: URL(filePath: store.path))
        do throws(ArchiveError) {
            let archive = try Archive(path: store.path)
            for number in 0..<3 { _ = try archive.turns(of: "c\(number)") }
            try archive.appendPrompt("after", as: .random(), to: "c0", at: 1)
        } catch {
            switch error {
            case .corrupted, .notAnArchive, .failed, .newerSchema, .cannotOpen: break
            default: Issue.record("\(error)")
            }
            #expect(error.description.contains(store.path))
            #expect(!error.hint.isEmpty)
        }
    }
}

extension TemporaryStore {
    func contents() throws -> Data {
        try Data(contentsOf: URL(filePath: path))
    }
}
