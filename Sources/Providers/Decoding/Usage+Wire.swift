/// The members of a `usage` object of either dialect, as sent.
private struct UsageFields {
    // Anthropic's, and OpenAI's newer names.
    var input: Int?
    var output: Int?
    var cacheCreation: Int?
    var cacheRead: Int?
    var cacheFiveMinutes: Int?
    var cacheHour: Int?
    // OpenAI's.
    var prompt: Int?
    var completion: Int?
    var total: Int?
    /// `prompt_tokens_details.cached_tokens`, Moonshot's `cached_tokens`, DeepSeek's `prompt_cache_hit_tokens`.
    var cached: Int?
    /// OpenRouter's `prompt_tokens_details.cache_write_tokens`.
    var written: Int?
    var thinking: Int?
    /// OpenRouter's `cost`, Perplexity's `cost.total_cost`.
    var charge: Double?
}

extension Usage {
    /// The convention in which a usage object is written, where its own names leave it open.
    enum Convention {
        case anthropic, openai
    }

    /// Reads the usage object that is next; `nil` where it is none or reports nothing.
    init?(_ scanner: inout JSONScanner, convention: Convention) throws(JSONFault) {
        guard try scanner.objectOrSkip() else { return nil }
        var fields = UsageFields()
        try fields.read(&scanner)
        // Some relays send both sets of names, one of them all zero.
        let isOpenAI =
            switch convention {
            case .openai: fields.prompt != nil || fields.input == nil
            case .anthropic: fields.prompt != nil && fields.input == nil
            }
        self = isOpenAI ? Usage(openai: fields) : Usage(anthropic: fields)
        if self == Usage() { return nil }
    }

    private init(anthropic fields: UsageFields) {
        self.init(
            input: fields.input, output: fields.output, cacheRead: fields.cacheRead,
            cacheWrite: fields.cacheFiveMinutes ?? fields.cacheCreation, cacheWriteHour: fields.cacheHour,
            thinking: fields.thinking, charge: fields.charge)
        // OpenAI's newer names: the input counts what `input_tokens_details` says was cached.
        if let cached = fields.cached, cacheRead == nil {
            cacheRead = cached
            input = input.map { $0 >= cached ? $0 - cached : $0 }
        }
    }

    private init(openai fields: UsageFields) {
        self.init()
        charge = fields.charge
        // All zero is a placeholder that relays send with every chunk.
        guard fields.prompt ?? 0 > 0 || fields.completion ?? 0 > 0 else { return }
        cacheRead = fields.cached
        cacheWrite = fields.written
        thinking = fields.thinking
        input = fields.prompt.map { prompt in
            let (cached, overflow) = (fields.cached ?? 0).addingReportingOverflow(fields.written ?? 0)
            // `prompt_tokens` includes cached ones. Where it is smaller than they, a relay has already subtracted.
            return overflow || cached > prompt ? prompt : prompt - cached
        }
        output = fields.completion
        if let prompt = fields.prompt, let completion = fields.completion, let total = fields.total,
            total > prompt, total - prompt > completion
        {
            // xAI and Gemini leave thinking out of `completion_tokens`; only the total shows it.
            let missing = total - prompt - completion
            if fields.thinking == nil || fields.thinking == missing {
                output = total - prompt
                thinking = missing
            }
        }
    }
}

extension UsageFields {
    mutating func read(_ scanner: inout JSONScanner) throws(JSONFault) {
        var first = true
        while let key = try scanner.nextKey(&first) {
            switch key.length {
            case 4 where key.equals("cost"): try readCost(&scanner)
            case 12 where key.equals("input_tokens"): input = try scanner.countOrSkip()
            case 12 where key.equals("total_tokens"): total = try scanner.countOrSkip()
            case 13 where key.equals("output_tokens"): output = try scanner.countOrSkip()
            case 13 where key.equals("prompt_tokens"): prompt = try scanner.countOrSkip()
            case 13 where key.equals("cached_tokens"): cached = try scanner.countOrSkip() ?? cached
            case 14 where key.equals("cache_creation"): try readDetails(&scanner)
            case 16 where key.equals("reasoning_tokens"): thinking = try scanner.countOrSkip() ?? thinking
            case 17 where key.equals("completion_tokens"): completion = try scanner.countOrSkip()
            case 20 where key.equals("input_tokens_details"): try readDetails(&scanner)
            case 21 where key.equals("prompt_tokens_details"): try readDetails(&scanner)
            case 21 where key.equals("output_tokens_details"): try readDetails(&scanner)
            case 23 where key.equals("cache_read_input_tokens"): cacheRead = try scanner.countOrSkip()
            case 23 where key.equals("prompt_cache_hit_tokens"): cached = try scanner.countOrSkip() ?? cached
            case 25 where key.equals("completion_tokens_details"): try readDetails(&scanner)
            case 27 where key.equals("cache_creation_input_tokens"): cacheCreation = try scanner.countOrSkip()
            default: try scanner.skip()
            }
        }
    }

    private mutating func readDetails(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard try scanner.objectOrSkip() else { return }
        var first = true
        while let key = try scanner.nextKey(&first) {
            switch key.length {
            case 13 where key.equals("cached_tokens"): cached = try scanner.countOrSkip() ?? cached
            case 15 where key.equals("thinking_tokens"): thinking = try scanner.countOrSkip() ?? thinking
            case 16 where key.equals("reasoning_tokens"): thinking = try scanner.countOrSkip() ?? thinking
            case 18 where key.equals("cache_write_tokens"): written = try scanner.countOrSkip() ?? written
            case 25 where key.equals("ephemeral_5m_input_tokens"): cacheFiveMinutes = try scanner.countOrSkip()
            case 25 where key.equals("ephemeral_1h_input_tokens"): cacheHour = try scanner.countOrSkip()
            default: try scanner.skip()
            }
        }
    }

    private mutating func readCost(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            charge = try scanner.doubleOrSkip().flatMap { $0 >= 0 ? $0 : nil }
            return
        }
        try scanner.beginObject()
        var first = true
        while let key = try scanner.nextKey(&first) {
            if key.equals("total_cost") {
                charge = try scanner.doubleOrSkip().flatMap { $0 >= 0 ? $0 : nil }
            } else {
                try scanner.skip()
            }
        }
    }
}
