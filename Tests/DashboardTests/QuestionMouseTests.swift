import Screen
import StreamEngine
import Testing

@testable import Dashboard

/// Asked whether to go on, the user can click the answer.
struct QuestionMouseTests {
    private func click(_ text: String, _ model: inout Model) throws -> [Command] {
        let lines = model.screen().split(separator: "\n", omittingEmptySubsequences: false)
        // The buttons stand below; the panel above them names the keys as well.
        let row = try #require(lines.lastIndex { $0.contains(text) })
        let line = lines[row]
        let range = try #require(line.range(of: text))
        let column = line.distance(from: line.startIndex, to: range.upperBound) - 2
        return model.update(
            .input(.mouse(MouseEvent(kind: .press(button: 1), position: Position(column: column, row: row)))))
    }

    @Test(arguments: [(140, 40), (80, 24)])
    func theAnswersAreButtons(columns: Int, rows: Int) throws {
        let id = StreamID(rawValue: 1)
        for (text, command) in [
            ("^R go on", Command.goOn(id)), ("Alt-S other way", .otherWay(id)), ("Alt-G give up", .giveUp(id)),
        ] {
            var model = Scene.state(.asking)
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            let commands = try click(text, &model)
            #expect(commands == [command])
        }
    }

    /// With another question's way the buttons stay where they are, and a click beside them answers nothing.
    @Test func aClickElsewhereIsNoAnswer() throws {
        var model = Scene.state(.asking)
        let id = StreamID(rawValue: 1)
        let answers: [Command] = [.goOn(id), .otherWay(id), .giveUp(id)]
        for row in 0..<model.size.rows - 1 {
            for column in stride(from: 0, to: model.size.columns, by: 7) {
                let commands = model.update(
                    .input(.mouse(MouseEvent(kind: .press(button: 1), position: Position(column: column, row: row)))))
                #expect(!commands.contains { answers.contains($0) }, "\(column), \(row)")
            }
        }
    }

    /// Where nothing is asked the same places are other buttons.
    @Test func withoutAQuestionThereAreNoAnswers() {
        var model = Scene.state(.streaming)
        #expect(!model.screen().contains("other way") && !model.screen().contains("go on"))
    }
}
