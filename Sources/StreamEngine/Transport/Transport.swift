import Providers

/// One reply being fetched. Unique within a run of the program.
public struct StreamID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Counted from 1.
    public let rawValue: Int
    /// A stream's number.
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static func < (left: StreamID, right: StreamID) -> Bool { left.rawValue < right.rawValue }
    public var description: String { "\(rawValue)" }
}

/// One request of a stream. Generations grow and are never used again, so a late callback is dropped by comparison.
public struct AttemptID: Sendable, Hashable {
    /// Whose it is.
    public let stream: StreamID
    /// Which request of the stream.
    public let generation: Int

    /// From its parts.
    public init(stream: StreamID, generation: Int) {
        self.stream = stream
        self.generation = generation
    }
}

/// What the transport is told to fetch.
public struct TransportRequest: Sendable, Equatable, Codable {
    /// With its headers and body.
    public var http: HTTPRequest
    /// Fails with ``TransportFailure/Kind/connectTimeout``.
    public var connectTimeout: Duration
    /// Decoded body bytes after which the transport gives up with ``TransportFailure/Kind/bodyTooLarge``.
    public var maximumBodyBytes: Int
    /// Bytes of all header lines together, interim responses included, after which the transport gives up with
    /// ``TransportFailure/Kind/headersTooLarge``. libcurl's own bound is 300 KB: below that, this one speaks.
    public var maximumHeaderBytes = 128 << 10
    /// Asks for compression only where the reply is not streamed.
    public var isStream: Bool

    /// From its parts.
    public init(
        http: HTTPRequest, connectTimeout: Duration, maximumBodyBytes: Int, maximumHeaderBytes: Int = 128 << 10,
        isStream: Bool
    ) {
        self.http = http
        self.connectTimeout = connectTimeout
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumHeaderBytes = maximumHeaderBytes
        self.isStream = isStream
    }
}

/// What an action of the engine asks of the transport.
public enum TransportAction: Sendable, Equatable {
    case start(AttemptID, TransportRequest)
    /// Close at once. Nothing of this attempt is heard after it.
    case cancel(AttemptID)
}

/// When each part of an attempt was done, counted from its start; `nil` = not reached or not applicable.
public struct Phases: Sendable, Equatable, Codable {
    /// curl's NAMELOOKUP, CONNECT, APPCONNECT, PRETRANSFER, STARTTRANSFER; 0 (connection reused) becomes `nil`.
    public var nameLookup: Duration?
    /// The TCP connection stood.
    public var connect: Duration?
    /// The handshake was done.
    public var tls: Duration?
    /// The request was about to go out.
    public var requestSent: Duration?
    /// The first byte of the answer came.
    public var firstByte: Duration?
    /// Filled in by the engine.
    public var firstToken: Duration?
    /// No new connection was needed.
    public var connectionReused = false
    /// `HTTP/1.1`, `HTTP/2`.
    public var httpVersion: String?
    /// Address and port of the peer, as curl prints them.
    public var remote: String?

    /// Nothing reached yet.
    public init() {}
}

/// What happens to an attempt, in order: `connected`?, `headers`?, body bytes, then `finished` or `failed` once.
/// Body bytes come beside it, see ``StreamEngine/bodyReceived(_:of:at:into:)``.
public enum TransportEvent: Sendable, Equatable {
    /// A connection stands (TLS included) and the request is about to be sent.
    case connected(Phases)
    /// The final response's status and headers (1xx are not reported).
    case headers(status: Int, headers: [HTTPHeader], phases: Phases)
    /// The peer ended the body in an orderly way. Says nothing about completeness.
    case finished(Phases)
    case failed(TransportFailure, Phases)
}

/// Why a transfer brought no whole answer.
public struct TransportFailure: Error, Sendable, Equatable, Codable {
    /// What happened to the transfer.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// The name does not resolve (no such host) / the resolver failed for now.
        case nameNotFound, nameLookupFailed
        case connectionRefused, connectFailed, connectTimeout
        case tlsCertificate, tlsFailed
        /// The connection broke: reset, or closed inside a chunked or length-delimited body.
        case reset, cut
        /// HTTP/2 GOAWAY, REFUSED_STREAM or another stream error.
        case http2
        case headersTooLarge, bodyTooLarge, badEncoding
        /// Not HTTP at all, or HTTP/0.9.
        case notHTTP
        /// The request itself is impossible (bad URL, forbidden characters in a header).
        case badRequest
        case other
    }

    /// What happened to the transfer.
    public var kind: Kind
    /// One sentence for a person, without secrets.
    public var message: String
    /// libcurl's CURLcode, 0 where none applies.
    public var code: Int

    /// From its parts.
    public init(kind: Kind, message: String, code: Int = 0) {
        self.kind = kind
        self.message = message
        self.code = code
    }
}
