/// A calendar day, UTC, in the Gregorian calendar.
public struct Day: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public var number: Int

    /// So many days after 1970-01-01.
    public init(number: Int) { self.number = number }

    /// The day of a moment.
    public init(secondsSince1970 seconds: Double) {
        guard seconds.isFinite, abs(seconds) < 1e14 else {
            self.init(number: 0)
            return
        }
        self.init(number: Int((seconds / 86_400).rounded(.down)))
    }

    /// From `YYYY-MM-DD`.
    public init?(_ text: String) {
        let parts = text.split(separator: "-").map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        // Counted from March, so that the leap day comes last; 719,468 days lie between 0000-03-01 and 1970-01-01
        // (Hinnant, "chrono-compatible low-level date algorithms").
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredDivision(by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(number: era * 146_097 + dayOfEra - 719_468)
        // A day that the month does not have comes out as one of the next month.
        guard description == text else { return nil }
    }

    /// 0 = Sunday.
    public var weekday: Int { (number + 4).flooredDivision(by: 7).remainder }

    /// `YYYY-MM-DD`
    public var description: String {
        let (era, dayOfEra) = (number + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    public static func < (one: Day, other: Day) -> Bool { one.number < other.number }
}
