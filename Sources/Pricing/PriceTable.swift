internal import TOML

/// Prices by provider and model, effective-dated. Built in, and overridden by a file of the user's.
public struct PriceTable: Sendable {
    /// How a provider bills.
    struct Provider: Sendable, Equatable {
        var currency = "USD"
        /// Units of `currency` billed for one unit of the listed prices.
        var rate = Factor.one
        /// What the provider adds to its list.
        var multiplier = Factor.one
        /// Providers whose prices hold for models that this one has no row for.
        var like: [String] = []
        var note: String?
    }

    private struct Key: Hashable, Sendable {
        var provider: String
        var model: String
    }

    /// What there is to know about a provider's billing: `settled at ¥1 = $1`.
    public func note(on provider: String) -> String? { whole.providers[provider]?.note }

    private(set) var providers: [String: Provider] = [:]
    private var rows: [Key: [Price]] = [:]
    /// In the order of the files, for listing.
    private var order: [Key] = []

    /// The built-in rows hold, too, and were not read yet.
    private(set) var isUnread = false

    /// No prices.
    public init() {}

    /// The prices that the program was built with, read when the first one is asked for: a program that answers at once has
    /// other things to do first.
    public static var builtInWhenAsked: PriceTable {
        var table = PriceTable()
        table.isUnread = true
        return table
    }

    /// That the built-in file can be read is proven by tests.
    private static let readOnce = (try? PriceTable.builtIn()) ?? PriceTable()

    /// With the built-in rows, if they hold.
    private var whole: PriceTable { isUnread ? Self.readOnce : self }

    /// Every row, with its provider's multiplier and currency, in the order of the files.
    public var prices: [Price] {
        if isUnread { return whole.prices }
        return order.flatMap { rows[$0] ?? [] }.map { billed($0, by: $0.provider) }
    }

    /// The price of a model at a time (seconds since 1970), or `nil` where it is unpriced then. Looked up, first as the
    /// id stands, then without a date at its end (`-20250929`, `-2025-04-14`), then without a maker's name before it
    /// (`anthropic/…`), then by rows that end in `*`, the longest first; and last the same among the providers that
    /// this one is `like`.
    public func price(
        provider: String, model: String, at secondsSince1970: Double, variant: String? = nil
    ) -> Price? {
        if isUnread { return whole.price(provider: provider, model: model, at: secondsSince1970, variant: variant) }
        let day = Day(secondsSince1970: secondsSince1970)
        for owner in [provider] + (providers[provider]?.like ?? []) {
            for candidate in Self.candidates(model) {
                if let price = valid(Key(provider: owner, model: candidate), day, variant) {
                    return billed(price, by: provider)
                }
            }
            if let price = pattern(owner, model, day, variant) { return billed(price, by: provider) }
        }
        return nil
    }

    /// What a request costs by the table, with the price that was used; `nil` where it is unpriced. Where the price has
    /// no rate for cached tokens the amount leaves them out: ``cost(of:charge:isEstimated:provider:model:at:)`` says so.
    public func cost(
        of counts: TokenCounts, provider: String, model: String, at secondsSince1970: Double
    ) -> (money: Money, price: Price)? {
        guard let price = price(provider: provider, model: model, at: secondsSince1970) else { return nil }
        return (price.charge(for: counts, at: secondsSince1970).money, price)
    }

    /// What a request cost, and how sure that is. `charge` is the provider's own bill in USD: it beats the table.
    public func cost(
        of counts: TokenCounts, charge: Double? = nil, isEstimated: Bool, provider: String, model: String,
        at secondsSince1970: Double
    ) -> Cost {
        if let charge, let money = Money(charge), money.picos >= 0 { return .reported(money) }
        guard let price = price(provider: provider, model: model, at: secondsSince1970) else { return .unknown }
        return price.cost(of: counts, isEstimated: isEstimated, at: secondsSince1970)
    }
}

extension Price {
    /// For a price that was looked up once and is asked again and again, as tokens come in.
    public func cost(of counts: TokenCounts, isEstimated: Bool, at secondsSince1970: Double) -> Cost {
        let (money, isComplete) = charge(for: counts, at: secondsSince1970)
        guard isComplete else { return money.isZero ? .unknown : .lowerBound(money) }
        return isEstimated ? .estimated(money) : .reported(money)
    }
}

// MARK: - Rows

extension PriceTable {
    /// The rows that `newer` names replace ours of the same provider and model, all of them.
    mutating func replace(with newer: [Price]) {
        var touched: Set<Key> = []
        for price in newer {
            let key = Key(provider: price.provider, model: price.model)
            if touched.insert(key).inserted {
                if rows[key] == nil { order.append(key) }
                rows[key] = []
            }
            rows[key, default: []].append(price)
        }
    }

    mutating func set(_ provider: Provider, named name: String) {
        providers[name] = provider
    }

    /// Of several valid rows the one that began last.
    private func valid(_ key: Key, _ day: Day, _ variant: String?) -> Price? {
        rows[key]?.filter { $0.variant == variant && $0.isValid(on: day) }
            .max { ($0.from?.number ?? .min) < ($1.from?.number ?? .min) }
    }

    private func pattern(_ provider: String, _ model: String, _ day: Day, _ variant: String?) -> Price? {
        let keys = order.filter { key in
            key.provider == provider && key.model.hasSuffix("*") && model.hasPrefix(key.model.dropLast())
        }
        for key in keys.sorted(by: { $0.model.utf8.count > $1.model.utf8.count }) {
            if let price = valid(key, day, variant) { return price }
        }
        return nil
    }

    private func billed(_ price: Price, by name: String) -> Price {
        guard let provider = providers[name] else { return price }
        var price = price
        price.provider = name
        price.currency = provider.currency
        price.multiplier = provider.rate * provider.multiplier
        return price
    }

    /// The ids under which a model's row may stand, best first.
    static func candidates(_ model: String) -> [String] {
        var candidates = [model]
        if let undated = withoutDate(model) { candidates.append(undated) }
        if let slash = model.lastIndex(of: "/") {
            let bare = String(model[model.index(after: slash)...])
            candidates.append(bare)
            if let undated = withoutDate(bare) { candidates.append(undated) }
        }
        return candidates
    }

    /// Without `-YYYYMMDD` or `-YYYY-MM-DD` at the end.
    private static func withoutDate(_ model: String) -> String? {
        let bytes = Array(model.utf8)
        for form in ["-dddddddd", "-dddd-dd-dd"] {
            let form = Array(form.utf8)
            guard bytes.count > form.count else { continue }
            let matches = zip(bytes.suffix(form.count), form).allSatisfy { byte, place in
                place == UInt8(ascii: "d") ? byte >= 0x30 && byte <= 0x39 : byte == place
            }
            // Years of this century: eight digits alone could be anything.
            let year = bytes.suffix(form.count).dropFirst().prefix(2)
            if matches, year.elementsEqual("20".utf8) {
                return String(decoding: bytes.dropLast(form.count), as: UTF8.self)
            }
        }
        return nil
    }
}
