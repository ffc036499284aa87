import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// The wire, event by event, each beside the words that it produced.
struct InspectorTests {
    private let id = StreamID(rawValue: 1)

    static func entry(
        _ number: Int, _ name: String, _ raw: String, _ text: String = "", kind: WireEntry.Kind = .event,
        at seconds: Double? = nil, isThinking: Bool = false
    ) -> WireEntry {
        WireEntry(
            number: number, at: World.at(seconds ?? -4 + Double(number) / 10), attempt: 1, kind: kind, name: name,
            raw: Array(raw.utf8), bytes: raw.utf8.count, text: Array(text.utf8), isThinking: isThinking)
    }

    static func delta(_ number: Int, _ text: String) -> WireEntry {
        entry(
            number, "content_block_delta",
            "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"\(text)\"}}",
            text)
    }

    static let wire = [
        entry(
            1, "POST https://api.anthropic.com/v1/messages",
            "{\"model\":\"claude-opus-4-5\",\"max_tokens\":8192,\"stream\":true}",
            kind: .request),
        entry(2, "200", "content-type: text/event-stream\nrequest-id: req_011CTnBgsMUfkyNc", kind: .response),
        entry(3, "message_start", "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\"}}"),
        entry(
            4, "content_block_delta", "{\"delta\":{\"thinking\":\"Three sentences\"}}", "Three sentences",
            isThinking: true),
        delta(5, "Quantum computers use "), delta(6, "**qubits**, which can hold\na superposition"),
        entry(7, "ping", "{\"type\": \"ping\"}"), delta(8, " of two states"),
    ]

    private func open(_ entries: [WireEntry] = wire) -> Model {
        var model = Scene.state(.streaming)
        _ = model.control("x")
        #expect(model.press("i") == [.watchWire(id)])
        _ = model.update(.wire(id, entries))
        return model
    }

    @Test func theScreens() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = open()
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            try expectSnapshot(model.screen(), named: "inspector-\(columns)x\(rows)")
            model.type("delta -thinking")
            try expectSnapshot(model.screen(), named: "inspector-filtered-\(columns)x\(rows)")
        }
        var model = open()
        _ = model.update(.resized(Size(columns: 80, rows: 24)))
        _ = model.key(.up)
        _ = model.key(.up)
        _ = model.key(.enter)
        try expectSnapshot(model.screen(), named: "inspector-raw-80x24")
    }

    @Test func theFilterLooksEverywhere() {
        var model = open()
        func names() -> [Int] { model.inspector?.matches.map { model.inspector?.entries[$0].number ?? 0 } ?? [] }
        for (filter, found) in [
            ("ping", [7]), ("QUBITS", [6]), ("-content_block_delta", [1, 2, 3, 7]), ("req_011", [2]),
            ("content states", [8]), ("nowhere", []), ("-", Array(1...8)),
        ] {
            model.control("u")
            model.type(filter)
            #expect(names() == found, "\(filter)")
            _ = model.screen()
        }
        // What comes later goes through it, too.
        model.control("u")
        model.type("qubit")
        _ = model.update(.wire(id, [Self.delta(9, "more"), Self.delta(10, " qubits")]))
        #expect(names() == [6, 10])
        #expect(model.inspector?.entry?.number == 10)
    }

    @Test func itFollowsOnlyAtTheEnd() {
        var model = open()
        #expect(model.inspector?.follows == true)
        _ = model.key(.up)
        _ = model.update(.wire(id, [Self.delta(9, "more")]))
        #expect(model.inspector?.entry?.number == 7)
        _ = model.key(.end)
        _ = model.update(.wire(id, [Self.delta(10, "more")]))
        #expect(model.inspector?.entry?.number == 10)
        _ = model.key(.home)
        #expect(model.inspector?.entry?.number == 1)
        #expect(model.control("y") == [.copy(Self.wire[0].toCopy)])
        _ = model.key(.down)
        _ = model.key(.down)
        _ = model.key(.down)
        // The filter keeps the one that is looked at.
        model.type("delta")
        #expect(model.inspector?.entry?.number == 4)
    }

    @Test func memoryIsBoundedAndTheReadersPlaceKept() {
        var model = open([])
        var number = 0
        func add(_ count: Int) {
            let more = (0..<count).map { _ -> WireEntry in
                number += 1
                return Self.delta(number, "x")
            }
            _ = model.update(.wire(id, more))
        }
        add(Inspector.limit - 10)
        _ = model.key(.pageUp)
        let seen = model.inspector?.entry?.number
        add(5000)
        #expect(model.inspector?.entries.count ?? .max <= Inspector.limit)
        #expect(model.inspector?.entry?.number == seen)
        #expect(model.screen().contains("earlier not kept"))
        add(Inspector.limit)
        #expect(model.inspector?.selected == 0)
        // Nothing twice.
        let count = model.inspector?.entries.count
        _ = model.update(.wire(id, [Self.delta(number, "again")]))
        #expect(model.inspector?.entries.count == count)
    }

    @Test func escClosesItAndNobodyListensAnyMore() {
        var model = open()
        _ = model.key(.enter)
        _ = model.key(.escape)
        #expect(model.overlay == .inspector)
        #expect(model.key(.escape) == [.watchWire(nil)])
        #expect(model.overlay == nil && model.inspector == nil)
        _ = model.update(.wire(id, Self.wire))
        #expect(model.inspector == nil)
        // Ctrl-C closes it where nothing runs.
        model = Scene.state(.complete)
        model.type("/inspect")
        #expect(model.key(.enter) == [.watchWire(id)])
        #expect(model.control("c") == [.watchWire(nil)])
    }

    @Test func anotherStreamIsAKeyAway() {
        var model = Scene.reference()
        _ = model.control("x")
        _ = model.press("i")
        let first = model.inspector?.stream
        let commands = model.key(.character("2"), .alt)
        #expect(model.inspector?.stream != first)
        #expect(commands == [.watchWire(model.inspector?.stream)])
        #expect(model.key(.down, .alt) == [.watchWire(model.inspector?.stream)])
    }

    @Test func withoutAStreamItSaysSo() {
        var model = World.model()
        for letter in ["i", "b"] as [Character] {
            _ = model.control("x")
            #expect(model.press(letter) == [])
            #expect(model.toasts.last?.text == Model.noStream)
        }
    }

    @Test func nothingOnTheWireReachesTheTerminal() {
        for hostile in ["\u{1B}[31m", "\u{9B}2J", "a\u{202E}b", "x\u{0}\u{7}\u{8}", "\u{1B}]52;c;x\u{7}"] {
            var model = open([
                Self.entry(1, "e" + hostile, "raw" + hostile, "text" + hostile),
                Self.entry(2, "200" + hostile, hostile, kind: .response),
            ])
            for key in [Key.enter, .enter, .up, .enter] {
                _ = model.key(key)
                #expect(
                    !model.screen().unicodeScalars.contains {
                        $0 != "\n" && ($0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E)
                    })
            }
        }
    }

    @Test func theMouseChoosesAndScrolls() {
        var model = open()
        _ = model.screen()
        _ = model.update(.input(.mouse(MouseEvent(kind: .press(button: 1), position: Position(column: 20, row: 5)))))
        #expect(model.inspector?.entry?.number == 3)
        _ = model.update(.input(.mouse(MouseEvent(kind: .scrollDown, position: Position(column: 20, row: 5)))))
        #expect(model.inspector?.entry?.number == 6)
    }

    @Test func theReportIsAKeyAway() {
        var model = Scene.state(.failed)
        _ = model.control("x")
        #expect(model.press("b") == [.saveReport(id)])
        model.type("/report")
        #expect(model.key(.enter) == [.saveReport(id)])
    }
}
