import Foundation
import Synchronization

/// Writes lines to standard output from a thread of its own, so that a reader who stops reading stops nobody else. What
/// finds no room is left out, and that is said.
final class LineWriter: Sendable {
    /// Lines that may wait.
    static let limit = 10_000

    private struct State {
        var lines: [String] = []
        var leftOut = 0
        var isWriting = false
    }

    private let state = Mutex(State())
    private let hasNews = DispatchSemaphore(value: 0)

    init() {
        Thread.detachNewThread { [self] in
            while true {
                hasNews.wait()
                write()
            }
        }
    }

    /// Never waits.
    func append(_ line: String) {
        let isFirst = state.withLock { state in
            guard state.lines.count < Self.limit else {
                state.leftOut += 1
                return false
            }
            state.lines.append(line)
            return state.lines.count == 1
        }
        if isFirst { hasNews.signal() }
    }

    private func write() {
        let (lines, leftOut) = state.withLock { state in
            defer { (state.lines, state.leftOut, state.isWriting) = ([], 0, true) }
            return (state.lines, state.leftOut)
        }
        for line in lines { Messages.say(line) }
        if leftOut > 0 { Messages.say("… \(leftOut) lines are left out: they came faster than they were read") }
        state.withLock { $0.isWriting = false }
    }

    /// Waits until all is written, but no longer than so many seconds.
    func finish(within seconds: Double) {
        let end = DispatchTime.now() + seconds
        while DispatchTime.now() < end, state.withLock({ !$0.lines.isEmpty || $0.isWriting }) { usleep(1000) }
    }
}
