import Providers
import Screen
import StreamEngine

extension Reply {
    /// The lines below the text: that something is awaited, why it stands still, how it ended. How many there are does
    /// not depend on the time; `now` is `nil` where only that is asked.
    func standing(columns: Int, glyphs: Glyphs, keys: Keymap, now: Instant?) -> [PanelLine] {
        guard let state else { return stored(glyphs) }
        func age(_ since: Instant) -> String { now.map { Format.age($0 - since) } ?? "" }
        let sign = glyphs.state(state.state)
        let role = state.state.role
        switch state.state {
        case .complete, .streaming: return []
        case .idle:
            return [.text(sign + " " + state.state.word, role)]
        case .connecting, .waiting:
            return [
                PanelLine([.init(sign + " " + state.state.word, role), .init("  " + age(state.stateSince), .muted)])
            ]
        case .thinking:
            // The thinking itself is shown above.
            return blocks.isEmpty ? [PanelLine([.init(sign + " thinking", role)])] : []
        case .stalled:
            let since = state.silentSince ?? state.stateSince
            return [
                PanelLine([
                    .init(sign + " nothing for " + age(since), role),
                    .init("  \(keys.words(.cancel, in: .input)) cancels", .muted, isOptional: true),
                ])
            ]
        case .fallingBack:
            return [
                PanelLine([
                    .init(sign + " asking for the whole reply at once", role),
                    .init("  " + age(state.stateSince), .muted),
                ])
            ]
        case .backingOff:
            let reason = state.backoff.map { Clean.line($0.reason.label) } ?? "waiting"
            let rest = now.flatMap { now in state.backoff.map { Self.rest(of: $0, at: now) } } ?? "retry"
            return [
                PanelLine([
                    .init(sign + " ", role), .init(reason, .warning), .init(" \(glyphs.dot) " + rest, role),
                ])
            ]
        case .asking:
            guard let question = state.question else { return [.text(sign + " asking", role)] }
            let bill = ResumeWords.sentence(question.plan.rebill)
            let (yes, no) = (keys.words(.retry, in: .input), keys.words(.giveUp, in: .input))
            return [
                PanelLine([
                    .init(sign + " ", role), .init(Clean.line(question.reason.label), .warning),
                    .init(" \(glyphs.dot) go on? " + bill, role),
                    .init("  \(yes) yes, \(no) no", .muted, isOptional: true),
                ])
            ]
        case .truncated:
            var pieces = [PanelLine.Piece(sign + " cut at the token limit", role)]
            if let plan = state.continuation {
                let bill = ResumeWords.sentence(plan.rebill)
                pieces.append(.init("  \(keys.words(.retry, in: .input)) goes on: " + bill, .muted, isOptional: true))
            }
            return [PanelLine(pieces)]
        case .refused:
            return [.text(sign + " the model refused", role)]
        case .cancelled:
            var pieces = [PanelLine.Piece(sign + " cancelled", role)]
            if let receipt = state.receipt {
                pieces.append(.init(" \(glyphs.dot) closed in \(Format.duration(receipt.closedAfter))", .muted))
                let tokens = Format.plural(receipt.tokensAfter, "token", "tokens")
                pieces.append(.init(", \(tokens) after", .muted, isOptional: true))
            }
            return [PanelLine(pieces)]
        case .failed:
            return failed(state, sign: sign, columns: columns)
        }
    }

    private func failed(_ state: ReplyState, sign: String, columns: Int) -> [PanelLine] {
        let message = state.failure?.message ?? "failed"
        let lines = (sign + " " + message).wrapped(toColumns: columns, hangingIndent: 2).prefix(6)
        let hint = state.failure?.hint.map { "  " + $0 } ?? ""
        let hints = hint.isEmpty ? [] : hint.wrapped(toColumns: columns, hangingIndent: 2).prefix(3)
        return lines.map { .text($0, .failed) } + hints.map { .text($0, .info) }
    }

    private func stored(_ glyphs: Glyphs) -> [PanelLine] {
        switch verdict {
        case nil:
            return [
                .text(glyphs.attention + " not at its end when it was read: another session may receive it", .warning)
            ]
        case .complete: return []
        case .truncated: return [.text(glyphs.verdict(.truncated) + " cut at the token limit", .truncated)]
        case .incomplete: return [.text(glyphs.verdict(.incomplete) + " incomplete", .warning)]
        case .refused: return [.text(glyphs.verdict(.refused) + " the model refused", .refused)]
        case .cancelled: return [.text(glyphs.verdict(.cancelled) + " cancelled", .cancelled)]
        case .failed: return [.text(glyphs.verdict(.failed) + " failed", .failed)]
        }
    }

    /// Who speaks: `opus-4-5 · 2 attempts · 3.2 s · $0.0112`.
    func author(glyphs: Glyphs) -> PanelLine {
        let names = models.isEmpty ? "assistant" : models.joined(separator: glyphs.isASCII ? " -> " : " → ")
        var facts: [String] = isKept ? ["kept"] : []
        if let state {
            if state.attempts > 1 { facts.append(Format.plural(state.attempts, "attempt", "attempts")) }
            if let took = state.took { facts.append(Format.duration(took)) }
            if let cost = state.cost { facts.append(cost) }
        } else if let storedCost {
            facts.append(storedCost)
        }
        var line = PanelLine([.init(names, .assistant)])
        if !facts.isEmpty {
            line.left.append(.init(" \(glyphs.dot) " + facts.joined(separator: " \(glyphs.dot) "), .muted))
        }
        return line
    }

    /// The line where one attempt took over from another.
    static func seamLine(_ seam: Seam, columns: Int, glyphs: Glyphs) -> PanelLine {
        let edge = glyphs.seam + glyphs.seam
        let reason = Clean.line(seam.reason.label)
        let tokens = " after \(Format.plural(seam.tokensBefore, "token", "tokens"))"
        let gap = " \(glyphs.dot) +" + Format.duration(seam.gap)
        let went = " \(glyphs.dot) continued +" + Format.duration(seam.gap)
        let trimmed =
            seam.trimmedBytes > 0 ? " \(glyphs.dot) \(Format.bytes(seam.trimmedBytes)) repeated, trimmed" : ""
        let room = max(0, columns - 6)
        // Why and that it went on say more than how much was there.
        let facts = [reason + tokens + went + trimmed, reason + tokens + went, reason + went, reason + gap]
            .first { Width.columns(of: $0) <= room }
        let text = (facts ?? reason).truncated(toColumns: room, ellipsis: glyphs.ellipsis)
        return .text("\(edge) \(text) \(edge)", .seam)
    }

    /// How long the wait still lasts, as a clause.
    private static func rest(of backoff: Backoff, at now: Instant) -> String {
        let rest = backoff.rest(at: now, coarse: false)
        return switch backoff.source {
        case .retryBudget: "its turn in \(rest.time)"
        case .holdBack: "sent in \(rest.time)"
        default: "retry in \(rest.time)"
        }
    }
}
