/// What tells one of OpenAI's tool calls from another.
struct ToolCallIdentity: Sendable, Equatable {
    var index: Int?
    var id: String?
}

extension EventInterpreter {
    @inline(__always)
    mutating func emitChunk(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        if !hasStarted { emitStarted(id: fields.id, model: fields.model, into: &batch) }
        guard !chunks.isSplice(fields) else {
            batch.items.append(.spliced)
            return
        }
        if fields.hasChoice {
            if fields.error != nil {
                emitChoicesBesideError(fields, text, into: &batch)
            } else if fields.choices == nil {
                emit(fields.choice, text, into: &batch)
            } else {
                emitChoices(at: fields.choices, text, into: &batch)
            }
        }
        if fields.usage != nil || fields.groq != nil || fields.error != nil || fields.citations != nil
            || fields.searchResults != nil
        {
            emitChunkTail(fields, text, into: &batch)
        }
    }

    @inline(never)
    private mutating func emitChunkTail(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch) {
        if fields.usage != nil {
            emitUsage(fields.usage, text, .openai, into: &batch)
        } else if let place = fields.groq {
            var scanner = text.scanner(at: place)
            if scanner.peek() == UInt8(ascii: "{"), let groq = try? EventFields(&scanner) {
                emitUsage(groq.usage, text, .openai, into: &batch)
                if groq.error != nil, fields.error == nil { emitError(groq, text, into: &batch) }
            }
        }
        // Perplexity repeats its sources with every chunk; the results have titles, the citations only addresses.
        let sources = fields.searchResults ?? fields.citations
        for source in text.value(at: sources)?.elements ?? [] { emit(citation: source, into: &batch) }
        if fields.error != nil { emitError(fields, text, into: &batch) }
    }

    /// A stop beside an error ends no reply: half a character is not made whole by it.
    @inline(never)
    private mutating func emitChoicesBesideError(_ fields: EventFields, _ text: JSONText, into batch: inout ReplyBatch)
    {
        let carries = (textCarry, thinkingCarry)
        (textCarry, thinkingCarry) = (SurrogateCarry(), SurrogateCarry())
        if fields.choices == nil {
            emit(fields.choice, text, into: &batch)
        } else {
            emitChoices(at: fields.choices, text, into: &batch)
        }
        (textCarry, thinkingCarry) = carries
    }

    /// Several choices with index 0 in one chunk: each in turn.
    private mutating func emitChoices(at place: JSONPlace?, _ text: JSONText, into batch: inout ReplyBatch) {
        guard let place else { return }
        var scanner = text.scanner(at: place)
        do throws(JSONFault) {
            var first = true
            guard try scanner.arrayOrSkip() != nil else { return }
            while try scanner.nextElement(&first) {
                var choice = ChoiceFields()
                if try choice.read(&scanner), choice.index == 0 { emit(choice, text, into: &batch) }
            }
        } catch {
            // The text was scanned whole before: a fault cannot come.
        }
    }

    @inline(__always)
    private mutating func emit(_ choice: ChoiceFields, _ text: JSONText, into batch: inout ReplyBatch) {
        if choice.hasDelta {
            emit(choice.delta, text, into: &batch)
        } else {
            emitMessage(of: choice, text, into: &batch)
        }
        if let word = choice.finishReason, let reason = StopReason(word) { emitStop(reason, into: &batch) }
    }

    /// A whole message, or the text of an older completion. Perplexity sends the whole message so far beside each delta:
    /// it is the reply only where there is no delta.
    private mutating func emitMessage(of choice: ChoiceFields, _ text: JSONText, into batch: inout ReplyBatch) {
        if let whole = choice.text { return emitText(whole, into: &batch) }
        guard let place = choice.message, !hasContent else { return }
        var scanner = text.scanner(at: place)
        var message = DeltaFields()
        if (try? message.read(&scanner)) == true { emit(message, text, into: &batch) }
    }

    @inline(__always)
    private mutating func emit(_ delta: DeltaFields, _ text: JSONText, into batch: inout ReplyBatch) {
        emitReasoning(delta, text, into: &batch)
        if let content = delta.content { emitText(content, into: &batch) }
        if delta.hasRareFields { emitRare(delta, text, into: &batch) }
    }

    /// The same thinking may come under two or three names; the first that says something counts.
    @inline(__always)
    private mutating func emitReasoning(_ delta: DeltaFields, _ text: JSONText, into batch: inout ReplyBatch) {
        if let reasoning = delta.reasoningContent, !reasoning.isEmpty {
            emitThinking(reasoning, into: &batch)
        } else if let reasoning = delta.reasoning, !reasoning.isEmpty {
            emitThinking(reasoning, into: &batch)
        } else if delta.reasoningDetails != nil {
            emitReasoningDetails(delta.reasoningDetails, text, into: &batch)
        }
    }

    /// OpenRouter's `reasoning.text` and `reasoning.summary`; `reasoning.encrypted` says nothing to a reader.
    private mutating func emitReasoningDetails(
        _ place: JSONPlace?, _ text: JSONText, into batch: inout ReplyBatch
    ) {
        guard let place else { return }
        var scanner = text.scanner(at: place)
        do throws(JSONFault) {
            var first = true
            guard try scanner.arrayOrSkip() != nil else { return }
            while try scanner.nextElement(&first) {
                guard try scanner.objectOrSkip() else { continue }
                var firstKey = true
                while let key = try scanner.nextKey(&firstKey) {
                    if key.equals("text") || key.equals("summary") {
                        if let string = try scanner.stringOrSkip() { emitThinking(string, into: &batch) }
                    } else {
                        try scanner.skip()
                    }
                }
            }
        } catch {
            // The text was scanned whole before: a fault cannot come.
        }
    }

    @inline(never)
    private mutating func emitRare(_ delta: DeltaFields, _ text: JSONText, into batch: inout ReplyBatch) {
        for part in text.objects(at: delta.contentParts) { emitPart(part, text, into: &batch) }
        if let refusal = delta.refusal, !refusal.isEmpty {
            // A refusal's text is what the user should read; the part says what it is.
            if !hasRefusal {
                hasRefusal = true
                batch.items.append(.part(kind: "refusal", detail: ""))
            }
            emitText(refusal, into: &batch)
        }
        for call in text.value(at: delta.toolCalls)?.elements ?? [] { emit(toolCall: call, into: &batch) }
        for tool in text.value(at: delta.executedTools)?.elements ?? [] { emit(executedTool: tool, into: &batch) }
        for image in text.value(at: delta.images)?.elements ?? [] {
            let part = Part(block: image)
            batch.items.append(.part(kind: part.kind, detail: part.detail))
        }
        for note in text.value(at: delta.annotations)?.elements ?? [] { emit(citation: note, into: &batch) }
        if delta.audio != nil, !hasReportedMedia {
            hasReportedMedia = true
            batch.items.append(.part(kind: "audio", detail: ""))
        }
    }

    /// A part of Mistral's content arrays.
    private mutating func emitPart(_ part: DeltaFields, _ text: JSONText, into batch: inout ReplyBatch) {
        guard let type = part.type else {
            if let whole = part.text { emitText(whole, into: &batch) }
            return
        }
        if type.equals("text") || type.equals("output_text") {
            if let whole = part.text { emitText(whole, into: &batch) }
        } else if type.equals("thinking") {
            if let whole = part.thinking { emitThinking(whole, into: &batch) }
            for inner in text.objects(at: part.thinkingParts) {
                if let whole = inner.text { emitThinking(whole, into: &batch) }
            }
        } else {
            batch.items.append(.part(kind: Self.name(type.raw.prefix(64)), detail: ""))
        }
    }

    /// A call is reported once, when its name comes. Gemini leaves the index out, others repeat the name.
    private mutating func emit(toolCall call: JSONValue, into batch: inout ReplyBatch) {
        guard let name = call["function"]?["name"]?.text ?? call["name"]?.text else { return }
        let identity = ToolCallIdentity(index: call["index"]?.count, id: call["id"]?.text)
        if identity == lastToolCall, identity.index != nil || identity.id != nil { return }
        lastToolCall = identity
        batch.items.append(.part(kind: "tool_use", detail: name))
    }

    /// Groq reports a tool that it ran itself twice: when it begins, and with its output.
    private mutating func emit(executedTool tool: JSONValue, into batch: inout ReplyBatch) {
        guard let index = tool["index"]?.count, index >= executedTools else { return }
        executedTools = index == .max ? index : index + 1
        batch.items.append(.part(kind: "server_tool_use", detail: tool["type"]?.text ?? ""))
    }
}

extension DeltaFields {
    /// Has anything but text and reasoning.
    @inline(__always)
    fileprivate var hasRareFields: Bool {
        contentParts != nil || refusal != nil || toolCalls != nil || images != nil || executedTools != nil
            || audio != nil || annotations != nil
    }
}
