import FaultLab
import Foundation
import Testing

@Suite struct ExpectationTests {
    private func breaches(_ lab: FaultLab) -> [String] {
        lab.journal().filter { $0.kind == .breach }.map { "\($0.request ?? 0) \($0.fault ?? "")" }
    }

    private func breach(_ lab: FaultLab, of key: String) -> JournalEntry? {
        lab.journal().first { $0.kind == .breach && $0.fault == key }
    }

    /// The first response of a conversation, broken after a few words; gives what of it is text.
    private func firstPart(_ lab: FaultLab) throws -> String {
        let first = try lab.ask(.anthropic, ["Weirs"])
        #expect(lab.wait { $0.kind == .ended && $0.request == 1 })
        return first.replyText
    }

    private let story = """
        description = "d"
        expect = { headers = { "Anthropic-Version" = "2023-*" }, stream = true, model = "lab-*" }
        [[request]]
        expect = { continues = false, manner = "fresh", without_headers = ["x-none"] }
        steps = [{ fault = "cut", after_tokens = 20 }]
        [[request]]
        expect = { continues = true, manner = ["prefill", "continue"], matches = true, part_bytes = 10 }
        otherwise = [{ fault = "status", status = 409 }]
        """

    @Test func theClientThatDoesItRight() throws {
        try withLab(story) { lab throws in
            let part = try firstPart(lab)
            let rest = try lab.ask(.anthropic, ["Weirs", part])
            #expect(rest.status == 200 && breaches(lab).isEmpty)
            #expect(lab.expectations == ExpectationCount(checked: 13, breached: 0))
            let json = try lab.get("/lab/expectations").json
            #expect(json["checked"] as? Int == 13 && json["met"] as? Int == 13 && json["breached"] as? Int == 0)
        }
    }

    @Test func theClientThatBeginsAgainIsToldSo() throws {
        try withLab(story) { lab throws in
            _ = try firstPart(lab)
            let again = try lab.ask(.anthropic, ["Weirs"], stream: false)
            #expect(again.status == 409)
            #expect(breaches(lab) == ["2 stream", "2 continues", "2 manner", "2 part_bytes"])
            #expect(lab.expectations.breached == 4)
            let json = try lab.get("/lab/expectations").json
            let told = json["breaches"] as? [[String: Any]] ?? []
            #expect(told.count == 4 && told[1]["text"] as? String == "expected the part of the reply, found none")
            lab.reset()
            #expect(lab.expectations == ExpectationCount())
        }
    }

    @Test func aPartThatGoesAstray() throws {
        try withLab(story) { lab throws in
            let part = try firstPart(lab)
            _ = try lab.ask(.anthropic, ["Weirs", part + " quite another thing"])
            #expect(breaches(lab) == ["2 matches"])
        }
    }

    @Test func keysDoNotReachTheJournal() throws {
        try withLab(#"description = "d"\#nexpect = { headers = { "x-api-key" = "right", "x-more" = "*" } }"#) {
            lab throws in
            _ = try lab.ask(.anthropic, ["Weirs"], headers: ["X-API-Key: sk-secret-of-mine"])
            #expect(breaches(lab) == ["1 headers", "1 headers"])
            #expect(!lab.journal().contains { $0.text.contains("sk-secret") })
        }
    }

    @Test func whoComesBackTooEarlyIsSeen() throws {
        let scenario = """
            description = "d"
            [[request]]
            steps = [{ fault = "status", status = 429, retry_after = 60 }]
            [[request]]
            expect = { retry_after = true, not_before = "50s", not_after = "2m" }
            [[request]]
            expect = { not_after = 0 }
            """
        try withLab(scenario) { lab throws in
            _ = try lab.ask(.openai, ["Weirs"])
            #expect(lab.wait { $0.kind == .ended })
            _ = try lab.ask(.openai, ["Weirs"], headers: ["X-Request-ID: early"])
            #expect(breaches(lab) == ["2 not_before", "2 retry_after"])
            let entry = try #require(breach(lab, of: "retry_after"))
            #expect(entry.text.hasPrefix("was told to wait 60 s, found "))
            #expect(entry.clientRequestID == "early" && entry.conversation == 1)
        }
    }

    @Test func aRequestThatShouldNotCome() throws {
        let scenario = """
            description = "d"
            [[request]]
            steps = [{ fault = "status", status = 401 }]
            [[request]]
            times = 3
            expect = { comes = false }
            steps = [{ fault = "status", status = 401 }]
            """
        try withLab(scenario) { lab throws in
            for _ in 0..<3 { _ = try lab.ask(.openai, ["Weirs"]) }
            #expect(breaches(lab) == ["2 comes", "3 comes"])
        }
    }

    @Test func whatTheBodyHolds() throws {
        try withLab(#"description = "d"\#nexpect = { contains = ["stream_options", "\"mod", ""] }"#) { lab throws in
            _ = try lab.ask(.openai, ["Weirs"])
            #expect(breaches(lab) == ["1 contains"])
            _ = try lab.ask(.openai, ["Weirs"], extra: ["stream_options": ["include_usage": true]])
            #expect(breaches(lab) == ["1 contains"])
        }
    }
}
