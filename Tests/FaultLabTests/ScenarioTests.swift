import TOML
import Testing

@testable import FaultLab

@Suite struct ScenarioTests {
    @Test func theShelfIsReadWithoutError() throws {
        let scenarios = try Shelf.scenarios()
        #expect(scenarios.count == 18)
        #expect(scenarios.first?.name == "default")
        for scenario in scenarios {
            #expect(!scenario.description.isEmpty && !scenario.description.contains("\n"))
            #expect(scenario.description.utf8.count <= 120)
        }
        #expect(try Shelf.scenario(named: "nonesuch") == nil)
        #expect(Shelf.standard.stories.count == 4)
    }

    @Test func everyFaultCanBeWrittenByItsNameAlone() throws {
        for name in Fault.names where name != "status" {
            let scenario = try Scenario(
                "description = \"d\"\nalways = [{ fault = \"\(name)\" }]", name: "n", source: "s.toml")
            #expect(scenario.always.count == 1)
        }
        #expect(Set(Fault.names).count == Fault.names.count)
    }

    @Test(arguments: [
        ("", "s.toml: description: is required"),
        ("description = \"d\"\nseeed = 1", "s.toml:2: seeed: unknown key, did you mean \"seed\"?"),
        (
            "description = \"d\"\n\nalways = [\n  { fault = \"latency\" },\n  { fault = \"reset_pear\" },\n]",
            "s.toml:5: always[1].fault: unknown fault \"reset_pear\", did you mean \"reset_peer\"?"
        ),
        (
            "description = \"d\"\n[[request]]\nsteps = [{ fault = \"stall\", second = 3 }]",
            "s.toml:3: request[0].steps[0].second: unknown key, did you mean \"seconds\"?"
        ),
        (
            "description = \"d\"\n[[story]]\n[[story.request]]\nsteps = [{ fault = \"status\", status = 200 }]",
            "s.toml:4: story[0].request[0].steps[0].status: expected a whole number from 400 to 599, found 200"
        ),
        (
            "description = \"d\"\n[[story.request]]\nsteps = []", nil
        ),
        (
            "description = \"d\"\nalways = [{ fault = \"stall\", seconds = \"3 weeks\" }]",
            "s.toml:2: always[0].seconds: expected a time such as 1.5, \"250ms\", \"1.5s\" or \"2m\", up to a day, found \"3 weeks\""
        ),
        (
            "description = \"d\"\nalways = [{ fault = \"stall\", keep_alive = \"drum\" }]",
            "s.toml:2: always[0].keep_alive: expected one of \"none\", \"ping\", \"comment\", found \"drum\""
        ),
        (
            "description = \"d\"\nalways = [{ fault = \"goaway\", error = \"TIRED\" }]",
            nil
        ),
        (
            "description = \"d\"\nalways = [{ fault = \"goaway\", processed = false, after_tokens = 3 }]",
            "s.toml:2: always[0].processed: contradicts \"after_tokens\": what was not heard has no answer"
        ),
        (
            "description = \"d\"\nalways = [{ fault = \"empty\", after_tokens = 3 }]",
            "s.toml:2: always[0].after_tokens: unknown key"
        ),
        (
            "description = \"d\"\nalways = [{ fault = \"empty\", probability = 1.5 }]",
            "s.toml:2: always[0].probability: expected a number from 0.0 to 1.0, found 1.5"
        ),
        (
            "description = \"d\"\n[[request]]\nsteps = []\n[[story]]\ntitle = \"t\"",
            "s.toml:2: request: stands beside \"story\"; give each story its own [[story.request]]"
        ),
        ("description = \"d\"\nrepeat = true", "s.toml:2: repeat: belongs to a story, or beside [[request]]"),
    ])
    func errorsNameFileLineAndKey(_ text: String, _ message: String?) {
        do {
            _ = try Scenario(text, name: "n", source: "s.toml")
            #expect(message == nil)
        } catch {
            if let message { #expect(error.description == message) }
        }
    }

    @Test func timesMayHaveUnits() throws {
        for (text, seconds) in [("2", 2.0), ("0.25", 0.25), ("\"250ms\"", 0.25), ("\"1.5s\"", 1.5), ("\"2m\"", 120)] {
            let scenario = try Scenario(
                "description = \"d\"\nalways = [{ fault = \"stall\", seconds = \(text) }]", name: "n", source: "s")
            #expect(scenario.always == [FaultStep(.stall(seconds, .none, interval: 1))])
        }
    }

    @Test func storiesGoRoundAndRequestsEnd() throws {
        let scenario = try Scenario(
            """
            description = "d"
            [[story]]
            [[story.request]]
            steps = [{ fault = "empty" }]
            [[story.request]]
            steps = [{ fault = "splice" }]
            [[story]]
            repeat = true
            [[story.request]]
            steps = [{ fault = "refusal" }]
            """, name: "n", source: "s")
        func faults(_ conversation: Int, _ request: Int) -> [Fault] {
            scenario.steps(conversation: conversation, request: request, key: 0).map(\.fault)
        }
        #expect(faults(1, 1) == [.empty] && faults(1, 2) == [.splice] && faults(1, 3) == [])
        #expect(faults(2, 1) == [.refusal] && faults(2, 7) == [.refusal])
        #expect(faults(3, 1) == [.empty])
    }

    @Test func chancesFollowTheSeedAndComeOutAboutRight() throws {
        var scenario = try Scenario(
            """
            description = "d"
            always = [
                { fault = "reset_peer", probability = 0.3 },
                { fault = "cut", after_tokens = 50, spread = 10 },
            ]
            """, name: "n", source: "s")
        func run() -> [[FaultStep]] {
            (0..<2_000).map { scenario.steps(conversation: 1, request: 1, key: FNV1a.hash("\($0)")) }
        }
        let first = run()
        #expect(first == run())
        #expect((500...700).contains(first.count { $0.count == 2 }))
        let places = Set(first.compactMap { $0.last?.afterTokens })
        #expect(places == Set(40...60))
        scenario.seed = 2
        #expect(first != run())
    }
}
