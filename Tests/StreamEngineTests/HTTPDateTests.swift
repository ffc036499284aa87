import StreamEngine
import TestSupport
import Testing

@Suite struct HTTPDateTests {
    private let now = WallTime(secondsSince1970: 1_763_665_200)  // 2025-11-20

    private func seconds(_ text: String) -> Double? { HTTPDate.parse(text, now: now)?.secondsSince1970 }

    /// The example of RFC 9110, 5.6.7, in its three formats.
    @Test func threeFormatsOneMoment() {
        #expect(seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(seconds("Sunday, 06-Nov-94 08:49:37 GMT") == 784_111_777)
        #expect(seconds("Sun Nov  6 08:49:37 1994") == 784_111_777)
        #expect(seconds("sun, 06 nov 1994 08:49:37 gmt") == 784_111_777)
        #expect(seconds("  Sun, 06 Nov 1994 08:49:37 GMT ") == 784_111_777)
        #expect(seconds("Sun Nov 16 08:49:37 1994") == 784_975_777)
    }

    @Test func twoDigitYearsLieAtMostFiftyYearsAhead() {
        #expect(seconds("Friday, 20-Nov-75 00:00:00 GMT") == 3_341_433_600)  // 2075
        #expect(seconds("Friday, 20-Nov-76 00:00:00 GMT") == 217_296_000)  // 1976
    }

    @Test func edgesOfTheCalendar() {
        #expect(seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(seconds("Tue, 29 Feb 2000 00:00:00 GMT") == 951_782_400)
        #expect(seconds("Fri, 31 Dec 9999 23:59:59 GMT") == 253_402_300_799)
        #expect(seconds("Sat, 31 Dec 2016 23:59:60 GMT") == 1_483_228_800)
        #expect(seconds("Sat, 01 Jan 0000 00:00:00 GMT") == -62_167_219_200)
    }

    @Test(arguments: [
        "", "GMT", "Zun, 29 Sep 2023 16:26:27 GMT", "Fri, 29 Sep 100000 16:26:57 GMT", "Fri, 29 Feb 2023 16:26:57 GMT",
        "Thu, 29 Feb 1900 00:00:00 GMT", "Fri, 31 Apr 2023 16:26:57 GMT", "Fri, 00 Sep 2023 16:26:57 GMT",
        "Fri, 29 Sep 2023 24:00:00 GMT", "Fri, 29 Sep 2023 16:60:00 GMT", "Fri, 29 Sep 2023 16:26:61 GMT",
        "Fri, 29 Sep 2023 16:26:57 UTC", "Fri, 29 Sep 2023 16:26:57", "Fri, 29 Sep 2023 16:26:57 GMT+1",
        "Fri, 9 Sep 2023 16:26:57 GMT", "Fri, 29 Foo 2023 16:26:57 GMT", "Fri Sep 29 16:26:57 23",
        "Friday, 29 Sep 2023 16:26:57 GMT", "2023-09-29T16:26:57Z", "Fri, 29 Sep 2023 16:26:57 GMT\0", "\u{FF11}",
    ])
    func refuses(text: String) {
        #expect(seconds(text) == nil)
    }

    /// The first and last day of every month of four hundred years, against counting on by hand.
    @Test func everyMonthFollowsTheOneBefore() {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var expected = -11_676_096_000.0  // 1600-01-01
        var wrong: [String] = []
        for year in 1600..<2000 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (index, days) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for (day, moment) in [("01", expected), ("\(days)", expected + Double(days - 1) * 86_400)] {
                    let text = "Mon, \(day) \(months[index]) \(year) 00:00:00 GMT"
                    if seconds(text) != moment { wrong.append(text) }
                }
                expected += Double(days) * 86_400
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func noBytesTrap() {
        var random = SeededRandom(seed: 9)
        let source = Array("Sun, 06-Nov 94 08:49:37 GMTday1234567890 \u{e9}".utf8)
        for _ in 0..<4000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                source[Int.random(in: 0..<source.count, using: &random)]
            }
            _ = HTTPDate.parse(String(decoding: bytes, as: UTF8.self), now: now)
            _ = DurationText.parse(String(decoding: bytes, as: UTF8.self))
        }
    }
}
