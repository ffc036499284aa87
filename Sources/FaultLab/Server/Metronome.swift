import HeapModule
import NIOCore

/// Wakes what waits on one event loop: thousands of paced streams cost it one timer, and a wake-up no more than once a beat.
///
/// Whoever waits alone is woken on time. Where many do, whoever is due within a beat after the last wake-up is woken at
/// its end, with all the others who are due by then: a millisecond late at most, for a hundredth of the wake-ups.
final class Metronome: NIOScheduledCallbackHandler {
    protocol Sleeper: AnyObject {
        /// It is not waiting any more.
        func isDue(at now: NIODeadline)
    }

    /// A wait that is under way.
    struct Wait {
        fileprivate let seat: Int32
        fileprivate let number: UInt32
    }

    static let beat = TimeAmount.milliseconds(1)
    /// Woken in one turn of the event loop, which has requests to read as well.
    static let mostAtOnce = 256

    private struct Turn: Comparable {
        var due: NIODeadline
        var wait: Wait

        static func < (one: Turn, other: Turn) -> Bool { one.due < other.due }
        static func == (one: Turn, other: Turn) -> Bool { one.due == other.due }
    }

    private struct Seat {
        var sleeper: (any Sleeper)?
        /// Of the wait that has the seat. A turn with another number is one that was cancelled.
        var number: UInt32 = 0
    }

    private let loop: any EventLoop
    private var turns = Heap<Turn>()
    private var seats: [Seat] = []
    private var freeSeats: [Int32] = []
    private var timer: NIOScheduledCallback?
    private var wakesAt = NIODeadline.distantFuture
    private var isWaking = false
    /// Nobody is woken before.
    private var nextBeat = NIODeadline.uptimeNanoseconds(0)

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Those who wait.
    var count: Int { seats.count - freeSeats.count }
    /// The same, and those cancelled who are still in the heap.
    var booked: Int { turns.count }

    func wake(_ sleeper: any Sleeper, at due: NIODeadline) -> Wait {
        let seat: Int32
        if let free = freeSeats.popLast() {
            seat = free
        } else {
            seat = Int32(seats.count)
            seats.append(Seat())
        }
        seats[Int(seat)].sleeper = sleeper
        let wait = Wait(seat: seat, number: seats[Int(seat)].number)
        turns.insert(Turn(due: due, wait: wait))
        if !isWaking { setTimer() }
        return wait
    }

    /// Without effect where the wait is over.
    func cancel(_ wait: Wait) {
        guard seats[Int(wait.seat)].number == wait.number else { return }
        _ = leave(wait)
        // What was cancelled stays in the heap until its time comes, but not without bounds.
        guard turns.count > 2 * count + 64 else { return }
        turns = Heap(turns.unordered.filter { seats[Int($0.wait.seat)].number == $0.wait.number })
    }

    private func leave(_ wait: Wait) -> (any Sleeper)? {
        let sleeper = seats[Int(wait.seat)].sleeper
        seats[Int(wait.seat)] = Seat(sleeper: nil, number: wait.number &+ 1)
        freeSeats.append(wait.seat)
        return sleeper
    }

    private func setTimer() {
        guard let first = turns.min else { return }
        let time = max(first.due, nextBeat)
        // One that comes too early finds nobody.
        guard time < wakesAt else { return }
        timer?.cancel()
        wakesAt = time
        timer = try? loop.assumeIsolated().scheduleCallback(at: time, handler: self)
    }

    func didCancelScheduledCallback(eventLoop: some EventLoop) {}

    func handleScheduledCallback(eventLoop: some EventLoop) {
        let now = loop.now
        timer = nil
        wakesAt = .distantFuture
        isWaking = true
        var left = Self.mostAtOnce
        while let first = turns.min, first.due <= now, left > 0 {
            turns.removeMin()
            guard seats[Int(first.wait.seat)].number == first.wait.number else { continue }
            left -= 1
            leave(first.wait)?.isDue(at: now)
        }
        isWaking = false
        // Who is late does not wait for the beat.
        nextBeat = left > 0 ? now + Self.beat : now
        setTimer()
    }
}

/// The metronome of each of a group's event loops.
struct Metronomes: Sendable {
    private let all: [ObjectIdentifier: NIOLoopBoundBox<Metronome>]

    init(_ group: any EventLoopGroup) {
        var all: [ObjectIdentifier: NIOLoopBoundBox<Metronome>] = [:]
        for loop in group.makeIterator() {
            all[ObjectIdentifier(loop)] = .makeBoxSendingValue(Metronome(loop), eventLoop: loop)
        }
        self.all = all
    }

    /// Only on that loop; `nil` where it is not one of the group's.
    subscript(loop: any EventLoop) -> Metronome? { all[ObjectIdentifier(loop)]?.value }
}
