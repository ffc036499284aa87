import NIOCore
import NIOHTTP1
import NIOHTTP2

/// What a stream of HTTP/2 can be told beside bytes.
enum FrameOrder: Sendable {
    /// RST_STREAM.
    case reset(HTTP2Error)
    /// GOAWAY for the whole connection. Its last stream is this one, or the one before it: then this one counts as never
    /// heard (RFC 9113, 6.8).
    case goAway(HTTP2Error, isProcessed: Bool)
}

/// Turns the bytes of HTTP/1.1 that a ``Connection`` writes into the parts of a response of HTTP/2. Where the connection is
/// closed before its response was whole, the HTTP/2 connection is closed too.
///
/// What HTTP/2 has no word for (a body without a head, heads without end) ends the stream with PROTOCOL_ERROR.
final class HTTP2Response: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// The head is not whole yet.
        case head
        /// So many bytes are left of the body.
        case length(Int)
        /// Before a chunk.
        case chunkSize
        /// So many bytes are left of this one and of the line end after it.
        case chunk(Int, lineEnd: Int)
        /// To the end of the connection.
        case open
        /// The end was sent, or there can be none.
        case over
    }

    static let longestHead = 256 << 10

    private var state = State.head
    private var bytes = ByteBuffer()
    /// The request came to its end.
    private var hasHeardEnd = false
    /// The client ended the stream, or the connection is gone.
    private var isBroken = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { hasHeardEnd = true }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = true
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isBroken = true
        context.fireChannelInactive()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var new = unwrapOutboundIn(data)
        bytes.writeBuffer(&new)
        while advance(context) {}
        bytes.discardReadBytes()
        guard let promise else { return }
        // Whoever waits for the bytes waits for what was written last.
        switch state {
        case .head, .over: promise.succeed()
        default: context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if isBroken { return context.close(mode: .all, promise: promise) }
        switch state {
        case .over:
            // The stream closes by itself when both sides have said their end. Who still sends has a while for it.
            promise?.succeed()
            guard !hasHeardEnd else { return }
            context.eventLoop.assumeIsolated().scheduleTask(in: Connection.lingering) {
                context.close(mode: .all, promise: nil)
            }
        case .open:
            end(context)
            promise?.succeed()
        case .head, .length, .chunkSize, .chunk:
            isBroken = true
            context.channel.connection.close(promise: promise)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let order = event as? FrameOrder else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        switch order {
        case .reset(let error):
            reset(context, error)
            promise?.succeed()
        case .goAway(let error, let isProcessed):
            guard let parent = context.channel.parent else { return }
            context.channel.getOption(HTTP2StreamChannelOptions.streamID).assumeIsolated().whenSuccess { stream in
                // Clients' streams have odd numbers.
                let number = Int(stream) - (isProcessed ? 0 : 2)
                let last = number > 0 ? HTTP2StreamID(number) : .rootStream
                parent.writeAndFlush(
                    HTTP2Frame(
                        streamID: .rootStream,
                        payload: .goAway(lastStreamID: last, errorCode: error.code, opaqueData: nil)), promise: promise)
            }
        }
    }

    private func reset(_ context: ChannelHandlerContext, _ error: HTTP2Error) {
        state = .over
        guard
            let codec = try? context.pipeline.syncOperations.context(
                handlerType: HTTP2FramePayloadToHTTP1ServerCodec.self)
        else { return }
        codec.writeAndFlush(NIOAny(HTTP2Frame.FramePayload.rstStream(error.code)), promise: nil)
    }

    private func end(_ context: ChannelHandlerContext) {
        state = .over
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    // MARK: HTTP/1.1

    /// `false` where more bytes are needed, or none are wanted.
    private func advance(_ context: ChannelHandlerContext) -> Bool {
        switch state {
        case .head: return readHead(context)
        case .length(let left): return pass(left, context) { $0 > 0 ? .length($0) : nil }
        case .chunkSize:
            guard let line = readLine() else { return false }
            guard let size = Int(line, radix: 16) else {
                reset(context, .protocolError)
                return false
            }
            if size == 0 {
                end(context)
                return false
            }
            state = .chunk(size, lineEnd: 2)
            return true
        case .chunk(0, let left):
            guard bytes.readableBytes >= left else { return false }
            bytes.moveReaderIndex(forwardBy: left)
            state = .chunkSize
            return true
        case .chunk(let left, let lineEnd): return pass(left, context) { .chunk($0, lineEnd: lineEnd) }
        case .open: return pass(.max, context) { _ in .open }
        case .over:
            bytes.clear()
            return false
        }
    }

    /// Body bytes, up to `most`; `next` is the state by what is left of them, `nil` where that was all.
    private func pass(_ most: Int, _ context: ChannelHandlerContext, next: (Int) -> State?) -> Bool {
        guard let piece = bytes.readSlice(length: min(most, bytes.readableBytes)), piece.readableBytes > 0 else {
            return false
        }
        context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
        guard let next = next(most - piece.readableBytes) else {
            end(context)
            return false
        }
        state = next
        return true
    }

    private func readHead(_ context: ChannelHandlerContext) -> Bool {
        let view = bytes.readableBytesView
        guard view.starts(with: "HTTP/1.1 ".utf8.prefix(view.count)) else {
            reset(context, .protocolError)
            return false
        }
        guard let length = Self.headLength(view) else {
            if bytes.readableBytes > Self.longestHead { reset(context, .protocolError) }
            return false
        }
        let lines = String(decoding: view.prefix(length), as: UTF8.self).split(separator: "\r\n")
        bytes.moveReaderIndex(forwardBy: length)
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            reset(context, .protocolError)
            return false
        }
        var headers = HTTPHeaders()
        var framing = State.open
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let value = parts[1].drop { $0 == " " }
            switch parts[0].lowercased() {
            case "transfer-encoding": framing = .chunkSize
            // The connection's own affair (RFC 9113, 8.2.2).
            case "connection", "keep-alive", "upgrade": break
            case let name:
                if name == "content-length" { framing = .length(Int(value) ?? 0) }
                headers.add(name: name, value: String(value))
            }
        }
        let head = HTTPResponseHead(
            version: .init(major: 2, minor: 0), status: .init(statusCode: status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        // After an interim response comes the other one.
        if status < 200 { return true }
        if case .length(0) = framing {
            end(context)
            return false
        }
        state = framing
        return true
    }

    /// To the empty line that ends it, that included.
    private static func headLength(_ view: ByteBufferView) -> Int? {
        var index = view.startIndex
        while let lineFeed = view[index...].firstIndex(of: 0x0A) {
            let next = view.index(after: lineFeed)
            if view[next...].starts(with: [0x0D, 0x0A]) { return next + 2 - view.startIndex }
            index = next
        }
        return nil
    }

    private func readLine() -> String? {
        let view = bytes.readableBytesView
        guard let lineFeed = view.firstIndex(of: 0x0A) else { return nil }
        let line = bytes.readString(length: lineFeed - view.startIndex)
        bytes.moveReaderIndex(forwardBy: 1)
        return line.map { $0.hasSuffix("\r") ? String($0.dropLast()) : $0 }
    }
}
