import Pricing
import Screen
import StreamEngine

extension Detail.Context {
    private var isNarrow: Bool { columns < 36 }

    /// `--resume ask`: why, how, for how much, and the keys that answer.
    func question() -> [Detail.Line] {
        guard let question = snapshot.question else { return [] }
        let rebill = question.plan.rebill
        var lines = because(question.reason)
        lines.append(Detail.Line(rank: 0, line: labelled("go on?", [.init(ResumeWords.how(question.plan), .value)])))
        let cost = PanelLine.Piece((isNarrow ? " " : " \(glyphs.dot) ") + rebill.cost.description, .money)
        let tokens = isNarrow ? "~\(Format.count(rebill.tokens)) tok" : ResumeWords.tokens(rebill) ?? "nothing again"
        lines.append(Detail.Line(rank: 0, line: labelled("bills", [.init(tokens, .value), cost])))
        let answers =
            isNarrow
            ? "\(keys.label(.retry, in: .input)) yes, \(keys.label(.giveUp, in: .input)) no"
            : "\(keys.words(.retry, in: .input)) go on, \(keys.words(.giveUp, in: .input)) give up"
        lines.append(Detail.Line(rank: 0, line: labelled("answer", [.init(answers, .info)])))
        if question.options.count > 1 {
            let key = keys.words(.otherWay, in: .input)
            let (chosen, all) = (question.chosen + 1, question.options.count)
            let way = isNarrow ? "\(key) other (\(chosen)/\(all))" : "\(key) another way (\(chosen) of \(all))"
            lines.append(Detail.Line(rank: 1, line: labelled("", [.init(way, .info)])))
        }
        return lines
    }

    /// A reply that ended before its time can be taken up: how, and for how much.
    func continuation() -> [Detail.Line] {
        guard snapshot.state.isTerminal, let plan = snapshot.continuation, snapshot.controls.contains(.retry) else {
            return []
        }
        var pieces = [PanelLine.Piece(keys.words(.retry, in: .input) + " " + ResumeWords.how(plan), .info)]
        if let again = ResumeWords.tokens(plan.rebill) {
            pieces.append(.init(", " + again, .muted, isOptional: true))
        }
        var lines = [Detail.Line(rank: 1, line: labelled("then", pieces))]
        if plan.rebill.cost != .unknown {
            lines.append(Detail.Line(rank: 4, line: labelled("bills", [.init(plan.rebill.cost.description, .money)])))
        }
        return lines
    }
}
