/// What must hold after every step of every schedule. The numbers are the names that reports and the list of mutants use.
public enum Invariant: Int, Sendable, CaseIterable {
    case shownIsStoredIsReceived = 1
    case committedTextStays
    case nothingTwice
    case attemptsAndWaitsAreBounded
    case endsOnceAndInTime
    case cancelIsFinal
    case nothingIsLeft
    case costIsTheSum
    case completeNeedsAStop
    case finalErrorsAreNotRetried
    case sameSeedSameTrace
    case nothingIsBilledUnasked
    case budgetsHold

    public var title: String {
        switch self {
        case .shownIsStoredIsReceived: "shown text = stored text = what the accepted deltas say"
        case .committedTextStays: "committed text never shrinks or changes"
        case .nothingTwice: "no delta twice"
        case .attemptsAndWaitsAreBounded: "attempts ≤ max, waits ≤ deadline"
        case .endsOnceAndInTime: "one end, in bounded virtual time; once faults stop, the reply completes"
        case .cancelIsFinal: "after cancel nothing but clean-up; cancel and completion in one tick resolve the same way"
        case .nothingIsLeft: "no timer and no transfer left at the end"
        case .costIsTheSum: "cost = sum over all attempts, unknown stays unknown"
        case .completeNeedsAStop: "complete only with a stop or finish reason"
        case .finalErrorsAreNotRetried: "errors that are final are never retried"
        case .sameSeedSameTrace: "same seed, same trace, and the same from a recording of it"
        case .nothingIsBilledUnasked: "where the user wants to be asked, nothing is billed again without a yes"
        case .budgetsHold: "a budget warns once and then holds, and what it counts is what the ledger has"
        }
    }
}

/// An invariant that did not hold, and how.
public struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
    public var invariant: Invariant
    public var what: String

    public init(_ invariant: Invariant, _ what: String) {
        self.invariant = invariant
        self.what = what
    }

    public var description: String { "invariant \(invariant.rawValue) (\(invariant.title)): \(what)" }
}
