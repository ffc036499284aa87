extension EventInterpreter {
    /// A body that is one JSON reply, of any dialect, or an error. `false` where it is JSON but neither.
    mutating func receive(whole body: [UInt8], into batch: inout ReplyBatch) -> Bool {
        let before = batch.items.count
        let result = body.withUnsafeBufferPointer { interpret(whole: $0, into: &batch) }
        let name: String
        switch result {
        case .failure(let fault):
            countMalformed(fault, into: &batch)
            name = "malformed"
        case .success(nil): return false
        case .success(let found?): name = found
        }
        batch.events.append(WireEvent(name: name, bytes: body.count, items: batch.items.count - before))
        return true
    }

    /// Returns the event's name, `nil` where the JSON is no reply.
    private mutating func interpret(
        whole body: UnsafeBufferPointer<UInt8>, into batch: inout ReplyBatch
    ) -> Result<String?, JSONFault> {
        guard let start = body.baseAddress else { return .success(nil) }
        var begin = start
        if body.starts(with: [0xEF, 0xBB, 0xBF]) { begin += 3 }
        let text = JSONText(end: start + body.count)
        var scanner = text.scanner(at: begin)
        do throws(JSONFault) {
            guard scanner.peek() == UInt8(ascii: "{") else {
                let value = try JSONValue(parsing: text.from(begin))
                guard let event = value.elements.first, let error = event["error"] else { return .success(nil) }
                batch.items.append(.error(ProviderError(inStream: error, event: event)))
                return .success("error")
            }
            let fields = try EventFields(&scanner)
            guard scanner.isAtEnd() else { throw scanner.fault(.unexpectedByte) }
            return .success(emit(whole: fields, text, into: &batch))
        } catch {
            return .failure(error)
        }
    }

    private mutating func emit(
        whole fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch
    ) -> String? {
        if fields.hasChoices {
            emitChunk(fields, text, into: &batch)
            flushCarries(into: &batch)
            return fields.object.flatMap { $0.isEmpty ? nil : $0.string() } ?? "chat.completion"
        }
        if fields.type?.equals("message") == true || (fields.content != nil && fields.stopReason != nil) {
            emitWholeMessage(fields, text, into: &batch)
            flushCarries(into: &batch)
            return "message"
        }
        if fields.object?.equals("response") == true {
            emitWholeResponse(fields, text, into: &batch)
            return "response"
        }
        guard let value = text.value(at: fields.whole), let error = ProviderError(body: value, status: nil) else {
            return nil
        }
        batch.items.append(.error(error))
        return "error"
    }
}
