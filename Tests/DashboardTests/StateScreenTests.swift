import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// The screen in every state of a stream, at the reference size, at the classic one, and at the smallest.
struct StateScreenTests {
    @Test(arguments: StreamState.allCases)
    func looksLikeItsState(_ state: StreamState) throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = Scene.state(state)
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            try expectSnapshot(model.screen(), named: "state-\(state.rawValue)-\(columns)x\(rows)")
        }
    }

    @Test func thePictureOfTheProductPage() throws {
        for (columns, rows) in [(140, 40), (96, 20), (80, 24), (40, 10), (200, 60)] {
            var model = Scene.reference()
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            try expectSnapshot(model.screen(), named: "reference-\(columns)x\(rows)")
        }
    }
}
