/// The three date formats of HTTP (RFC 9110, 5.6.7), read on bytes.
public enum HTTPDate {
    /// - `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate)
    /// - `Sunday, 06-Nov-94 08:49:37 GMT` (RFC 850; a year that would lie more than 50 years ahead of `now` is past)
    /// - `Sun Nov  6 08:49:37 1994` (asctime)
    ///
    /// Letters may be of any case. The day's name must be one, but is not held against the date.
    /// - Returns: `nil` for everything else.
    public static func parse(_ text: some StringProtocol, now: WallTime) -> WallTime? {
        parse(Array(text.utf8)[...], now: now)
    }

    static func parse(_ bytes: ArraySlice<UInt8>, now: WallTime) -> WallTime? {
        let bytes = bytes.trimmingSpace()
        return fixdate(bytes) ?? obsolete(bytes, now: now) ?? asctime(bytes)
    }

    private static func fixdate(_ bytes: ArraySlice<UInt8>) -> WallTime? {
        var scanner = DateScanner(bytes)
        var date = CalendarDate(year: 0, month: 1, day: 1)
        _ = scanner.name(of: shortDays)
        scanner.expect(", ")
        date.day = scanner.number(digits: 2)
        scanner.expect(" ")
        date.month = scanner.name(of: months) + 1
        scanner.expect(" ")
        date.year = scanner.number(digits: 4)
        scanner.expect(" ")
        scanner.time(into: &date)
        scanner.expect(" GMT")
        return scanner.isDone ? date.wallTime : nil
    }

    private static func obsolete(_ bytes: ArraySlice<UInt8>, now: WallTime) -> WallTime? {
        var scanner = DateScanner(bytes)
        var date = CalendarDate(year: 0, month: 1, day: 1)
        _ = scanner.name(of: longDays)
        scanner.expect(", ")
        date.day = scanner.number(digits: 2)
        scanner.expect("-")
        date.month = scanner.name(of: months) + 1
        scanner.expect("-")
        let twoDigits = scanner.number(digits: 2)
        scanner.expect(" ")
        scanner.time(into: &date)
        scanner.expect(" GMT")
        guard scanner.isDone else { return nil }
        let thisYear = CalendarDate.year(of: now)
        date.year = thisYear - thisYear % 100 + twoDigits
        if date.year > thisYear + 50 { date.year -= 100 }
        return date.wallTime
    }

    private static func asctime(_ bytes: ArraySlice<UInt8>) -> WallTime? {
        var scanner = DateScanner(bytes)
        var date = CalendarDate(year: 0, month: 1, day: 1)
        _ = scanner.name(of: shortDays)
        scanner.expect(" ")
        date.month = scanner.name(of: months) + 1
        scanner.expect(" ")
        // The day is padded with a space.
        if scanner.rest.first == UInt8(ascii: " ") {
            scanner.expect(" ")
            date.day = scanner.number(digits: 1)
        } else {
            date.day = scanner.number(digits: 2)
        }
        scanner.expect(" ")
        scanner.time(into: &date)
        scanner.expect(" ")
        date.year = scanner.number(digits: 4)
        return scanner.isDone ? date.wallTime : nil
    }

    private static let shortDays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let longDays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

/// RFC 3339 timestamps, as Anthropic's rate-limit headers carry them.
enum RFC3339 {
    /// `2026-11-20T14:02:11Z`, with any number of decimals, `Z` or an offset; `T` and `Z` of any case, `T` also a space.
    static func parse(_ bytes: ArraySlice<UInt8>) -> WallTime? {
        var scanner = DateScanner(bytes)
        var date = CalendarDate(year: 0, month: 1, day: 1)
        date.year = scanner.number(digits: 4)
        scanner.expect("-")
        date.month = scanner.number(digits: 2)
        scanner.expect("-")
        date.day = scanner.number(digits: 2)
        _ = scanner.oneOf(Array("Tt ".utf8))
        scanner.time(into: &date)
        var fraction = 0.0
        if scanner.rest.first == UInt8(ascii: ".") {
            scanner.expect(".")
            var place = 0.1
            while scanner.rest.first?.digit != nil {
                fraction += place * Double(scanner.number(digits: 1))
                place /= 10
            }
        }
        var offset = 0
        switch scanner.oneOf(Array("Zz+-".utf8)) {
        case UInt8(ascii: "+"): offset = scanner.offset()
        case UInt8(ascii: "-"): offset = -scanner.offset()
        default: break
        }
        guard scanner.isDone, let time = date.wallTime else { return nil }
        return WallTime(secondsSince1970: time.secondsSince1970 + fraction - Double(offset))
    }
}

extension DateScanner {
    /// `hh:mm` in seconds.
    fileprivate mutating func offset() -> Int {
        let hours = number(digits: 2)
        expect(":")
        return (hours * 60 + number(digits: 2)) * 60
    }
}
