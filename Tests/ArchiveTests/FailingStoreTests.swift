import GRDB
import Testing

@testable import Archive

/// The disk fails while the program runs: nothing stops, nothing is lost that can be kept, and the user is told once.
@Suite struct FailingStoreTests {
    let store: TemporaryStore
    let notices = Notices()

    init() throws {
        store = try TemporaryStore()
    }

    private func limit(_ archive: Archive, to pages: Int?) throws {
        try archive.database.writeWithoutTransaction { db in
            let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages.map { count + $0 } ?? 1_000_000_000)")
        }
    }

    @Test func aFullDiskKeepsWritesInMemory() async throws {
        let archive = try store.open({ $0.retryInterval = 10 }, notices: notices)
        try archive.appendPrompt("before", as: .random(), to: "c", at: 1)
        try limit(archive, to: 0)
        let long = String(repeating: "long ", count: 5000)
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: nil, provider: "p", model: "m", at: 2)
        archive.appendText(Array(long.utf8), to: reply)
        #expect(throws: ArchiveError.diskFull(path: store.path)) {
            try archive.appendPrompt("during", as: .random(), to: "c", at: 3)
        }
        archive.appendText(Array("end".utf8), to: reply)
        #expect(throws: ArchiveError.diskFull(path: store.path)) {
            try archive.appendPrompt("again", as: .random(), to: "c", at: 4)
        }
        #expect(notices.all == [.failing(.diskFull(path: store.path))])
        // The reply's row may still have found room in the last page; its text and the prompts did not.
        #expect(try archive.turns(of: "c").map(\.text).filter { !$0.isEmpty } == ["before"])

        // Room again: the retry stores everything, in order, without a further call.
        try limit(archive, to: nil)
        #expect(try await until { notices.all.count == 2 })
        #expect(notices.all.last == .recovered)
        #expect(try archive.turns(of: "c").map(\.text) == ["before", long + "end", "during", "again"])
    }

    @Test func whatIsTooMuchForMemoryIsGivenUpAndAnnounced() throws {
        let archive = try store.open({ $0.maximumBacklog = 10_000 }, notices: notices)
        try archive.appendPrompt("before", as: .random(), to: "c", at: 1)
        try limit(archive, to: 0)
        #expect(throws: ArchiveError.self) {
            try archive.appendPrompt(String(repeating: "x", count: 20_000), as: .random(), to: "c", at: 2)
        }
        #expect(
            notices.all == [
                .failing(.diskFull(path: store.path)),
                .lost(what: "everything since the store began to fail", .diskFull(path: store.path)),
            ])
        try limit(archive, to: nil)
        try archive.appendPrompt("after", as: .random(), to: "c", at: 3)
        #expect(try archive.turns(of: "c").map(\.text) == ["before", "after"])
    }

    @Test func aWriteThatCannotSucceedDoesNotHoldUpTheOthers() async throws {
        let archive = try store.open(notices: notices)
        let id = PromptID.random()
        try archive.appendPrompt("one", as: id, to: "c", at: 1)
        // The same id again, and a reply in a conversation that is not there.
        #expect(throws: ArchiveError.self) { try archive.appendPrompt("two", as: id, to: "c", at: 2) }
        archive.beginReply(.random(), in: "nowhere", to: nil, provider: "p", model: "m", at: 3)
        try archive.appendPrompt("three", as: .random(), to: "c", at: 4)
        #expect(try archive.turns(of: "c").map(\.text) == ["one", "three"])
        #expect(try await until { notices.all.count == 2 })
        let lost = notices.all.compactMap { if case .lost(let what, _) = $0 { what } else { nil } }
        #expect(lost == ["a prompt", "text of a reply"])
    }

    @Test func aLockedStoreIsBusyUntilItIsFree() throws {
        let archive = try store.open({ $0.busyTimeout = 20 }, notices: notices)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: store.path, configuration: configuration)
        try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        #expect(throws: ArchiveError.busy(path: store.path)) {
            try archive.appendPrompt("p", as: .random(), to: "c", at: 1)
        }
        try other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        #expect(try archive.turns(of: "c").map(\.text) == ["p"])
        #expect(notices.all == [.failing(.busy(path: store.path)), .recovered])
    }

    @Test func afterClosingNothingIsWritten() throws {
        let archive = try store.open(notices: notices)
        try archive.close()
        archive.saveDraft("late", of: "c", at: 1)
        #expect(try archive.drafts() == [])
        #expect(notices.all == [])
    }
}
