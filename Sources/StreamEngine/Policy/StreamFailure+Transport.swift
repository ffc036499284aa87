extension StreamFailure {
    /// A failure of the connection. Retried: everything that can pass: names that do not resolve (a laptop that wakes up
    /// has no resolver for a moment), refused, reset and cut connections, time-outs, HTTP/2's GOAWAY and refused streams.
    /// Not retried: a certificate that does not hold, what is not HTTP, what is over a limit, an impossible request.
    public init(transport failure: TransportFailure) {
        let words = Words.oneLine(failure.message)
        self.init(
            kind: .transport(failure.kind), message: words.isEmpty ? Self.words(failure.kind) : words,
            isRetryable: Self.isRetryable(failure.kind),
            hint: failure.kind == .tlsCertificate ? CertificateHint.hint(for: words) : Self.hint(failure.kind))
    }

    private static func isRetryable(_ kind: TransportFailure.Kind) -> Bool {
        switch kind {
        case .nameNotFound, .nameLookupFailed, .connectionRefused, .connectFailed, .connectTimeout, .tlsFailed, .reset,
            .cut, .http2, .other:
            true
        case .tlsCertificate, .headersTooLarge, .bodyTooLarge, .badEncoding, .notHTTP, .badRequest:
            false
        }
    }

    static func words(_ kind: TransportFailure.Kind) -> String {
        switch kind {
        case .nameNotFound: "no such host"
        case .nameLookupFailed: "the host's name could not be looked up"
        case .connectionRefused: "connection refused"
        case .connectFailed: "no connection"
        case .connectTimeout: "no connection in time"
        case .tlsCertificate: "the server's certificate does not hold"
        case .tlsFailed: "TLS failed"
        case .reset: "connection reset"
        case .cut: "connection cut"
        case .http2: "the server closed the HTTP/2 stream"
        case .headersTooLarge: "the response's headers are too large"
        case .bodyTooLarge: "the response is too large"
        case .badEncoding: "the response's encoding cannot be read"
        case .notHTTP: "the server does not speak HTTP"
        case .badRequest: "the request is impossible"
        case .other: "the transfer failed"
        }
    }

    private static func hint(_ kind: TransportFailure.Kind) -> String? {
        switch kind {
        case .nameNotFound: "Check the host in the base URL, and your network."
        case .nameLookupFailed, .connectFailed: "Check your network, VPN and proxy."
        case .connectTimeout: "Check your network, VPN and proxy; --connect-timeout TIME gives it more time."
        case .connectionRefused: "Is the server running, and is the port in the base URL right?"
        case .notHTTP: "Check the scheme and the port in the base URL."
        case .badRequest: "Check the base URL and the key for stray characters."
        case .headersTooLarge: Limit.headers.hint
        case .bodyTooLarge: Limit.body.hint
        case .tlsCertificate, .tlsFailed, .reset, .cut, .http2, .badEncoding, .other: nil
        }
    }
}
