import Pricing
import Providers
import Screen
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `--resume ask` without a dashboard: the question on standard error, the answer from the terminal, whatever standard
/// input is. Where there is no terminal, nobody can be asked.
struct AskQuestion: ~Copyable {
    /// The terminal, for reading; the loop waits for it while there is a question.
    let descriptor: Int32
    private var line: [UInt8] = []

    enum Answer: Equatable {
        case goOn, giveUp, otherWay
    }

    /// `nil` without a terminal.
    init?() {
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        descriptor = terminal
    }

    deinit { close(descriptor) }

    /// What was typed while nobody asked is no answer.
    mutating func begin() {
        line = []
        tcflush(descriptor, TCIFLUSH)
    }

    func put(_ question: ResumeQuestion) {
        let why = question.reason.message
        var text = "weir: \(Self.withoutFullStop(why)). Go on? \(ResumeSaying.plan(question.plan))\n"
        text += "weir: [y]es, [n]o"
        if question.options.count > 1 {
            text += ", [o]ther way (\(question.chosen + 1) of \(question.options.count))"
        }
        // On the terminal itself where standard error is something else: who is asked must see it.
        var output = OutputBuffer(descriptor: isatty(2) == 1 ? 2 : descriptor)
        output.append(MarkedScalar.writtenOut(Sanitiser.text(text + ": ")).utf8)
        output.flush()
    }

    /// What has been typed; `nil` while the line is not complete or says none of the three.
    mutating func take() -> Answer? {
        var buffer = [UInt8](repeating: 0, count: 256)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            // The terminal is gone, or Ctrl-D: nobody says yes.
            if count == 0 { return .giveUp }
            line += buffer[..<count]
            guard let end = line.firstIndex(of: 0x0A) else { continue }
            let word = String(decoding: line[..<end], as: UTF8.self).lowercased().trimmingWhitespace
            line = []
            switch word.first {
            case "y": return .goOn
            case "n": return .giveUp
            case "o": return .otherWay
            default:
                var output = OutputBuffer(descriptor: isatty(2) == 1 ? 2 : descriptor)
                output.append("weir: y, n or o: ")
                output.flush()
                return nil
            }
        }
    }

    private static func withoutFullStop(_ message: String) -> String {
        message.hasSuffix(".") ? String(message.dropLast()) : message
    }
}

/// How a reply goes on and what that bills, in a sentence's words.
enum ResumeSaying {
    /// `by prefill, ~162 tokens again (~$0.0025)`.
    static func plan(_ plan: ResumePlan) -> String {
        let how = plan.keptBytes > 0 ? "by \(plan.strategy.rawValue)" : "from the beginning (only thoughts came)"
        return how + ", " + bill(plan.rebill)
    }

    static func bill(_ rebill: Rebill) -> String {
        guard rebill.tokens > 0 else { return "nothing billed again" }
        let cost = rebill.cost == .unknown ? "no price is known" : rebill.cost.description
        return "~\(rebill.tokens) tokens again (\(cost))"
    }
}
