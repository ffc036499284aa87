import Bench
import Providers
import StreamEngine
import Testing

@Suite struct ReportTests {
    private func twoReplies(target: String = "lab/lab-claude") throws -> Replies {
        var replies = Replies(planned: 2, target: target)
        try replies.reply(["one ", "two ", "three"])
        try replies.reply([], status: 401)
        return replies
    }

    @Test func theSummarySaysHowRepliesEnded() throws {
        let table = SummaryReport.table([try twoReplies().result()])
        let rows = Dictionary(table.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        #expect(rows["replies"] == "1 of 2 complete, 1 failed")
        #expect(rows["reconnection success"] == "0 % (0 of 1 broken replies ended whole)")
        #expect(rows["gap p50"] == "20 ms")
        #expect(rows["requests"] == "2, 0 of them again")
        #expect(rows["cost"] == "?")
        #expect(rows["10 M tokens a month"] == "?")
    }

    @Test func aWrongTextThatEndedAsCompleteIsShouted() throws {
        var replies = Replies(planned: 1)
        try replies.reply(["one"], isExact: false)
        let table = SummaryReport.table([replies.result()])
        #expect(table.contains { $0[0] == "text exact" && $0[1].contains("1 WRONG THOUGH COMPLETE") })
        #expect(replies.tally.silentlyWrong == 1)
    }

    @Test func whereNoTextIsKnownExactnessIsNot() throws {
        var replies = Replies(planned: 1)
        try replies.reply(["one"], isExact: nil)
        let table = SummaryReport.table([replies.result()])
        #expect(table.contains { $0[0] == "text exact" && $0[1] == "not known" })
    }

    @Test func jsonHoldsEveryNumberAndNullForWhatIsNotKnown() throws {
        let text = String(decoding: JSONReport.bytes([try twoReplies().result()]), as: UTF8.self)
        #expect(!text.contains("\n"))
        for part in [
            #""target":"lab/lab-claude""#, #""complete":1"#, #""failed":1"#, #""gap":{"count":2,"#, #""cost":null"#,
            #""label":"HTTP 401""#, #""reconnection_success":0.000000"#, #""recovery":{"count":0,"p50":null"#,
            #""warning":null"#,
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test func csvHasOneLineForEachRunAndAsManyFieldsAsItsHeader() throws {
        let result = try twoReplies(target: #"lab/"a,b""#).result(conditions: "=1+1")
        let text = CSVReport.text([result, result])
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix(#""lab/""a,b""","#))
        #expect(lines[1].contains(",'=1+1,"))
        let commas = lines[1].replacing(#""lab/""a,b""""#, with: "x").count { $0 == "," }
        #expect(commas == lines[0].count { $0 == "," })
    }

    @Test func thePageIsWholeAndHoldsNothingFromElsewhere() throws {
        let page = HTMLReport.page([try twoReplies().result(), try twoReplies().result()], date: "2026-11-25 14:02")
        #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
        for part in ["<svg", "Time to first token", "HTTP 401", "1 of 2 complete", "2026-11-25 14:02"] {
            #expect(page.contains(part), "\(part)")
        }
        for part in ["<script", "http://", "https://", "src=", "@import", "url("] {
            #expect(!page.contains(part), "\(part)")
        }
        for tag in ["svg", "table", "tr", "td", "th", "p", "h1", "h2", "div", "text"] {
            let opened = page.ranges(of: "<\(tag)>").count + page.ranges(of: "<\(tag) ").count
            #expect(opened == page.ranges(of: "</\(tag)>").count, "\(tag)")
        }
    }

    @Test func hostileNamesAreTextOnThePage() throws {
        let name = "<script>alert(1)</script>\u{1B}[31m\u{202E}&'\""
        let page = HTMLReport.page([try twoReplies(target: name).result(conditions: name)], date: name)
        #expect(!page.contains("<script"))
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;[31m&amp;&#39;&quot;"))
        #expect(!page.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }

    @Test func aMachineThatWasTheLimitIsNamed() {
        func machine(loop: Double, load: Double) -> BenchResult.Machine {
            BenchResult.Machine(processorSeconds: 1, loopShare: loop, load: load, cores: 2, peakBytes: 1)
        }
        #expect(machine(loop: 0.1, load: 1).warning == nil)
        #expect(machine(loop: 0.9, load: 1).warning?.contains("90 % of a core") == true)
        #expect(machine(loop: 0.1, load: 8).warning?.contains("the load was 8.0 on 2 cores") == true)
    }

    @Test func aRunWithoutAReplyHasAReport() {
        let result = Replies(planned: 4).result()
        #expect(SummaryReport.table([result]).contains { $0[0] == "first token p50" && $0[1] == "–" })
        #expect(HTMLReport.page([result], date: "now").contains("nothing was measured"))
        #expect(CSVReport.text([result]).contains("lab/lab-claude,calm,complete,0.000"))
    }
}
