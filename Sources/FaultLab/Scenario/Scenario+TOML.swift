import TOML

extension Scenario {
    /// `name` is what the scenario is called by; `source` the file's name as messages shall show it.
    ///
    /// Top level: `description` (required), `seed`, `tokens_per_second`, `jitter`, `requests_per_minute`,
    /// `tokens_per_minute`, `enforce_limits`, `always` (steps), `expect` (of every request), and either `[[story]]` tables
    /// with `title`, `model`, `repeat` and `[[story.request]]`, or for a single story `[[request]]` and `repeat`. A
    /// request has `steps`, and may have a `note`, `times`, `expect` and `otherwise` (steps). Times are seconds, or text such as `"250ms"`, `"1.5s"`, `"2m"`.
    public init(_ text: String, name: String, source: String) throws(TOMLError) {
        try self.init(TOMLDocument(text, source: source).root, name: name)
    }

    static let keys = [
        "description", "seed", "tokens_per_second", "jitter", "requests_per_minute", "tokens_per_minute",
        "enforce_limits", "always", "expect", "story", "request", "repeat",
    ]
    static let storyKeys = ["title", "model", "request", "repeat"]
    static let requestKeys = ["steps", "note", "times", "expect", "otherwise"]

    /// What a scenario file may hold, as a JSON Schema (draft 7): for editors. A test holds it to what is read here.
    public static var schema: String { String(decoding: PackageResources.scenario_schema_json, as: UTF8.self) }

    public init(_ root: TOMLTable, name: String) throws(TOMLError) {
        try root.rejectUnknownKeys(Self.keys)
        self.init(name: name, description: try root.requireString("description"))
        if let seed = try root.int("seed") { self.seed = UInt64(bitPattern: Int64(seed)) }
        tokensPerSecond = try root.double("tokens_per_second", in: 0...1_000_000) ?? tokensPerSecond
        jitter = try root.double("jitter", in: 0...1) ?? jitter
        requestsPerMinute = try root.int("requests_per_minute", in: 1...1_000_000_000) ?? requestsPerMinute
        tokensPerMinute = try root.int("tokens_per_minute", in: 1...1_000_000_000_000) ?? tokensPerMinute
        enforcesLimits = try root.bool("enforce_limits") ?? enforcesLimits
        always = try Self.steps(root, "always")
        expect = try root.table("expect").map { table throws(TOMLError) in try Expectation(table) }
        if let requests = try root.tables("request") {
            guard !root.contains("story") else {
                throw root.error("request", "stands beside \"story\"; give each story its own [[story.request]]")
            }
            stories = [Story(requests: try Self.requests(requests), rounds: try Self.rounds(root))]
        } else if root.contains("repeat") {
            throw root.error("repeat", "belongs to a story, or beside [[request]]")
        }
        for story in try root.tables("story") ?? [] {
            try story.rejectUnknownKeys(Self.storyKeys)
            stories.append(
                Story(
                    title: try story.string("title") ?? "", model: try story.string("model"),
                    requests: try Self.requests(story.tables("request") ?? []), rounds: try Self.rounds(story)))
        }
    }

    private static func requests(_ tables: [TOMLTable]) throws(TOMLError) -> [Story.Request] {
        var requests: [Story.Request] = []
        for table in tables {
            try table.rejectUnknownKeys(requestKeys)
            _ = try table.string("note")
            let expect = try table.table("expect").map { table throws(TOMLError) in try Expectation(table) }
            if table.contains("otherwise"), expect == nil {
                throw table.error("otherwise", "is what happens where \"expect\" is not met, which is missing")
            }
            requests.append(
                Story.Request(
                    try steps(table, "steps"), expect: expect,
                    otherwise: table.contains("otherwise") ? try steps(table, "otherwise") : nil,
                    times: try table.int("times", in: 1...1_000_000) ?? 1))
        }
        return requests
    }

    /// `repeat`: true is for ever, a number is how often in all.
    private static func rounds(_ table: TOMLTable) throws(TOMLError) -> Int? {
        switch table["repeat"] {
        case nil: return 1
        case .boolean(let isRepeated): return isRepeated ? nil : 1
        case .integer: return try table.int("repeat", in: 1...1_000_000)
        case .some(let value):
            throw table.error("repeat", "expected true, false or a number of rounds, found \(value.kind)")
        }
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
            let digits = text.utf8.dropLast(unit.utf8.count)
            let isDecimal =
                digits.allSatisfy { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }
                && [digits.first, digits.last].allSatisfy { $0.map { $0 != UInt8(ascii: ".") } ?? false }
            guard isDecimal, let number = Double(String(digits) ?? ""), (0...86_400).contains(number * factor) else {
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
