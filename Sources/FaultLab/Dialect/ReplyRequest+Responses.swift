extension ReplyRequest {
    /// `input` is a text, or a list of messages and other items; `instructions` are the system's words.
    mutating func readResponses(_ json: JSONValue) throws(RequestComplaint) {
        if let given = json["instructions"], given != .null { system = try text(given, at: "instructions") }
        isBackground = try Self.flag("background", of: json)
        if isBackground, json["store"]?.flag == false {
            throw RequestComplaint("Background mode requires store=true.", param: "store")
        }
        switch json["input"] {
        case .string(let text):
            promptTokens += Self.tokensPerTurn + Tokenizer.count(text)
            turns = [Turn(isUser: true, text: text)]
        case .array(let items):
            for (position, item) in items.enumerated() { try read(item, at: "input[\(position)]") }
        case nil, .null: throw RequestComplaint("Missing required parameter: 'input'.", param: "input")
        default: throw RequestComplaint("Invalid type for 'input': expected a string or a list.", param: "input")
        }
        guard turns.contains(where: \.isUser) else {
            throw RequestComplaint("input: there is no message of the user", param: "input")
        }
    }

    private mutating func read(_ item: JSONValue, at place: String) throws(RequestComplaint) {
        switch item["role"]?.text {
        case "user": turns.append(try turn(item, isUser: true, at: place))
        case "assistant": turns.append(try turn(item, isUser: false, at: place))
        case "system", "developer":
            let text = try content(item, at: place)
            system += system.isEmpty ? text : "\n" + text
        case nil:
            // What tools said and the like.
            guard item["type"]?.text != nil else {
                throw RequestComplaint("Missing required parameter: '\(place).role'.", param: "\(place).role")
            }
        case .some(let role):
            throw RequestComplaint(
                "Invalid value: '\(role.prefix(40))'. Supported values are: 'assistant', 'system', 'developer', and "
                    + "'user'.", param: "\(place).role", code: "invalid_value")
        }
    }
}
