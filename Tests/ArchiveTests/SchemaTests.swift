import GRDB
import Testing

@testable import Archive

@Suite struct SchemaTests {
    let store: TemporaryStore

    init() throws {
        store = try TemporaryStore()
    }

    @Test func aNewerFileIsRefusedAndLeftAlone() throws {
        try store.open().close()
        try DatabaseQueue(path: store.path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
        let before = try store.contents()
        #expect {
            try store.open()
        } throws: { error in
            #expect(
                "\(error)"
                    == "the store \(store.path) was written by a newer version of weir "
                    + "(its schema is 99, this version knows \(Schema.version))")
            return true
        }
        #expect(try store.contents() == before)
    }

    @Test func anotherProgramsFileIsRefusedAndLeftAlone() throws {
        try store.open().close()
        try DatabaseQueue(path: store.path).write { try $0.execute(sql: "PRAGMA application_id = 7") }
        let before = try store.contents()
        #expect(throws: ArchiveError.notAnArchive(path: store.path)) { try store.open() }
        #expect(try store.contents() == before)
    }

    @Test func everyStepIsTakenOnceAndInOrder() throws {
        let database = try DatabaseQueue()
        let first: @Sendable (Database) throws -> Void = { try $0.execute(sql: "CREATE TABLE log (step INTEGER)") }
        let second: @Sendable (Database) throws -> Void = { try $0.execute(sql: "INSERT INTO log VALUES (2)") }
        let third: @Sendable (Database) throws -> Void = { try $0.execute(sql: "INSERT INTO log VALUES (3)") }
        try database.write { db in
            try Schema.migrate(db, path: "p", steps: [first])
            try Schema.migrate(db, path: "p", steps: [first, second, third])
            try Schema.migrate(db, path: "p", steps: [first, second, third])
        }
        #expect(try database.read { try Int.fetchAll($0, sql: "SELECT step FROM log") } == [2, 3])
        #expect(try database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 3)
    }

    @Test func aStepThatFailsLeavesTheFileAsItWas() throws {
        try store.open().close()
        let before = try store.contents()
        let failing: @Sendable (Database) throws -> Void = { db in
            try db.execute(sql: "DROP TABLE drafts")
            try db.execute(sql: "no SQL")
        }
        #expect(throws: DatabaseError.self) {
            try DatabaseQueue(path: store.path).write { db in
                try Schema.migrate(db, path: store.path, steps: Schema.steps + [failing])
            }
        }
        #expect(try store.contents() == before)
        #expect(try store.open().drafts() == [])
    }

    @Test func writesAreDurable() throws {
        let archive = try store.open()
        let pragmas = ["journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout"]
        let values = try archive.database.read { db in
            try pragmas.map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        #expect(values == ["truncate", "2", "1", "1", "250"])
    }
}
