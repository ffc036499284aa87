import Foundation
import Providers
import StreamEngine
import TestSupport
import Testing

@Suite struct RetryAfterTests {
    private let now = WallTime(secondsSince1970: 1_696_004_797)

    private func wait(_ headers: [(String, String)], error: ProviderError? = nil) -> Double? {
        RetryAfter.parse(headers: headers.map { HTTPHeader($0.0, $0.1) }, error: error, now: now)?.inSeconds
    }

    /// The SDKs ignore waits above a cap of theirs; we honour them and leave long ones to the user. Everything else of
    /// their rows is ours too: what they honour to the second, and what they take for no word at all.
    @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func rowsOfTheSDKs() throws {
        let rows = try Conformance.lines("retry_after_cases.jsonl")
        #expect(rows.count == 39)
        var aboveTheirCap = 0
        for row in rows {
            let value = try #require(row["retry_after"] as? String)
            let expected = try #require(row["expected_wait_s"] as? Double)
            let isHonoured = try #require(row["honoured"] as? Bool)
            let cap = try #require(row["cap_s"] as? Double)
            let at = try #require(row["now_unix"] as? Double)
            let ours = RetryAfter.parse(
                headers: [HTTPHeader("Retry-After", value)], error: nil, now: WallTime(secondsSince1970: at))?.inSeconds
            if isHonoured {
                #expect(ours == expected, "\(value)")
            } else if let ours {
                aboveTheirCap += 1
                #expect(ours > cap, "\(value)")
            }
        }
        #expect(aboveTheirCap == 4)
    }

    @Test func formsInTheirOrder() {
        #expect(wait([("retry-after-ms", "1500"), ("retry-after", "20")]) == 1.5)
        #expect(wait([("Retry-After-MS", "0.5")]) == 0.0005)
        #expect(wait([("RETRY-AFTER", " 2.5 ")]) == 2.5)
        #expect(wait([("retry-after-ms", "soon"), ("retry-after", "3")]) == 3)
        #expect(wait([("retry-after", "3")], error: ProviderError(message: "", retryAfter: 34.4)) == 3)
        #expect(wait([], error: ProviderError(message: "", retryAfter: 34.4)) == 34.4)
        #expect(wait([("retry-after", "0")], error: ProviderError(message: "", retryAfter: 7)) == 7)
        #expect(wait([]) == nil)
    }

    @Test func noWordAtAll() {
        for value in [
            "", "0", "-1", "inf", "nan", "1e3", "12 seconds", "0x10", "1,5", "99999999999999999999999999999999999",
            "1000000001", "Fri, 29 Sep 100000 16:26:57 GMT",
        ] {
            #expect(wait([("retry-after", value)]) == nil, "\(value)")
        }
        for seconds in [-1, 0, Double.nan, .infinity, 1e300] {
            #expect(wait([], error: ProviderError(message: "", retryAfter: seconds)) == nil)
        }
    }

    @Test func aLongWaitIsKeptWhole() {
        // 447.231667 hours.
        #expect(wait([("retry-after", "1610034")]) == 1_610_034)
    }

    @Test func aDateIsCountedFromTheServersOwnClock() {
        let date = "Fri, 29 Sep 2023 16:30:00 GMT"
        #expect(wait([("retry-after", date), ("date", "Fri, 29 Sep 2023 16:29:50 GMT")]) == 10)
        #expect(wait([("retry-after", date), ("date", "yesterday")]) == 203)
        #expect(wait([("retry-after", "Friday, 29-Sep-23 16:30:00 GMT")]) == 203)
        #expect(wait([("retry-after", "Fri Sep 29 16:30:00 2023")]) == 203)
    }
}
