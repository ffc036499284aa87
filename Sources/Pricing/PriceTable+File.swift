public import TOML

extension PriceTable {
    /// The prices that the program was built with.
    public static func builtIn() throws(TOMLError) -> PriceTable {
        var table = PriceTable()
        try table.merge(TOMLDocument(builtIn: PackageResources.pricing_toml, source: "pricing.toml (built in)"))
        return table
    }

    /// Takes over the providers and rows of a file. A row replaces all rows of its provider and model; a provider's key
    /// replaces ours. On an error nothing is taken over.
    public mutating func merge(_ document: TOMLDocument) throws(TOMLError) {
        let root = document.root
        try root.rejectUnknownKeys(["providers", "prices"])
        var merged = isUnread ? try .builtIn() : self
        var origins: [String: Origin] = [:]
        for (name, table) in try root.table("providers")?.namedTables() ?? [] {
            try merged.set(Self.provider(table, over: merged.providers[name] ?? Provider()), named: name)
            origins[name] = Origin(
                source: try table.string("source") ?? root.source, asOf: try Self.day(table, "as_of"))
        }
        var prices: [Price] = []
        for row in try root.tables("prices") ?? [] {
            let provider = try row.requireString("provider")
            prices += try Self.prices(row, provider, origins[provider] ?? Origin(source: root.source))
        }
        merged.replace(with: prices)
        self = merged
    }

    /// Where the rows of a provider come from, unless they say so themselves: what its table in the same file says.
    private struct Origin {
        var source: String
        var asOf: Day?
    }

    private static func provider(_ table: TOMLTable, over old: Provider) throws(TOMLError) -> Provider {
        try table.rejectUnknownKeys(["currency", "rate", "multiplier", "like", "source", "as_of", "note"])
        var provider = old
        if let currency = try table.string("currency") {
            guard currency.utf8.count == 3, currency.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }) else {
                throw table.error("currency", "expected a code of ISO 4217 like \"USD\", found \"\(currency)\"")
            }
            provider.currency = currency
        }
        provider.rate = try factor(table, "rate") ?? provider.rate
        provider.multiplier = try factor(table, "multiplier") ?? provider.multiplier
        provider.like = try table.strings("like") ?? provider.like
        provider.note = try table.string("note") ?? provider.note
        return provider
    }

    private static let rowKeys = [
        "provider", "model", "models", "variant", "input", "output", "cache_read", "cache_write",
        "cache_write_hour", "from", "until", "tiers", "windows", "source", "as_of", "note", "pretended",
    ]

    /// A row names one model or several that cost the same.
    private static func prices(
        _ row: TOMLTable, _ provider: String, _ origin: Origin
    ) throws(TOMLError) -> [Price] {
        try row.rejectUnknownKeys(Self.rowKeys)
        let models = try models(row)
        let from = try day(row, "from")
        let until = try day(row, "until")
        if let from, let until, until < from { throw row.error("until", "\(until) is before \"from\", \(from)") }
        var tiers: [Price.Tier] = []
        for tier in try row.tables("tiers") ?? [] { tiers.append(try self.tier(tier)) }
        var windows: [Price.Window] = []
        for window in try row.tables("windows") ?? [] { windows.append(try self.window(window)) }
        var price = Price(
            provider: provider, model: "", variant: try row.string("variant"), currency: "USD", rates: try rates(row),
            tiers: tiers.sorted { $0.over < $1.over }, windows: windows,
            multiplier: .one, from: from, until: until, source: try row.string("source") ?? origin.source,
            asOf: try day(row, "as_of") ?? origin.asOf, note: try row.string("note"),
            isPretended: try row.bool("pretended") ?? false)
        return models.map { model in
            price.model = model
            return price
        }
    }

    private static func models(_ row: TOMLTable) throws(TOMLError) -> [String] {
        guard let models = try row.strings("models") else { return [try row.requireString("model")] }
        guard !row.contains("model") else {
            throw row.error("models", "stands beside \"model\": write one of the two")
        }
        guard !models.isEmpty else { throw row.error("models", "expected at least one model") }
        return models
    }

    private static func rates(_ table: TOMLTable) throws(TOMLError) -> Price.Rates {
        guard let input = try rate(table, "input") else { throw table.error("input", "is required") }
        guard let output = try rate(table, "output") else { throw table.error("output", "is required") }
        return Price.Rates(
            input: input, output: output, cacheRead: try rate(table, "cache_read"),
            cacheWrite: try rate(table, "cache_write"), cacheWriteHour: try rate(table, "cache_write_hour"))
    }

    private static func tier(_ table: TOMLTable) throws(TOMLError) -> Price.Tier {
        try table.rejectUnknownKeys(["over", "input", "output", "cache_read", "cache_write", "cache_write_hour"])
        guard let over = try table.int("over", in: 1...Int.max) else { throw table.error("over", "is required") }
        return Price.Tier(over: over, rates: try rates(table))
    }

    /// Prices stand in the file per million tokens.
    private static func rate(_ table: TOMLTable, _ key: String) throws(TOMLError) -> Int64? {
        guard let text = try table.decimalText(key) else { return nil }
        guard let rate = Decimal.millionths(text) else {
            throw table.error(key, "expected a price per million tokens, at most six decimals, found \(text)")
        }
        return rate
    }

    private static func factor(_ table: TOMLTable, _ key: String) throws(TOMLError) -> Factor? {
        guard let text = try table.decimalText(key) else { return nil }
        guard let number = Decimal.millionths(text), number > 0, number <= 1_000_000 * Factor.one.millionths else {
            throw table.error(key, "expected a number above 0 with at most six decimals, found \(text)")
        }
        return Factor(millionths: number)
    }

    private static func day(_ table: TOMLTable, _ key: String) throws(TOMLError) -> Day? {
        try table.date(key).flatMap { Day($0) }
    }
}

// MARK: - Windows

extension PriceTable {
    static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private static func window(_ table: TOMLTable) throws(TOMLError) -> Price.Window {
        try table.rejectUnknownKeys(["days", "from", "until", "multiplier"])
        var days = Set(0...6)
        if let names = try table.strings("days") {
            days = []
            for name in names {
                guard let day = weekdays.firstIndex(of: name) else {
                    throw table.error("days", "expected days like \"mon\", found \"\(name)\"")
                }
                days.insert(day)
            }
        }
        let start = try minutes(table, "from")
        let end = try minutes(table, "until")
        guard start != end else { throw table.error("until", "is the same as \"from\"") }
        guard let multiplier = try factor(table, "multiplier") else { throw table.error("multiplier", "is required") }
        return Price.Window(days: days, start: start, end: end, multiplier: multiplier)
    }

    /// `"HH:MM"`, up to `"24:00"`.
    private static func minutes(_ table: TOMLTable, _ key: String) throws(TOMLError) -> Int {
        let text = try table.requireString(key)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), hour >= 0, (0...59).contains(minute), hour * 60 + minute <= 24 * 60
        else { throw table.error(key, "expected a time of day like \"09:30\", UTC, found \"\(text)\"") }
        return hour * 60 + minute
    }
}
