/// What the tokens of one model of one provider cost, from when to when, and who says so.
public struct Price: Sendable, Equatable {
    /// Prices per token, in picos of ``Price/currency``. `nil` = the row does not say.
    public struct Rates: Sendable, Equatable {
        /// Of a prompt that was not cached.
        public var input: Int64
        /// Of what the model writes, thinking included.
        public var output: Int64
        /// Of a prompt that came from the cache.
        public var cacheRead: Int64?
        /// For five minutes.
        public var cacheWrite: Int64?
        /// For one hour.
        public var cacheWriteHour: Int64?
    }

    /// Other rates for the whole of a request whose prompt is long.
    public struct Tier: Sendable, Equatable {
        /// The tier holds for prompts of more tokens than this (``TokenCounts/prompt``).
        public var over: Int
        /// What holds then.
        public var rates: Rates
    }

    /// Hours of the week at which everything costs more or less.
    public struct Window: Sendable, Equatable {
        /// Days on which the window begins, 0 = Sunday, UTC.
        public var days: Set<Int>
        /// Minutes after midnight UTC: from `start` until before `end`; one that ends before it starts passes midnight.
        public var start: Int
        /// See ``start``.
        public var end: Int
        /// Of every rate in that time.
        public var multiplier: Factor
    }

    /// Who bills it.
    public var provider: String
    /// The model's id, or its beginning and `*`.
    public var model: String
    /// A way to ask for the model that has a price of its own: `fast`. `nil` is the ordinary way.
    public var variant: String?
    /// ISO 4217.
    public var currency: String
    /// What holds then.
    public var rates: Rates
    /// By rising ``Tier/over``.
    public var tiers: [Tier]
    /// The first that is open counts.
    public var windows: [Window]
    /// What the provider adds to its list, and its exchange rate: both apply to every rate.
    public var multiplier: Factor
    /// First and last day of validity, UTC.
    public var from: Day?
    /// See ``from``.
    public var until: Day?
    /// Where the price was read, and when; a user's file need not say when.
    public var source: String
    /// See ``source``.
    public var asOf: Day?
    /// A condition or remark for the reader.
    public var note: String?
    /// The model is a stand-in that nobody bills.
    public var isPretended: Bool
}

extension Price {
    /// What these tokens cost in a request made at a time (seconds since 1970, UTC). Exact but for one rounding, at the
    /// end, to the nearest pico (halves up). Negative counts count as none.
    ///
    /// `isComplete` is `false` where there are cached tokens that the row has no price for: they are left out, and the
    /// amount is a lower bound.
    public func charge(
        for counts: TokenCounts, at secondsSince1970: Double
    ) -> (money: Money, isComplete: Bool) {
        let rates = rates(forPrompt: counts.prompt)
        var isComplete = true
        var picos: Int128 = 0
        func add(_ count: Int, _ rate: Int64?) {
            guard count > 0 else { return }
            guard let rate else {
                isComplete = false
                return
            }
            picos += Int128(count) * Int128(rate)
        }
        add(counts.input, rates.input)
        add(counts.output, rates.output)
        add(counts.cacheRead, rates.cacheRead)
        add(counts.cacheWrite, rates.cacheWrite)
        add(counts.cacheWriteHour, rates.cacheWriteHour)

        let factors = [multiplier, window(at: secondsSince1970)?.multiplier].compactMap { $0 }.filter { $0 != .one }
        for factor in factors {
            let (product, overflow) = picos.multipliedReportingOverflow(by: Int128(factor.millionths))
            picos = overflow ? .max : product
        }
        var divisor: Int128 = 1
        for _ in factors { divisor *= Int128(Factor.one.millionths) }
        let (quotient, remainder) = picos.quotientAndRemainder(dividingBy: divisor)
        let rounded = quotient + (remainder * 2 >= divisor ? 1 : 0)
        return (Money(picos: Int64(clamping: rounded), currency: currency), isComplete)
    }

    /// The rates for a request with a prompt of so many tokens.
    public func rates(forPrompt tokens: Int) -> Rates {
        tiers.last { tokens > $0.over }?.rates ?? rates
    }

    /// The first window that is open at a time.
    public func window(at secondsSince1970: Double) -> Window? {
        guard !windows.isEmpty, secondsSince1970.isFinite, abs(secondsSince1970) < 1e15 else { return nil }
        let minutes = Int((secondsSince1970 / 60).rounded(.down))
        let (day, minute) = minutes.flooredDivision(by: 24 * 60)
        let weekday = Day(number: day).weekday
        return windows.first { $0.isOpen(weekday: weekday, minute: minute) }
    }

    /// Whether the price is valid on a day.
    public func isValid(on day: Day) -> Bool {
        if let from, day < from { return false }
        if let until, day > until { return false }
        return true
    }
}

extension Price.Window {
    func isOpen(weekday: Int, minute: Int) -> Bool {
        if start < end { return days.contains(weekday) && minute >= start && minute < end }
        if minute >= start { return days.contains(weekday) }
        return minute < end && days.contains((weekday + 6) % 7)
    }
}

extension Int {
    /// Quotient rounded down, remainder not negative.
    func flooredDivision(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
