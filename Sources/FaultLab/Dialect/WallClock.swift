#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The time of day, and its forms on the wire.
enum WallClock {
    /// Seconds since 1970.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// `2026-11-20T14:02:03Z`, up to the second.
    static func rfc3339(_ seconds: Double) -> String {
        let (date, _) = Self.date(seconds.rounded(.up))
        return
            "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(date.hour)):\(two(date.minute)):\(two(date.second))Z"
    }

    /// An IMF-fixdate (RFC 9110, 5.6.7): `Fri, 20 Nov 2026 14:02:03 GMT`, up to the second.
    static func httpDate(_ seconds: Double) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (date, day) = Self.date(seconds.rounded(.up))
        return "\(days[((day % 7) + 7) % 7]), \(two(date.day)) \(months[date.month - 1]) \(date.year) "
            + "\(two(date.hour)):\(two(date.minute)):\(two(date.second)) GMT"
    }

    private struct Date {
        var year, month, day, hour, minute, second: Int
    }

    /// The civil date of a day count (Howard Hinnant, "chrono-compatible low-level date algorithms"), and the day count.
    private static func date(_ seconds: Double) -> (Date, day: Int) {
        // From 1970 to 9999: four digits for the year.
        let total = Int(min(max(0, seconds), 253_402_300_799))
        let day = total / 86_400
        let rest = total % 86_400
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let date = Date(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, hour: rest / 3600, minute: rest % 3600 / 60,
            second: rest % 60)
        return (date, day)
    }

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
