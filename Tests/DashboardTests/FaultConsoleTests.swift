import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

@Suite struct FaultConsoleTests {
    private func demo(_ state: StreamState? = .streaming) -> Model {
        var model = state.map { Scene.state($0) } ?? World.model()
        model.options.isDemo = true
        return model
    }

    private func expect(_ model: Model, _ name: String) throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = model
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            try expectSnapshot(model.screen(), named: "\(name)-\(columns)x\(rows)")
        }
    }

    private var firstStream: StreamID { StreamID(rawValue: 1) }

    @Test func theConsoleLeavesThePanelInSight() throws {
        var model = demo()
        #expect(model.key(.function(7)).isEmpty)
        try expect(model, "faults")
        let commands = model.press("r")
        #expect(commands == [.steerLab(.reset, nil)])
        _ = model.update(.labSteered(.reset, nil, streams: 2))
        try expect(model, "faults-done")
    }

    @Test func everyEntryHasAKeyOfItsOwn() {
        var model = demo()
        let entries = FaultConsole().entries
        #expect(entries.count == 8)
        for entry in entries {
            model.overlay = nil
            _ = model.key(.function(7))
            guard let chord = model.keymap.chord(for: entry.action, in: .faults), case .character(let key) = chord.key
            else {
                Issue.record("\(entry.action) has no letter")
                continue
            }
            #expect(model.press(key) == [.steerLab(entry.order, nil)])
        }
    }

    @Test func forOneStreamAndTheSecondsOfA429() {
        var model = demo()
        let id = model.selected
        _ = model.key(.function(7))
        model.press("t")
        model.press("+")
        model.press("+")
        model.press("-")
        #expect(model.press("l") == [.steerLab(.rateLimit(retryAfter: 6), id)])
        model.press("t")
        #expect(model.press("d") == [.steerLab(.drop, nil)])
        for _ in 0..<99 { model.press("-") }
        #expect(model.press("l") == [.steerLab(.rateLimit(retryAfter: 1), nil)])
        for _ in 0..<99 { model.press("+") }
        #expect(model.press("l") == [.steerLab(.rateLimit(retryAfter: 60), nil)])
        model.press("z")
        #expect(model.toasts.last?.text.contains("breaks nothing") == true)
        _ = model.key(.escape)
        #expect(model.overlay == nil)
    }

    @Test func whatWouldDoNothingSaysWhy() {
        var model = demo(.complete)
        _ = model.key(.function(7))
        #expect(model.press("d").isEmpty)
        #expect(model.toasts.last?.text == "No stream runs: ask something first")
        #expect(model.press("o") == [.steerLab(.overload(count: 3), nil)])
        model.press("t")
        #expect(model.press("s").isEmpty)
        #expect(model.toasts.last?.text.contains("has no connection now") == true)
    }

    @Test func whatWasDoneIsKept() {
        var model = demo()
        _ = model.key(.function(7))
        _ = model.update(.labSteered(.stall(seconds: 8), model.selected, streams: 1))
        #expect(model.notices.last?.text.contains("silent for 8 s") == true)
        _ = model.update(.labSteered(.drop, nil, streams: 0))
        #expect(model.notices.last?.level == .warning)
        _ = model.update(.labSteered(.rateLimit(retryAfter: 5), nil, streams: 0))
        #expect(model.notices.last?.level == .info)
    }

    @Test func thePaletteBreaksToo() {
        var model = demo()
        model.control("p")
        model.type("break: corrupt")
        #expect(model.key(.enter) == [.steerLab(.corrupt, nil)])
        #expect(model.overlay == nil)
    }

    @Test func elsewhereTheKeysSayWhyNot() {
        var model = Scene.state(.streaming)
        for key in [7, 8] {
            #expect(model.key(.function(key)).isEmpty)
            #expect(model.toasts.last?.text == "Only the provider of weir demo breaks on order")
            #expect(model.overlay == nil && model.tour == nil)
        }
        model.control("p")
        model.type("break")
        let picker: Picker? = if case .picker(let picker) = model.overlay { picker } else { nil }
        #expect(picker?.matches.isEmpty == true)
    }

    @Test func aClickOrdersToo() {
        var model = demo()
        _ = model.key(.function(7))
        let layout = model.layout()
        let box = FaultConsoleView.rect(FaultConsole(), model: model, layout: layout)
        let place = Position(column: box.column + 4, row: box.row + 2)
        #expect(
            model.update(.input(.mouse(MouseEvent(kind: .press(button: 1), position: place)))) == [
                .steerLab(.reset, nil)
            ])
    }
}
