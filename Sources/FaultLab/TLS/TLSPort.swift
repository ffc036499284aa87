import NIOCore
import NIOHTTP2
import NIOSSL
import NIOTLS
import Synchronization

/// What a TLS port shows and speaks: one of the ``LabCertificate``s, and by the client's choice (ALPN) HTTP/2 or HTTP/1.1.
final class TLSPort: Sendable {
    private struct State {
        var certificate: LabCertificate
        var contexts: [LabCertificate: NIOSSLContext]
    }

    private let state: Mutex<State>

    init(_ certificate: LabCertificate) throws {
        var contexts: [LabCertificate: NIOSSLContext] = [:]
        let key = try NIOSSLPrivateKey(bytes: LabCertificate.key, format: .pem)
        for certificate in LabCertificate.allCases {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: [.certificate(try NIOSSLCertificate(bytes: certificate.chain, format: .pem))],
                privateKey: .privateKey(key))
            configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
            contexts[certificate] = try NIOSSLContext(configuration: configuration)
        }
        state = Mutex(State(certificate: certificate, contexts: contexts))
    }

    /// Of the next handshakes.
    var certificate: LabCertificate {
        get { state.withLock(\.certificate) }
        set { state.withLock { $0.certificate = newValue } }
    }

    /// Puts TLS into a new connection, and behind it what its client chooses.
    func add(to channel: any Channel, _ core: LabCore, _ metronome: Metronome) throws {
        guard let context = state.withLock({ $0.contexts[$0.certificate] }) else { return }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(NIOSSLServerHandler(context: context))
        let watch = HandshakeWatch(core)
        try pipeline.addHandler(watch)
        let chosen = ApplicationProtocolNegotiationHandler { result, channel in
            // On the channel's event loop.
            channel.eventLoop.makeCompletedFuture {
                watch.finish()
                if result == .negotiated("h2") {
                    try HTTP2Connection.add(to: channel, core, metronome)
                } else {
                    try Connection.add(to: channel, core, metronome)
                }
            }
        }
        try pipeline.addHandler(chosen)
    }
}

/// Closes connections whose handshake fails or does not come, and says why.
private final class HandshakeWatch: ChannelInboundHandler, NIOScheduledCallbackHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// No client needs longer; who says nothing holds a place meanwhile.
    private static let longest = 10.0

    private let core: LabCore
    private let patience: Double
    private var timer: NIOScheduledCallback?
    private var context: ChannelHandlerContext?
    private var isDone = false
    private var isCounted = false

    init(_ core: LabCore) {
        self.core = core
        patience = min(core.patience, Self.longest)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard core.beginHandshake() else {
            isDone = true
            return context.close(promise: nil)
        }
        isCounted = true
        timer = try? context.eventLoop.assumeIsolated().scheduleCallback(
            in: .nanoseconds(Int64(patience * 1e9)), handler: self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
    }

    /// From now on the connection is counted as what it became.
    func finish() {
        isDone = true
        timer?.cancel()
        guard isCounted else { return }
        isCounted = false
        core.endHandshake()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDone else { return context.fireErrorCaught(error) }
        core.refused(connection: nil, "no TLS connection: \(Routes.excerpt("\(error)"))")
        context.close(promise: nil)
    }

    func didCancelScheduledCallback(eventLoop: some EventLoop) {}

    func handleScheduledCallback(eventLoop: some EventLoop) {
        guard !isDone, let context else { return }
        core.refused(connection: nil, "no TLS handshake in \(JSONText.seconds(patience)) s")
        context.channel.closeAtOnce()
    }
}

extension Channel {
    /// The TCP connection: the channel itself, or for a stream of HTTP/2 the one that it goes over.
    var connection: any Channel {
        self is any SocketOptionProvider ? self : parent ?? self
    }

    /// Without TLS's good-bye, which would be an end in good order.
    func closeAtOnce() {
        guard let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) else {
            return close(promise: nil)
        }
        tls.close(promise: nil)
    }
}
