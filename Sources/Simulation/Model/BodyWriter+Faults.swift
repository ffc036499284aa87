import Providers

/// Events that break a stream, and those that only look so.
extension BodyWriter {
    /// What the server says instead of going on.
    mutating func breakOff(by fault: Fault, id: Int) {
        let dies = Script.Mark.Kind.dies(fault.meaning)
        switch fault {
        case .overloaded:
            isAnthropic || form == .responses
                ? line(
                    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
                    dies)
                : line("data: {\"error\":{\"code\":502,\"message\":\"upstream\"},\"choices\":[]}", dies)
        case .finalError:
            line(
                "event: error\ndata: {\"error\":{\"type\":\"invalid_request_error\",\"code\":\"tool_use_failed\",\"message\":\"no such tool\"}}",
                dies)
        case .errorBesideChoices:
            line(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"length\"}],\"error\":{\"code\":400,\"message\":\"refused upstream\"}}",
                .stop(.maxTokens), dies)
        case .errorFinish:
            line("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}", dies)
        case .badJSON:
            line("data: {\"type\":\"content_block_delta\",\"del", dies)
        case .deepJSON:
            var deep = Array("data: {\"type\":".utf8)
            deep += [UInt8](repeating: UInt8(ascii: "["), count: 700)
            deep += "\n\n".utf8
            raw(deep, dies)
        case .spliced:
            if isAnthropic || form == .responses {
                start(id: id + 1000, input: 9)
                if isAnthropic { marks.removeLast() }
                marks.append(Script.Mark(offset: carriageReturns ? body.count - 1 : body.count, kind: dies))
                text(Array("spliced".utf8)[...], id: id + 1000, upTo: 0)
            } else if marks.count(where: { if case .text = $0.kind { true } else { false } }) < 2 {
                // So early, nobody can tell another reply from this one: it is cut off instead.
                line("data: [DONE]", dies)
            } else {
                line(
                    "data: {\"id\":\"other\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
                    dies)
                text(Array("spliced".utf8)[...], id: id + 1000, upTo: 0)
            }
        case .doneWithoutFinish:
            isAnthropic
                ? line("event: message_stop\ndata: {\"type\":\"message_stop\"}", dies)
                : line("data: [DONE]", dies)
        case .hugeEvent:
            var huge = Array("data: ".utf8)
            huge += [UInt8](repeating: UInt8(ascii: "x"), count: ModelServer.eventLimit + 1)
            let start = body.count
            raw(huge)
            marks.append(Script.Mark(offset: start + 6 + ModelServer.eventLimit + 1, kind: dies))
        default:
            break
        }
    }

    /// What a client must not stumble over.
    mutating func decorate(with fault: Fault, id: Int) {
        switch fault {
        case .duplicateStart where isAnthropic:
            start(id: id, input: 11)
            marks.removeLast()
            marks.append(
                Script.Mark(
                    offset: carriageReturns ? body.count - 1 : body.count,
                    kind: .usage(input: 11, output: 1, isLast: false)))
        case .unknownEvents:
            line("event: novelty\ndata: {\"type\":\"novelty\",\"x\":[1,2,{\"y\":null}]}")
            if isAnthropic {
                line(
                    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"hologram_delta\",\"h\":\"?\"}}"
                )
            }
        case .emptyChoices where !isAnthropic:
            line("data: {\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}")
        case .nulls where !isAnthropic:
            line(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":null,\"role\":null},\"finish_reason\":null}],\"usage\":null}"
            )
            line("data: {\"choices\":[{\"index\":0,\"delta\":null}]}")
            line("data: {\"choices\":null}")
        case .hugeNumbers:
            isAnthropic
                ? line(
                    "event: ping\ndata: {\"type\":\"ping\",\"n\":1e999,\"m\":-18446744073709551616,\"k\":[0.1e-400]}")
                : line(
                    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":1e999,\"total_tokens\":18446744073709551616}}"
                )
        default:
            break
        }
    }
}
