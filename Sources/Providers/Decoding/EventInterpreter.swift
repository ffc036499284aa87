import EventStream

/// Finds the meaning of one event after another. Each is recognised on its own, Anthropic's and Responses' by `type`,
/// Chat Completions' by `choices`, so that a relay may mix them.
struct EventInterpreter: Sendable {
    var unknownEvents = 0
    var malformedEvents = 0

    var textCarry = SurrogateCarry()
    var thinkingCarry = SurrogateCarry()
    /// A `.started` went out.
    var hasStarted = false
    /// The id of Anthropic's `message_start`; empty where it had none.
    var messageID: String?
    /// Text or thinking went out.
    var hasContent = false
    /// A refusal's text went out.
    var hasRefusal = false
    var lastStop: StopReason?
    /// What came, for a turn that is paused.
    var keeper = BlockKeeper()
    /// Which reply OpenAI's chunks belong to.
    var chunks = ChunkIdentity()
    /// The last of OpenAI's tool calls that was reported.
    var lastToolCall: ToolCallIdentity?
    var executedTools = 0
    /// The present block or message has reported its image or audio.
    var hasReportedMedia = false
    /// Sources that were reported.
    var citations: Set<String> = []
    /// How far a response of OpenAI's Responses has come.
    var response = ResponseProgress()
    /// This interpreter before the first event that cannot be trusted, if a cursor may go back there; at most one.
    var checkpoint: [EventInterpreter] = []

    // MARK: Elements of the stream

    /// Appends the element's items and its entry for the event log.
    mutating func receive(_ element: EventStreamElement, into batch: inout ReplyBatch) {
        let before = batch.items.count
        switch element {
        case .event(let event):
            let name = interpret(event, into: &batch)
            batch.events.append(
                WireEvent(name: name, bytes: event.data.count, items: batch.items.count &- before))
        case .comment(let text):
            batch.items.append(.keepAlive)
            batch.events.append(
                WireEvent(name: ":" + Self.name(text.prefix(63)), bytes: text.count, items: 1))
        }
    }

    /// Appends what was held back for a following piece that will not come.
    mutating func finish(into batch: inout ReplyBatch) {
        // Half a character that a cursor fetches the other half of.
        if cursor != nil { return }
        // Where the reply was cut it is no character yet: the other half comes where the reply goes on.
        guard lastStop != nil else { return }
        flushCarries(into: &batch)
    }

    /// Returns the event's name for the log. Known names are literals, which cost no allocation.
    @inline(__always)
    private mutating func interpret(_ event: ServerSentEvent, into batch: inout ReplyBatch) -> String {
        let data = event.data.bindMemory(to: UInt8.self)
        guard let start = data.baseAddress, !data.isEmpty else { return interpretEmpty(event, into: &batch) }
        var scanner = JSONScanner(start: start, count: data.count)
        guard scanner.peek() == UInt8(ascii: "{") else { return interpretOther(event, data, into: &batch) }
        do throws(JSONFault) {
            let fields = try EventFields(&scanner)
            let end = start + data.count
            if scanner.isAtEnd() { return emit(fields, event.type, JSONText(end: end), into: &batch) }
            return try interpretJoined(fields, event, &scanner, JSONText(end: end), into: &batch)
        } catch {
            return malformed(error, event, into: &batch)
        }
    }

    /// Several objects in one event, a line each: a server that forgot the blank lines between its events.
    @inline(never)
    private mutating func interpretJoined(
        _ fields: EventFields, _ event: ServerSentEvent, _ scanner: inout JSONScanner, _ text: JSONText,
        into batch: inout ReplyBatch
    ) throws(JSONFault) -> String {
        var all = [fields]
        while !scanner.isAtEnd(), scanner.position[-1] == 0x0A || scanner.position[-1] == 0x0D {
            if scanner.peek() == UInt8(ascii: "{") {
                all.append(try EventFields(&scanner))
            } else {
                guard Self.isDone(text.from(scanner.position)) else { throw scanner.fault(.unexpectedByte) }
                break
            }
        }
        let isDone = Self.isDone(text.from(scanner.position))
        guard isDone || scanner.isAtEnd() else { throw scanner.fault(.unexpectedByte) }
        var name = ""
        for fields in all { name = emit(fields, event.type, text, into: &batch) }
        if isDone { batch.items.append(.terminator) }
        return name
    }

    /// `event: ping` without data, or a heartbeat of an empty `data:` line.
    private mutating func interpretEmpty(_ event: ServerSentEvent, into batch: inout ReplyBatch) -> String {
        switch EventKind(event.type) {
        case .messageStop: batch.items.append(.terminator)
        case .error: batch.items.append(.error(ProviderError(message: "the stream reports an error and says no more")))
        default: batch.items.append(.keepAlive)
        }
        return event.type.isEmpty ? "message" : Self.name(event.type.prefix(64))
    }

    /// Data that does not begin an object: `[DONE]`, an error as plain text or in an array, or nothing of sense.
    @inline(never)
    private mutating func interpretOther(
        _ event: ServerSentEvent, _ data: UnsafeBufferPointer<UInt8>, into batch: inout ReplyBatch
    ) -> String {
        if Self.isDone(data) {
            finish(into: &batch)
            batch.items.append(.terminator)
            return "[DONE]"
        }
        if case .array(let elements)? = try? JSONValue(parsing: data), let error = elements.first?["error"] {
            batch.items.append(.error(ProviderError(inStream: error, event: elements.first)))
            return "error"
        }
        if EventKind(event.type) == .error {
            let message = Excerpt.text(of: data, limit: 500)
            batch.items.append(.error(ProviderError(message: message)))
            return "error"
        }
        return malformed(JSONFault(offset: 0, reason: .notAnObject), event, into: &batch)
    }

    private mutating func malformed(
        _ fault: JSONFault, _ event: ServerSentEvent, into batch: inout ReplyBatch
    ) -> String {
        countMalformed(fault, into: &batch)
        return event.type.isEmpty ? "malformed" : Self.name(event.type.prefix(64))
    }

    mutating func countMalformed(_ fault: JSONFault, into batch: inout ReplyBatch) {
        keepCheckpoint()
        malformedEvents += 1
        batch.items.append(.malformed(offset: fault.offset, reason: fault.reason.rawValue))
    }

    // MARK: Dialects

    /// Appends the items of one object. Returns its name for the log.
    @inline(__always)
    private mutating func emit(
        _ fields: EventFields, _ eventType: UnsafeRawBufferPointer, _ text: JSONText, into batch: inout ReplyBatch
    ) -> String {
        guard let type = fields.type else {
            guard fields.hasChoices else { return emitRare(fields, .unknown, eventType, text, into: &batch) }
            emitChunk(fields, text, into: &batch)
            return chunkName(fields)
        }
        if type.equals("response.output_text.delta") {
            emitResponseText(fields, into: &batch)
            return "response.output_text.delta"
        }
        let kind = EventKind(type)
        if kind == .blockDelta {
            emitBlockDelta(fields, text, into: &batch)
            return "content_block_delta"
        }
        if fields.hasChoices, kind == .unknown {
            emitChunk(fields, text, into: &batch)
            return chunkName(fields)
        }
        return emitRare(fields, kind, eventType, text, into: &batch)
    }

    @inline(never)
    private mutating func emitRare(
        _ fields: EventFields, _ kind: EventKind, _ eventType: UnsafeRawBufferPointer, _ text: JSONText,
        into batch: inout ReplyBatch
    ) -> String {
        // A relay may drop `type` from the data and keep it as the event's name.
        let kind = fields.type == nil ? EventKind(eventType) : kind
        switch kind {
        case .blockDelta: emitBlockDelta(fields, text, into: &batch)
        case .messageStart: emitMessageStart(fields, text, into: &batch)
        case .blockStart: emitBlockStart(fields, text, into: &batch)
        case .blockStop:
            flushCarries(into: &batch)
            keeper.ended()
            hasReportedMedia = false
        case .messageDelta: emitMessageDelta(fields, text, into: &batch)
        case .messageStop:
            finish(into: &batch)
            batch.items.append(.terminator)
        case .ping: batch.items.append(.keepAlive)
        case .message: emitWholeMessage(fields, text, into: &batch)
        case .error:
            response.pass(fields.sequence)
            emitError(fields, text, into: &batch)
        case .unknown:
            let word = fields.type.map { $0.raw } ?? eventType.bindMemory(to: UInt8.self)
            if let event = ResponseEvent(word) { return emit(event, fields, text, into: &batch) }
            if fields.error != nil {
                emitError(fields, text, into: &batch)
                return "error"
            }
            if fields.usage != nil || fields.groq != nil {
                emitChunk(fields, text, into: &batch)
                return chunkName(fields)
            }
            let name = (fields.type ?? fields.object).map { Self.name($0.raw.prefix(64)) } ?? ""
            let type = name.isEmpty ? Self.name(eventType.prefix(64)) : name
            unknownEvents += 1
            batch.items.append(.unknown(type: type))
            return type.isEmpty ? "message" : type
        }
        return kind.name
    }

    private func chunkName(_ fields: EventFields) -> String {
        guard let object = fields.object, !object.isEmpty, !object.equals("chat.completion.chunk") else {
            return "chat.completion.chunk"
        }
        return Self.name(object.raw.prefix(64))
    }

    mutating func emitError(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        guard let event = text.value(at: fields.whole) else { return }
        batch.items.append(.error(ProviderError(inStream: event["error"] ?? event, event: event)))
    }

    mutating func countUnknown(_ type: JSONString, into batch: inout ReplyBatch) {
        unknownEvents += 1
        batch.items.append(.unknown(type: Self.name(type.raw.prefix(64))))
    }

    static func name(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Array(bytes), as: UTF8.self)
    }

    /// `[DONE]`, with white space around it at most.
    private static func isDone(_ data: UnsafeBufferPointer<UInt8>) -> Bool {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        guard let first = data.firstIndex(where: { !isSpace($0) }), let last = data.lastIndex(where: { !isSpace($0) })
        else { return false }
        return data[first...last].elementsEqual("[DONE]".utf8)
    }
}

// MARK: - Text

extension EventInterpreter {
    @inline(__always)
    mutating func emitText(_ string: JSONString, into batch: inout ReplyBatch) {
        let before = batch.text.count
        string.append(to: &batch.text, &textCarry)
        let count = batch.text.count &- before
        guard count > 0 else { return }
        hasContent = true
        keeper.textBytes &+= count
        batch.items.append(.text(bytes: count))
    }

    /// Of a text that is no longer where it came from.
    mutating func emitText(_ text: String, into batch: inout ReplyBatch) {
        flushCarries(into: &batch)
        guard !text.isEmpty else { return }
        batch.text += text.utf8
        hasContent = true
        batch.items.append(.text(bytes: text.utf8.count))
    }

    mutating func emitThinking(_ text: String, into batch: inout ReplyBatch) {
        flushCarries(into: &batch)
        guard !text.isEmpty else { return }
        batch.thinking += text.utf8
        hasContent = true
        batch.items.append(.thinking(bytes: text.utf8.count))
    }

    @inline(__always)
    mutating func emitThinking(_ string: JSONString, into batch: inout ReplyBatch) {
        let before = batch.thinking.count
        string.append(to: &batch.thinking, &thinkingCarry)
        let count = batch.thinking.count &- before
        guard count > 0 else { return }
        hasContent = true
        keeper.thinkingBytes &+= count
        batch.items.append(.thinking(bytes: count))
    }

    @inline(__always)
    mutating func flushCarries(into batch: inout ReplyBatch) {
        if textCarry.high | thinkingCarry.high != 0 { flushCarriesSlowly(into: &batch) }
    }

    @inline(never)
    private mutating func flushCarriesSlowly(into batch: inout ReplyBatch) {
        var before = batch.text.count
        textCarry.flush(into: &batch.text)
        if batch.text.count > before {
            keeper.textBytes += batch.text.count - before
            batch.items.append(.text(bytes: batch.text.count - before))
        }
        before = batch.thinking.count
        thinkingCarry.flush(into: &batch.thinking)
        if batch.thinking.count > before {
            keeper.thinkingBytes += batch.thinking.count - before
            batch.items.append(.thinking(bytes: batch.thinking.count - before))
        }
    }

    mutating func emitStop(_ reason: StopReason, into batch: inout ReplyBatch) {
        // OpenAI ends a refusal with `stop`, and OpenRouter repeats the reason with every chunk after the last text.
        let reason = hasRefusal && reason == .endTurn ? .refusal : reason
        guard reason != lastStop else { return }
        // A stop by an error ends no reply: half a character is not made whole by it.
        if reason != .error { flushCarries(into: &batch) }
        lastStop = reason
        batch.items.append(.stopped(reason))
    }

    mutating func emitUsage(
        _ place: JSONPlace?, _ text: JSONText, _ convention: Usage.Convention, into batch: inout ReplyBatch
    ) {
        guard let place else { return }
        var scanner = text.scanner(at: place)
        // The text was scanned whole before: a fault cannot come.
        guard let usage = try? Usage(&scanner, convention: convention) else { return }
        batch.items.append(.usage(usage))
    }
}

/// The end of the JSON text at hand, for reading on from places in it.
struct JSONText {
    let end: UnsafePointer<UInt8>

    @inline(__always)
    func scanner(at place: JSONPlace) -> JSONScanner { JSONScanner(start: place, count: end - place) }

    func from(_ place: JSONPlace) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: place, count: end - place)
    }

    func value(at place: JSONPlace?) -> JSONValue? {
        guard let place else { return nil }
        var scanner = scanner(at: place)
        return try? scanner.value()
    }

    /// The objects of the array at `place`; anything else in it is left out.
    func objects(at place: JSONPlace?) -> [DeltaFields] {
        guard let place else { return [] }
        var scanner = scanner(at: place)
        var objects: [DeltaFields] = []
        do throws(JSONFault) {
            var first = true
            guard try scanner.arrayOrSkip() != nil else { return [] }
            while try scanner.nextElement(&first) {
                var fields = DeltaFields()
                if try fields.read(&scanner) { objects.append(fields) }
            }
        } catch {
            // The text was scanned whole before: a fault cannot come.
        }
        return objects
    }
}
