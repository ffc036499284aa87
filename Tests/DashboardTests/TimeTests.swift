import Screen
import StreamEngine
import Testing

@testable import Dashboard

/// When the screen changes by itself.
struct TimeTests {
    private func quiet() -> Options {
        var options = Options()
        options.showsClock = false
        return options
    }

    @Test func nothingHappensWhileNothingHappens() {
        let model = World.model(options: quiet())
        #expect(model.nextChange(after: World.now()) == nil)
        // Also with ended streams, a draft that is saved, and a scrolled log.
        var ended = Scene.state(.complete)
        ended.options.showsClock = false
        _ = ended.at(20)
        #expect(ended.nextChange(after: World.now(20)) == nil)
    }

    @Test func theClockTicksOnTheMinute() {
        let model = World.model()
        // 14:02:11
        #expect(model.nextChange(after: World.now()) == World.at(49))
        #expect(model.nextChange(after: World.now(49)) == World.at(109))
    }

    @Test func aCountdownChangesWithItsDigits() {
        var model = Scene.state(.backingOff)
        model.options.showsClock = false
        // 3.21 s are left: "3.3 s" until 3.2 s are.
        #expect(model.nextChange(after: World.now()) == World.at(0.01))
        let before = model.generation
        _ = model.at(0.005)
        #expect(model.generation == before)
        _ = model.at(0.01)
        #expect(model.generation != before)
        #expect(model.nextChange(after: World.now(0.01)) == World.at(0.11))
        model.options.reducedMotion = true
        #expect(model.nextChange(after: World.now(0.01)) == World.at(0.21))
        // When it is over, the engine has the word.
        #expect(model.nextChange(after: World.now(4)) == nil)
    }

    @Test func agesChangeEverySecond() {
        var model = Scene.state(.waiting)
        model.options.showsClock = false
        // Waiting since 3.95 s: "3 s", then "4 s".
        #expect(model.nextChange(after: World.now()) == World.at(0.05))
        // The first-byte clock, which began 50 ms before, shows another second then.
        #expect(model.nextChange(after: World.now(0.05)) == World.at(1))
        #expect(model.nextChange(after: World.now(1)) == World.at(1.05))
    }

    @Test func whatIsDrawnOnlyChangesWhenItIsDue() {
        // Drawn at any moment before the next change, the screen is the same; at it, it may differ.
        for state in StreamState.allCases {
            var model = Scene.state(state)
            var time = 0.0
            for _ in 0..<10 {
                _ = model.at(time)
                let screen = model.screen()
                guard let next = model.nextChange(after: World.now(time)) else { break }
                let distance = (next - World.at(time)).inSeconds
                _ = model.at(time + distance * 0.98)
                // Timelines and bars move with the time; text does not.
                #expect(words(screen) == words(model.screen()), "\(state) at \(time)")
                time += distance
            }
        }
    }

    private func words(_ screen: String) -> [Substring] {
        screen.split { " ╌━┄╸✗▶█░▏▎▍▌▋▊▉▐│╭╮╰╯─├┤\n".contains($0) }
    }

    @Test func aJumpOfTheWallClockMovesTheShownTimes() {
        var model = Scene.state(.streaming)
        #expect(model.screen().contains("02:07.000"))
        _ = model.update(.clock(Now(instant: World.at(1), wall: WallTime(secondsSince1970: World.wall + 3601))))
        #expect(model.screen().contains("15:02"))
        #expect(model.screen().contains("02:07.000"))
        // A drift of milliseconds moves nothing.
        let before = model.generation
        _ = model.update(.clock(Now(instant: World.at(1.001), wall: WallTime(secondsSince1970: World.wall + 3601.03))))
        #expect(model.generation == before)
    }
}
