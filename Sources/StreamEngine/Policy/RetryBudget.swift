/// How many retries a provider is worth: the token bucket of gRPC's retry design (proposal A6, "Throttling retry attempts
/// and hedged RPCs").
///
/// A failure that may be retried takes a token; a reply that became whole gives a tenth of one back, up to the bucket's
/// size. While there is more than half a bucket, every stream retries by its own schedule. From half on the budget is
/// ``isSpent``: what then happens is ``RetryGate``'s.
///
/// Invariant: 0 ≤ ``tokens`` ≤ ``capacity``.
public struct RetryBudget: Sendable, Equatable {
    /// Tokens that the bucket holds; 0 = no budget, which is never spent.
    public let capacity: Int
    /// Exact: tenths of tokens.
    private var tenths: Int

    /// A full one.
    public init(capacity: Int) {
        self.capacity = max(0, capacity)
        tenths = self.capacity * 10
    }

    /// What is left.
    public var tokens: Double { Double(tenths) / 10 }

    /// Half or less is left.
    public var isSpent: Bool { capacity > 0 && tenths <= capacity * 5 }

    /// An attempt failed in a way that may be retried.
    public mutating func failed() {
        tenths = max(0, tenths - 10)
    }

    /// An attempt brought its reply to a stop reason.
    public mutating func succeeded() {
        tenths = min(capacity * 10, tenths + 1)
    }
}
