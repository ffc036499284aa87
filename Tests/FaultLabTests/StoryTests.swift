import Foundation
import Testing

@testable import FaultLab

/// Models, loops and waits of scenarios.
@Suite struct StoryTests {
    private func scenario(_ text: String) throws -> Scenario {
        try Scenario("description = \"d\"\n" + text, name: "n", source: "s.toml")
    }

    @Test func storiesForAModel() throws {
        let scenario = try scenario(
            """
            [[story]]
            model = "*claude*"
            [[story.request]]
            steps = [{ fault = "empty" }]
            [[story]]
            [[story.request]]
            steps = [{ fault = "splice" }]
            """)
        func faults(_ conversation: Int, _ model: String) -> [Fault] {
            scenario.steps(conversation: conversation, request: 1, key: 0, model: model).map(\.fault)
        }
        #expect(faults(1, "lab-claude") == [.empty] && faults(2, "lab-claude") == [.splice])
        #expect(faults(1, "lab-gpt") == [.splice] && faults(2, "lab-gpt") == [.splice])
        #expect(scenario.storyKey(for: "lab-claude") != scenario.storyKey(for: "lab-gpt"))
        #expect(scenario.storyKey(for: "lab-gpt") == scenario.storyKey(for: "else"))
    }

    @Test func eachModelIsToldItsStoriesFromTheFirst() throws {
        let text = """
            description = "d"
            [[story]]
            model = "lab-gpt"
            [[story.request]]
            steps = [{ fault = "status", status = 503 }]
            [[story]]
            model = "lab-claude"
            [[story.request]]
            steps = [{ fault = "status", status = 529 }]
            """
        try withLab(text) { lab throws in
            #expect(try lab.ask(.anthropic, ["Weirs"]).status == 529)
            #expect(try lab.ask(.openai, ["Weirs"]).status == 503)
            #expect(try lab.ask(.openai, ["Weirs"], model: "lab-other").status == 200)
        }
    }

    @Test func stepsForAModelLeaveTheChancesOfOthersAlone() throws {
        let step = #"{ fault = "cut", probability = 0.5, after_tokens = 50, spread = 9 }"#
        let alone = try scenario("always = [{ fault = \"empty\" }, \(step)]")
        let beside = try scenario("always = [{ fault = \"empty\", model = \"a*\" }, \(step)]")
        for key in 0..<50 as Range<UInt64> {
            let one = alone.steps(conversation: 1, request: 1, key: key, model: "b").filter { $0.fault != .empty }
            #expect(one == beside.steps(conversation: 1, request: 1, key: key, model: "b"))
            #expect(beside.steps(conversation: 1, request: 1, key: key, model: "abc").first?.fault == .empty)
        }
    }

    @Test func requestsThatAreAlikeAndRounds() throws {
        let scenario = try scenario(
            """
            repeat = 2
            [[request]]
            times = 2
            steps = [{ fault = "empty" }]
            [[request]]
            steps = [{ fault = "splice" }]
            """)
        let faults = (1...8).map { scenario.steps(conversation: 1, request: $0, key: 0).map(\.fault) }
        #expect(faults == [[.empty], [.empty], [.splice], [.empty], [.empty], [.splice], [], []])
        #expect(scenario.steps(conversation: 1, request: 0, key: 0).isEmpty)
        #expect(scenario.summary == "1 story, 2 requests, 2 steps, 0 expectations")
    }

    @Test func aStepThatComesAgain() throws {
        let scenario = try scenario(
            """
            always = [
                { fault = "unknown_event", after_tokens = 5, every = 10, times = 3 },
                { fault = "malformed_event", after_tokens = 990_000, every = 4_000 },
                { fault = "stall", every = 1, seconds = 0 },
            ]
            """)
        let steps = scenario.steps(conversation: 1, request: 1, key: 0)
        #expect(steps.filter { $0.fault == .unknownEvent }.map(\.afterTokens) == [5, 15, 25])
        #expect(
            steps.filter { $0.fault == .malformedEvent(count: 1) }.map(\.afterTokens) == [990_000, 994_000, 998_000])
        #expect(steps.count == 3 + 3 + FaultStep.mostPlaces)
        try withLab(always(#"fault = "unknown_event", every = 40, times = 4, after_tokens = 40"#)) { lab throws in
            let reply = try lab.ask(.anthropic, ["Weirs"])
            #expect(reply.replyText.isExactly(CanonicalReply.text(prompt: "Weirs")))
            #expect(lab.journal().filter { $0.fault == "unknown_event" }.map(\.tokens) == [40, 80, 120, 160])
        }
    }

    @Test(arguments: ["before_headers = true", "after_tokens = 3", #"after_tokens = 3, keep_alive = "ping""#])
    func aWaitEndsWhenItIsToldTo(_ place: String) throws {
        try withLab(always("fault = \"wait\", \(place)")) { lab throws in
            let client = try TestClient(port: lab.port)
            client.send(
                "POST", "/v1/chat/completions", ["X-Request-ID: mine-7"], body: Speech.openai.body(["Weirs"]))
            #expect(lab.wait { $0.fault == "wait" && $0.text == "until released" })
            #expect(lab.conversation(clientRequestID: "mine-") == 1 && lab.conversation(clientRequestID: "x") == nil)
            let answer = try lab.post("/lab/steer", #"{"order":"release","client_request_id":"mine-7"}"#)
            #expect(answer.json["streams"] as? Int == 1)
            #expect(client.response().replyText.isExactly(CanonicalReply.text(prompt: "Weirs")))
            #expect(lab.journal().contains { $0.fault == "wait" && $0.text == "released" })
        }
    }

    @Test func aWaitOfAReplyAsAWholeAndOneThatEndsByItself() throws {
        try withLab(always(#"fault = "wait", seconds = "5ms""#)) { lab throws in
            #expect(try lab.ask(.openai, ["Weirs"]).replyText.isExactly(CanonicalReply.text(prompt: "Weirs")))
            let whole = try lab.ask(.openai, ["Weirs"], stream: false)
            #expect(whole.status == 200 && lab.journal().filter { $0.fault == "wait" }.count == 2)
        }
    }

    @Test func releaseIsForWhoWaits() throws {
        try withLab(always(#"fault = "stall", seconds = 600, after_tokens = 3"#)) { lab throws in
            let client = try TestClient(port: lab.port)
            client.send("POST", "/v1/chat/completions", body: Speech.openai.body(["Weirs"]))
            #expect(lab.wait { $0.fault == "stall" })
            #expect(lab.steer(.release) == 1)
            lab.steer(.heal)
            #expect(client.response().replyText.isExactly(CanonicalReply.text(prompt: "Weirs")))
            #expect(!lab.journal().contains { $0.fault == "wait" })
        }
    }

    @Test func aScenarioPostedAsText() throws {
        try withLab { lab throws in
            let toml = #"description = \"d\"\nalways = [{ fault = \"status\", status = 418 }]"#
            #expect(try lab.post("/lab/scenario", "{\"toml\":\"\(toml)\",\"name\":\"tea\"}").status == 200)
            #expect(lab.scenario.name == "tea")
            #expect(try lab.ask(.openai, ["Weirs"]).status == 418)
            let wrong = try lab.post("/lab/scenario", #"{"toml":"description = \"d\"\nseeed = 1"}"#)
            #expect(wrong.status == 400 && wrong.text.contains("toml:2: seeed: unknown key"))
            #expect(lab.scenario.name == "tea")
        }
    }

    @Test(arguments: [
        (#"always = [{ fault = "empty", every = 3 }]"#, "s.toml:2: always[0].every: unknown key"),
        (
            #"always = [{ fault = "stall", times = 3 }]"#,
            "s.toml:2: always[0].times: belongs to \"every\", the tokens in between"
        ),
        (
            "repeat = \"often\"\n[[request]]",
            "s.toml:2: repeat: expected true, false or a number of rounds, found a string"
        ),
        (
            "[[request]]\nexpect = { continue = true }",
            "s.toml:3: request[0].expect.continue: unknown key, did you mean \"continues\"?"
        ),
        (
            "[[request]]\notherwise = []",
            "s.toml:3: request[0].otherwise: is what happens where \"expect\" is not met, which is missing"
        ),
        (
            "expect = { manner = [\"prefill\", \"magic\"] }",
            "s.toml:2: expect.manner: expected some of \"fresh\", \"prefill\", \"continue\", \"system-note\", \"cursor\", found \"magic\""
        ),
        (
            "expect = { comes = false, stream = true }",
            "s.toml:2: expect.comes: false leaves nothing else to expect of the request"
        ),
        ("expect = { not_before = 3, not_after = 2 }", "s.toml:2: expect.not_after: is earlier than \"not_before\""),
        ("expect = { continues = false, manner = \"prefill\" }", "s.toml:2: expect.manner: contradicts \"continues\""),
        ("expect = { continues = true, manner = \"fresh\" }", "s.toml:2: expect.manner: contradicts \"continues\""),
        (
            "expect = { headers = { A = \"*\" }, without_headers = [\"a\"] }",
            "s.toml:2: expect.without_headers: \"a\" is among the headers that are expected"
        ),
    ])
    func whatIsWrongIsToldWithLineAndKey(_ text: String, _ message: String) {
        #expect(throws: Never.self) { try scenario("") }
        do {
            _ = try scenario(text)
            Issue.record("nothing was wrong")
        } catch {
            #expect("\(error)" == message)
        }
    }

    @Test(arguments: [
        ("", "", true), ("", "a", false), ("*", "", true), ("*", "abc", true), ("a*c", "abc", true),
        ("a*c", "abcd", false), ("*b*", "abc", true), ("a**", "a", true), ("abc", "abc", true), ("abc", "abd", false),
        ("*ab", "aab", true), ("*ab*ab", "abab", true), ("*ab*ab", "aba", false),
    ])
    func patterns(_ pattern: String, _ text: String, _ matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    /// The document lists what there is.
    @Test func theDocumentTellsOfEverything() throws {
        let text = try String(
            contentsOf: URL(filePath: #filePath).appending(path: "../../../docs/fault-lab.md").standardized,
            encoding: .utf8)
        for name in Fault.names + Shelf.names {
            #expect(text.contains("`\(name)`"), "\(name) is not in docs/fault-lab.md")
        }
        for kind in Fault.kinds {
            for key in kind.keys {
                #expect(text.contains("`\(key)`"), "\(kind.name).\(key) is not in docs/fault-lab.md")
            }
        }
        for key in Expectation.keys { #expect(text.contains("`\(key)`"), "expect.\(key) is not in docs/fault-lab.md") }
    }
}
