import Providers

/// What a provider's error says about trying again, whatever dialect it is in.
enum ErrorMeaning: Sendable, Hashable {
    /// Overloaded, internal, upstream: another attempt can help.
    case transient
    /// Too many requests or tokens for now.
    case throttled
    /// The money or the quota is spent: no attempt helps until someone pays or raises a cap.
    case spent
    /// The request itself is refused.
    case permanent
    /// The names are not ours to know.
    case unknown

    /// Names first (`type`, then `code`; a name that says "spent" wins over all others), then the words of a spend cap,
    /// then the numeric status.
    /// - Parameter hasRetryHint: the server says when to come back. A spend cap never does, while Gemini calls a
    ///   throttle of seconds "exceeded your current quota": so words about money count only without a hint.
    init(_ error: ProviderError, hasRetryHint: Bool) {
        let names = [error.type, error.code].compactMap { $0?.lowercased() }
        if names.contains(where: Self.spentNames.contains) {
            self = .spent
        } else if !hasRetryHint, error.retryAfter == nil, Self.speaksOfMoney(error.message) {
            self = .spent
        } else if names.contains(where: Self.throttleNames.contains) {
            self = .throttled
        } else if names.contains(where: Self.transientNames.contains) {
            self = .transient
        } else if names.contains(where: Self.permanentNames.contains) {
            self = .permanent
        } else if let status = error.status ?? error.code.flatMap({ Int($0) }), (400...599).contains(status) {
            self = status == 429 ? .throttled : Self.retriedStatus(status) ? .transient : .permanent
        } else {
            self = .unknown
        }
    }

    /// The statuses that are tried again: 408, 409, 425, 429 and everything from 500 on.
    static func retriedStatus(_ status: Int) -> Bool {
        switch status {
        case 408, 409, 425, 429: true
        default: status >= 500
        }
    }

    /// Sentences of Anthropic's and OpenAI's spend caps and of relays without credit.
    private static func speaksOfMoney(_ message: String) -> Bool {
        message.containsIgnoringCase("billing") || message.containsIgnoringCase("spend cap")
            || message.containsIgnoringCase("spend limit") || message.containsIgnoringCase("spending limit")
            || message.containsIgnoringCase("spending cap") || message.containsIgnoringCase("credit balance")
            || message.containsIgnoringCase("insufficient balance")
            || message.containsIgnoringCase("insufficient credit")
            || message.containsIgnoringCase("usage limits. you will regain access")
    }

    private static let spentNames: Set = [
        "insufficient_quota", "billing_error", "billing_hard_limit_reached", "billing_not_active",
        "insufficient_balance",
        "insufficient_credits", "insufficient_user_quota", "payment_required", "spend_limit_reached",
    ]

    private static let throttleNames: Set = [
        "rate_limit_error", "rate_limit_exceeded", "rate_limit", "rate_limited", "too_many_requests",
        "resource_exhausted", "throttling", "throttled", "requests", "tokens",
    ]

    private static let transientNames: Set = [
        "overloaded_error", "overloaded", "api_error", "server_error", "server_overloaded", "internal_error",
        "internal_server_error", "internal", "timeout_error", "timeout", "deadline_exceeded", "aborted", "unavailable",
        "service_unavailable", "service_unavailable_error", "bad_gateway", "gateway_timeout", "engine_overloaded",
        "upstream_error", "connection_error",
    ]

    private static let permanentNames: Set = [
        "invalid_request_error", "invalid_request", "invalid_argument", "authentication_error", "invalid_api_key",
        "unauthenticated", "permission_error", "permission_denied", "not_found_error", "not_found", "model_not_found",
        "request_too_large", "context_length_exceeded", "failed_precondition", "unsupported_value", "invalid_value",
        "tool_use_failed", "content_filter", "content_policy_violation", "unprocessable_entity", "response_cancelled",
    ]
}
