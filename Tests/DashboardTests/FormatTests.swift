import StreamEngine
import Testing

@testable import Dashboard

struct FormatTests {
    @Test(arguments: [
        (Duration.zero, "0 ms"), (.nanoseconds(1), "<1 ms"), (.milliseconds(1), "1 ms"), (.milliseconds(412), "412 ms"),
        (.microseconds(999_499), "999 ms"), (.microseconds(999_500), "1.0 s"), (.milliseconds(3210), "3.2 s"),
        (.milliseconds(59_940), "59.9 s"), (.milliseconds(59_960), "1 m 00 s"), (.seconds(64), "1 m 04 s"),
        (.seconds(7500), "2 h 05 m"), (.seconds(447 * 3600), "18 d 15 h"), (.seconds(-3), "0 ms"),
    ])
    func durations(_ duration: Duration, _ text: String) {
        #expect(Format.duration(duration) == text)
    }

    @Test(arguments: [
        (3_210, "3.3 s"), (3_200, "3.2 s"), (1, "0.1 s"), (0, "0.0 s"), (-5, "0.0 s"), (9_900, "9.9 s"),
        (9_901, "10 s"),
        (59_001, "1 m 00 s"),
    ])
    func countdownsNeverSayZeroWhileThereIsARest(_ milliseconds: Int, _ text: String) {
        #expect(Format.countdown(.milliseconds(milliseconds)) == text)
    }

    @Test func countdownStepsLeadToTheNextText() {
        var random = SeededCounter()
        for _ in 0..<2000 {
            let rest = Duration.nanoseconds(Int64(random.next() % 130_000_000_000) + 1)
            for coarse in [false, true] {
                guard let step = Format.countdownStep(rest, coarse: coarse) else {
                    Issue.record("no step from \(rest)")
                    continue
                }
                let text = Format.countdown(rest, coarse: coarse)
                // Until just before the step the text stands; there it changes (or it has come to its end).
                #expect(Format.countdown(rest - step + .nanoseconds(1), coarse: coarse) == text)
                #expect(Format.countdown(rest - step, coarse: coarse) != text || rest == step)
            }
        }
        #expect(Format.countdownStep(.zero) == nil)
    }

    @Test func agesAreWholeSecondsRoundedDown() {
        #expect(Format.age(.milliseconds(999)) == "<1 s")
        #expect(Format.age(.milliseconds(1999)) == "1 s")
        #expect(Format.age(.seconds(61)) == "1 m 01 s")
        #expect(Format.age(.seconds(-1)) == "<1 s")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1.0k"), (1049, "1.0k"), (1050, "1.1k"), (12_345, "12.3k"), (99_949, "99.9k"),
        (99_950, "100k"), (123_456, "123k"), (999_499, "999k"), (999_500, "1.0M"), (1_234_567, "1.2M"),
        (-1500, "-1.5k"),
        (Int.max, "9223P"), (Int.min, "-9223P"),
    ])
    func counts(_ number: Int, _ text: String) {
        #expect(Format.count(number) == text)
    }

    @Test func ratesAndGaps() {
        #expect(Format.rate(nil) == "–")
        #expect(Format.rate(.nan) == "–")
        #expect(Format.rate(.infinity) == "–")
        #expect(Format.rate(0.44) == "0.4/s")
        #expect(Format.rate(82.4) == "82/s")
        #expect(Format.rate(1234) == "1.2k/s")
        #expect(Format.milliseconds(0.44) == "0.4 ms")
        #expect(Format.milliseconds(31.4) == "31 ms")
        #expect(Format.milliseconds(3210) == "3.2 s")
        #expect(Format.whole(80_000) == "80k")
        #expect(Format.whole(80_500) == "80.5k")
        #expect(Format.bytes(12) == "12 B")
        #expect(Format.bytes(6120) == "6.1 kB")
    }

    @Test func timesOfDayFollowTheTimeZone() {
        let wall = WallTime(secondsSince1970: 1_795_183_331.212)
        #expect(TimeOfDay(wall, secondsEastOfUTC: 0).clock == "14:02")
        #expect(TimeOfDay(wall, secondsEastOfUTC: 19_800).clock == "19:32")
        #expect(TimeOfDay(wall, secondsEastOfUTC: -15 * 3600).clock == "23:02")
        #expect(TimeOfDay(wall, secondsEastOfUTC: 0).withinMinute == "11.212")
        #expect(TimeOfDay(wall, secondsEastOfUTC: 0).withinHour == "02:11.212")
        #expect(TimeOfDay(WallTime(secondsSince1970: .nan), secondsEastOfUTC: 0).clock == "00:00")
        #expect(TimeOfDay(WallTime(secondsSince1970: -1), secondsEastOfUTC: 0).clock == "23:59")
    }

    @Test func sparklinesKeepTheNewest() {
        let glyphs = Glyphs(ascii: false)
        #expect(Sparkline.text([0, 1, 2, 4, 8], columns: 3, glyphs: glyphs) == "▃▅█")
        #expect(Sparkline.text([0, 0], columns: 4, glyphs: glyphs) == "▁▁")
        #expect(Sparkline.text([.nan, .infinity, 1], columns: 3, glyphs: glyphs) == "▁▁█")
        #expect(Sparkline.text([], columns: 3, glyphs: glyphs) == "")
        #expect(Sparkline.text([1, 2], columns: 0, glyphs: glyphs) == "")
    }

    @Test func gaugesFillToTheEighth() {
        let glyphs = Glyphs(ascii: false)
        func bar(_ share: Double, _ columns: Int) -> String {
            BackoffGauge.bar(share: share, columns: columns, glyphs: glyphs).map(\.text).joined()
        }
        #expect(bar(0, 4) == "────")
        #expect(bar(1, 4) == "████")
        #expect(bar(0.5, 4) == "██──")
        #expect(bar(0.54, 4) == "██▏─")
        #expect(bar(.nan, 2) == "──")
        #expect(bar(7, 2) == "██")
        #expect(bar(0.5, 0) == "")
    }

    @Test func metersFillToTheHalf() {
        func meter(_ share: Double, _ columns: Int, ascii: Bool = false) -> String {
            BackoffGauge.meter(share: share, columns: columns, glyphs: Glyphs(ascii: ascii), role: .good).map(\.text)
                .joined()
        }
        #expect(meter(0, 4) == "────")
        #expect(meter(1, 4) == "━━━━")
        #expect(meter(0.5, 4) == "━━──")
        #expect(meter(0.6, 4) == "━━╾─")
        #expect(meter(0.001, 4) == "╾───")
        #expect(meter(0.001, 4, ascii: true) == "#...")
        #expect(meter(.infinity, 2) == "──")
        #expect(meter(7, 2) == "━━")
        #expect(meter(0.5, 0) == "")
    }

    @Test func everyStateHasASignOfItsOwn() {
        for ascii in [false, true] {
            let signs = StreamState.allCases.map { Glyphs(ascii: ascii).state($0) }
            #expect(Set(signs).count == StreamState.allCases.count)
            #expect(signs.allSatisfy { !ascii || $0.utf8.count == 1 })
        }
        #expect(Set(StreamState.allCases.map(\.word)).count == StreamState.allCases.count)
    }
}

/// A few numbers without a seed to choose.
private struct SeededCounter {
    private var state: UInt64 = 7
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 16
    }
}
