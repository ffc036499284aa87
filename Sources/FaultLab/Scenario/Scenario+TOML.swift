import TOML

extension Scenario {
    /// `name` is what the scenario is called by; `source` the file's name as messages shall show it.
    ///
    /// Top level: `description` (required), `seed`, `tokens_per_second`, `jitter`, `requests_per_minute`,
    /// `tokens_per_minute`, `enforce_limits`, `always` (steps), and either `[[story]]` tables with `title`, `repeat` and
    /// `[[story.request]]`, or for a single story `[[request]]` and `repeat`. A request has `steps`, and may have a
    /// `note`. Times are seconds, or text such as `"250ms"`, `"1.5s"`, `"2m"`.
    public init(_ text: String, name: String, source: String) throws(TOMLError) {
        try self.init(TOMLDocument(text, source: source).root, name: name)
    }

    public init(_ root: TOMLTable, name: String) throws(TOMLError) {
        try root.rejectUnknownKeys([
            "description", "seed", "tokens_per_second", "jitter", "requests_per_minute", "tokens_per_minute",
            "enforce_limits", "always", "story", "request", "repeat",
        ])
        self.init(name: name, description: try root.requireString("description"))
        if let seed = try root.int("seed") { self.seed = UInt64(bitPattern: Int64(seed)) }
        tokensPerSecond = try root.double("tokens_per_second", in: 0...1_000_000) ?? tokensPerSecond
        jitter = try root.double("jitter", in: 0...1) ?? jitter
        requestsPerMinute = try root.int("requests_per_minute", in: 1...1_000_000_000) ?? requestsPerMinute
        tokensPerMinute = try root.int("tokens_per_minute", in: 1...1_000_000_000_000) ?? tokensPerMinute
        enforcesLimits = try root.bool("enforce_limits") ?? enforcesLimits
        always = try Self.steps(root, "always")
        if let requests = try root.tables("request") {
            guard !root.contains("story") else {
                throw root.error("request", "stands beside \"story\"; give each story its own [[story.request]]")
            }
            stories = [Story(requests: try Self.requests(requests), repeats: try root.bool("repeat") ?? false)]
        } else if root.contains("repeat") {
            throw root.error("repeat", "belongs to a story, or beside [[request]]")
        }
        for story in try root.tables("story") ?? [] {
            try story.rejectUnknownKeys(["title", "request", "repeat"])
            stories.append(
                Story(
                    title: try story.string("title") ?? "", requests: try Self.requests(story.tables("request") ?? []),
                    repeats: try story.bool("repeat") ?? false))
        }
    }

    private static func requests(_ tables: [TOMLTable]) throws(TOMLError) -> [[FaultStep]] {
        var requests: [[FaultStep]] = []
        for table in tables {
            try table.rejectUnknownKeys(["steps", "note"])
            _ = try table.string("note")
            requests.append(try steps(table, "steps"))
        }
        return requests
    }

    private static func steps(_ table: TOMLTable, _ key: String) throws(TOMLError) -> [FaultStep] {
        var steps: [FaultStep] = []
        for step in try table.tables(key) ?? [] { steps.append(try FaultStep(step)) }
        return steps
    }
}

extension TOMLTable {
    /// Seconds as a number, or text: `"250ms"`, `"1.5s"`, `"2m"`. Up to a day.
    func seconds(_ key: String) throws(TOMLError) -> Double? {
        guard case .string(let text)? = self[key] else { return try double(key, in: 0...86_400) }
        for (unit, factor) in [("ms", 0.001), ("s", 1), ("m", 60)] where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.utf8.count)), (0...86_400).contains(number * factor) else {
                break
            }
            return number * factor
        }
        throw error(key, "expected a time such as 1.5, \"250ms\", \"1.5s\" or \"2m\", up to a day, found \"\(text)\"")
    }

    /// One of the words of an enumeration.
    func word<Word>(_ key: String, _: Word.Type = Word.self) throws(TOMLError) -> Word?
    where Word: RawRepresentable<String> & CaseIterable {
        guard let text = try string(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw error(key, "expected one of \(words), found \"\(text)\"")
        }
        return word
    }
}
