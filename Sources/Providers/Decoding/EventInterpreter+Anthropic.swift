extension EventInterpreter {
    @inline(__always)
    mutating func emitBlockDelta(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        guard let type = fields.delta.type else {
            // Relays that rebuild events from text leave the delta's type out.
            if let text = fields.delta.text { emitText(text, into: &batch) }
            return
        }
        if type.equals("text_delta") {
            if let text = fields.delta.text { emitText(text, into: &batch) }
        } else if type.equals("thinking_delta") {
            if let thinking = fields.delta.thinking { emitThinking(thinking, into: &batch) }
        } else {
            keeper.received(type, text.value(at: fields.whole)?["delta"])
            emitRareDelta(type, fields.delta, text, into: &batch)
        }
    }

    @inline(never)
    private mutating func emitRareDelta(
        _ type: JSONString, _ delta: DeltaFields, _ text: JSONText, into batch: inout ReplyBatch
    ) {
        switch type.string() {
        case "citations_delta":
            if let citation = text.value(at: delta.citation) { emit(citation: citation, into: &batch) }
        case "input_json_delta", "signature_delta", "compaction_delta":
            // Parts of what the block's beginning has reported.
            return
        case let name where name.hasPrefix("image"):
            guard !hasReportedMedia else { return }
            hasReportedMedia = true
            batch.items.append(.part(kind: "image", detail: ""))
        default: countUnknown(type, into: &batch)
        }
    }

    mutating func emitMessageStart(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        // Some relays leave the `message` around the fields out.
        guard let message = message(of: fields, text) else { return }
        let id = message.id?.string() ?? ""
        if let known = messageID {
            // A gateway that retries by itself begins anew within the same body. Without ids, what tells a new beginning
            // from a repeated event is content between the two.
            if known != id || (id.isEmpty && hasContent) {
                batch.items.append(.spliced)
                messageID = id
            }
        } else {
            messageID = id
            emitStarted(id: message.id, model: message.model, into: &batch)
        }
        emitUsage(message.usage, text, .anthropic, into: &batch)
        emitBlocks(at: message.content, text, into: &batch)
    }

    private func message(of fields: EventFields, _ text: JSONText) -> EventFields? {
        guard let place = fields.message else { return fields }
        var scanner = text.scanner(at: place)
        guard scanner.peek() == UInt8(ascii: "{") else { return nil }
        return try? EventFields(&scanner)
    }

    mutating func emitStarted(id: JSONString?, model: JSONString?, into batch: inout ReplyBatch) {
        guard !hasStarted else { return }
        let id = id.flatMap { $0.isEmpty ? nil : $0.string() }
        let model = model.flatMap { $0.isEmpty ? nil : $0.string() }
        guard id != nil || model != nil else { return }
        hasStarted = true
        batch.items.append(.started(id: id, model: model))
    }

    mutating func emitBlockStart(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        flushCarries(into: &batch)
        hasReportedMedia = false
        guard let place = fields.contentBlock else { return }
        var scanner = text.scanner(at: place)
        var block = DeltaFields()
        guard (try? block.read(&scanner)) == true else { return }
        emitBlock(block, at: place, text, into: &batch)
    }

    /// A block that comes whole, or the beginning of one that is streamed.
    private mutating func emitBlock(
        _ block: DeltaFields, at place: JSONPlace, _ text: JSONText, into batch: inout ReplyBatch
    ) {
        keeper.began(block.type, json: text.bytes(at: place))
        guard let type = block.type else {
            if let whole = block.text { emitText(whole, into: &batch) }
            return
        }
        if type.equals("text") {
            if let whole = block.text { emitText(whole, into: &batch) }
            for citation in text.value(at: block.citations)?.elements ?? [] { emit(citation: citation, into: &batch) }
        } else if type.equals("thinking") {
            if let whole = block.thinking { emitThinking(whole, into: &batch) }
            if let signature = text.value(at: place)?["signature"]?.text { keeper.received(signature: signature) }
        } else if let value = text.value(at: place) {
            let part = Part(block: value)
            hasReportedMedia = part.kind == "image"
            batch.items.append(.part(kind: part.kind, detail: part.detail))
        }
    }

    /// The content of a message, block by block.
    private mutating func emitBlocks(at place: JSONPlace?, _ text: JSONText, into batch: inout ReplyBatch) {
        guard let place else { return }
        var scanner = text.scanner(at: place)
        do throws(JSONFault) {
            var first = true
            guard try scanner.arrayOrSkip() != nil else { return }
            while try scanner.nextElement(&first) {
                _ = scanner.peek()
                let place = scanner.position
                var block = DeltaFields()
                if try block.read(&scanner) { emitBlock(block, at: place, text, into: &batch) }
                keeper.ended()
            }
        } catch {
            // The text was scanned whole before: a fault cannot come.
        }
    }

    mutating func emitMessageDelta(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        emitUsage(fields.usage, text, .anthropic, into: &batch)
        let details = fields.delta.stopDetails ?? fields.stopDetails
        emitStop(fields.delta.stopReason ?? fields.stopReason, details, of: fields, text, into: &batch)
    }

    private mutating func emitStop(
        _ word: JSONString?, _ details: JSONPlace?, of fields: EventFields, _ text: JSONText,
        into batch: inout ReplyBatch
    ) {
        guard let word, let reason = StopReason(word) else { return }
        // Why the model refused is all that the user gets to read: there may be no text at all.
        if reason == .refusal, let why = text.value(at: details)?["explanation"]?.text {
            batch.items.append(.part(kind: "refusal", detail: why))
        }
        if reason == .pauseTurn, lastStop != .pauseTurn {
            flushCarries(into: &batch)
            let event = text.value(at: fields.whole)
            let container = event?["delta"]?["container"] ?? event?["container"]
            if let turn = keeper.paused(container: container?["id"]?.text) { batch.items.append(.paused(turn)) }
        }
        emitStop(reason, into: &batch)
    }

    /// A reply that is not streamed.
    mutating func emitWholeMessage(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        emitStarted(id: fields.id, model: fields.model, into: &batch)
        emitBlocks(at: fields.content, text, into: &batch)
        emitUsage(fields.usage, text, .anthropic, into: &batch)
        emitStop(fields.stopReason, fields.stopDetails, of: fields, text, into: &batch)
    }
}
