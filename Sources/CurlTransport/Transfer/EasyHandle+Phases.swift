import CCurl
import StreamEngine

extension EasyHandle {
    /// The phases reached so far up to the request's dispatch, as `curl_easy_getinfo` counts them.
    ///
    /// - Parameter isConnected: the transfer has got a connection, new or reused.
    func phases(isConnected: Bool) -> Phases {
        var phases = Phases()
        phases.connectionReused = isConnected && number(CURLINFO_NUM_CONNECTS) == 0
        if !phases.connectionReused {
            // On a reused connection libcurl reports the moment at which it found the connection: no phase at all.
            phases.nameLookup = phase(CURLINFO_NAMELOOKUP_TIME_T)
            phases.connect = phase(CURLINFO_CONNECT_TIME_T)
            phases.tls = phase(CURLINFO_APPCONNECT_TIME_T)
        }
        phases.requestSent = phase(CURLINFO_PRETRANSFER_TIME_T)
        phases.httpVersion = httpVersion
        if let address = string(CURLINFO_PRIMARY_IP), !address.isEmpty {
            let port = number(CURLINFO_PRIMARY_PORT)
            phases.remote = address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
        }
        return phases
    }

    private func phase(_ info: CURLINFO) -> Duration? {
        let microseconds = offset(info)
        return microseconds > 0 ? .microseconds(microseconds) : nil
    }

    private var httpVersion: String? {
        switch number(CURLINFO_HTTP_VERSION) {
        case Int(CURL_HTTP_VERSION_1_0): "HTTP/1.0"
        case Int(CURL_HTTP_VERSION_1_1): "HTTP/1.1"
        case Int(CURL_HTTP_VERSION_2_0): "HTTP/2"
        case Int(CURL_HTTP_VERSION_3): "HTTP/3"
        default: nil
        }
    }
}
