import Archive
import Foundation
import Synchronization

/// A folder of a test's own, removed with it.
final class TemporaryStore: Sendable {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "weir-archive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var path: String { folder.appending(path: "data/weir.sqlite").path }

    func open(
        _ change: (inout Archive.Settings) -> Void = { _ in }, notices: Notices = Notices()
    ) throws -> Archive {
        var settings = Archive.Settings()
        change(&settings)
        return try Archive(path: path, settings: settings) { notices.add($0) }
    }

    func permissions(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}

/// What an archive told, from whichever queue.
final class Notices: Sendable {
    private let notices = Mutex<[ArchiveNotice]>([])

    var all: [ArchiveNotice] { notices.withLock { $0 } }

    func add(_ notice: ArchiveNotice) { notices.withLock { $0.append(notice) } }
}

/// Waits until something holds, looking again every few milliseconds, for at most half a minute.
func until(_ condition: () throws -> Bool) async throws -> Bool {
    for _ in 0..<6000 {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
