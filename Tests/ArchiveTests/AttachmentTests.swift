import GRDB
import Testing

@testable import Archive

@Suite struct AttachmentTests {
    let store: TemporaryStore

    init() throws {
        store = try TemporaryStore()
    }

    private let files = [
        ArchivedAttachment(name: "b.png", type: "image/png", bytes: [0x89, 0x50, 0, 0xFF]),
        ArchivedAttachment(name: "a\n\"b\".txt", type: "text/plain", bytes: Array("Grüße".utf8)),
        ArchivedAttachment(name: "empty", type: "text/plain", bytes: []),
    ]

    @Test func whatWentOutWithAPromptComesBackAsItWas() throws {
        let archive = try store.open()
        try archive.appendPrompt("look", attachments: files, as: .random(), to: "c", at: 1)
        try archive.appendPrompt("and now", as: .random(), to: "c", at: 2)
        try archive.close()
        let turns = try store.open().turns(of: "c")
        #expect(turns.map(\.attachments) == [files, []])
    }

    @Test func itGoesWithItsConversation() throws {
        let archive = try store.open()
        try archive.appendPrompt("look", attachments: files, as: .random(), to: "c", at: 1)
        archive.delete("c")
        #expect(try archive.conversations() == [])
        #expect(try archive.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM attachments") } == 0)
    }

    @Test func exportsSayWhatItWasAndHoldNoneOfIt() throws {
        let archive = try store.open()
        try archive.appendPrompt("look", attachments: Array(files.prefix(2)), as: .random(), to: "c", at: 1)
        let markdown = try #require(try archive.markdown(of: "c"))
        #expect(markdown.contains("look\n\n*attached: b.png (image/png, 4 bytes)*\n"))
        #expect(markdown.contains("*attached: a \"b\".txt (text/plain, 7 bytes)*\n"))
        #expect(!markdown.contains("Grüße"))
        let json = try #require(try archive.json(of: "c"))
        #expect(json.contains(#""name": "b.png""#))
        #expect(json.contains(#""bytes": 7"#))
        #expect(!json.contains("Grüße"))
    }

    /// A store of the first schema, with a conversation in it, opens as one of today's.
    @Test func anOlderStoreGetsTheTable() throws {
        try store.open().close()
        try DatabaseQueue(path: store.path).write { db in
            try db.execute(sql: "DROP TABLE attachments")
            try db.execute(sql: "ALTER TABLE turns DROP COLUMN standing")
            try db.execute(sql: "ALTER TABLE turns DROP COLUMN brief")
            try db.execute(sql: "PRAGMA user_version = 1")
            try db.execute(sql: "INSERT INTO conversations VALUES ('old', 'Old', 1, 1)")
        }
        let archive = try store.open()
        try archive.appendPrompt("look", attachments: files, as: .random(), to: "old", at: 1)
        #expect(try archive.turns(of: "old").map(\.attachments) == [files])
    }
}
