/// How much may be spent: on one reply, its lost attempts included, and on a whole conversation.
public struct Budget: Sendable, Equatable, Codable {
    /// An amount that is not to be passed.
    public struct Limit: Sendable, Equatable, Codable {
        /// 10⁻¹² of the currency's unit; above 0.
        public var picos: Int64
        /// ISO 4217; `nil` = of whatever currency the prices are in, each counted for itself.
        public var currency: String?

        /// - Precondition: `picos` is above 0.
        public init(picos: Int64, currency: String? = nil) {
            precondition(picos > 0, "a budget of nothing")
            self.picos = picos
            self.currency = currency
        }
    }

    /// Of one reply, all of its attempts together.
    public var reply: Limit?
    /// Of one conversation, with what was spent on it in earlier sessions.
    public var conversation: Limit?
    /// The share of a limit at which it is time to say something: above 0, at most 1.
    public var warnAt: Factor

    /// Four fifths: late enough to mean it, early enough to do something.
    public static let usualWarning = Factor(millionths: 800_000)

    /// A budget; without limits it is none.
    public init(reply: Limit? = nil, conversation: Limit? = nil, warnAt: Factor = Budget.usualWarning) {
        self.reply = reply
        self.conversation = conversation
        self.warnAt = warnAt
    }

    /// Whether nothing is limited.
    public var isEmpty: Bool { reply == nil && conversation == nil }
}

extension Budget.Limit {
    /// Whether the limit can be held against amounts of a currency.
    public func holds(for currency: String) -> Bool { self.currency.map { $0 == currency } ?? true }

    /// The limit as an amount of a currency that it ``holds(for:)``.
    public func money(in currency: String) -> Money { Money(picos: picos, currency: self.currency ?? currency) }

    /// From a person's hand: `0.50`, `$0.50`, `¥3`, `0.50 USD`; at most six decimals, above 0, at most a million. `nil` for
    /// everything else.
    public init?(_ text: String) {
        var words = text.split(separator: " ").map(String.init)
        var currency: String?
        if words.count == 2 {
            // A code stands behind the number, or before it.
            if let code = Self.code(words[1]) {
                currency = code
                words.removeLast()
            } else if let code = Self.code(words[0]) {
                currency = code
                words.removeFirst()
            }
        }
        guard words.count == 1, var number = words.first else { return nil }
        if currency == nil, let first = number.first, let code = Self.symbols[first] {
            currency = code
            number.removeFirst()
        }
        guard let millionths = Decimal.millionths(number), millionths > 0, millionths <= 1_000_000 * 1_000_000 else {
            return nil
        }
        self.init(picos: millionths * (Money.unit / 1_000_000), currency: currency)
    }

    private static let symbols: [Character: String] = ["$": "USD", "¥": "CNY", "€": "EUR", "£": "GBP"]

    private static func code(_ word: String) -> String? {
        let code = word.uppercased()
        return code.utf8.count == 3 && code.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A } ? code : nil
    }
}

extension Budget.Limit: CustomStringConvertible {
    /// `$0.50`; `0.5` where the currency is left open.
    public var description: String {
        guard let currency else { return Money(picos: picos).exactText }
        return Money(picos: picos, currency: currency).description
    }
}
