import NIOCore
import NIOEmbedded
import Testing

@testable import FaultLab

/// What paces the lab's streams, in virtual time.
@Suite struct MetronomeTests {
    /// Notes when it was woken.
    private final class Sleeper: Metronome.Sleeper {
        let name: Int
        private let book: Book

        init(_ name: Int, _ book: Book) {
            self.name = name
            self.book = book
        }

        func isDue(at now: NIODeadline) { book.woken.append((name, now)) }
    }

    private final class Book {
        var woken: [(name: Int, at: NIODeadline)] = []
    }

    private let loop = EmbeddedEventLoop()
    private let book = Book()

    private func time(_ microseconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .microseconds(microseconds) }

    @Test func whoeverWaitsAloneIsWokenOnTime() {
        let metronome = Metronome(loop)
        for (name, due) in [1_234, 21_234, 41_235].enumerated() {
            _ = metronome.wake(Sleeper(name, book), at: time(Int64(due)))
            loop.advanceTime(to: time(Int64(due) - 1))
            #expect(book.woken.count == name)
            loop.advanceTime(to: time(Int64(due)))
            #expect(book.woken.last?.at == time(Int64(due)))
        }
        #expect(metronome.count == 0 && metronome.booked == 0)
    }

    @Test func manyAreWokenTogetherNoneEarlyAndNoneMoreThanABeatLate() {
        let metronome = Metronome(loop)
        let dues = (0..<400).map { Int64($0 * 7_919 % 4_000) }
        for (name, due) in dues.enumerated() { _ = metronome.wake(Sleeper(name, book), at: time(due)) }
        loop.advanceTime(to: time(10_000))
        #expect(book.woken.count == dues.count)
        for (name, at) in book.woken {
            #expect(at >= time(dues[name]) && at <= time(dues[name]) + Metronome.beat)
        }
        #expect(Set(book.woken.map(\.at)).count <= 6)
        let order = book.woken.map { dues[$0.name] }
        #expect(order == order.sorted())
    }

    @Test func oneThatIsDueEarlierThanTheOthersDoesNotWaitForThem() {
        let metronome = Metronome(loop)
        _ = metronome.wake(Sleeper(0, book), at: time(50_000))
        _ = metronome.wake(Sleeper(1, book), at: time(5_000))
        loop.advanceTime(to: time(5_000))
        #expect(book.woken.map(\.name) == [1])
    }

    @Test func whatIsCancelledIsNotWokenAndItsSeatIsAnothers() {
        let metronome = Metronome(loop)
        let cancelled = metronome.wake(Sleeper(0, book), at: time(1_000))
        metronome.cancel(cancelled)
        _ = metronome.wake(Sleeper(1, book), at: time(2_000))
        // Again: of no effect on the next one in the seat.
        metronome.cancel(cancelled)
        loop.advanceTime(to: time(3_000))
        #expect(book.woken.map(\.name) == [1])
        #expect(metronome.count == 0)
    }

    @Test func allWhoAreDueAtOnceAreWokenWithoutABeatBetween() {
        let metronome = Metronome(loop)
        let count = 3 * Metronome.mostAtOnce + 1
        for name in 0..<count { _ = metronome.wake(Sleeper(name, book), at: time(100)) }
        loop.advanceTime(to: time(100))
        #expect(book.woken.count == count)
        #expect(Set(book.woken.map(\.name)).count == count)
    }

    @Test func whatIsCancelledDoesNotPileUp() {
        let metronome = Metronome(loop)
        for name in 0..<100_000 {
            metronome.cancel(metronome.wake(Sleeper(name, book), at: time(120_000_000)))
        }
        #expect(metronome.count == 0 && metronome.booked <= 65)
        loop.advanceTime(to: time(200_000_000))
        #expect(book.woken.isEmpty)
    }
}
