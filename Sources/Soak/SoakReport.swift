import FaultLab
import StreamEngine

/// What came of all replies.
struct SoakReport {
    /// More is not a matter of buffers any more.
    static let mostGrowth = 64 << 20
    static let mostProblems = 20

    private(set) var replies = 0
    private(set) var attempts = 0
    private(set) var exact = 0
    /// Failed by their own word, and a beginning of the reply.
    private(set) var incomplete = 0
    /// Ended by the user.
    private(set) var cancelled = 0
    /// Replies that needed more than one attempt and are exact.
    private(set) var healed = 0
    private(set) var problems: [String] = []
    /// Resident bytes after each round.
    var memory: [Int] = []
    /// Why replies are incomplete.
    private var reasons: [String: Int] = [:]

    mutating func complain(_ problem: String) {
        if problems.count < Self.mostProblems { problems.append(problem) }
    }

    mutating func add(_ snapshot: StreamSnapshot, _ verdict: ReplyVerdict, _ prompt: String) {
        replies += 1
        attempts += snapshot.attempts.count
        switch (snapshot.state, verdict.kind) {
        case (.complete, .exact):
            exact += 1
            if snapshot.attempts.count > 1 { healed += 1 }
        case (.failed, .prefix), (.failed, .exact):
            incomplete += 1
            reasons[snapshot.failure?.label ?? "no reason", default: 0] += 1
        case (.cancelled, .prefix), (.cancelled, .exact): cancelled += 1
        default: complain("\(prompt) of \(snapshot.model): \(snapshot.state.rawValue), but \(verdict)")
        }
    }

    /// After the first round, in which all buffers come to their size.
    mutating func judgeMemory() {
        guard let first = memory.first, let last = memory.last, last - first > Self.mostGrowth else { return }
        complain("memory grew from \(first >> 20) to \(last >> 20) MB")
    }

    func line(round: Int, seconds: Double) -> String {
        "round \(round): \(replies) replies, \(exact) exact, \(incomplete) incomplete, \(cancelled) cancelled, "
            + "\(attempts) requests, \((memory.last ?? 0) >> 20) MB, \(Int(seconds)) s"
    }

    func lines(seed: UInt64, rate: Double, seconds: Double) -> [String] {
        var lines = [
            "soak: seed \(seed), \(Int((rate * 100).rounded())) % of all requests break, \(Int(seconds)) s",
            "  replies     \(replies) in \(attempts) requests",
            "  exact       \(exact), of them \(healed) in more than one attempt",
            "  incomplete  \(incomplete), and they say so",
            "  cancelled   \(cancelled)",
            "  memory      \((memory.first ?? 0) >> 20) MB after the first round, \((memory.last ?? 0) >> 20) MB at the end",
        ]
        for (reason, count) in reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            lines.append("    \(count) × \(reason)")
        }
        lines += problems.map { "  PROBLEM: \($0)" }
        return lines + [problems.isEmpty ? "  nothing is left over" : "  FAILED"]
    }
}
