import Pricing
import Providers
import Screen
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The answer on standard output as it arrives, and nothing else there; what happened on standard error, a line each.
struct PlainPrinter: AskPrinter {
    private var output = OutputBuffer(descriptor: 1)
    private var messages = OutputBuffer(descriptor: 2)
    /// A terminal gets no byte that could steer it; a file or a pipe gets exactly what the model wrote.
    private var sanitiser: Sanitiser?
    private let isQuiet: Bool
    private let colours: Bool
    /// The answer and the notes go to a terminal.
    private let sharesTerminal: Bool
    private var lastByte: UInt8 = 0x0A
    /// Which of several requests is being answered.
    private var part: AskPart?
    private var hasAnswered = false
    /// What was last said of how the reply goes on.
    private var announced: ResumePlan?

    init(isQuiet: Bool, noColour: Bool) {
        sanitiser = isatty(1) == 1 ? Sanitiser() : nil
        self.isQuiet = isQuiet
        colours = isatty(2) == 1 && !noColour
        sharesTerminal = isatty(1) == 1 && isatty(2) == 1
    }

    var failure: Int32? { output.failure }

    mutating func print(_ event: EngineEvent, text: [UInt8], thinking: [UInt8]) {
        switch event.kind {
        case .text where part?.isAnswer == false:
            break
        case .text(let range):
            hasAnswered = true
            if sanitiser != nil {
                show(text[range])
            } else {
                output.append(text[range])
                lastByte = text[range].last ?? lastByte
            }
        case .backoff(let backoff):
            let delay = DurationText.format(backoff.deadline - backoff.startedAt)
            let source =
                switch backoff.source {
                case .schedule: ""
                case .retryAfter: ", as the server asks"
                case .quotaReset: ", when the quota is reset"
                case .retryBudget: " at most: the provider's streams ask in turn"
                case .holdBack: ", when it has room again"
                }
            say(
                "\(withoutFullStop(backoff.reason.message)); next attempt in \(delay)\(source)\(goingOn(backoff.resume))"
            )
            announced = backoff.resume
        case .resumed(let seam):
            say("continued by \(seam.strategy.rawValue), \(seam.offset) bytes kept")
        case .fallback:
            say("streaming broke repeatedly: asking for the reply as a whole")
        case .part(let kind, let detail):
            say("[\(kind)\(detail.isEmpty ? "" : ": " + detail)]")
        case .budget(let notice):
            switch notice {
            case .nearing, .unenforced: say(notice.message)
            // The end says it.
            case .reached, .refused: break
            }
        case .attemptStarted(_, _, let plan):
            // What no wait has announced: another way than the one refused, a paused turn, a reply that was truncated.
            if let plan, plan != announced { say("goes on \(ResumeSaying.plan(plan))") }
            announced = nil
        case .asked(let question):
            announced = question.plan
        case .stateChanged, .headers, .thinking, .usage, .diverged, .ended:
            break
        }
    }

    mutating func end(_ snapshot: StreamSnapshot) {
        if var sanitiser {
            var rest: [UInt8] = []
            sanitiser.finish(into: &rest)
            show(sanitised: rest)
        }
        // A prompt on the line of the last word is ugly; a file is left exactly as the model wrote it.
        if lastByte != 0x0A, isatty(1) == 1 {
            output.append("\n")
            lastByte = 0x0A
        }
        output.flush()
        switch snapshot.verdict {
        case .complete: break
        case .truncated:
            say("the reply is truncated: \(snapshot.stopReason?.word ?? "")", always: true)
            if snapshot.stopReason == .maxTokens, let plan = snapshot.continuation {
                say("--continue-truncated 1 would have gone on \(ResumeSaying.plan(plan))")
            }
        case .refused: say("the model refused: \(snapshot.stopReason?.word ?? "")", always: true)
        case .cancelled: say("cancelled", always: true)
        case .incomplete, .failed, nil:
            let attempts = snapshot.attempts.count
            let kept =
                snapshot.textBytes > 0 && part?.isAnswer != false
                ? "; \(snapshot.textBytes) bytes of it were printed" : ""
            let tried = attempts > 1 ? " after \(attempts) attempts" : ""
            let message = snapshot.failure?.message ?? "failed"
            say((tried + kept).isEmpty ? message : withoutFullStop(message) + tried + kept, always: true)
            if let hint = snapshot.failure?.hint { say(hint, always: true) }
        }
        messages.flush()
    }

    mutating func plan(_ parts: AskParts) {
        let last = parts.merges ? ", then their answers in a last one" : ""
        let cost = parts.cost == .unknown ? "at no known price" : "\(parts.cost) for the prompts"
        say(
            "too long for one request: \(parts.orders.count) parts of \(RequestRefusal.grouped(parts.tokens)) tokens "
                + "together\(last); \(cost)")
        messages.flush()
    }

    mutating func begin(_ part: AskPart) {
        self.part = part
        say(part.number.map { "part \($0) of \(part.count)" } ?? "one answer of \(part.count)")
        if sanitiser != nil { sanitiser = Sanitiser() }
        if hasAnswered, part.isAnswer { output.append(AskPart.separator(after: lastByte).utf8) }
        flush()
    }

    mutating func put(unmerged answers: [String]) {
        let text = AskPart.joined(answers)
        if sanitiser != nil { show(ArraySlice(text.utf8)) } else { output.append(text.utf8) }
        if isatty(1) == 1 { output.append("\n") }
        output.flush()
    }

    mutating func flush() {
        output.flush()
        messages.flush()
    }

    private func goingOn(_ plan: ResumePlan?) -> String {
        plan.map { ", goes on " + ResumeSaying.plan($0) } ?? ""
    }

    /// A provider's sentence, to go on after.
    private func withoutFullStop(_ message: String) -> String {
        message.hasSuffix(".") ? String(message.dropLast()) : message
    }

    private mutating func show(_ bytes: ArraySlice<UInt8>) {
        var harmless: [UInt8] = []
        bytes.withUnsafeBufferPointer { sanitiser?.sanitise($0, into: &harmless) }
        show(sanitised: harmless)
    }

    private mutating func show(sanitised bytes: [UInt8]) {
        let text = MarkedScalar.writtenOut(String(decoding: bytes, as: UTF8.self))
        output.append(text.utf8)
        lastByte = text.utf8.last ?? lastByte
    }

    private mutating func say(_ message: String, always: Bool = false) {
        guard always || !isQuiet else { return }
        // Both on one terminal: a note begins on a line of its own, and the answer goes on below it.
        if sharesTerminal, lastByte != 0x0A {
            output.append("\n")
            output.flush()
            lastByte = 0x0A
        }
        messages.append(colours ? "\u{1B}[2mweir: " : "weir: ")
        messages.append(MarkedScalar.writtenOut(Sanitiser.line(message)).utf8)
        messages.append(colours ? "\u{1B}[0m\n" : "\n")
    }
}
