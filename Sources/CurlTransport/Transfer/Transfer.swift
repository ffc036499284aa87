import CCurl
import Providers
import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One attempt under way: its easy handle, what libcurl reads from it (headers, body) and what was received.
final class Transfer {
    // What a piece of the body touches lies together: of a thousand transfers each piece finds its own cold.
    let id: AttemptID
    private let outlet: Outlet
    private let maximumBodyBytes: Int
    private var bodyBytes = 0

    let easy: EasyHandle
    let target: RequestTarget
    let connectTimeout: Duration
    /// libcurl keeps a pointer to the list.
    private let headerList: HeaderList
    private let body: [UInt8]
    private var bodyOffset = 0

    private let startedAt: Instant
    private var firstByteAt: Instant?
    private var hasConnection = false
    private let maximumHeaderBytes: Int
    private let maximumHeaderFields: Int
    /// Over all responses of the transfer, the interim ones included.
    private var headerBytes = 0
    private var headers: [HTTPHeader] = []
    /// The final response's headers were delivered; later header lines are trailers.
    private(set) var hasHeaders = false
    /// Why a callback made libcurl give up.
    private(set) var abortReason: AbortReason?

    enum AbortReason {
        case headersTooLarge(limit: Int)
        case tooManyHeaders(limit: Int)
        case bodyTooLarge(limit: Int)
    }

    init(
        id: AttemptID, request: TransportRequest, options: CurlTransport.Options, easy: EasyHandle,
        outlet: Outlet
    ) throws(TransportFailure) {
        self.id = id
        self.easy = easy
        self.outlet = outlet
        target = try RequestTarget(request.http.url)
        connectTimeout = request.connectTimeout
        startedAt = .monotonic
        body = request.http.body
        maximumBodyBytes = max(0, request.maximumBodyBytes)
        maximumHeaderBytes = max(0, request.maximumHeaderBytes)
        maximumHeaderFields = options.maximumHeaderFields
        var list = try HeaderList(request.http.headers, hasBody: !request.http.body.isEmpty)
        if request.isStream { list.offerNoCompression() }
        headerList = list
        guard target.isTLS || target.isLoopback || options.allowsInsecureHTTP else {
            throw TransportFailure(
                kind: .badRequest,
                message: "Plain http to \(target) would show key and text to everyone on the way: use https, or allow"
                    + " insecure http for this address")
        }
        try setUp(request, options)
    }

    /// The transport ends it when it has no connection in time, and not libcurl: where there is one address to try, or one of
    /// each family. Of a name's several, libcurl gives each but the last a half of the time that is left, for which it must
    /// know it.
    var isTimedByTransport: Bool { target.isLoopback && connectTimeout <= Transfer.longestUntold }

    /// libcurl's own time-out for connections that are given none.
    private static let longestUntold = Duration.seconds(300)

    /// It waits for a connection; its TLS handshake counts.
    var isConnecting: Bool { !hasConnection && !hasHeaders }

    /// When ``connectTimeout`` is over.
    var connectDeadline: Instant { startedAt + connectTimeout }

    /// The phases reached so far.
    var phases: Phases {
        var phases = easy.phases(isConnected: hasConnection || hasHeaders)
        phases.firstByte = firstByteAt.map { $0 - startedAt }
        return phases
    }

    /// The transfer whose handle this is: libcurl gives back the pointer that ``setUp(_:_:)`` stored.
    static func owning(_ easy: UnsafeMutableRawPointer) -> Transfer? {
        var pointer: UnsafeMutableRawPointer?
        weir_easy_get_pointer(easy, CURLINFO_PRIVATE, &pointer)
        return pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func setUp(_ request: TransportRequest, _ options: CurlTransport.Options) throws(TransportFailure) {
        easy.reset()
        // The transport holds the transfer for as long as the handle is in a multi handle, and only then does libcurl
        // use this pointer.
        let this = Unmanaged.passUnretained(self).toOpaque()
        easy.set(CURLOPT_PRIVATE, pointer: this)
        easy.set(CURLOPT_URL, request.http.url)
        easy.set(CURLOPT_HTTPHEADER, pointer: headerList.raw)
        easy.set(CURLOPT_USERAGENT, options.userAgent)
        try setMethod(request.http.method)
        setCallbacks(this)

        weir_easy_set_http_only(easy.raw)
        // Redirects would carry the key to another host, under header names that libcurl does not know for secret.
        easy.set(CURLOPT_FOLLOWLOCATION, 0)
        easy.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        if target.isTLS { setAuthorities(options.certificateAuthorities) }
        easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        // Whatever is compressed is decoded; what is offered is the header list's business.
        easy.set(CURLOPT_ACCEPT_ENCODING, "")
        // A proxy cannot reach this machine's own servers, and must not see what goes to them.
        if target.isLoopback { easy.set(CURLOPT_PROXY, "") }
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)

        easy.set(CURLOPT_NOSIGNAL, 1)
        weir_easy_set_quick_exit(easy.raw)
        // 0 would mean libcurl's default.
        if !isTimedByTransport { tellConnectTimeout() }
        easy.set(CURLOPT_TCP_NODELAY, 1)
        easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        easy.set(CURLOPT_TCP_KEEPIDLE, 30)
        easy.set(CURLOPT_TCP_KEEPINTVL, 10)
        easy.set(CURLOPT_BUFFERSIZE, options.receiveBufferBytes)
    }

    private func tellConnectTimeout() {
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: max(1, connectTimeout.nanoseconds / 1_000_000)))
    }

    /// libcurl keeps the parsed authorities from connection to connection only where they come from a file alone. Debian's
    /// has a folder beside the file, with the same content: reading both anew takes 17 ms for every connection, in which
    /// the loop stands still.
    private func setAuthorities(_ chosen: String?) {
        if let chosen {
            easy.set(CURLOPT_CAINFO, chosen)
            easy.set(CURLOPT_CAPATH, pointer: nil)
        } else if let file = weir_easy_default_authorities(easy.raw), access(file, R_OK) == 0 {
            easy.set(CURLOPT_CAPATH, pointer: nil)
        }
    }

    private func setMethod(_ method: String) throws(TransportFailure) {
        switch method {
        case "GET" where body.isEmpty:
            easy.set(CURLOPT_HTTPGET, 1)
        case "HEAD" where body.isEmpty:
            easy.set(CURLOPT_NOBODY, 1)
        case "POST":
            easy.set(CURLOPT_POST, 1)
        default:
            guard !method.isEmpty, method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
                throw TransportFailure(kind: .badRequest, message: "The request's method is not a word of capitals")
            }
            if !body.isEmpty { easy.set(CURLOPT_POST, 1) }
            easy.set(CURLOPT_CUSTOMREQUEST, method)
        }
        weir_easy_set_offset(easy.raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        // A short body that libcurl has leaves in one packet with the head. A long one stays where it is: libcurl asks
        // for it part by part, see ``readBody(into:)``.
        if !body.isEmpty && body.count <= Transfer.longestCopiedBody {
            _ = body.withUnsafeBytes { weir_easy_set_copied_body(easy.raw, $0.baseAddress) }
        }
    }

    /// The size of libcurl's own upload buffer.
    private static let longestCopiedBody = 64 << 10

    // MARK: - What libcurl asks and tells

    /// libcurl may connect again, when a reused connection turned out to be dead; the first time is told.
    func connected() {
        guard !hasConnection else { return }
        hasConnection = true
        // Should it connect again by itself, that is libcurl's to time: it counts what is set when it begins to.
        if isTimedByTransport { tellConnectTimeout() }
        outlet.deliver(.connected(phases), of: id)
    }

    /// Copies the next part of the request body into libcurl's own buffer: the body itself is never copied.
    func readBody(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, body.count - bodyOffset)
        body.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[bodyOffset..<bodyOffset + count]))
        }
        bodyOffset += count
        return count
    }

    /// libcurl sends the body again, on a fresh connection, when a reused one turned out to be dead.
    func seekBody(to offset: Int) -> Bool {
        guard (0...body.count).contains(offset) else { return false }
        bodyOffset = offset
        return true
    }

    /// Passes the bytes on; `false` when the body is over its bound, after the bytes up to it were passed on.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let room = maximumBodyBytes - bodyBytes
        guard bytes.count <= room else {
            abortReason = .bodyTooLarge(limit: maximumBodyBytes)
            bodyBytes = maximumBodyBytes
            if room > 0 { outlet.deliver(UnsafeRawBufferPointer(rebasing: bytes[..<room]), of: id) }
            return false
        }
        bodyBytes += bytes.count
        outlet.deliver(bytes, of: id)
        return true
    }

    /// One header line, a status line, or the empty line that ends a response's head; `false` when there are too many.
    func receiveHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        // libcurl's STARTTRANSFER is of no use: over HTTP/2 a request with a body sets it when that is sent (7.88).
        if firstByteAt == nil { firstByteAt = .monotonic }
        headerBytes += line.count
        guard headerBytes <= maximumHeaderBytes else {
            abortReason = .headersTooLarge(limit: maximumHeaderBytes)
            return false
        }
        guard !hasHeaders else { return true }
        switch HeaderLine(line) {
        case .status:
            headers.removeAll(keepingCapacity: true)
        case .field(let name, let value):
            guard headers.count < maximumHeaderFields else {
                abortReason = .tooManyHeaders(limit: maximumHeaderFields)
                return false
            }
            headers.append(HTTPHeader(name, value))
        case .continuation(let value):
            if !headers.isEmpty { headers[headers.count - 1].value += " " + value }
        case .end:
            endOfHead()
        case .malformed:
            break
        }
        return true
    }

    private func endOfHead() {
        let status = easy.number(CURLINFO_RESPONSE_CODE)
        // 1xx: the final response is still to come (RFC 9110, 15.2).
        guard status >= 200 else { return }
        hasHeaders = true
        outlet.deliver(.headers(status: status, headers: headers, phases: phases), of: id)
        headers = []
    }
}
