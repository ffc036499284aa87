/// What can go wrong between the engine and a server, and what looks wrong and is not.
public enum Fault: String, Sendable, CaseIterable {
    // Before an answer.
    case connectionRefused, nameNotFound, lookupFailed, connectFailed, connectTimeout, badCertificate, tlsFailed
    case resetWhileSending, resetBeforeHeaders, streamRefused, noAnswer
    case headersTooLarge, encodingChain, notHTTP
    // An answer that is no reply.
    case status, throttled, spent, mustNotRetry, mayRetry, redirect, errorAsReply, webPage, endlessError
    // A reply that breaks.
    case emptyBody, reset, cut, cleanEnd, goAway, silence, pingsOnly, drip
    case overloaded, finalError, errorBesideChoices, errorFinish, badJSON, deepJSON, spliced, doneWithoutFinish
    case hugeEvent, bodyTooLarge
    // A reply that looks broken and is whole.
    case doneThenOpen, noTerminator, resetAfterStop, duplicateStart, unknownEvents, emptyChoices, nulls, contentArray
    case carriageReturns, surrogates, hugeNumbers, slices, slowness, wholeJSON

    /// What a client should make of an attempt that ends so. This is the model's own table, written from the providers'
    /// documents and the classification that the project decided on; it shares nothing with the engine's.
    enum Meaning: Sendable, Equatable {
        /// The reply is whole all the same.
        case harmless
        /// Another attempt can help.
        case passing
        /// No attempt helps.
        case final
        /// Depends on the status, see ``ModelServer``.
        case asAnswered
    }

    var meaning: Meaning {
        switch self {
        case .connectionRefused, .nameNotFound, .lookupFailed, .connectFailed, .connectTimeout, .tlsFailed,
            .resetWhileSending, .resetBeforeHeaders, .streamRefused, .noAnswer, .emptyBody, .reset, .cut, .cleanEnd,
            .goAway, .silence, .pingsOnly, .drip, .overloaded, .errorFinish, .badJSON, .deepJSON, .spliced,
            .doneWithoutFinish, .mayRetry, .throttled:
            .passing
        case .badCertificate, .headersTooLarge, .encodingChain, .notHTTP, .spent, .mustNotRetry, .redirect,
            .errorAsReply, .webPage, .finalError, .errorBesideChoices, .hugeEvent, .bodyTooLarge:
            .final
        case .status, .endlessError: .asAnswered
        case .doneThenOpen, .noTerminator, .resetAfterStop, .duplicateStart, .unknownEvents, .emptyChoices, .nulls,
            .contentArray, .carriageReturns, .surrogates, .hugeNumbers, .slices, .slowness, .wholeJSON:
            .harmless
        }
    }

    /// Breaks a body at a place that can be chosen: any byte.
    var cutsAnywhere: Bool {
        switch self {
        case .reset, .cut, .cleanEnd, .goAway, .silence, .pingsOnly, .drip, .bodyTooLarge: true
        default: false
        }
    }

    /// Breaks a body between two events.
    var breaksBetweenEvents: Bool {
        switch self {
        case .overloaded, .finalError, .errorBesideChoices, .errorFinish, .badJSON, .deepJSON, .spliced,
            .doneWithoutFinish, .hugeEvent:
            true
        default: false
        }
    }
}
