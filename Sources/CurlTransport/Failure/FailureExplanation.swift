import CCurl
import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The table from libcurl's codes to ours. The sentence says what happened and where; it says what to do only where that
/// follows from more than the kind. Without a full stop: others put more after it.
struct FailureExplanation {
    var code: CURLcode
    /// host:port
    var target: String
    var host: String
    /// `CURLOPT_ERRORBUFFER`: libcurl's or the TLS library's words, never the provider's text.
    var detail: String
    /// `CURLINFO_OS_ERRNO`, 0 where none.
    var systemError: Int32
    var hasHeaders: Bool
    var abortReason: Transfer.AbortReason?
    var connectTimeout: Duration
    var elapsed: Duration

    typealias Explanation = (kind: TransportFailure.Kind, message: String)

    func explain() -> Explanation {
        switch abortReason {
        case .headersTooLarge(let limit): return headersTooLarge(limit: limit)
        case .tooManyHeaders(let limit):
            return (
                .headersTooLarge,
                "\(target) sent more than \(limit) response headers: this is no API endpoint"
            )
        case .bodyTooLarge(let limit):
            return (.bodyTooLarge, "\(target) sent more than the \(limit) bytes that a reply may have")
        case nil: break
        }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return unresolved(host)
        case CURLE_COULDNT_RESOLVE_PROXY: return unresolved("the proxy that the https_proxy variable names")
        case CURLE_COULDNT_CONNECT: return notConnected
        case CURLE_OPERATION_TIMEDOUT: return timedOut
        case CURLE_PROXY:
            return (.connectFailed, "The proxy on the way to \(target) refused: check the https_proxy variable")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            return (
                .tlsCertificate,
                "The certificate of \(target) is not accepted\(quoted)"
            )
        case CURLE_SSL_CACERT_BADFILE:
            return (.tlsFailed, "The file of certificate authorities cannot be read\(quoted)")
        case CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_CIPHER, CURLE_SSL_SHUTDOWN_FAILED,
            CURLE_SSL_ENGINE_INITFAILED:
            return handshakeFailed
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND,
            CURLE_READ_ERROR:
            return broken
        case CURLE_HTTP2, CURLE_HTTP2_STREAM:
            return (.http2, "\(target) ended the HTTP/2 stream with an error\(quoted)")
        case CURLE_BAD_CONTENT_ENCODING:
            return (.badEncoding, "The compressed reply of \(target) cannot be decoded\(quoted)")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return (.notHTTP, "\(target) does not answer in HTTP\(quoted)")
        case CURLE_URL_MALFORMAT:
            return (.badRequest, "The URL cannot be read: it must look like https://host/path")
        // One header line longer than libcurl's 100 KB: the older code, then the newer one (CURLE_TOO_LARGE).
        case CURLE_OUT_OF_MEMORY where !hasHeaders && elapsed > .zero, CURLcode(rawValue: 100):
            return headersTooLarge(limit: nil)
        default:
            let words = String(cString: curl_easy_strerror(code))
            return (
                .other,
                "The transfer from \(target) failed: \(words.hasSuffix(".") ? words.dropLast() : words[...])\(quoted)"
            )
        }
    }

    /// The detail in brackets, or nothing.
    private var quoted: String { detail.isEmpty ? "" : " (\(detail))" }

    private func headersTooLarge(limit: Int?) -> Explanation {
        let bound = limit.map { "\($0) bytes" } ?? "100 KB in one line"
        return (
            .headersTooLarge,
            "\(target) sent response headers without end (over \(bound)): this is no API endpoint"
        )
    }

    private func unresolved(_ name: String) -> Explanation {
        // libcurl hides getaddrinfo's code. Without a route out, or after as long as a resolver waits for its server
        // (resolv.conf(5): 5 s), nobody has said that the name does not exist.
        if !Route.exists {
            return (.nameLookupFailed, "The name of \(name) cannot be looked up: this machine has no network now")
        }
        if elapsed > .seconds(4) {
            return (.nameLookupFailed, "The name of \(name) cannot be looked up: the name server does not answer")
        }
        return (.nameNotFound, "No address is known for \(name)")
    }

    private var notConnected: Explanation {
        // libcurl's text names whom it tried to reach: where that is not our host, it was a proxy.
        if detail.hasPrefix("Failed to connect to "), !detail.contains(bareHost) {
            return (
                .connectFailed,
                "The proxy on the way to \(target) cannot be reached\(reason): check the https_proxy variable"
            )
        }
        switch systemError {
        case ECONNREFUSED: return (.connectionRefused, "\(target) refuses the connection")
        case ETIMEDOUT: return (.connectTimeout, "\(target) does not answer")
        // libcurl does not tell why it got no socket.
        case 0 where !Route.canOpenSocket:
            return (.connectFailed, "No file descriptor is free for a connection to \(target): raise `ulimit -n`")
        default: return (.connectFailed, "No connection to \(target)\(reason)")
        }
    }

    /// The system's reason in brackets, else libcurl's, or nothing.
    private var reason: String {
        systemError == 0 ? quoted : " (\(String(cString: strerror(systemError))))"
    }

    /// IPv6 addresses stand in brackets in URLs and without them in libcurl's text.
    private var bareHost: Substring {
        host.hasPrefix("[") ? host.dropFirst().dropLast() : host[...]
    }

    private var timedOut: Explanation {
        let milliseconds = connectTimeout.nanoseconds / 1_000_000
        let limit = milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
        let what =
            if detail.hasPrefix("Resolving") {
                "The name of \(host) was not found"
            } else if detail.contains("SSL") || detail.contains("TLS") {
                "No TLS connection to \(target) was made"
            } else {
                "No connection to \(target) was made"
            }
        return (.connectTimeout, "\(what) within \(limit)")
    }

    private var handshakeFailed: Explanation {
        if detail.contains("reset by peer") || detail.contains("Broken pipe") {
            return (.reset, "\(target) reset the connection during the TLS handshake")
        }
        if detail.contains("SSL_ERROR_SYSCALL") || detail.contains("unexpected eof") {
            return (.cut, "\(target) closed the connection during the TLS handshake")
        }
        let hint = detail.contains("wrong version number") ? ": it seems to speak plain http" : ""
        return (.tlsFailed, "No TLS connection to \(target)\(quoted)\(hint)")
    }

    private var broken: Explanation {
        if detail.contains("large response headers") || detail.contains("header") && detail.contains("too large") {
            return headersTooLarge(limit: nil)
        }
        if detail.contains("from proxy") || detail.contains("CONNECT") {
            return (.connectFailed, "The proxy on the way to \(target) refused\(quoted)")
        }
        // After refused HTTP/2 streams or dead connections, on each of which libcurl had tried anew.
        if detail.hasPrefix("Connection died") {
            return (.reset, "\(target) took the request and dropped it, several times")
        }
        let moment = hasHeaders ? "in the middle of the reply" : "before it answered"
        switch code {
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING:
            return (.cut, "\(target) closed the connection \(moment)")
        case CURLE_RECV_ERROR where detail.contains("unexpected eof"):
            return (.cut, "\(target) closed the connection \(moment)")
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            return (.reset, "The connection to \(target) was reset \(moment)")
        default:
            return (.reset, "The request could not be sent to \(target) to its end\(quoted)")
        }
    }
}
