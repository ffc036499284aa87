import Screen
import StreamEngine
import Testing

@testable import Dashboard

struct MouseTests {
    private func click(_ model: inout Model, _ column: Int, _ row: Int) -> [Command] {
        model.update(
            .input(.mouse(MouseEvent(kind: .press(button: 1), position: Position(column: column, row: row)))))
    }

    private func find(_ text: String, _ model: inout Model) -> Position {
        for (row, line) in model.screen().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let range = line.range(of: text) {
                return Position(column: line.distance(from: line.startIndex, to: range.lowerBound), row: row)
            }
        }
        return Position(column: -1, row: -1)
    }

    @Test func aClickSelectsAStreamAndFocusesItsPane() {
        var model = Scene.reference()
        let place = find("gpt-4.1", &model)
        _ = click(&model, place.column, place.row)
        #expect(model.selected == StreamID(rawValue: 2))
        #expect(model.focus == .streams)
        _ = click(&model, 10, 36)
        #expect(model.focus == .input)
        _ = click(&model, 10, 20)
        #expect(model.focus == .transcript)
        _ = click(&model, 120, 30)
        #expect(model.focus == .events)
    }

    @Test func aClickPlacesTheCursor() {
        var model = World.model()
        model.type("hello world")
        let place = find("world", &model)
        _ = click(&model, place.column, place.row)
        #expect(model.editor.cursor == 6)
    }

    @Test func theFootersKeysAreButtons() {
        var model = Scene.state(.streaming)
        let place = find("Esc cancel", &model)
        #expect(click(&model, place.column + 5, place.row) == [.cancel(StreamID(rawValue: 1))])
    }

    @Test func theWheelScrollsWhatIsUnderIt() {
        var model = Scene.state(.streaming)
        model.text(1, (1...80).map { "\n\nParagraph \($0)." }.joined())
        _ = model.screen()
        _ = model.update(.input(.mouse(MouseEvent(kind: .scrollUp, position: Position(column: 5, row: 5)))))
        #expect(!model.transcript.follows)
        let badge = find("↓", &model)
        _ = click(&model, badge.column, badge.row)
        #expect(model.transcript.follows)
        #expect(model.focus == .transcript)
    }

    @Test func listsTakeClicks() {
        var model = World.model()
        _ = model.key(.function(3))
        let place = find("gpt-4.1", &model)
        _ = click(&model, place.column, place.row)
        #expect(model.currentModel == World.gpt)
        // Beside the list it closes.
        _ = model.key(.function(3))
        _ = click(&model, 0, 30)
        #expect(model.overlay == nil)
        model.type("/t")
        let item = find("/theme", &model)
        _ = click(&model, item.column, item.row)
        #expect(model.editor.text == "/theme")
    }

    @Test func aClickOpensAFold() {
        var model = Scene.state(.complete)
        let place = find("▸ thought", &model)
        _ = click(&model, place.column, place.row)
        #expect(model.screen().contains("Three sentences: qubits"))
    }

    @Test func theSwitchGivesTheMouseBack() {
        var model = World.model()
        #expect(view(&model, size: model.size, theme: .plain).modes.mouse)
        _ = model.key(.function(2))
        #expect(!view(&model, size: model.size, theme: .plain).modes.mouse)
        #expect(click(&model, 5, 5) == [])
        #expect(model.focus == .input)
    }
}
