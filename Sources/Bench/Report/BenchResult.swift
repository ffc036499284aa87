import Pricing
import Providers
import StreamEngine

/// A run's numbers when it is over: what every report is made of.
public struct BenchResult: Sendable {
    /// What the machine did meanwhile: whether the numbers are the provider's or its own.
    public struct Machine: Sendable {
        /// Seconds of processor time that the process used, its own fault lab included.
        public var processorSeconds: Double
        /// Share of one core that the client's loop used, 0 to 1.
        public var loopShare: Double
        /// Processes that wanted a core, over the last minute at the end, and how many cores there are.
        public var load: Double
        public var cores: Int
        /// Bytes resident at the most.
        public var peakBytes: Int

        public init(processorSeconds: Double, loopShare: Double, load: Double, cores: Int, peakBytes: Int) {
            self.processorSeconds = processorSeconds
            self.loopShare = loopShare
            self.load = load
            self.cores = cores
            self.peakBytes = peakBytes
        }

        /// Why the machine and not the provider may have been the limit; `nil` where nothing says so.
        public var warning: String? {
            if loopShare > 0.8 {
                return "the client's loop used \(Int(loopShare * 100)) % of a core: "
                    + "this machine, not the provider, was the limit"
            }
            if load > Double(cores) * 1.5 {
                return "the load was \(Text.decimal(load, digits: 1)) on \(cores) cores: "
                    + "other work on this machine may have slowed the streams"
            }
            return nil
        }
    }

    /// Why a run ended before its plan did.
    public enum Ending: String, Sendable {
        case complete
        case interrupted
        case requestBudget = "request budget"
        case costBudget = "cost budget"
    }

    public var tally: BenchTally
    public var plan: BenchPlan
    public var machine: Machine
    public var ending: Ending
    /// When it began.
    public var date: WallTime
    /// `chaos, seed 7, rate 0.3`; empty for a provider that is not the lab.
    public var conditions: String

    public init(
        tally: BenchTally, plan: BenchPlan, machine: Machine, ending: Ending, date: WallTime, conditions: String
    ) {
        self.tally = tally
        self.plan = plan
        self.machine = machine
        self.ending = ending
        self.date = date
        self.conditions = conditions
    }

    /// Seconds from the first start to the last end.
    public var seconds: Double { tally.elapsed(at: tally.startedAt).inSeconds }

    /// Generated tokens a second of the whole run.
    public var tokensPerSecond: Double? {
        guard let output = tally.usage.output, seconds > 0 else { return nil }
        return Double(output) / seconds
    }

    /// What ten million tokens a month would cost, in the mix of input and output that this run had; `nil` where no price
    /// or no count is known.
    public var monthly: Cost? {
        let tokens =
            (tally.usage.input ?? 0) + (tally.usage.output ?? 0) + (tally.usage.cacheRead ?? 0)
            + (tally.usage.cacheWrite ?? 0)
        let spent = tally.spent.cost
        guard tokens > 0, let money = spent.money else { return nil }
        let picos = Double(money.picos) * 10_000_000 / Double(tokens)
        guard picos.isFinite, picos < Double(Int64.max) else { return nil }
        let month = Money(picos: Int64(picos), currency: money.currency)
        // More was spent than is known: so would be then.
        if case .lowerBound = spent { return .lowerBound(month) }
        return .estimated(month)
    }
}

/// Numbers as text, without a formatter: the reports are the same in every locale.
enum Text {
    static func decimal(_ value: Double, digits: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "?" }
        var scale: Int64 = 1
        for _ in 0..<digits { scale *= 10 }
        let number = Int64((value.magnitude * Double(scale)).rounded())
        let sign = value < 0 && number > 0 ? "-" : ""
        guard digits > 0 else { return sign + "\(number)" }
        let fraction = String(number % scale)
        return sign + "\(number / scale)." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    }

    /// `0.4 ms`, `31 ms`, `1.24 s`, `2 m 04 s`; `–` for nothing.
    static func time(_ duration: Duration?) -> String {
        guard let duration else { return "–" }
        let milliseconds = Double(duration.nanoseconds) / 1e6
        if milliseconds > 0, milliseconds < 0.095 { return decimal(milliseconds * 1000, digits: 0) + " µs" }
        if milliseconds < 9.95 { return decimal(milliseconds, digits: 1) + " ms" }
        if milliseconds < 999.5 { return decimal(milliseconds, digits: 0) + " ms" }
        if milliseconds < 59_995 { return decimal(milliseconds / 1000, digits: 2) + " s" }
        let seconds = Int64((milliseconds / 1000).rounded())
        return "\(seconds / 60) m \(seconds % 60 < 10 ? "0" : "")\(seconds % 60) s"
    }

    static func percent(_ share: Double?) -> String {
        guard let share else { return "–" }
        // Not quite all is never shown as all.
        if share < 1, share > 0.999 { return "99.9 %" }
        return decimal(share * 100, digits: share == 1 || share == 0 ? 0 : 1) + " %"
    }

    /// `1,234,567`
    static func grouped(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.utf8.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }
}
