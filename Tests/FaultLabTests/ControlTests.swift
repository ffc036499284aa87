import FaultLab
import Foundation
import Synchronization
import Testing

@Suite struct ControlTests {
    @Test func theReplyToComparewith() throws {
        try withLab { lab throws in
            let prompt = "Wie fließt & biegt sich 水? 100%"
            let query = prompt.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            #expect(try lab.get("/lab/reply?x=1&prompt=\(query)").text.isExactly(CanonicalReply.text(prompt: prompt)))
            #expect(try lab.get("/lab/reply?prompt=two+words").text.isExactly(CanonicalReply.text(prompt: "two words")))
            #expect(try lab.post("/lab/reply", prompt).text.isExactly(CanonicalReply.text(prompt: prompt)))
            #expect(try lab.get("/lab/reply?prompt=%ff%").status == 200)
        }
    }

    @Test func theJournalTellsWhatWasAskedAndDone() throws {
        try withLab(always(#"fault = "cut", after_tokens = 3"#)) { lab throws in
            _ = try lab.ask(.openai, ["Weirs \"quoted\""], headers: ["X-Request-ID: weir-1-1"])
            #expect(lab.wait { $0.kind == .ended })
            let journal = try lab.get("/lab/journal").json["entries"] as? [[String: Any]] ?? []
            #expect(journal.map { $0["kind"] as? String } == ["asked", "fault", "ended"])
            #expect(journal[0]["client_request_id"] as? String == "weir-1-1")
            #expect(journal[1]["fault"] as? String == "cut" && journal[1]["tokens"] as? Int == 3)
            #expect(journal.map { $0["number"] as? Int } == [1, 2, 3])
            let later = try lab.get("/lab/journal?after=2").json["entries"] as? [[String: Any]] ?? []
            #expect(later.map { $0["number"] as? Int } == [3])
            #expect(lab.journal(after: 2).map(\.number) == [3] && lab.journal(after: 99).isEmpty)
            #expect(try lab.post("/lab/reset", "").json["ok"] as? Bool == true)
            #expect(lab.journal().isEmpty)
        }
    }

    @Test func entriesAreToldInTheirOrder() throws {
        final class Box: Sendable {
            let numbers = Mutex<[Int]>([])
        }
        let box = Box()
        try withLab(configure: { $0.onEntry = { entry in box.numbers.withLock { $0.append(entry.number) } } }) {
            lab throws in
            for _ in 0..<3 { _ = try lab.ask(.openai, ["Weirs"]) }
            #expect(lab.wait { $0.number == 6 })
        }
        #expect(box.numbers.withLock { $0 } == [1, 2, 3, 4, 5, 6])
    }

    @Test func scenariosAreListedAndChosen() throws {
        let own = Scenario(name: "own", description: "mine")
        try withLab(configure: { $0.scenarios = [own] }) { lab throws in
            let list = try lab.get("/lab/scenarios").json
            #expect(list["current"] as? String == "test")
            let names = (list["scenarios"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
            #expect(names.prefix(4) == ["test", "own", "default", "calm"] && names.count == Shelf.names.count + 2)
            #expect(try lab.post("/lab/scenario", #"{"name":"bad-key"}"#).status == 200)
            #expect(try lab.ask(.openai, ["Weirs"]).status == 401)
            #expect(lab.scenario.name == "bad-key")
            #expect(try lab.post("/lab/scenario", #"{"name":"nonesuch"}"#).status == 400)
            lab.use(own)
            #expect(try lab.ask(.openai, ["Weirs"]).status == 200)
        }
    }

    @Test func aPortInUseIsToldAsSuch() throws {
        try withLab { lab throws in
            var configuration = LabConfiguration()
            configuration.port = lab.port
            #expect(throws: LabError.portInUse(host: "127.0.0.1", port: lab.port)) { try FaultLab.start(configuration) }
            configuration.host = "no such host"
            #expect(throws: LabError.self) { try FaultLab.start(configuration) }
        }
    }

    @Test func urls() throws {
        try withLab { lab throws in
            #expect(lab.baseURL == "http://127.0.0.1:\(lab.port)" && lab.openAIBaseURL == lab.baseURL + "/v1")
            #expect(lab.baseURL(scenario: "storm") == lab.baseURL + "/s/storm")
            #expect(try lab.get("/").text.contains("/lab/journal"))
            #expect(try lab.get("/lab/nothing").status == 404)
        }
    }
}
