import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// The attempt that is told of is chosen; graphs in dots.
struct AttemptTests {
    @Test func attemptsAreChosen() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = Scene.state(.backingOff)
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            model.focus = .streams
            _ = model.press("[")
            #expect(model.selectedAttempt == 3)
            _ = model.key(.left)
            #expect(model.selectedAttempt == 2)
            try expectSnapshot(model.screen(), named: "attempt-chosen-\(columns)x\(rows)")
            _ = model.press("[")
            _ = model.press("[")
            #expect(model.selectedAttempt == 1)
            for _ in 0..<3 { _ = model.press("]") }
            #expect(model.selectedAttempt == nil)
        }
    }

    @Test func aRetryByHandCountsAnewAndSaysBoth() throws {
        var model = Scene.state(.streaming)
        let entry = try #require(model.selectedEntry)
        let first = try #require(entry.snapshot.attempts.first)
        let again = entry.snapshot.with {
            $0.attempts = (1...4).map { number in
                var attempt = first
                attempt.number = number
                return attempt
            }
            $0.attemptInRun = 1
        }
        _ = model.update(.stream(again))
        #expect(model.screen().contains("attempt 4, now 1/6"))
        _ = model.update(.stream(again.with { $0.attemptInRun = 4 }))
        #expect(model.screen().contains("attempt 4/6"))
    }

    @Test func oneAttemptSaysSo() {
        var model = Scene.state(.streaming)
        model.focus = .streams
        _ = model.press("[")
        #expect(model.toasts.last?.text.contains("one attempt") == true)
        #expect(model.selectedAttempt == nil)
    }

    @Test func dots() {
        let glyphs = Glyphs(ascii: false, braille: true)
        #expect(Sparkline.text([0, 1, 2, 3], columns: 2, glyphs: glyphs) == "\u{28E0}\u{28FE}")
        #expect(Sparkline.text([3], columns: 2, glyphs: glyphs) == "\u{28B8}")
        #expect(Sparkline.text([0, 0], columns: 4, glyphs: glyphs) == "\u{28C0}")
        #expect(Sparkline.text([.nan, .infinity, 1, 9], columns: 1, glyphs: glyphs) == "\u{28F8}")
        #expect(Sparkline.text([], columns: 3, glyphs: glyphs) == "")
        #expect(Sparkline.text([1, 2], columns: 0, glyphs: glyphs) == "")
        // Where there is only ASCII there are no dots.
        #expect(!Glyphs(ascii: true, braille: true).isBraille)
        var model = Scene.state(.streaming)
        model.options.braille = true
        #expect(model.screen().unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
    }
}
