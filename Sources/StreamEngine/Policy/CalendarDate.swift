/// A moment of the proleptic Gregorian calendar in UTC, for reading the dates that servers send.
struct CalendarDate: Hashable {
    /// 0…9999.
    var year: Int
    /// 1…12.
    var month: Int
    var day: Int
    var hour = 0
    var minute = 0
    /// 60 is a leap second.
    var second = 0

    /// `nil` where one of the parts is out of its range.
    var wallTime: WallTime? {
        guard (0...9999).contains(year), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let seconds = ((daysSince1970 * 24 + hour) * 60 + minute) * 60 + second
        return WallTime(secondsSince1970: Double(seconds))
    }

    /// Counts from 1 March, so that the leap day comes last (Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", days_from_civil).
    private var daysSince1970: Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The year of a moment, to place a year of two digits.
    static func year(of time: WallTime) -> Int {
        // Within ±200,000 years an Int holds the days; a wall clock outside of that is broken.
        let seconds = max(-6e12, min(6e12, time.secondsSince1970))
        // Shifted into the positive, where cutting off the fraction rounds down.
        let days = Int(seconds / 86_400 + 719_468 + 146_097 * 30_000) - 146_097 * 30_000
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        return yearOfEra + era * 400 + (dayOfYear >= 306 ? 1 : 0)
    }
}

/// Takes the parts of a date from the front of some bytes. Once a part is not there, ``isBroken`` stays set.
struct DateScanner {
    private(set) var rest: ArraySlice<UInt8>
    private(set) var isBroken = false

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// Everything was there and nothing is left.
    var isDone: Bool { !isBroken && rest.isEmpty }

    mutating func expect(_ text: StaticString) {
        let matches = text.withUTF8Buffer { rest.count >= $0.count && rest.prefix($0.count).equalsIgnoringCase($0) }
        guard matches else { return isBroken = true }
        rest = rest.dropFirst(text.utf8CodeUnitCount)
    }

    /// Exactly so many digits.
    mutating func number(digits: Int) -> Int {
        var value = 0
        for _ in 0..<digits {
            guard let digit = rest.first?.digit else {
                isBroken = true
                return 0
            }
            value = value * 10 + digit
            rest = rest.dropFirst()
        }
        return value
    }

    /// The index of the first of `names` that stands here, 0-based.
    mutating func name(of names: [String]) -> Int {
        for (index, name) in names.enumerated() where rest.prefix(name.utf8.count).equalsIgnoringCase(name.utf8) {
            rest = rest.dropFirst(name.utf8.count)
            return index
        }
        isBroken = true
        return 0
    }

    /// `hh:mm:ss`
    mutating func time(into date: inout CalendarDate) {
        date.hour = number(digits: 2)
        expect(":")
        date.minute = number(digits: 2)
        expect(":")
        date.second = number(digits: 2)
    }

    /// Takes one of the bytes given, or breaks.
    mutating func oneOf(_ bytes: [UInt8]) -> UInt8 {
        guard let first = rest.first, bytes.contains(first) else {
            isBroken = true
            return 0
        }
        rest = rest.dropFirst()
        return first
    }

    mutating func skip(while condition: (UInt8) -> Bool) {
        rest = rest.drop(while: condition)
    }
}
