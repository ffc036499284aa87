import CCurl
import StreamEngine

extension TransportFailure {
    static let outOfMemory = TransportFailure(
        kind: .other, message: "Out of memory", code: Int(CURLE_OUT_OF_MEMORY.rawValue))

    /// What a failed transfer means: libcurl's code, made precise by the system's error number, libcurl's error text and
    /// what the transfer had received.
    init(_ code: CURLcode, of transfer: Transfer) {
        let explanation = FailureExplanation(
            code: code, target: transfer.target.description, host: transfer.target.host,
            detail: transfer.easy.errorDetail, systemError: Int32(clamping: transfer.easy.number(CURLINFO_OS_ERRNO)),
            hasHeaders: transfer.hasHeaders, abortReason: transfer.abortReason,
            connectTimeout: transfer.connectTimeout,
            elapsed: .microseconds(transfer.easy.offset(CURLINFO_TOTAL_TIME_T)))
        let (kind, message) = explanation.explain()
        self.init(kind: kind, message: message, code: Int(code.rawValue))
    }

    /// The transport's own clock found a transfer without a connection. The same words as libcurl's, for the same kind.
    init(unconnected transfer: Transfer) {
        let code = CURLE_OPERATION_TIMEDOUT
        // libcurl 7.88 counts the handshake as a part of connecting, but tells whom it has reached.
        let isInHandshake = transfer.target.isTLS && transfer.phases.remote != nil
        let explanation = FailureExplanation(
            code: code, target: transfer.target.description, host: transfer.target.host,
            detail: isInHandshake ? "SSL connection timeout" : "", systemError: 0, hasHeaders: false, abortReason: nil,
            connectTimeout: transfer.connectTimeout, elapsed: transfer.connectTimeout)
        let (kind, message) = explanation.explain()
        self.init(kind: kind, message: message, code: Int(code.rawValue))
    }
}
