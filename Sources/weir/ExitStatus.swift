import Providers
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the program tells the shell; the same for all commands.
enum ExitStatus: Int32 {
    case complete = 0
    case other = 1
    /// Configuration or authentication.
    case configuration = 3
    /// Retries exhausted, or the rate limit.
    case exhausted = 4
    /// The reply was interrupted; what came of it was printed.
    case interrupted = 5
    /// Truncated or refused.
    case truncated = 6
    case usage = 64
    /// By the user.
    case cancelled = 130

    /// Of a stream that reached its end.
    init(_ snapshot: StreamSnapshot) {
        switch snapshot.verdict {
        case .complete: self = .complete
        case .truncated, .refused: self = .truncated
        case .cancelled: self = .cancelled
        case .incomplete: self = .interrupted
        case .failed, nil: self = Self.failed(snapshot.failure)
        }
    }

    /// Ends the program.
    func leave() -> Never { exit(rawValue) }

    private static func failed(_ failure: StreamFailure?) -> ExitStatus {
        guard let failure else { return .other }
        switch failure.kind {
        case .status(401), .status(402), .status(403), .status(404), .configuration, .budget:
            return .configuration
        case .status(429): return .exhausted
        default: return failure.isRetryable ? .exhausted : .other
        }
    }
}
