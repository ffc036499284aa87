import Providers
import StreamEngine

/// Replies, whole or broken.
extension ModelServer {
    static func write(
        _ script: inout Script, _ question: Question, made: inout BackgroundResponse?, using choices: inout Choices
    ) {
        if let cursor = question.cursor { return goOn(&script, question, cursor, using: &choices) }
        let fault = script.fault
        place(&script, question, using: &choices)
        stopEarly(&script, question, using: &choices)
        if !question.isStream || fault == .wholeJSON {
            return writeWhole(&script, question)
        }
        if question.isBackground { return begin(&script, question, made: &made, using: &choices) }
        let isForced = question.forced != nil
        var form =
            switch question.dialect {
            case .anthropic: BodyWriter.Form.anthropic
            case .openai: BodyWriter.Form.openai
            case .responses: BodyWriter.Form.responses
            }
        if form == .openai, !isForced, choices.once(in: 8) { form = .mixed }
        var writer = BodyWriter(form)
        writer.carriageReturns = fault == .carriageReturns
        writer.surrogates = fault == .surrogates || (!isForced && choices.once(in: 8))
        writer.contentArray = fault == .contentArray
        // A relay that leaves the blocks out sends nothing that could be sent back.
        writer.usesBlocks =
            form == .anthropic && !question.pauses.isEmpty
            && (isForced || question.isHealthy || !choices.once(in: 12))
        // Nor does one that mixes something of its own in.
        script.canBeSentBack = writer.usesBlocks && fault != .unknownEvents
        script.opening = .answers(status: 200, headers: headers(question, using: &choices))

        if !isForced, choices.once(in: 6) { writer.ping() }
        writer.start(id: question.number, input: question.input)
        if let fault { writer.decorate(with: fault, id: question.number) }
        for slice in thoughts(question, using: &choices) { writer.thinking(slice, id: question.number) }
        let deltas = pieces(
            of: script.canonical, from: script.from, upTo: script.end, isForced: isForced, using: &choices)
        let breaks = fault?.breaksBetweenEvents ?? false
        let last = breaks ? (question.forced?.at ?? choices.below(deltas.count + 1)) : deltas.count
        for slice in deltas.prefix(last) { writer.text(slice, id: question.number, upTo: slice.endIndex) }
        if breaks, let fault {
            writer.breakOff(by: fault, id: question.number)
            // What comes after it is nobody's.
            writer.terminator()
        } else {
            if script.stop == .pauseTurn, script.canBeSentBack, choices.below(2) == 1 {
                writer.search(id: question.number)
            }
            writer.endBlock()
            end(&script, question, &writer, deltas: deltas.count, using: &choices)
        }
        script.body = writer.body
        script.marks = writer.marks
        script.length = script.body.count
        cut(&script, question, using: &choices)
    }

    /// Which reply this is, and where in it the answer begins.
    static func place(_ script: inout Script, _ question: Question, using choices: inout Choices) {
        script.stop = question.hasTool ? .toolUse : .endTurn
        guard let strategy = question.strategy else { return }
        if question.turnStart > 0 { return placeInTurn(&script, question, strategy, using: &choices) }
        if strategy == .restartSkip {
            guard question.isFickle, choices.below(2) == 1 else { return }
            // The same beginning, then otherwise.
            let same = ReplyText.wordStart(0, before: choices.below(question.kept + 1), in: question.canonical)
            let common = ReplyText.scalarStart(same, in: question.canonical)
            script.canonical =
                Array(question.canonical[..<common])
                + ReplyText.make(words: 1 + choices.below(4), variant: question.number, using: &choices)
            return
        }
        script.from = question.kept
        let text = question.canonical
        var space = question.kept
        while space > 0, ReplyText.isSpace(text[space - 1]) { space -= 1 }
        switch choices.below(4) {
        case 1 where strategy != .continue:
            // The white space that a right-trimmed partial lacks, or that nobody can see at the end of a quotation.
            script.from = space
        case 2, 3:
            let from = ReplyText.wordStart(3 + choices.below(2), before: question.kept, in: text)
            if provesRepeat(text[from..<question.kept], before: text[question.kept...].first) { script.from = from }
        default:
            break
        }
    }

    /// Words that are told from what goes on exactly: glued to the text's end within a line, unlike each other, and they
    /// neither end nor go on as they begin. A server that repeats anything else is none of ours.
    static func provesRepeat(_ words: ArraySlice<UInt8>, before next: UInt8?) -> Bool {
        func isWord(_ byte: UInt8) -> Bool { byte | 0x20 &- 0x61 < 26 || byte &- 0x30 < 10 }
        guard words.count >= 16, let first = words.first, let last = words.last, isWord(first), isWord(last),
            words.allSatisfy({ $0 >= 0x20 && $0 < 0x80 }), let next, next != first, isWord(next) || next == 0x20,
            let space = words.lastIndex(of: 0x20)
        else { return false }
        return !words.starts(with: words[(space + 1)...])
    }

    static func headers(_ question: Question, using choices: inout Choices) -> [HTTPHeader] {
        let type = HTTPHeader("Content-Type", "text/event-stream; charset=utf-8")
        guard question.forced == nil, choices.once(in: 8) else { return [type] }
        return [
            type, HTTPHeader("x-ratelimit-limit-requests", "60"),
            HTTPHeader("x-ratelimit-remaining-requests", "\([30, 1, 0][choices.below(3)])"),
            HTTPHeader("x-ratelimit-reset-requests", "12s"),
        ]
    }

    /// The text from `from` on in deltas: words, or pieces of any size in whole scalars.
    static func pieces(
        of text: [UInt8], from: Int, upTo limit: Int? = nil, isForced: Bool, using choices: inout Choices
    ) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = from
        let limit = limit ?? text.count
        let size = isForced ? 0 : [0, 0, 3, 40][choices.below(4)]
        while start < limit {
            var end: Int
            if size == 0 {
                end = start
                while end < limit, ReplyText.isSpace(text[end]) { end += 1 }
                while end < limit, !ReplyText.isSpace(text[end]) { end += 1 }
                if end < limit { end += 1 }
            } else {
                end = min(limit, start + 1 + choices.below(size * 2))
                while end < limit, text[end] & 0xC0 == 0x80 { end += 1 }
            }
            pieces.append(text[start..<end])
            start = end
        }
        return pieces
    }

    /// A reply that comes to its end: a reason, usage, a terminator.
    static func end(
        _ script: inout Script, _ question: Question, _ writer: inout BodyWriter, deltas: Int,
        using choices: inout Choices
    ) {
        let hasTool = question.hasTool && script.stopsAt == nil
        if hasTool { writer.tool() }
        if question.forced == nil, !hasTool, script.stopsAt == nil {
            switch choices.below(24) {
            case 22: script.stop = .refusal
            case 23: script.stop = .stopSequence
            default: break
            }
            if !writer.isAnthropic, script.stop == .refusal { script.stop = .contentFilter }
            if !writer.isAnthropic, script.stop == .stopSequence { script.stop = .endTurn }
        }
        let noUsage = question.forced == nil && choices.once(in: 10)
        let charge = question.forced == nil && writer.form == .openai && choices.once(in: 6)
        script.output = deltas + 7
        if charge { script.charge = Int64(1_000_000 + choices.below(1000) * 1_000_000) }
        writer.stop(
            script.stop, id: question.number, input: question.input, output: script.output, usage: !noUsage,
            chargePicos: noUsage ? nil : script.charge)
        switch script.fault {
        case .noTerminator: break
        case .resetAfterStop: script.ending = .fail(.reset)
        case .doneThenOpen:
            writer.terminator()
            script.ending = .open
        default: writer.terminator()
        }
    }

    /// Where the body breaks, and how.
    static func cut(_ script: inout Script, _ question: Question, using choices: inout Choices) {
        guard let fault = script.fault else { return }
        if fault == .emptyBody { script.length = 0 }
        if fault.cutsAnywhere {
            script.length = min(script.body.count, question.forced?.at ?? choices.below(script.body.count + 1))
        }
        switch fault {
        case .reset: script.ending = .fail(.reset)
        case .cut: script.ending = .fail(.cut)
        case .goAway: script.ending = .fail(.http2)
        case .bodyTooLarge: script.ending = .fail(.bodyTooLarge)
        case .silence: script.ending = .open
        case .pingsOnly: script.ending = .pings
        case .drip: script.ending = .drip
        default: break
        }
    }

    /// One JSON reply, known when it has ended in order.
    private static func writeWhole(_ script: inout Script, _ question: Question) {
        script.opening = .answers(status: 200, headers: [HTTPHeader("content-type", "application/json")])
        let text = script.canonical[script.from..<script.end]
        let hasTool = question.hasTool && script.stopsAt == nil
        let head =
            switch question.dialect {
            case .anthropic:
                #"{"id":"w\#(question.number)","type":"message","role":"assistant","content":[{"type":"text","text":""#
            case .openai:
                #"{"id":"w\#(question.number)","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":""#
            case .responses:
                #"{"id":"w\#(question.number)","object":"response","status":"\#(script.stop == .maxTokens ? "incomplete" : "completed")","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":""#
            }
        var body = Array(head.utf8)
        body += ReplyText.json(text)
        let output = 9
        script.output = output
        if script.stopsAt == nil { script.stop = .endTurn }
        script.canBeSentBack = question.dialect == .anthropic
        let isCut = script.stop == .maxTokens
        if question.dialect == .responses {
            body += "\"}]}".utf8
            if hasTool {
                body += #",{"type":"function_call","id":"f1","call_id":"t1","name":"search","arguments":"{}"}"#.utf8
            }
            body += "]".utf8
            if isCut { body += #","incomplete_details":{"reason":"max_output_tokens"}"#.utf8 }
            body += ",\"usage\":{\"input_tokens\":\(question.input),\"output_tokens\":\(output)}}".utf8
        } else if question.dialect == .anthropic {
            body += "\"}".utf8
            if hasTool { body += #",{"type":"tool_use","id":"t1","name":"search","input":{}}"#.utf8 }
            body +=
                "],\"stop_reason\":\"\(hasTool ? "tool_use" : BodyWriter.anthropicWord(script.stop))\",\"usage\":{\"input_tokens\":\(question.input),\"output_tokens\":\(output)}}"
                .utf8
        } else {
            body += "\"".utf8
            if hasTool {
                body +=
                    #","tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"search","arguments":"{}"}}]"#
                    .utf8
            }
            body +=
                "},\"finish_reason\":\"\(hasTool ? "tool_calls" : isCut ? "length" : "stop")\"}],\"usage\":{\"prompt_tokens\":\(question.input),\"completion_tokens\":\(output)}}"
                .utf8
        }
        if hasTool { script.stop = .toolUse }
        script.body = body
        script.length = body.count
        script.marksAtEnd = [.text(script.end)]
        if hasTool { script.marksAtEnd.append(.part) }
        script.marksAtEnd += [.usage(input: question.input, output: output, isLast: true), .stop(script.stop)]
        cutWhole(&script, question)
    }

    /// A batch that breaks: nothing of it is known.
    static func cutWhole(_ script: inout Script, _ question: Question) {
        guard let fault = script.fault, fault.cutsAnywhere || fault.breaksBetweenEvents || fault == .emptyBody else {
            return
        }
        if fault == .emptyBody || fault == .cleanEnd {
            script.length = 0
            script.marksAtEnd = []
            script.meaning = .passing
            return
        }
        script.length = script.body.count / 2
        script.marksAtEnd = []
        switch fault {
        case .silence, .pingsOnly, .drip: script.ending = .open
        case .bodyTooLarge: script.ending = .fail(.bodyTooLarge)
        default:
            script.ending = .fail(.cut)
            script.meaning = .passing
        }
    }
}
