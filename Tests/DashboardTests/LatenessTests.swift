import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// The heat map: how late each piece of text came.
struct LatenessTests {
    private static let pieces: [(String, Duration?)] = [
        ("Text that came at once, ", .milliseconds(12)), ("a little later, ", .milliseconds(80)),
        ("**later** still, ", .milliseconds(240)), ("much later, ", .milliseconds(900)),
        ("after the break.", .seconds(7)), ("\n\nAnd unknown.", nil),
    ]

    private func model(_ size: Size) -> Model {
        var model = World.model(size)
        guard let turn = model.ask("go") else { return model }
        _ = model.update(.streamStarted(.fixture(1, state: .streaming), conversation: World.home, prompt: turn))
        for (text, wait) in Self.pieces {
            let late = Late(offset: 0, lateness: wait.map(Lateness.init))
            _ = model.update(.text(StreamID(rawValue: 1), Array(text.utf8), late: [late]))
        }
        model.toasts = []
        _ = model.screen()
        _ = model.key(.tab)
        model.press("h")
        return model
    }

    @Test(arguments: [
        (0, Lateness.none), (49, .none), (50, .little), (149, .little), (150, .some), (499, .some), (500, .much),
        (1999, .much), (2000, .most), (1_000_000, .most), (-5, .none),
    ])
    func fiveSteps(_ milliseconds: Int, _ expected: Lateness) {
        #expect(Lateness(.milliseconds(milliseconds)) == expected)
    }

    @Test func theScreen() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = model(Size(columns: columns, rows: rows))
            let frame = view(&model, size: model.size, theme: .probe)
            try expectSnapshot(frame.annotatedText, named: "late-\(columns)x\(rows)")
        }
    }

    /// The roles of the text's letters, by what they spell.
    private func spelled(_ model: inout Model) -> [Role: String] {
        let frame = view(&model, size: model.size, theme: .probe)
        var spelled: [Role: String] = [:]
        for row in 3..<model.size.rows - 5 {
            for column in 0..<46 {
                let cell = frame[column: column, row: row]
                let role = Role.allCases.first { Theme.probe.style($0).foreground == cell.style.foreground }
                guard let role, let scalar = Unicode.Scalar(cell.base) else { continue }
                spelled[role, default: ""].unicodeScalars.append(scalar)
            }
        }
        return spelled
    }

    @Test func eachPieceHasItsOwn() {
        var model = model(Size(columns: 80, rows: 24))
        let spelled = spelled(&model)
        #expect(spelled[.late0]?.contains("Text that came at once") == true)
        #expect(spelled[.late1]?.contains("a little later") == true)
        #expect(spelled[.late2]?.contains("later still") == true)
        #expect(spelled[.late3]?.contains("much later") == true)
        #expect(spelled[.late4]?.contains("after the break.") == true)
        #expect(spelled[.text]?.contains("And unknown.") == true)
        model.press("h")
        #expect(self.spelled(&model)[.late4] == nil)
    }

    /// A seam and a take that is given up leave each byte's lateness with it.
    @Test func seamsAndTakesKeepIt() {
        var model = model(Size(columns: 80, rows: 24))
        let seam = Seam(
            offset: 40, attempt: 2, reason: Scene.reset, strategy: .prefill, tokensBefore: 9, trimmedBytes: 0,
            gap: .seconds(7))
        _ = model.update(.seam(StreamID(rawValue: 1), seam))
        var spelled = spelled(&model)
        #expect(spelled[.late2]?.contains("later still") == true)
        #expect(spelled[.late4]?.contains("after the break.") == true)
        _ = model.update(.diverged(StreamID(rawValue: 1), kept: 24))
        _ = model.update(
            .text(StreamID(rawValue: 1), Array("New words.".utf8), late: [Late(offset: 4, lateness: .most)]))
        spelled = self.spelled(&model)
        #expect(spelled[.late0]?.contains("Text that came at once") == true)
        #expect(spelled[.late4] == "words.")
        #expect(spelled[.late2] == nil)
    }

    @Test func whereNothingIsKnownThatIsSaid() {
        var model = Reading.model()
        _ = model.key(.tab)
        model.press("h")
        #expect(model.toasts.last?.text.contains("of nothing here yet") == true)
        #expect(model.showsLateness)
        #expect(model.screen().contains("late by <50 ms 50 ms 150 ms"))
    }

    /// Steady text costs no memory for its lateness.
    @Test func steadyTextIsOneStretch() {
        var reply = Reply(turn: TurnID(rawValue: 1), stream: nil, model: "m", wall: WallTime(secondsSince1970: 0))
        for _ in 0..<1000 { reply.append(text: Array("word ".utf8), late: [Late(offset: 0, lateness: Lateness.none)]) }
        #expect(reply.late.count == 1)
        guard case .text(let prose)? = reply.blocks.first else { return }
        #expect(prose.tints.count == 1)
    }
}
