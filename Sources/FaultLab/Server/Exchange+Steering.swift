extension Exchange {
    /// Changes what is still to come. `false` where the order means nothing to this response.
    func follow(_ order: LabOrder) -> Bool {
        if order == .release { return release() }
        guard let calm = program.calm else { return false }
        switch order {
        case .dropNow:
            body.discardWaiting()
            insert([.note(fault: "cut", "ordered"), .close])
        case .resetNow:
            body.discardWaiting()
            insert([.note(fault: "reset_peer", "ordered"), .reset])
        case .stall(let seconds):
            insert([
                .note(fault: "stall", "ordered, \(JSONText.seconds(seconds)) s"),
                .wait(seconds == 0 ? nil : seconds, .none, interval: 1),
            ])
        case .slow(let tokensPerSecond):
            note("pace", "ordered, \(tokensPerSecond) tokens/s")
            pacer.change(tokensPerSecond: tokensPerSecond, jitter: 0)
        case .corrupt:
            // Between acts a batch holds whole events.
            guard isHeadSent, let wire = program.wire else { return false }
            note("malformed_event", "ordered")
            batch.writeString(wire.malformed)
            flush()
        case .heal:
            let opening = isHeadSent ? [] : hurryHead() ? Array(calm.opening.dropFirst()) : calm.opening
            program.acts = [.note(fault: "heal", "ordered")] + opening + calm.rest
            position = 0
            body.shape = Shape()
            body.limit = nil
            pacer.change(tokensPerSecond: program.tokensPerSecond, jitter: program.jitter)
            endWait()
        case .next429, .next529, .release: return false
        }
        run()
        return true
    }

    /// Goes on where a wait holds it.
    private func release() -> Bool {
        guard position < program.acts.count, case .hold = program.acts[position] else { return false }
        note("wait", "released")
        position += 1
        endWait()
        pacer.pause()
        run()
        return true
    }

    private func insert(_ acts: [Act]) {
        program.acts.insert(contentsOf: acts, at: min(position, program.acts.count))
        endWait()
    }
}
