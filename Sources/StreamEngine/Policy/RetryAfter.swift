import Providers

/// When the server wants to be asked again.
public enum RetryAfter {
    /// The server's word on the earliest next attempt, counted from `now`; `nil` where it gave none that can be used.
    ///
    /// In this order, the first that can be read:
    /// 1. `retry-after-ms`: milliseconds, decimals allowed (the Anthropic and OpenAI SDKs read it so);
    /// 2. `Retry-After`: seconds, decimals allowed, or an HTTP date (RFC 9110, 10.2.3), counted from the response's own
    ///    `Date` where it has one, so that a wrong clock here does no harm, else from `now`;
    /// 3. the error body's delay (Google's `RetryInfo.retryDelay`).
    ///
    /// Zero, negative values, dates that are past, `inf`, `nan`, exponents and more than 10⁹ s are no word at all: the
    /// schedule then counts. There is no upper cap: a long wait is the user's choice, see
    /// ``RetryPolicy/Wait/exceedsMaximum``.
    public static func parse(headers: [HTTPHeader], error: ProviderError?, now: WallTime) -> Duration? {
        if let value = headers.field("retry-after-ms"), let number = decimal(value),
            let wait = usable(number.nanoseconds(unit: 1_000_000))
        {
            return wait
        }
        if let value = headers.field("retry-after") {
            if let number = decimal(value) {
                if let wait = usable(number.nanoseconds(unit: 1_000_000_000)) { return wait }
            } else if let date = HTTPDate.parse(value, now: now) {
                let reference = headers.field("date").flatMap { HTTPDate.parse($0, now: now) } ?? now
                let seconds = date.secondsSince1970 - reference.secondsSince1970
                if seconds > 0, seconds <= 1e9 { return .clamping(seconds: seconds) }
            }
        }
        if let seconds = error?.retryAfter, seconds > 0, seconds <= 1e9 {
            return .clamping(seconds: seconds)
        }
        return nil
    }

    private static func decimal(_ value: ArraySlice<UInt8>) -> DecimalNumber? {
        var rest = value
        guard let number = DecimalNumber(takenFrom: &rest), rest.isEmpty else { return nil }
        return number
    }

    private static func usable(_ nanoseconds: Int64?) -> Duration? {
        guard let nanoseconds, nanoseconds > 0 else { return nil }
        return .nanoseconds(nanoseconds)
    }
}
