import Providers

/// A response that a server makes in the background, whole and event by event, whoever listens.
struct BackgroundResponse: Sendable {
    /// Of its id.
    let number: Int
    let body: [UInt8]
    let marks: [Script.Mark]
    /// Where each event ends in the body.
    let ends: [Int]
    /// As ``Script`` has them.
    let canonical: [UInt8]
    let from: Int
    let stop: StopReason
    let stopsAt: Int?
    let hasTool: Bool
    let output: Int
    let input: Int

    // What the world writes down of it.
    /// The client's attempt that asked for it.
    var root = 0
    /// Its thoughts, as far as they were received.
    var thought = 0
    /// Its server was told, or was to be told, that it is wanted no more.
    var isLeft = false
    /// The server has heard it.
    var isStopped = false

    /// How far the text goes that its first events say.
    func said(after event: Int) -> Int {
        var said = from
        for mark in marks where mark.offset <= ends[event] {
            if case .text(let end) = mark.kind { said = end }
        }
        return said
    }
}

/// Responses in the background: begun, and gone on with from an event.
extension ModelServer {
    /// A reply is begun in the background, and the first request listens to it.
    static func begin(
        _ script: inout Script, _ question: Question, made: inout BackgroundResponse?, using choices: inout Choices
    ) {
        let isForced = question.forced != nil
        var writer = BodyWriter(.responses)
        writer.marksEvents = true
        writer.surrogates = script.fault == .surrogates || (!isForced && choices.once(in: 8))
        writer.start(id: question.number, input: question.input)
        for slice in thoughts(question, using: &choices) { writer.thinking(slice, id: question.number) }
        let deltas = pieces(
            of: script.canonical, from: script.from, upTo: script.end, isForced: isForced, using: &choices)
        for slice in deltas { writer.text(slice, id: question.number, upTo: slice.endIndex) }
        end(&script, question, &writer, deltas: deltas.count, using: &choices)
        let response = BackgroundResponse(
            number: question.number, body: writer.body, marks: writer.marks, ends: writer.ends,
            canonical: script.canonical, from: script.from, stop: script.stop, stopsAt: script.stopsAt,
            hasTool: question.hasTool && script.stopsAt == nil, output: script.output, input: question.input)
        made = response
        script.response = question.responses.count
        send(response, from: 0, repeating: 0, of: question, &script, using: &choices)
    }

    /// The events of a response after the one that a cursor names.
    static func goOn(
        _ script: inout Script, _ question: Question, _ cursor: (response: Int, after: Int),
        using choices: inout Choices
    ) {
        let response = question.responses[cursor.response]
        script.from = response.from
        script.stop = response.stop
        script.stopsAt = response.stopsAt
        script.input = response.input
        script.output = response.output
        switch script.fault {
        case .wholeJSON: return writeWhole(response, &script, question, using: &choices)
        case .noTerminator, .doneThenOpen: script.ending = .open
        case .resetAfterStop: script.ending = .fail(.reset)
        default: break
        }
        var first = cursor.after + 1
        var repeated = 0
        if question.forced == nil {
            switch choices.below(8) {
            case 6: repeated = min(first, 1 + choices.below(3))
            case 7 where first + 1 < response.ends.count && !(script.fault?.breaksBetweenEvents ?? false):
                // An event is lost: what follows is not what was asked for.
                first += 1
                script.refusesCursor = true
            default: break
            }
        }
        send(response, from: first, repeating: repeated, of: question, &script, using: &choices)
    }

    private static func send(
        _ response: BackgroundResponse, from first: Int, repeating repeated: Int, of question: Question,
        _ script: inout Script, using choices: inout Choices
    ) {
        let fault = script.fault
        var writer = BodyWriter(.responses)
        writer.carriageReturns = fault == .carriageReturns
        script.opening = .answers(status: 200, headers: headers(question, using: &choices))
        if question.forced == nil, choices.once(in: 6) { writer.ping() }
        let count = response.ends.count
        // Without its first event nobody could tell one response from another.
        let least = first == 0 ? 1 : first
        var last = count
        if fault?.breaksBetweenEvents ?? false {
            last = least + min(question.forced?.at ?? choices.below(count - least), count - 1 - least)
        }
        if repeated > 0 {
            writer.replay(first - repeated..<first, of: response.body, ends: response.ends, marks: [])
        }
        if script.refusesCursor, last == count {
            // Known with the first event that comes.
            writer.replay(first..<first + 1, of: response.body, ends: response.ends, marks: [])
            writer.mark(.dies(.final))
            writer.replay(first + 1..<last, of: response.body, ends: response.ends, marks: [])
        } else {
            let head = first == 0 ? 1 : first
            writer.replay(first..<head, of: response.body, ends: response.ends, marks: response.marks)
            if let fault { writer.decorate(with: fault, id: response.number) }
            writer.replay(head..<last, of: response.body, ends: response.ends, marks: response.marks)
        }
        if last < count, let fault {
            if fault == .spliced { script.refusesCursor = first > 0 }
            writer.breakOff(by: fault, id: response.number)
        }
        script.body = writer.body
        script.marks = writer.marks
        script.length = script.body.count
        cut(&script, question, using: &choices)
    }

    /// The whole response in place of the rest of its events.
    private static func writeWhole(
        _ response: BackgroundResponse, _ script: inout Script, _ question: Question, using choices: inout Choices
    ) {
        script.opening = .answers(status: 200, headers: [HTTPHeader("content-type", "application/json")])
        let isCut = response.stop == .maxTokens || response.stop == .contentFilter
        var body = Array(#"{"id":"resp_\#(response.number)","object":"response","status":""#.utf8)
        body += (isCut ? "incomplete" : "completed").utf8
        body += #"","output":["#.utf8
        if !question.thoughts.isEmpty {
            body += #"{"type":"reasoning","summary":[{"type":"summary_text","text":""#.utf8
            body += ReplyText.json(question.thoughts[...])
            body += #""}]},"#.utf8
        }
        body += #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":""#.utf8
        body += ReplyText.json(response.canonical[response.from..<script.end])
        body += "\"}]}".utf8
        if response.hasTool {
            body += #",{"type":"function_call","id":"f1","call_id":"t1","name":"search","arguments":"{}"}"#.utf8
        }
        body += "]".utf8
        if isCut {
            let reason = response.stop == .maxTokens ? "max_output_tokens" : "content_filter"
            body += #","incomplete_details":{"reason":"\#(reason)"}"#.utf8
        }
        body += #","usage":{"input_tokens":\#(response.input),"output_tokens":\#(response.output)}}"#.utf8
        script.body = body
        script.length = body.count
        if response.thought < question.thoughts.count {
            script.marksAtEnd = [.thinking(response.thought..<question.thoughts.count)]
        }
        script.marksAtEnd.append(.text(script.end))
        if response.hasTool { script.marksAtEnd.append(.part) }
        script.marksAtEnd += [
            .usage(input: response.input, output: response.output, isLast: true), .stop(response.stop), .terminator,
        ]
    }
}
