import NIOCore
import NIOHTTP1

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One client's connection: collects requests, answers them one after the other, in bounded memory.
final class Connection: ChannelInboundHandler, NIOScheduledCallbackHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    static let largestBody = 32 << 20
    /// Requests that wait for their turn on this connection; then it is not read from.
    static let mostWaiting = 16
    /// For a refused client to stop sending.
    static let lingering = TimeAmount.seconds(5)

    struct Request {
        var head: HTTPRequestHead
        var body: ByteBuffer
        /// Why it is refused before it is read.
        var problem: Problem?
    }

    enum Problem {
        case tooLarge, noRoom
    }

    let core: LabCore
    private let metronome: Metronome
    private(set) var number = 0
    private var isCounted = false
    private var collecting: Request?
    private var waiting: [Request] = []
    private var exchange: Exchange?
    /// No more requests are taken; what comes is thrown away.
    private var isClosing = false
    private var context: ChannelHandlerContext?
    private var timer: NIOScheduledCallback?
    /// For a request to come whole, for the next one to begin, and for the client to read.
    private let patience: TimeAmount
    /// What happens to the request that is read, and after how many bytes of its body.
    private var upstream: (kind: Fault.Upstream, bytes: Int)?

    /// - Parameter metronome: of the connection's event loop.
    init(_ core: LabCore, _ metronome: Metronome) {
        self.core = core
        self.metronome = metronome
        patience = .nanoseconds(Int64(core.patience * 1e9))
    }

    // MARK: The connection's life

    /// To a connection that speaks HTTP/1.1.
    static func add(to channel: any Channel, _ core: LabCore, _ metronome: Metronome) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        try pipeline.addHandler(Connection(core, metronome))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // Behind TLS: after the handshake.
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard self.context == nil, !isClosing else { return }
        self.context = context
        guard let number = core.connect() else {
            isClosing = true
            return context.close(promise: nil)
        }
        self.number = number
        isCounted = true
        setTimer(patience)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        if let exchange {
            self.exchange = nil
            exchange.abandon()
            end(exchange, "the client closed the connection")
        }
        giveBack()
        if isCounted {
            isCounted = false
            core.disconnect()
        }
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // The peer is gone, mostly by a reset.
            return context.close(promise: nil)
        }
        core.refused(connection: number, "not HTTP: \(error)")
        guard exchange == nil, !isClosing else { return context.close(promise: nil) }
        let status = error == .headerOverflow ? 431 : 400
        collecting = nil
        let fault = ProviderFault(status, message: "The request is not valid HTTP.")
        start(
            .whole(status, "application/json", fault.body(.openai, requestID: "")), keepsAlive: false, context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        exchange?.run()
        context.fireChannelWritabilityChanged()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let part): collect(part)
        case .end:
            guard let request = collecting else { return }
            collecting = nil
            if request.problem != nil { return }
            waiting.append(request)
            if waiting.count >= Self.mostWaiting { setReading(false, context) }
            next(context)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var request = Request(head: head, body: ByteBuffer())
        upstream = Routes(core: core, connection: number).upstream(head)
        if let upstream {
            core.note(nil, connection: number, fault: "upstream", tokens: 0, upstream.kind.rawValue)
            if upstream.bytes == 0 { return breakUpstream(upstream.kind, context) }
        }
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > Self.largestBody {
            request.problem = .tooLarge
        } else if head.headers[canonicalForm: "expect"].contains("100-continue") {
            context.writeAndFlush(
                wrapOutboundOut(context.channel.allocator.buffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil
            )
        }
        collecting = request
        if request.problem != nil { refuse(request, context) }
    }

    private func collect(_ part: ByteBuffer) {
        guard var request = collecting, request.problem == nil, let context else { return }
        if let upstream, request.body.readableBytes + part.readableBytes >= upstream.bytes {
            return breakUpstream(upstream.kind, context)
        }
        // The only reference, so that appending does not copy.
        collecting = nil
        if request.body.readableBytes + part.readableBytes > Self.largestBody {
            request.problem = .tooLarge
        } else if !core.takeBody(part.readableBytes) {
            request.problem = .noRoom
        } else {
            request.body.writeImmutableBuffer(part)
        }
        let isRefused = request.problem != nil
        if isRefused {
            core.takeBack(request.body.readableBytes)
            request.body = ByteBuffer()
        }
        collecting = request
        if isRefused { refuse(request, context) }
    }

    /// Nothing more of this request is read.
    private func breakUpstream(_ kind: Fault.Upstream, _ context: ChannelHandlerContext) {
        giveBack()
        collecting = nil
        upstream = nil
        timer?.cancel()
        timer = nil
        switch kind {
        case .reset: reset(context)
        case .timeout:
            isClosing = true
            setReading(false, context)
        }
    }

    /// A request that is not read to its end can only be the last one of its connection.
    private func refuse(_ request: Request, _ context: ChannelHandlerContext) {
        let status = request.problem == .tooLarge ? 413 : 503
        core.refused(connection: number, "\(status): a body over \(Self.largestBody >> 20) MB, or too many at once")
        let dialect = Routes.dialect(of: request.head)
        let fault = ProviderFault(status)
        let id = "req_lab_c\(number)"
        let program = Program.whole(status, "application/json", fault.body(dialect, requestID: id))
        guard exchange == nil else { return context.close(promise: nil) }
        start(program, keepsAlive: false, context: context)
    }

    /// Begins to answer the request whose turn it is.
    private func next(_ context: ChannelHandlerContext) {
        guard exchange == nil, !isClosing, !waiting.isEmpty else { return }
        guard !core.isDown else {
            giveBack()
            return reset(context)
        }
        let request = waiting.removeFirst()
        if waiting.count < Self.mostWaiting { setReading(true, context) }
        defer { core.takeBack(request.body.readableBytes) }
        let program = Routes(core: core, connection: number).program(for: request)
        // After an upgrade that we do not make, no other request can follow.
        let keepsAlive =
            request.head.version.major == 2
            || request.head.isKeepAlive && !request.head.headers.contains(name: "upgrade")
        start(Self.fitted(program, to: request.head), keepsAlive: keepsAlive, context: context)
    }

    /// HTTP/1.0 knows no chunks.
    private static func fitted(_ program: Program, to head: HTTPRequestHead) -> Program {
        guard head.version.major == 1, head.version.minor == 0 else { return program }
        func fit(_ acts: [Act]) -> [Act] {
            acts.map { act in
                guard case .head(var head) = act, head.framing == .chunked else { return act }
                head.framing = .closeDelimited
                return .head(head)
            }
        }
        var program = program
        program.acts = fit(program.acts)
        if let calm = program.calm { program.calm = (fit(calm.opening), calm.rest) }
        return program
    }

    // MARK: Responses

    private func start(_ program: Program, keepsAlive: Bool, context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        let exchange = Exchange(
            program, context: context, metronome: metronome, keepsAlive: keepsAlive, patience: patience,
            onNote: { [core, number] exchange, fault, text in
                core.note(
                    exchange.ticket, connection: number, fault: fault, tokens: exchange.source.sent, text)
            },
            onPause: { [core] exchange, content in core.paused(exchange.ticket, content) },
            onEnd: { [weak self] exchange, outcome in self?.finished(exchange, outcome) })
        self.exchange = exchange
        if let ticket = exchange.ticket {
            let bound = NIOLoopBound(exchange, eventLoop: context.eventLoop)
            let loop = context.eventLoop
            core.begin(ticket) { order in
                loop.execute { _ = bound.value.follow(order) }
            }
        }
        exchange.run()
    }

    private func finished(_ exchange: Exchange, _ outcome: Exchange.Outcome) {
        guard let context, self.exchange === exchange else { return }
        self.exchange = nil
        switch outcome {
        case .ended:
            end(exchange, exchange.isDelivered ? "delivered whole" : "ended")
            setTimer(patience)
            // Not from within the response that just ended.
            context.eventLoop.assumeIsolated().execute { [self] in next(context) }
        case .close:
            end(exchange, exchange.isDelivered ? "delivered whole, closed" : "closed")
            close(context)
        case .reset:
            end(exchange, "reset")
            reset(context)
        case .resetStream(let error):
            end(exchange, "stream reset")
            guard context.channel.connection !== context.channel else { return reset(context) }
            isClosing = true
            context.triggerUserOutboundEvent(FrameOrder.reset(error), promise: nil)
        case .down(let seconds):
            end(exchange, "reset")
            core.takeDown(seconds)
            reset(context)
        case .stuck:
            end(
                exchange,
                "closed, for the client did not read for \(JSONText.seconds(core.patience)) s")
            isClosing = true
            context.close(promise: nil)
        }
    }

    private func end(_ exchange: Exchange, _ text: String) {
        guard let ticket = exchange.ticket else { return }
        core.end(ticket, isDelivered: exchange.isDelivered, tokens: exchange.source.sent, text)
    }

    /// Closes in good order: what was written arrives, then the end. A client that still sends would get a reset
    /// instead, so its bytes are taken for a while.
    private func close(_ context: ChannelHandlerContext) {
        isClosing = true
        giveBack()
        setReading(true, context)
        let isSending = collecting != nil
        let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer()))
        written.assumeIsolated().whenComplete { _ in
            if isSending {
                context.close(mode: .output, promise: nil)
                self.setTimer(Self.lingering)
            } else {
                context.close(promise: nil)
            }
        }
    }

    private func reset(_ context: ChannelHandlerContext) {
        isClosing = true
        let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer()))
        written.assumeIsolated().whenComplete { _ in
            let connection = context.channel.connection
            guard let socket = connection as? any SocketOptionProvider else { return context.close(promise: nil) }
            // A linger time of zero makes close(2) send RST instead of FIN (socket(7)).
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
                connection.closeAtOnce()
            }
        }
    }

    // MARK: Housekeeping

    func didCancelScheduledCallback(eventLoop: some EventLoop) {}

    func handleScheduledCallback(eventLoop: some EventLoop) {
        timer = nil
        guard let context else { return }
        if collecting != nil, !isClosing {
            core.refused(
                connection: number, "a request that did not come whole in \(JSONText.seconds(core.patience)) s")
        }
        isClosing = true
        context.close(promise: nil)
    }

    private func setTimer(_ amount: TimeAmount) {
        guard let context, context.channel.isActive else { return }
        timer?.cancel()
        timer = try? context.eventLoop.assumeIsolated().scheduleCallback(in: amount, handler: self)
    }

    private func setReading(_ isOn: Bool, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        context.channel.setOption(.autoRead, value: isOn).assumeIsolated().whenFailure { _ in
            // The channel is closed: there is nothing left to read.
        }
    }

    private func giveBack() {
        for request in waiting { core.takeBack(request.body.readableBytes) }
        core.takeBack(collecting?.body.readableBytes ?? 0)
        collecting?.body = ByteBuffer()
        waiting = []
    }
}
