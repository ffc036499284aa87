import CCurl
import StreamEngine
import Testing

@testable import CurlTransport

/// The codes that no loopback server of ours brings about, with the texts that libcurl 7.88.1 was seen to give.
@Suite struct FailureExplanationTests {
    func explain(
        _ code: CURLcode, _ detail: String = "", systemError: Int32 = 0, hasHeaders: Bool = false,
        elapsed: Duration = .milliseconds(5)
    ) -> FailureExplanation.Explanation {
        FailureExplanation(
            code: code, target: "api.example.com:443", host: "api.example.com", detail: detail,
            systemError: systemError, hasHeaders: hasHeaders, abortReason: nil, connectTimeout: .seconds(10),
            elapsed: elapsed
        ).explain()
    }

    @Test func http2() {
        let reset = explain(
            CURLE_HTTP2_STREAM, "HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)", hasHeaders: true)
        #expect(reset.kind == .http2)
        #expect(reset.message.contains("INTERNAL_ERROR"))
        #expect(explain(CURLE_HTTP2).kind == .http2)
        #expect(explain(CURLE_RECV_ERROR, "Connection died, tried 5 times before giving up").kind == .reset)
    }

    @Test func theProxyIsNamedAsTheCulprit() {
        let down = explain(
            CURLE_COULDNT_CONNECT, "Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server",
            systemError: 111)
        #expect(down.kind == .connectFailed)
        #expect(down.message.contains("https_proxy"))
        let refused = explain(CURLE_RECV_ERROR, "CONNECT tunnel failed, response 407")
        #expect(refused.kind == .connectFailed)
        #expect(refused.message.contains("407"))
        #expect(explain(CURLE_COULDNT_RESOLVE_PROXY).message.contains("https_proxy"))
    }

    @Test func aTimeOutSaysWhichPhase() {
        #expect(
            explain(CURLE_OPERATION_TIMEDOUT, "Resolving timed out after 10000 milliseconds").message
                == "The name of api.example.com was not found within 10 s")
        #expect(
            explain(CURLE_OPERATION_TIMEDOUT, "SSL connection timeout").message
                == "No TLS connection to api.example.com:443 was made within 10 s")
    }

    @Test func aSlowResolverIsNoAbsentName() {
        #expect(explain(CURLE_COULDNT_RESOLVE_HOST, elapsed: .seconds(5)).kind == .nameLookupFailed)
    }

    @Test func headersOverLibcurlsOwnBounds() {
        #expect(explain(CURLE_OUT_OF_MEMORY).kind == .headersTooLarge)
        #expect(explain(CURLcode(rawValue: 100)).kind == .headersTooLarge)
        #expect(explain(CURLE_OUT_OF_MEMORY, hasHeaders: true).kind == .other)
        #expect(explain(CURLE_RECV_ERROR, "Too large response headers: 307224 > 307200").kind == .headersTooLarge)
    }

    @Test func tlsThatBreaksOff() {
        let reset = "OpenSSL SSL_connect: Connection reset by peer in connection to api.example.com:443 "
        #expect(explain(CURLE_SSL_CONNECT_ERROR, reset).kind == .reset)
        let eof = "OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, errno 0"
        #expect(explain(CURLE_RECV_ERROR, eof, hasHeaders: true).kind == .cut)
    }

    /// Whatever libcurl says, now or later, there is a sentence that names the place.
    @Test func everyCodeHasASentence() {
        for code in 1..<UInt32(CURL_LAST.rawValue) {
            let (_, message) = explain(CURLcode(rawValue: code))
            #expect(!message.hasSuffix(".") && message.utf8.count > 10, "\(code): \(message)")
        }
    }
}
