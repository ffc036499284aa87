import Providers

/// Answers that stop before the reply's end: turns that are paused, and limits of tokens.
extension ModelServer {
    static func stopEarly(_ script: inout Script, _ question: Question, using choices: inout Choices) {
        // Another reply has no places of its own.
        guard script.canonical == question.canonical else { return }
        let isRestart = question.strategy == .restartSkip
        if question.dialect == .anthropic, !question.pauses.isEmpty {
            let pause = question.pauses.first {
                $0 > script.from && $0 < script.canonical.count
                    && (isRestart ? $0 >= question.kept : $0 > question.kept)
            }
            guard let pause else { return }
            script.stopsAt = pause
            script.stop = .pauseTurn
            return
        }
        let rest = script.canonical.count - question.kept
        guard question.mayBeCut, rest > 2, choices.once(in: 4) else { return }
        let limit = ReplyText.scalarStart(question.kept + 1 + choices.below(rest - 1), in: script.canonical)
        guard limit > question.kept, limit > script.from else { return }
        script.stopsAt = limit
        script.stop = .maxTokens
    }

    /// As ``place`` for a turn that was paused: what stands before it stands fast.
    static func placeInTurn(
        _ script: inout Script, _ question: Question, _ strategy: ResumeStrategy, using choices: inout Choices
    ) {
        let start = question.turnStart
        let text = question.canonical
        if strategy == .restartSkip {
            script.from = start
            guard question.isFickle, choices.below(2) == 1 else { return }
            let common = ReplyText.scalarStart(start + choices.below(question.kept - start + 1), in: text)
            script.canonical =
                Array(text[..<max(start, common)])
                + ReplyText.make(words: 1 + choices.below(4), variant: question.number, using: &choices)
            return
        }
        script.from = question.kept
        switch choices.below(4) {
        case 1 where strategy != .continue && question.kept > start:
            while script.from > start, ReplyText.isSpace(text[script.from - 1]) { script.from -= 1 }
        case 1 where question.kept == start:
            // White space at the end of what was sent back had to be left out, and comes again.
            while script.from > 0, ReplyText.isSpace(text[script.from - 1]) { script.from -= 1 }
        case 2, 3:
            let from = ReplyText.wordStart(3 + choices.below(2), before: question.kept, in: text)
            if from >= start, provesRepeat(text[from..<question.kept], before: text[question.kept...].first) {
                script.from = from
            }
        default: break
        }
    }

    static func thoughts(_ question: Question, using choices: inout Choices) -> [ArraySlice<UInt8>] {
        pieces(of: question.thoughts, from: 0, isForced: true, using: &choices)
    }
}
