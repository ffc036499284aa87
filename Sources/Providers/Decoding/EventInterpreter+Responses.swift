/// OpenAI's Responses, event by event.
extension EventInterpreter {
    @inline(__always)
    mutating func emitResponseText(_ fields: EventFields, into batch: inout ReplyBatch) {
        guard steps(over: fields.sequence, into: &batch) else { return }
        response.hasPartText = true
        if let text = fields.deltaText { emitText(text, into: &batch) }
    }

    /// Whether the event with this number is one to take.
    @inline(__always)
    private mutating func steps(over sequence: Int, into batch: inout ReplyBatch) -> Bool {
        switch response.advance(to: sequence) {
        case .take: return true
        case .skip: return false
        case .foreign:
            keepCheckpoint()
            batch.items.append(.spliced)
            return true
        }
    }

    /// Returns the event's name for the log.
    mutating func emit(
        _ event: ResponseEvent, _ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch
    ) -> String {
        let name = fields.type.map { Self.name($0.raw.prefix(64)) } ?? "response"
        if event == .created { beginResponse(fields, text, into: &batch) }
        if event == .keepAlive {
            response.pass(fields.sequence)
            batch.items.append(.keepAlive)
            return name
        }
        guard steps(over: fields.sequence, into: &batch) else { return name }
        switch event {
        case .created, .keepAlive, .progress: break
        case .inProgress: batch.items.append(.keepAlive)
        case .textDelta:
            response.hasPartText = true
            if let delta = fields.deltaText { emitText(delta, into: &batch) }
        case .thinkingDelta:
            if let delta = fields.deltaText { emitThinking(part: delta, into: &batch) }
        case .refusalDelta:
            beginRefusal(into: &batch)
            response.hasPartText = true
            if let delta = fields.deltaText { emitText(delta, into: &batch) }
        case .completed, .incomplete, .failed, .cancelled: endResponse(event, fields, text, into: &batch)
        case .audio: emitMedia("audio", into: &batch)
        case .image: emitMedia("image", into: &batch)
        case .unknown:
            unknownEvents += 1
            batch.items.append(.unknown(type: name))
        case .itemAdded, .itemDone, .partAdded, .textDone, .refusalDone, .thinkingDone, .summaryPartAdded, .annotation:
            if let value = text.value(at: fields.whole) { emit(event, value, into: &batch) }
        }
        return name
    }

    /// Events whose meaning lies deeper.
    private mutating func emit(_ event: ResponseEvent, _ value: JSONValue, into batch: inout ReplyBatch) {
        switch event {
        case .itemAdded, .itemDone:
            guard let item = value["item"] else { return }
            flushCarries(into: &batch)
            let index = value["output_index"]?.count
            // Its end repeats it, and has what its beginning could not know.
            let isNew = event == .itemAdded || index.map { $0 >= response.knownItems } ?? false
            if let index { response.knownItems = max(response.knownItems, index == .max ? index : index + 1) }
            if isNew { emitBeginning(ofItem: item, into: &batch) }
            if event == .itemDone { emitMedia(ofItem: item, into: &batch) }
        case .partAdded: beginPart(into: &batch)
        case .summaryPartAdded:
            beginPart(into: &batch)
            response.breaksThinking = value["summary_index"]?.count ?? 0 > 0
        case .textDone:
            if !response.hasPartText { emitText(value["text"]?.text ?? "", into: &batch) }
            beginPart(into: &batch)
        case .refusalDone:
            if !response.hasPartText {
                beginRefusal(into: &batch)
                emitText(value["refusal"]?.text ?? "", into: &batch)
            }
            beginPart(into: &batch)
        case .thinkingDone:
            if !response.hasPartThinking { emitThinking(part: value["text"]?.text ?? "", into: &batch) }
            beginPart(into: &batch)
        case .annotation:
            if let annotation = value["annotation"] { emit(citation: annotation, into: &batch) }
        default: break
        }
    }

    private mutating func beginPart(into batch: inout ReplyBatch) {
        flushCarries(into: &batch)
        response.hasPartText = false
        response.hasPartThinking = false
        response.breaksThinking = false
    }

    // MARK: Thoughts and refusals

    private mutating func emitThinking(part delta: JSONString, into batch: inout ReplyBatch) {
        if !delta.isEmpty { breakThinking(into: &batch) }
        emitThinking(delta, into: &batch)
    }

    private mutating func emitThinking(part text: String, into batch: inout ReplyBatch) {
        if !text.isEmpty { breakThinking(into: &batch) }
        emitThinking(text, into: &batch)
    }

    /// The parts of a summary are paragraphs, and nothing on the wire stands between them.
    private mutating func breakThinking(into batch: inout ReplyBatch) {
        response.hasPartThinking = true
        guard response.breaksThinking else { return }
        response.breaksThinking = false
        emitThinking("\n\n", into: &batch)
    }

    /// What is refused is told in words that the user should read; the part says what they are.
    private mutating func beginRefusal(into batch: inout ReplyBatch) {
        guard !hasRefusal else { return }
        hasRefusal = true
        batch.items.append(.part(kind: "refusal", detail: ""))
    }

    private mutating func emitMedia(_ kind: String, into batch: inout ReplyBatch) {
        guard !hasReportedMedia else { return }
        hasReportedMedia = true
        batch.items.append(.part(kind: kind, detail: ""))
    }

    // MARK: The response as a whole

    private mutating func beginResponse(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        guard let begun = self.fields(of: fields.response, text) else { return }
        let id = begun.id?.string() ?? ""
        if let known = messageID, known != id {
            keepCheckpoint()
            batch.items.append(.spliced)
            response = ResponseProgress()
        }
        messageID = id
        response.id = id
        emitStarted(id: begun.id, model: begun.model, into: &batch)
    }

    private func fields(of place: JSONPlace?, _ text: JSONText) -> EventFields? {
        guard let place else { return nil }
        var scanner = text.scanner(at: place)
        guard scanner.peek() == UInt8(ascii: "{") else { return nil }
        return try? EventFields(&scanner)
    }

    private mutating func endResponse(
        _ event: ResponseEvent, _ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch
    ) {
        flushCarries(into: &batch)
        response.isOver = true
        if let ended = self.fields(of: fields.response, text) {
            emitStarted(id: ended.id, model: ended.model, into: &batch)
            emitUsage(ended.usage, text, .anthropic, into: &batch)
        }
        guard let value = text.value(at: fields.response) else {
            // Its type says all that is needed.
            if event == .completed { emitStop(response.awaitsTool ? .toolUse : .endTurn, into: &batch) }
            batch.items.append(.terminator)
            return
        }
        // Some servers send nothing in between.
        if !hasContent, response.knownItems == 0 { emitOutput(value["output"], into: &batch) }
        let status: String? =
            switch event {
            case .incomplete: "incomplete"
            case .failed: "failed"
            case .cancelled: "cancelled"
            default: value["status"]?.text ?? "completed"
            }
        emitStatus(status, value, into: &batch)
        batch.items.append(.terminator)
    }

    private mutating func emitStatus(_ status: String?, _ value: JSONValue, into batch: inout ReplyBatch) {
        switch status {
        case "completed": emitStop(response.awaitsTool ? .toolUse : .endTurn, into: &batch)
        case "incomplete":
            switch value["incomplete_details"]?["reason"]?.text {
            case "max_output_tokens", "max_tokens": emitStop(.maxTokens, into: &batch)
            case "content_filter": emitStop(.contentFilter, into: &batch)
            case let reason: emitStop(.incomplete(reason ?? "incomplete"), into: &batch)
            }
        case "failed":
            batch.items.append(.error(ProviderError(inStream: value["error"] ?? .null, event: value)))
        case "cancelled":
            batch.items.append(
                .error(ProviderError(type: "response_cancelled", message: "the response was cancelled at the provider"))
            )
        default: break
        }
    }

    /// A reply that is not streamed.
    mutating func emitWholeResponse(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        // It begins at the beginning, whatever came before.
        self = EventInterpreter()
        emitStarted(id: fields.id, model: fields.model, into: &batch)
        guard let value = text.value(at: fields.whole) else { return }
        emitOutput(value["output"], into: &batch)
        emitUsage(fields.usage, text, .anthropic, into: &batch)
        emitStatus(value["status"]?.text, value, into: &batch)
    }
}
