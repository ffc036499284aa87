import NIOCore
import NIOHTTP2

/// A connection that speaks HTTP/2 (RFC 9113): each of its streams is a ``Connection`` to the lab. One that has no streams
/// for long is closed.
final class HTTP2Connection: ChannelDuplexHandler, NIOScheduledCallbackHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let core: LabCore
    private var streams = 0
    /// GOAWAY was sent: no more streams come.
    private var isGoingAway = false
    private var context: ChannelHandlerContext?
    private var timer: NIOScheduledCallback?

    private init(_ core: LabCore) {
        self.core = core
    }

    static func add(to channel: any Channel, _ core: LabCore, _ metronome: Metronome) throws {
        let connection = HTTP2Connection(core)
        let pipeline = channel.pipeline.syncOperations
        let bound = NIOLoopBound((connection, metronome), eventLoop: channel.eventLoop)
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let (connection, metronome) = bound.value
                connection.streams += 1
                connection.timer?.cancel()
                stream.closeFuture.assumeIsolated().whenComplete { _ in connection.streamClosed() }
                let pipeline = stream.pipeline.syncOperations
                try pipeline.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                try pipeline.addHandler(HTTP2Response())
                try pipeline.addHandler(Connection(core, metronome))
            }
        }
        try pipeline.addHandler(connection)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setTimer()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Of a stream, or of a peer that is gone: its streams hear of it.
        guard error is NIOHTTP2Errors.StreamError else { return context.close(promise: nil) }
    }

    /// Frames of the connection; those of its streams do not come by here.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .goAway = unwrapOutboundIn(data).payload { isGoingAway = true }
        context.write(data, promise: promise)
    }

    private func streamClosed() {
        streams -= 1
        guard streams == 0 else { return }
        if isGoingAway { context?.close(promise: nil) } else { setTimer() }
    }

    private func setTimer() {
        guard let context, context.channel.isActive else { return }
        timer?.cancel()
        timer = try? context.eventLoop.assumeIsolated().scheduleCallback(
            in: .nanoseconds(Int64(core.patience * 1e9)), handler: self)
    }

    func didCancelScheduledCallback(eventLoop: some EventLoop) {}

    func handleScheduledCallback(eventLoop: some EventLoop) {
        if streams == 0 { context?.close(promise: nil) }
    }
}
