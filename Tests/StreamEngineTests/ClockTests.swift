import StreamEngine
import Testing

@Suite struct ClockTests {
    /// Zero turns a clock off: a day of silence ends nothing, and only the panel's looks at the silence remain.
    @Test func zeroTurnsEveryClockOff() throws {
        let off = Timeouts(firstByte: .zero, idle: .zero, contentIdle: .zero, total: .zero)
        var world = EngineHarness()
        let id = world.start(.test(timeouts: off))
        try world.connected()
        world.advance(.seconds(86_400))
        #expect(world.engine.state(of: id) == .waiting)
        try world.headers()
        try world.body(Wire.start + Wire.text("slow"))
        world.advance(.seconds(86_400))
        #expect(world.engine.state(of: id) == .stalled)
        #expect(world.engine.nextDeadline == nil)
        try world.body(Wire.stop() + Wire.messageStop)
        try world.finish()
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.started.count == 1)
    }
}
