/// A value's place in JSON text: its first byte. The text's end is known to who reads on from there.
typealias JSONPlace = UnsafePointer<UInt8>

/// The members of an event that mean something in any dialect, where they lie. One pass over the text finds them and
/// proves it well formed; only then is anything taken from it.
struct EventFields {
    var type: JSONString?
    var object: JSONString?
    var id: JSONString?
    var model: JSONString?
    var stopReason: JSONString?
    /// Anthropic's `delta`.
    var delta = DeltaFields()
    /// The first of `choices` with index 0.
    var choice = ChoiceFields()
    /// Responses' `delta`, a string.
    var deltaText: JSONString?
    /// Responses' `sequence_number`; -1 where there is none.
    var sequence = -1
    var hasDelta = false
    var hasChoices = false
    var hasChoice = false
    /// Set where more than one of `choices` has index 0.
    var choices: JSONPlace?
    var contentBlock: JSONPlace?
    /// An array: the content of a whole message.
    var content: JSONPlace?
    /// Anthropic's `message`, an object.
    var message: JSONPlace?
    var usage: JSONPlace?
    var groq: JSONPlace?
    /// Not null.
    var error: JSONPlace?
    var stopDetails: JSONPlace?
    /// Responses' `response`, an object.
    var response: JSONPlace?
    /// Perplexity's, arrays.
    var citations: JSONPlace?
    var searchResults: JSONPlace?
    /// The whole object.
    var whole: JSONPlace

    /// Reads the object that is next.
    @inline(__always)
    init(_ scanner: inout JSONScanner) throws(JSONFault) {
        _ = scanner.peek()
        whole = scanner.position
        try scanner.beginObject()
        var first = true
        while let key = try scanner.nextKey(&first) {
            switch key.length {
            case 2 where key.equals("id"): id = try scanner.stringOrSkip()
            case 4 where key.equals("type"): type = try scanner.stringOrSkip()
            case 5 where key.equals("delta"):
                if scanner.peek() == UInt8(ascii: "\"") {
                    deltaText = try scanner.string()
                } else {
                    hasDelta = true
                    try delta.read(&scanner)
                }
            case 5 where key.equals("model"): model = try scanner.stringOrSkip()
            case 5 where key.equals("usage"): usage = try scanner.placeUnlessNull()
            case 5 where key.equals("error"): error = try scanner.placeUnlessNull()
            case 6 where key.equals("object"): object = try scanner.stringOrSkip()
            case 6 where key.equals("x_groq"): groq = try scanner.placeUnlessNull()
            case 7 where key.equals("choices"): try readChoices(&scanner)
            case 7 where key.equals("message"): message = try scanner.placeUnlessNull()
            case 7 where key.equals("content"): content = try scanner.placeUnlessNull()
            case 8 where key.equals("response"): response = try scanner.placeUnlessNull()
            case 9 where key.equals("citations"): citations = try scanner.arrayOrSkipWhole()
            case 11 where key.equals("stop_reason"): stopReason = try scanner.stringOrSkip()
            case 12 where key.equals("stop_details"): stopDetails = try scanner.placeUnlessNull()
            case 14 where key.equals("search_results"): searchResults = try scanner.arrayOrSkipWhole()
            case 15 where key.equals("sequence_number"): sequence = try scanner.countOrSkip() ?? -1
            case 13 where key.equals("content_block"): contentBlock = try scanner.placeUnlessNull()
            default: try scanner.skip()
            }
        }
    }

    private mutating func readChoices(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard let place = try scanner.arrayOrSkip() else { return }
        hasChoices = true
        var first = true
        while try scanner.nextElement(&first) {
            guard hasChoice else {
                hasChoice = try choice.read(&scanner) && choice.index == 0
                if !hasChoice { choice = ChoiceFields() }
                continue
            }
            var another = ChoiceFields()
            if try another.read(&scanner), another.index == 0 { choices = place }
        }
    }
}

/// One of OpenAI's `choices`.
struct ChoiceFields {
    var index = 0
    var delta = DeltaFields()
    var hasDelta = false
    /// The whole message of a reply that is not streamed.
    var message: JSONPlace?
    /// The text of a completion of the older kind.
    var text: JSONString?
    var finishReason: JSONString?

    /// Reads the next value; `false` where it is no object.
    @inline(__always)
    mutating func read(_ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
        guard try scanner.objectOrSkip() else { return false }
        var first = true
        while let key = try scanner.nextKey(&first) {
            switch key.length {
            case 4 where key.equals("text"): text = try scanner.stringOrSkip()
            case 5 where key.equals("index"): index = try scanner.countOrSkip() ?? 0
            case 5 where key.equals("delta"): hasDelta = try delta.read(&scanner)
            case 7 where key.equals("message"): message = try scanner.placeUnlessNull()
            case 13 where key.equals("finish_reason"): finishReason = try scanner.stringOrSkip()
            default: try scanner.skip()
            }
        }
        return true
    }
}

/// A `delta` of either dialect, a message of OpenAI's, or a block or part of content: their members' names do not clash.
struct DeltaFields {
    var type: JSONString?
    var text: JSONString?
    var thinking: JSONString?
    var content: JSONString?
    var refusal: JSONString?
    var reasoning: JSONString?
    var reasoningContent: JSONString?
    var stopReason: JSONString?
    var hasRole = false
    /// Arrays.
    var contentParts: JSONPlace?
    var thinkingParts: JSONPlace?
    var reasoningDetails: JSONPlace?
    var toolCalls: JSONPlace?
    var images: JSONPlace?
    var executedTools: JSONPlace?
    /// OpenAI's.
    var annotations: JSONPlace?
    /// Anthropic's, of a block of text that comes whole.
    var citations: JSONPlace?
    /// Objects.
    /// Anthropic's `citations_delta`.
    var citation: JSONPlace?
    var audio: JSONPlace?
    var stopDetails: JSONPlace?

    /// Reads the next value; `false` where it is no object.
    @inline(__always)
    @discardableResult
    mutating func read(_ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
        guard try scanner.objectOrSkip() else { return false }
        var first = true
        while let key = try scanner.nextKey(&first) {
            switch key.length {
            case 4 where key.equals("text"): text = try scanner.stringOrSkip()
            case 4 where key.equals("type"): type = try scanner.stringOrSkip()
            case 4 where key.equals("role"): hasRole = try scanner.stringOrSkip() != nil
            case 5 where key.equals("audio"): audio = try scanner.placeUnlessNull()
            case 6 where key.equals("images"): images = try scanner.arrayOrSkipWhole()
            case 7 where key.equals("content"):
                if scanner.peek() == UInt8(ascii: "[") {
                    contentParts = try scanner.arrayOrSkipWhole()
                } else {
                    content = try scanner.stringOrSkip()
                }
            case 7 where key.equals("refusal"): refusal = try scanner.stringOrSkip()
            case 8 where key.equals("thinking"):
                if scanner.peek() == UInt8(ascii: "[") {
                    thinkingParts = try scanner.arrayOrSkipWhole()
                } else {
                    thinking = try scanner.stringOrSkip()
                }
            case 8 where key.equals("citation"): citation = try scanner.placeUnlessNull()
            case 9 where key.equals("reasoning"): reasoning = try scanner.stringOrSkip()
            case 9 where key.equals("citations"): citations = try scanner.arrayOrSkipWhole()
            case 10 where key.equals("tool_calls"): toolCalls = try scanner.arrayOrSkipWhole()
            case 11 where key.equals("stop_reason"): stopReason = try scanner.stringOrSkip()
            case 11 where key.equals("annotations"): annotations = try scanner.arrayOrSkipWhole()
            case 12 where key.equals("stop_details"): stopDetails = try scanner.placeUnlessNull()
            case 14 where key.equals("executed_tools"): executedTools = try scanner.arrayOrSkipWhole()
            case 17 where key.equals("reasoning_content"): reasoningContent = try scanner.stringOrSkip()
            case 17 where key.equals("reasoning_details"): reasoningDetails = try scanner.arrayOrSkipWhole()
            default: try scanner.skip()
            }
        }
        return true
    }
}

extension JSONString {
    /// Bytes of the text, unescaped.
    @inline(__always)
    var length: Int { isEscaped ? unescaped().count : count }
}

extension JSONScanner {
    /// Skips the next value and tells where it lies, `nil` for null.
    @inline(__always)
    mutating func placeUnlessNull() throws(JSONFault) -> JSONPlace? {
        let isNull = peek() == UInt8(ascii: "n")
        let place = position
        try skip()
        return isNull ? nil : place
    }

    /// Skips the next value and tells where it lies, `nil` for anything but an array.
    mutating func arrayOrSkipWhole() throws(JSONFault) -> JSONPlace? {
        let isArray = peek() == UInt8(ascii: "[")
        let place = position
        try skip()
        return isArray ? place : nil
    }

    /// Enters the next value if it is an array and tells where it lies; any other value is skipped.
    @inline(__always)
    mutating func arrayOrSkip() throws(JSONFault) -> JSONPlace? {
        guard peek() == UInt8(ascii: "[") else {
            try skip()
            return nil
        }
        let place = position
        try beginArray()
        return place
    }

    /// Enters the next value if it is an object; any other value is skipped.
    @inline(__always)
    mutating func objectOrSkip() throws(JSONFault) -> Bool {
        guard peek() == UInt8(ascii: "{") else {
            try skip()
            return false
        }
        try beginObject()
        return true
    }
}
