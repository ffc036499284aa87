import NIOHTTP2

/// Why a stream or a connection of HTTP/2 ends, by its name in RFC 9113, 7.
public enum HTTP2Error: String, Sendable, CaseIterable {
    case noError = "NO_ERROR"
    case protocolError = "PROTOCOL_ERROR"
    case internalError = "INTERNAL_ERROR"
    case flowControlError = "FLOW_CONTROL_ERROR"
    case settingsTimeout = "SETTINGS_TIMEOUT"
    case streamClosed = "STREAM_CLOSED"
    case frameSizeError = "FRAME_SIZE_ERROR"
    case refusedStream = "REFUSED_STREAM"
    case cancel = "CANCEL"
    case compressionError = "COMPRESSION_ERROR"
    case connectError = "CONNECT_ERROR"
    case enhanceYourCalm = "ENHANCE_YOUR_CALM"
    case inadequateSecurity = "INADEQUATE_SECURITY"
    case http11Required = "HTTP_1_1_REQUIRED"

    /// In the order of their numbers, from 0.
    var code: HTTP2ErrorCode {
        HTTP2ErrorCode(networkCode: Self.allCases.firstIndex(of: self) ?? 0)
    }
}
