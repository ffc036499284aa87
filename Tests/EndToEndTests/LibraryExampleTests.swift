import FaultLab
import Foundation
import Testing

/// The example of the library, as its users have it: another program than `weir`, on the same engine.
@Suite struct LibraryExampleTests {
    private static let path = String(Weir.path.dropLast("weir".count)) + "StreamReply"

    @Test func aBrokenReplyIsStreamedWhole() throws {
        let home = try Home()
        let lab = try Lab([[.at(20, .resetPeer(midWord: true, beforeHeaders: false))]])
        let run = try Run.toEnd(
            ["lab/lab-claude", "tell me", "of rivers"], home: home, environment: ["WEIR_LAB_URL": lab.baseURL],
            program: Self.path)
        let calm = try Lab()
        let whole = try Run.toEnd(calm.ask("lab-claude", "tell me of rivers"), home: home)
        #expect(whole.status == 0)
        let end = try #require(run.outputText.range(of: "\n[complete after 2 attempts: ", options: .backwards))
        #expect(run.outputText[..<end.lowerBound] == whole.outputText)
        #expect(run.outputText.hasSuffix("]\n"))
        #expect(run.outputText[end.upperBound...].contains("$0."))
    }

    @Test func whatIsMissingIsSaid() throws {
        let run = try Run.toEnd(["anthropic/claude-haiku-4-5", "?"], home: try Home(), program: Self.path)
        #expect(run.outputText.contains("set ANTHROPIC_API_KEY"))
    }
}
