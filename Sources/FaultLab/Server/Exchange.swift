import NIOCore

/// Carries out a program on a connection. Lives on the connection's event loop.
final class Exchange: Metronome.Sleeper {
    enum Outcome {
        /// The response ended; the connection may serve another request.
        case ended
        /// The response ended with the end of the connection, or broke off: close in good order.
        case close
        case reset
        /// Over HTTP/2 the stream alone; else as `reset`.
        case resetStream(HTTP2Error)
        /// Reset, and nobody listens for so many seconds.
        case down(Double)
        /// The client does not read.
        case stuck
    }

    /// Bytes gathered before they are handed to the socket.
    static let batchSize = 32 << 10

    let context: ChannelHandlerContext
    /// The context would look for it each time.
    private let channel: any Channel
    private let metronome: Metronome
    let ticket: Ticket?
    var program: Program
    /// The program's.
    private let wire: Wire?
    /// The act that is being carried out.
    var position = 0
    private(set) var isHeadSent = false
    /// The client was sent everything.
    var isDelivered: Bool { isSaid && !body.hasDropped }
    private var isSaid = false
    var source: DeltaSource
    var pacer: Pacer
    var body: BodyWriter
    /// Body bytes not yet framed, after the room for what frames them.
    var batch: ByteBuffer

    private var isOver = false
    private var isRunning = false
    private var timer: Metronome.Wait?
    /// The end of the wait that is under way, and its next keep-alive.
    private var waitEnds: NIODeadline?
    private var nextKeepAlive: NIODeadline?
    /// Before this, pieces that were slowed must not be sent.
    private var nextPiece: NIODeadline?
    private var blockedSince: NIODeadline?
    private var fillerSent = 0
    private var bomb: GzipBomb?
    /// A head that goes out byte by byte, and when the next byte is due.
    private var slowHead: (bytes: [UInt8], sent: Int, due: NIODeadline)?
    /// Two replies in one: nobody can call that delivered.
    private var isSpliced = false
    private let keepsAlive: Bool
    /// A client that takes nothing for so long is given up.
    private let patience: TimeAmount
    private let onNote: (Exchange, _ fault: String, _ text: String) -> Void
    private let onPause: (Exchange, PausedContent) -> Void
    private let onEnd: (Exchange, Outcome) -> Void

    /// `onNote` is told of faults and the like, `onPause` of what a paused turn consists of, before the client is, and
    /// `onEnd` once of the end.
    init(
        _ program: Program, context: ChannelHandlerContext, metronome: Metronome, keepsAlive: Bool,
        patience: TimeAmount, onNote: @escaping (Exchange, _ fault: String, _ text: String) -> Void,
        onPause: @escaping (Exchange, PausedContent) -> Void,
        onEnd: @escaping (Exchange, Outcome) -> Void
    ) {
        self.context = context
        channel = context.channel
        self.metronome = metronome
        self.program = program
        wire = program.wire
        self.keepsAlive = keepsAlive
        self.patience = patience
        self.onNote = onNote
        self.onPause = onPause
        self.onEnd = onEnd
        ticket = program.ticket
        source = DeltaSource(thinking: program.thinking, text: program.text, from: program.textStart)
        source.skip(thinking: program.skip.thinking, text: program.skip.text)
        pacer = Pacer(tokensPerSecond: program.tokensPerSecond, jitter: program.jitter, seed: program.seed)
        body = BodyWriter(seed: program.seed)
        body.shape = program.shape
        body.limit = program.bodyLimit
        batch = channel.allocator.buffer(capacity: 1024)
        BodyWriter.clear(&batch)
    }

    /// The connection is gone.
    func abandon() {
        isOver = true
        stopTimer()
    }

    private enum Progress {
        case next
        /// The same act has more to do.
        case again
        case until(NIODeadline)
        case never
        case over(Outcome)
    }

    /// Goes on as far as time and the client allow.
    func run(at now: NIODeadline = .now()) {
        guard !isOver, !isRunning else { return }
        isRunning = true
        defer { isRunning = false }
        stopTimer()
        var turns = 0
        while true {
            guard channel.isWritable else { return block() }
            blockedSince = nil
            if body.hasWaiting || nextPiece != nil, let pause = drain() { return schedule(pause) }
            guard channel.isWritable else { return block() }
            guard position < program.acts.count else { return finish(.close) }
            if body.isLimitReached { return finish(.close) }
            switch carryOut(program.acts[position], at: now) {
            case .next:
                position += 1
                endWait()
            case .again: flush()
            case .until(let deadline):
                flush()
                if body.hasWaiting { continue }
                return schedule(deadline)
            case .never:
                flush()
                if body.hasWaiting { continue }
                return
            case .over(let outcome):
                flush()
                if body.hasWaiting { continue }
                return finish(outcome)
            }
            turns += 1
            if turns.isMultiple(of: 16) {
                // Others share this event loop.
                flush()
                return context.eventLoop.assumeIsolated().execute { self.run() }
            }
        }
    }

    private func carryOut(_ act: Act, at now: NIODeadline) -> Progress {
        switch act {
        case .wait(let seconds, let kind, let interval), .hold(let seconds, let kind, let interval):
            return wait(seconds, kind, interval)
        case .head(let head): sendHead(head)
        case .slowHead(let head, let interval): return sendSlowly(head, interval)
        case .raw(let text): write(channel.allocator.buffer(string: text))
        case .body(let text): batch.writeString(text)
        case .tokens(let count): return sendTokens(upTo: count, at: now)
        case .halfToken:
            guard let wire, !source.writeHalf(wire, into: &batch) else { return .next }
            // No word here that can be cut: the next one may do.
            return source.write(wire, into: &batch) ? .again : .next
        case .halfEvent:
            guard let wire else { return .next }
            var event = channel.allocator.buffer(capacity: 512)
            if source.write(wire, into: &event), let half = event.readSlice(length: event.readableBytes / 2) {
                batch.writeImmutableBuffer(half)
            }
        case .pace(let rate, let jitter): pacer.change(tokensPerSecond: rate, jitter: jitter)
        case .filler(let count): return sendFiller(count)
        case .flood(let limit, let kind): return flood(limit, kind)
        case .bomb(let bytes): return sendBomb(bytes)
        case .surrogate(let isPair):
            guard let wire else { return .next }
            guard isPair else {
                wire.writeEscapedDelta("\\ud83d", index: source.total, into: &batch)
                return .next
            }
            // The next token that has a character of two units; others go as they are.
            if source.writeSplitPair(wire, into: &batch) { return .next }
            return source.write(wire, into: &batch) ? .again : .next
        case .splice:
            if let wire { batch.writeString(wire.splice(id: wire.messageID + "b")) }
            source.restart()
            isSpliced = true
        case .ending(let reason, let finish, let done):
            guard let wire else { return .next }
            let usage = Usage(
                output: source.total, thinking: source.thoughts,
                lastBlock: wire.thinksFirst && source.hasBegunText ? 1 : 0)
            // Only Responses say everything again.
            let repeats = wire.dialect == .responses
            batch.writeString(
                wire.ending(
                    reason: reason, usage: usage, thinking: repeats ? source.thoughtSoFar : "",
                    text: repeats ? source.saidSoFar : "", finish: finish, done: done))
            // Of a paused turn there is more to come.
            if finish { isSaid = !isSpliced && reason != .pause }
        case .pause: pause()
        case .delivered: isSaid = true
        case .end: return end()
        case .close: return .over(.close)
        case .reset: return .over(.reset)
        case .resetStream(let error): return .over(.resetStream(error))
        case .goAway(let error, let isProcessed):
            flush()
            // Over HTTP/1.1 nobody hears it.
            context.triggerUserOutboundEvent(FrameOrder.goAway(error, isProcessed: isProcessed), promise: nil)
        case .down(let seconds): return .over(.down(seconds))
        case .note(let fault, let text): note(fault, text)
        }
        return .next
    }

    func note(_ fault: String, _ text: String) {
        onNote(self, fault, text)
    }

    /// The turn's content is what came before it, this response's words, and a search that stands behind them.
    private func pause() {
        guard let wire = program.wire else { return }
        var content = program.paused ?? PausedContent()
        // Even where none was thought there was a block of it, with its signature.
        if wire.thinksFirst { content.add(thinking: program.thinking[..<source.thinkingOffset]) }
        // With what the client had already and sent along, in pieces or not.
        content.add(text: program.text[min(content.textBytes, source.textOffset)..<source.textOffset])
        content.addSearch(id: wire.messageID)
        note("pause_turn", "after \(source.textOffset) bytes")
        onPause(self, content)
    }

    // MARK: Time

    func isDue(at now: NIODeadline) {
        timer = nil
        if let blockedSince, !channel.isWritable, NIODeadline.now() - blockedSince >= patience {
            return finish(.stuck)
        }
        run(at: now)
    }

    private func schedule(_ deadline: NIODeadline) {
        guard !isOver else { return }
        timer = metronome.wake(self, at: deadline)
    }

    private func stopTimer() {
        guard let timer else { return }
        metronome.cancel(timer)
        self.timer = nil
    }

    /// The client does not read: wait for it, but not for ever.
    private func block() {
        let since = blockedSince ?? .now()
        blockedSince = since
        schedule(since + patience)
    }

    private func wait(_ seconds: Double?, _ kind: Fault.KeepAliveKind, _ interval: Double) -> Progress {
        let now = NIODeadline.now()
        let ends = waitEnds ?? seconds.map { now + .nanoseconds(Int64($0 * 1e9)) } ?? .distantFuture
        waitEnds = ends
        guard now < ends else {
            pacer.pause()
            return .next
        }
        guard kind != .none, let wire else { return ends == .distantFuture ? .never : .until(ends) }
        let gap = TimeAmount.nanoseconds(Int64(interval * 1e9))
        if let due = nextKeepAlive, due <= now { batch.writeString(wire.keepAlive(kind)) }
        if nextKeepAlive.map({ $0 <= now }) ?? true { nextKeepAlive = now + gap }
        return .until(min(ends, nextKeepAlive ?? ends))
    }

    /// A wait that is under way begins anew when its act is reached again.
    func endWait() {
        waitEnds = nil
        nextKeepAlive = nil
    }

    // MARK: Bytes

    private func sendHead(_ head: ResponseHead) {
        isHeadSent = true
        body.framing = head.framing
        write(channel.allocator.buffer(string: text(of: head)))
    }

    private func text(of head: ResponseHead) -> String {
        var text = "HTTP/1.1 \(head.status) \(ProviderFault.reason(head.status))\r\n"
        for (name, value) in head.headers { text += "\(name): \(value)\r\n" }
        text += "Date: \(WallClock.httpDate(WallClock.now()))\r\nServer: weir-lab\r\n"
        switch head.framing {
        case .chunked: text += "Transfer-Encoding: chunked\r\n"
        case .length(let length): text += "Content-Length: \(length)\r\n"
        case .closeDelimited: break
        }
        return text + (keepsAlive && head.framing != .closeDelimited ? "\r\n" : "Connection: close\r\n\r\n")
    }

    private func sendSlowly(_ head: ResponseHead, _ interval: Double) -> Progress {
        let now = NIODeadline.now()
        var slow = slowHead ?? (Array(text(of: head).utf8), 0, now)
        defer { slowHead = slow }
        guard now >= slow.due else { return .until(slow.due) }
        body.framing = head.framing
        write(channel.allocator.buffer(bytes: [slow.bytes[slow.sent]]))
        slow.sent += 1
        isHeadSent = slow.sent == slow.bytes.count
        slow.due = now + .nanoseconds(Int64(interval * 1e9))
        return slow.sent < slow.bytes.count ? .until(slow.due) : .next
    }

    /// What is left of a head that goes out slowly goes out at once; `false` where there is none.
    func hurryHead() -> Bool {
        guard let slow = slowHead, slow.sent < slow.bytes.count else { return false }
        write(channel.allocator.buffer(bytes: slow.bytes[slow.sent...]))
        slowHead?.sent = slow.bytes.count
        isHeadSent = true
        return true
    }

    /// Compressed bytes; many more when they are unpacked.
    private func sendBomb(_ bytes: Int) -> Progress {
        var bomb = self.bomb ?? GzipBomb(bytes: bytes)
        let piece = bomb.next(Self.batchSize)
        self.bomb = bomb
        guard !piece.isEmpty else { return .next }
        batch.writeBytes(piece)
        return .again
    }

    private func sendTokens(upTo count: Int, at now: NIODeadline) -> Progress {
        guard let wire else { return .next }
        if pacer.isUnthrottled {
            while source.sent < count {
                guard source.write(wire, into: &batch) else { return .next }
                addPing(wire)
                if batch.readableBytes >= Self.batchSize { return .again }
            }
            return .next
        }
        while source.sent < count, !source.isAtEnd {
            let due = pacer.due(now: now)
            guard due <= now else { return .until(due) }
            guard source.write(wire, into: &batch) else { break }
            addPing(wire)
            pacer.sent()
            if batch.readableBytes >= Self.batchSize { return .again }
        }
        return .next
    }

    /// Anthropic's stream has pings now and then, also while text flows.
    private func addPing(_ wire: Wire) {
        if wire.dialect == .anthropic, source.sent.isMultiple(of: 100) { batch.writeString(wire.ping) }
    }

    private func sendFiller(_ count: Int) -> Progress {
        let size = min(Self.batchSize, count - fillerSent)
        guard size > 0 else {
            fillerSent = 0
            return .next
        }
        batch.writeRepeatingByte(UInt8(ascii: "x"), count: size)
        fillerSent += size
        return .again
    }

    private func flood(_ limit: Int, _ kind: Fault.HeaderFlood) -> Progress {
        if !isHeadSent {
            isHeadSent = true
            switch kind {
            case .lines: write(channel.allocator.buffer(string: "HTTP/1.1 200 OK\r\n"))
            case .oneLine: write(channel.allocator.buffer(string: "HTTP/1.1 200 OK\r\nX-Flood: "))
            case .earlyHints: break
            }
        }
        guard limit == 0 || fillerSent < limit else { return .over(.close) }
        var buffer = channel.allocator.buffer(capacity: 5_000)
        switch kind {
        case .oneLine: buffer.writeRepeatingByte(UInt8(ascii: "x"), count: 4_096)
        case .lines:
            for number in 0..<50 {
                buffer.writeString(
                    "X-Flood-\(fillerSent + number): the water rises, and no gate is open to let it out\r\n")
            }
        case .earlyHints:
            // RFC 8297: any number of them may come before the response.
            for number in 0..<50 {
                buffer.writeString("HTTP/1.1 103 Early Hints\r\nLink: </\(fillerSent + number)>; rel=preload\r\n\r\n")
            }
        }
        fillerSent += buffer.readableBytes
        write(buffer)
        context.flush()
        return .again
    }

    private func end() -> Progress {
        if body.hasWaiting || batch.readableBytes > 0 {
            flush()
            if body.hasWaiting { return .again }
        }
        if let last = body.end(channel.allocator) { write(last) }
        return .over(keepsAlive && body.framing != .closeDelimited ? .ended : .close)
    }

    /// Hands what was gathered to the socket, or to the shaper.
    func flush() {
        // What the socket says while it is written to is heard afterwards.
        let wasRunning = isRunning
        isRunning = true
        defer { isRunning = wasRunning }
        if program.lineEnding != .lf { batch.replaceLineEndings(program.lineEnding) }
        if batch.readableBytes > 0, body.add(&batch) { write(batch) }
        context.flush()
        // What was written whole is nobody else's by now: its memory is used again.
        BodyWriter.clear(&batch)
    }

    /// Sends shaped pieces while it may; gives the time of the next one where that is not now.
    private func drain() -> NIODeadline? {
        let now = NIODeadline.now()
        while body.hasWaiting {
            if let due = nextPiece, due > now { return due }
            guard channel.isWritable, let (piece, pause) = body.piece(channel.allocator) else {
                return nil
            }
            write(piece)
            context.flush()
            nextPiece = pause > 0 ? (nextPiece ?? now) + .nanoseconds(Int64(pause * 1e9)) : nil
        }
        if let due = nextPiece, due <= now { nextPiece = nil }
        return nil
    }

    private func write(_ buffer: ByteBuffer) {
        context.write(NIOAny(buffer), promise: nil)
    }

    private func finish(_ outcome: Outcome) {
        guard !isOver else { return }
        isOver = true
        stopTimer()
        context.flush()
        onEnd(self, outcome)
    }
}
