import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// The connect time-outs that the transport keeps itself.
@Suite struct ConnectDeadlinesTests {
    private func id(_ number: Int) -> AttemptID { AttemptID(stream: StreamID(rawValue: number), generation: 1) }
    private func instant(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test func theSoonestIsNextInWhateverOrderTheyCame() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<100 {
            var deadlines = ConnectDeadlines()
            let times = (0..<30).map { _ in Int64.random(in: 0..<20, using: &random) }
            for (index, time) in times.enumerated() { deadlines.add(id(index), deadline: instant(time)) }
            var left = Set(times.indices)
            for now in Int64(0)..<20 {
                #expect(deadlines.next { _ in true } == left.map { instant(times[$0]) }.min())
                let due = deadlines.takeDue(at: instant(now)) { _ in true }
                let expected = left.filter { times[$0] <= now }
                #expect(Set(due) == Set(expected.map(id)))
                #expect(due.count == expected.count)
                left.subtract(expected)
            }
            #expect(left.isEmpty && deadlines.next { _ in true } == nil)
        }
    }

    @Test func whoHasAConnectionIsNotDueAndNotNext() {
        var deadlines = ConnectDeadlines()
        for number in 1...4 { deadlines.add(id(number), deadline: instant(Int64(number))) }
        let connecting = Set([id(2), id(4)])
        #expect(deadlines.next(connecting.contains) == instant(2))
        #expect(deadlines.takeDue(at: instant(3), connecting.contains) == [id(2)])
        #expect(deadlines.next(connecting.contains) == instant(4))
        #expect(deadlines.takeDue(at: instant(9)) { _ in false } == [])
        // What comes later than all that are gone.
        deadlines.add(id(5), deadline: instant(5))
        #expect(deadlines.takeDue(at: instant(5)) { _ in true } == [id(5)])
    }
}
