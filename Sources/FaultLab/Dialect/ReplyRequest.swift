/// A request for a reply, as all dialects mean it.
struct ReplyRequest: Sendable, Equatable {
    struct Turn: Sendable, Equatable {
        var isUser: Bool
        var text: String
        var images: [RequestImage] = []
        /// The parts as they came, where it was given as parts; of the assistant's turns only.
        var parts: [JSONValue] = []

        /// Ends in something else than text: the result of a search, say.
        var endsInPart: Bool { parts.last.map { $0["type"]?.text != "text" } ?? false }
    }

    var dialect: LabDialect
    var model: String
    /// All system (and developer) text.
    var system: String
    var turns: [Turn]
    var stream: Bool
    var maxTokens: Int?
    /// OpenAI: `stream_options.include_usage`.
    var includeUsage: Bool
    /// Responses: the reply is made whether somebody listens or not.
    var isBackground = false
    /// By the lab's own tokenizer; each message costs a few tokens more for its frame.
    var promptTokens: Int

    static let longestModel = 256
    static let tokensPerTurn = 4
    static let tokensPerImage = 85
}

/// A request that its provider would refuse with status 400.
struct RequestComplaint: Error, Equatable {
    var message: String
    /// OpenAI's `param`.
    var param: String?
    /// OpenAI's `code`.
    var code: String?

    init(_ message: String, param: String? = nil, code: String? = nil) {
        self.message = message
        self.param = param
        self.code = code
    }
}

extension ReplyRequest {
    init(_ dialect: LabDialect, body: [UInt8]) throws(RequestComplaint) {
        let json: JSONValue
        do {
            json = try JSONParser.parse(body)
        } catch {
            let place = "\(error.message) at byte \(error.offset)"
            switch dialect {
            case .anthropic: throw RequestComplaint("The request body is not valid JSON: \(place)")
            case .openai, .responses:
                throw RequestComplaint("We could not parse the JSON body of your request: \(place)")
            }
        }
        guard case .object = json else { throw RequestComplaint("The request body must be a JSON object") }
        guard let model = json["model"]?.text, !model.isEmpty else {
            throw dialect == .anthropic
                ? RequestComplaint("model: Field required")
                : RequestComplaint("you must provide a model parameter", param: "model")
        }
        // It is repeated in every event.
        guard model.utf8.count <= Self.longestModel else {
            throw RequestComplaint("model: longer than \(Self.longestModel) bytes", param: "model")
        }
        self.dialect = dialect
        self.model = model
        stream = try Self.flag("stream", of: json)
        includeUsage = json["stream_options"]?["include_usage"]?.flag ?? false
        maxTokens = try Self.maxTokens(of: json, dialect)
        turns = []
        system = ""
        promptTokens = 0
        switch dialect {
        case .anthropic: try readAnthropic(json)
        case .openai: try readOpenAI(json)
        case .responses: try readResponses(json)
        }
        promptTokens += Tokenizer.count(system)
    }

    static func flag(_ name: String, of json: JSONValue) throws(RequestComplaint) -> Bool {
        switch json[name] {
        case nil, .null: return false
        case .bool(let flag): return flag
        default: throw RequestComplaint("\(name): Input should be a valid boolean", param: name)
        }
    }

    private static func maxTokens(of json: JSONValue, _ dialect: LabDialect) throws(RequestComplaint) -> Int? {
        let names =
            switch dialect {
            case .anthropic: ["max_tokens"]
            case .openai: ["max_completion_tokens", "max_tokens"]
            case .responses: ["max_output_tokens"]
            }
        for name in names {
            switch json[name] {
            case nil, .null: continue
            case .number(let number):
                guard number >= 1, let tokens = Int(exactly: number) else {
                    throw RequestComplaint("\(name): Input should be a whole number of at least 1", param: name)
                }
                return tokens
            default: throw RequestComplaint("\(name): Input should be a valid integer", param: name)
            }
        }
        if dialect == .anthropic { throw RequestComplaint("max_tokens: Field required") }
        return nil
    }

    private mutating func readAnthropic(_ json: JSONValue) throws(RequestComplaint) {
        if let given = json["system"], given != .null {
            system = try text(given, at: "system")
        }
        for (position, message) in try messages(json).enumerated() {
            let place = "messages.\(position)"
            switch message["role"]?.text {
            case "user": turns.append(try turn(message, isUser: true, at: place))
            case "assistant": turns.append(try turn(message, isUser: false, at: place))
            case nil: throw RequestComplaint("\(place).role: Field required")
            case .some(let role):
                throw RequestComplaint(
                    "messages: Unexpected role \"\(role.prefix(40))\". The Messages API accepts a top-level `system` "
                        + "parameter, not \"system\" as an input message role.")
            }
        }
        guard turns[0].isUser else { throw RequestComplaint("messages: first message must use the \"user\" role") }
        for (position, turn) in turns.enumerated() where turn.text.isEmpty && turn.images.isEmpty {
            // Only a final assistant message may be empty.
            guard !turn.isUser, position == turns.count - 1 else {
                throw RequestComplaint("messages.\(position): text content blocks must be non-empty")
            }
        }
        if let last = turns.last, !last.isUser, !last.endsInPart, let end = last.text.utf8.last,
            [0x20, 0x0A, 0x0D, 0x09].contains(end)
        {
            throw RequestComplaint("messages: final assistant content cannot end with trailing whitespace")
        }
    }

    private mutating func readOpenAI(_ json: JSONValue) throws(RequestComplaint) {
        for (position, message) in try messages(json).enumerated() {
            let place = "messages.\(position)"
            switch message["role"]?.text {
            case "user": turns.append(try turn(message, isUser: true, at: place))
            case "assistant": turns.append(try turn(message, isUser: false, at: place))
            case "system", "developer":
                let text = try content(message, at: place)
                system += system.isEmpty ? text : "\n" + text
            case "tool", "function": promptTokens += Tokenizer.count(try content(message, at: place))
            case nil:
                throw RequestComplaint("Missing required parameter: '\(place).role'.", param: "\(place).role")
            case .some(let role):
                throw RequestComplaint(
                    "Invalid value: '\(role.prefix(40))'. Supported values are: 'system', 'developer', 'user', "
                        + "'assistant', and 'tool'.", param: "\(place).role", code: "invalid_value")
            }
        }
        guard turns.contains(where: \.isUser) else {
            throw RequestComplaint("messages: there is no message of the user", param: "messages")
        }
    }

    private func messages(_ json: JSONValue) throws(RequestComplaint) -> [JSONValue] {
        switch json["messages"] {
        case nil:
            throw dialect == .anthropic
                ? RequestComplaint("messages: Field required")
                : RequestComplaint("Missing required parameter: 'messages'.", param: "messages")
        case .array(let messages):
            guard !messages.isEmpty else {
                throw dialect == .anthropic
                    ? RequestComplaint("messages: at least one message is required")
                    : RequestComplaint(
                        "Invalid 'messages': empty array. Expected an array with minimum length 1.", param: "messages",
                        code: "empty_array")
            }
            return messages
        default: throw RequestComplaint("messages: Input should be a valid list", param: "messages")
        }
    }

    mutating func turn(
        _ message: JSONValue, isUser: Bool, at place: String
    ) throws(RequestComplaint) -> Turn {
        var turn = Turn(isUser: isUser, text: try content(message, at: place))
        guard case .array(let parts)? = message["content"] else { return turn }
        for (position, part) in parts.enumerated() {
            if let image = try RequestImage(part, dialect, at: "\(place).content.\(position)") {
                turn.images.append(image)
            }
        }
        if !isUser { turn.parts = parts }
        guard isUser || turn.images.isEmpty else {
            throw RequestComplaint("\(place).content: images may only be in user messages", param: place)
        }
        return turn
    }

    mutating func content(_ message: JSONValue, at place: String) throws(RequestComplaint) -> String {
        promptTokens += Self.tokensPerTurn
        // An assistant turn that only called tools has none.
        if dialect == .openai, message["role"]?.text == "assistant", message["content"] ?? .null == .null { return "" }
        guard let content = message["content"] else {
            throw RequestComplaint("\(place).content: Field required", param: "\(place).content")
        }
        let text = try text(content, at: "\(place).content")
        promptTokens += Tokenizer.count(text)
        return text
    }

    /// A string, or an array of parts of which the texts count.
    mutating func text(_ content: JSONValue, at place: String) throws(RequestComplaint) -> String {
        switch content {
        case .string(let text): return text
        case .array(let parts):
            var text = ""
            for (position, part) in parts.enumerated() {
                guard let type = part["type"]?.text else {
                    throw RequestComplaint("\(place).\(position).type: Field required", param: place)
                }
                if ["text", "input_text", "output_text"].contains(type) {
                    guard let piece = part["text"]?.text else {
                        throw RequestComplaint("\(place).\(position).text: Field required", param: place)
                    }
                    text += piece
                } else {
                    promptTokens += Self.tokensPerImage
                }
            }
            return text
        default: throw RequestComplaint("\(place): Input should be a valid string or a list of parts", param: place)
        }
    }
}
