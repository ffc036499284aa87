/// An error as a provider tells it, in either dialect's words.
struct ProviderFault: Sendable, Equatable {
    /// Flavours of a status that only the body tells apart.
    enum Kind: String, Sendable, CaseIterable {
        /// OpenAI's 429 `insufficient_quota`; Anthropic's 400 for an empty credit balance goes by 429 here.
        case insufficientQuota = "insufficient_quota"
        /// A 429 that waiting does not cure, without Retry-After.
        case spendCap = "spend_cap"
        case contextTooLong = "context_too_long"
    }

    var status: Int
    var kind: Kind?
    /// Instead of the provider's own words.
    var message: String?

    init(_ status: Int, kind: Kind? = nil, message: String? = nil) {
        self.status = status
        self.kind = kind
        self.message = message
    }

    func body(_ dialect: LabDialect, requestID: String, param: String? = nil, code: String? = nil) -> String {
        switch dialect {
        case .anthropic:
            let (type, words) = anthropic
            return #"{"type":"error","error":{"type":"\#(type)","message":\#(JSONText.string(message ?? words))},"#
                + #""request_id":"\#(requestID)"}"#
        case .openai, .responses:
            let (type, ownCode, words) = openAI
            return #"{"error":{"message":\#(JSONText.string(message ?? words)),"type":"\#(type)","#
                + #""param":\#(JSONText.string(param)),"code":\#(JSONText.string(code ?? ownCode))}}"#
        }
    }

    private var anthropic: (type: String, message: String) {
        switch kind {
        case .insufficientQuota:
            return (
                "invalid_request_error",
                "Your credit balance is too low to access the API. Please go to Plans & Billing to upgrade or purchase credits."
            )
        case .spendCap:
            return ("rate_limit_error", "This request would exceed your organization's monthly spend limit.")
        case .contextTooLong: return ("invalid_request_error", "prompt is too long: 212431 tokens > 200000 maximum")
        case nil: break
        }
        switch status {
        case 400: return ("invalid_request_error", "The request is not valid.")
        case 401: return ("authentication_error", "invalid x-api-key")
        case 402: return ("billing_error", "There is an issue with your billing or payment information.")
        case 403: return ("permission_error", "Your API key does not have permission to use this resource.")
        case 404: return ("not_found_error", "Not found")
        case 413: return ("request_too_large", "Request exceeds the maximum allowed number of bytes.")
        case 429:
            return (
                "rate_limit_error", "This request would exceed your organization's rate limit of requests per minute."
            )
        case 504: return ("timeout_error", "The request timed out while processing.")
        case 529: return ("overloaded_error", "Overloaded")
        case 500...: return ("api_error", "Internal server error")
        default: return ("invalid_request_error", "The request cannot be processed (status \(status)).")
        }
    }

    private var openAI: (type: String, code: String?, message: String) {
        switch kind {
        case .insufficientQuota:
            return (
                "insufficient_quota", "insufficient_quota",
                "You exceeded your current quota, please check your plan and billing details."
            )
        case .spendCap:
            return ("insufficient_quota", "billing_hard_limit_reached", "Billing hard limit has been reached.")
        case .contextTooLong:
            return (
                "invalid_request_error", "context_length_exceeded",
                "This model's maximum context length is 128000 tokens. However, your messages resulted in 212431 tokens."
            )
        case nil: break
        }
        switch status {
        case 401: return ("invalid_request_error", "invalid_api_key", "Incorrect API key provided.")
        case 403:
            return (
                "request_forbidden", "unsupported_country_region_territory",
                "Country, region, or territory not supported"
            )
        case 404: return ("invalid_request_error", "not_found", "Not found")
        case 429:
            return (
                "requests", "rate_limit_exceeded", "Rate limit reached for requests per minute. Please try again later."
            )
        case 503, 529:
            return ("server_error", "overloaded", "The engine is currently overloaded, please try again later.")
        case 500...:
            return ("server_error", nil, "The server had an error while processing your request. Sorry about that!")
        default: return ("invalid_request_error", nil, "The request cannot be processed (status \(status)).")
        }
    }

    /// RFC 9110, 15, and what providers use beyond it.
    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 422: "Unprocessable Content"
        case 425: "Too Early"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 529: "Overloaded"
        default: "Status"
        }
    }
}
