/// The items of a response's output.
extension EventInterpreter {
    /// What is told of an item when it begins: nothing of messages and thoughts, whose content follows.
    mutating func emitBeginning(ofItem item: JSONValue, into batch: inout ReplyBatch) {
        hasReportedMedia = false
        guard let type = item["type"]?.text, type != "message", type != "reasoning" else { return }
        let part = Part(responseItem: item, type: type)
        if part.kind == "tool_use" || type == "mcp_approval_request" { response.awaitsTool = true }
        batch.items.append(.part(kind: part.kind, detail: part.detail))
    }

    /// Images that a finished item made.
    mutating func emitMedia(ofItem item: JSONValue, into batch: inout ReplyBatch) {
        switch item["type"]?.text {
        case "image_generation_call":
            guard let data = item["result"]?.text, !hasReportedMedia else { return }
            hasReportedMedia = true
            let type = "image/" + (item["output_format"]?.text ?? "png")
            batch.items.append(.part(kind: "image", detail: Part.media(type: type, base64: data)))
        case "code_interpreter_call":
            for output in item["outputs"]?.elements ?? [] where output["type"]?.text == "image" {
                batch.items.append(.part(kind: "image", detail: Part.image(url: output["url"]?.text ?? "")))
            }
        default: break
        }
    }

    /// The output of a response that comes whole.
    mutating func emitOutput(_ output: JSONValue?, into batch: inout ReplyBatch) {
        for item in output?.elements ?? [] {
            switch item["type"]?.text {
            case "message":
                for part in item["content"]?.elements ?? [] { emit(contentPart: part, into: &batch) }
            case "reasoning":
                let parts = (item["summary"]?.elements ?? []) + (item["content"]?.elements ?? [])
                let texts = parts.compactMap { $0["text"]?.text }
                emitThinking(texts.joined(separator: "\n\n"), into: &batch)
            default:
                emitBeginning(ofItem: item, into: &batch)
                emitMedia(ofItem: item, into: &batch)
            }
        }
    }

    private mutating func emit(contentPart part: JSONValue, into batch: inout ReplyBatch) {
        switch part["type"]?.text {
        case "output_text", "text", nil:
            emitText(part["text"]?.text ?? "", into: &batch)
            for annotation in part["annotations"]?.elements ?? [] { emit(citation: annotation, into: &batch) }
        case "refusal":
            if !hasRefusal { batch.items.append(.part(kind: "refusal", detail: "")) }
            hasRefusal = true
            emitText(part["refusal"]?.text ?? "", into: &batch)
        case let type?:
            batch.items.append(.part(kind: String(type.prefix(64)), detail: ""))
        }
    }
}

extension Part {
    /// An item of a response's output. Calls go by Anthropic's names: `tool_use` waits for the client, `server_tool_use`
    /// is run by the provider.
    init(responseItem item: JSONValue, type: String) {
        let isHosted = item["environment"]?["type"]?.text == "container_reference"
        switch type {
        case "function_call", "custom_tool_call":
            self.init(kind: "tool_use", detail: item["name"]?.text ?? "")
        case "shell_call" where isHosted:
            self.init(kind: "server_tool_use", detail: "shell")
        case "shell_call", "local_shell_call", "apply_patch_call", "computer_call":
            self.init(kind: "tool_use", detail: String(type.dropLast("_call".count)))
        case "mcp_call":
            let names = [item["server_label"]?.text, item["name"]?.text].compactMap(\.self)
            self.init(kind: "server_tool_use", detail: names.joined(separator: "."))
        case _ where type.hasSuffix("_call"):
            self.init(kind: "server_tool_use", detail: String(type.dropLast("_call".count).prefix(64)))
        default:
            let detail = item["name"] ?? item["server_label"]
            self.init(kind: String(type.prefix(64)), detail: detail?.text ?? "")
        }
    }
}
