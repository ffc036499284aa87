import Pricing
import Testing

@Suite struct DayTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-20", 20_777), ("0001-01-01", -719_162),
        ("9999-12-31", 2_932_896),
    ])
    func countsDays(text: String, number: Int) {
        #expect(Day(text)?.number == number)
        #expect(Day(number: number).description == text)
    }

    @Test(arguments: ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "", "today", "2026-01-01-01"])
    func refusesWhatIsNoDay(text: String) {
        #expect(Day(text) == nil)
    }

    @Test func everyDayOfFourCenturiesFollowsTheOneBefore() throws {
        let first = try #require(Day("1969-12-31")).number
        for number in first..<first + 146_097 {
            #expect(Day(Day(number: number).description)?.number == number)
        }
    }

    @Test func knowsWeekdays() throws {
        #expect(try #require(Day("1970-01-01")).weekday == 4)
        #expect(try #require(Day("2026-11-20")).weekday == 5)
        #expect(try #require(Day("1969-12-28")).weekday == 0)
    }

    @Test(arguments: [(0.0, 0), (86_399.999, 0), (86_400.0, 1), (-0.001, -1), (.nan, 0), (.infinity, 0), (1e300, 0)])
    func aMomentsDay(seconds: Double, number: Int) {
        #expect(Day(secondsSince1970: seconds).number == number)
    }
}
