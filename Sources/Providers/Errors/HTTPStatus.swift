enum HTTPStatus {
    /// `HTTP 429 Too Many Requests`: the number and its phrase by RFC 9110 and by Anthropic's and Cloudflare's use.
    static func phrase(_ status: Int) -> String {
        let phrase: String? =
            switch status {
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
            case 429: "Too Many Requests"
            case 500: "Internal Server Error"
            case 501: "Not Implemented"
            case 502: "Bad Gateway"
            case 503: "Service Unavailable"
            case 504: "Gateway Timeout"
            case 520: "Unknown Error"
            case 521: "Web Server Is Down"
            case 522: "Connection Timed Out"
            case 523: "Origin Is Unreachable"
            case 524: "A Timeout Occurred"
            case 529: "Overloaded"
            default: nil
            }
        return phrase.map { "HTTP \(status) \($0)" } ?? "HTTP \(status)"
    }
}
