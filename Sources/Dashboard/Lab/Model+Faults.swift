import Screen
import StreamEngine

extension Model {
    /// Whether the demo's provider can be ordered to do something now; `nil` for actions that order nothing.
    func faultAvailability(of action: Action) -> Availability? {
        guard action.isDemoOnly else { return nil }
        guard options.isDemo else { return .unavailable("Only the provider of weir demo breaks on order") }
        if action.isOverPanes {
            return .unavailable("That is a key of the fault console: \(way(to: .faults)) opens it")
        }
        guard let order = action.fault else { return .available }
        return faultAvailability(of: order, target: nil)
    }

    private func faultAvailability(of order: FaultOrder, target: StreamID?) -> Availability {
        guard order.needsStream else { return .available }
        if let target {
            guard let entry = streams[target], !entry.snapshot.state.isLive else { return .available }
            return .unavailable(
                "\(Self.sentence(name(of: entry.snapshot))) has no connection now: "
                    + "\(keymap.words(.faultTarget, in: .faults)) chooses all")
        }
        if streams.live > 0 { return .available }
        let isWaiting = streams.entries.contains { !$0.snapshot.state.isTerminal }
        return .unavailable(
            isWaiting
                ? "No stream has a connection now: the next attempt will" : "No stream runs: ask something first")
    }

    /// F7: over the transcript, not over the panel that shows what comes of it.
    mutating func openFaults() {
        completion = nil
        overlay = .faults(FaultConsole())
        changed()
    }

    /// Keys while the console is open. Streams run on.
    mutating func receive(_ chord: Chord, in console: FaultConsole) -> [Command] {
        var console = console
        changed()
        switch keymap.action(for: chord, in: .faults) {
        case .close?:
            overlay = nil
            return []
        case .faultTarget?:
            console.target = console.target == nil ? selected : nil
            if console.target == nil, selected == nil { tell(Self.noStream) }
        case .faultRetryLater?:
            console.retryAfter = min(console.retryAfter + 1, FaultConsole.retryAfters.upperBound)
        case .faultRetrySooner?:
            console.retryAfter = max(console.retryAfter - 1, FaultConsole.retryAfters.lowerBound)
        case let action:
            guard let action, let order = console.order(for: action) else {
                tell("\(chord.label) breaks nothing: \(keymap.words(.close, in: .faults)) closes the console")
                return []
            }
            return give(order, to: console.target)
        }
        overlay = .faults(console)
        return []
    }

    /// Orders it, or says why it would do nothing.
    mutating func give(_ order: FaultOrder, to target: StreamID?) -> [Command] {
        if let reason = faultAvailability(of: order, target: target).reason {
            tell(reason)
            return []
        }
        return [.steerLab(order, target)]
    }

    /// It was done: said for good, since what follows on the screen may come later, and from elsewhere.
    mutating func steered(_ order: FaultOrder, _ target: StreamID?, streams count: Int) {
        let whom = target.flatMap { streams[$0] }.map { name(of: $0.snapshot) } ?? "all streams"
        let isMissed = order.needsStream && count == 0
        let text = isMissed ? "\(whom): nothing ran that could break" : "\(whom): \(order.done)"
        notify(isMissed ? .warning : .info, "Lab, \(text)")
        guard case .faults(var console) = overlay else { return }
        console.last = text
        overlay = .faults(console)
    }
}
