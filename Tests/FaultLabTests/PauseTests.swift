import FaultLab
import Foundation
import Testing

/// `pause_turn`, as a client sees it, and what it must send back.
@Suite struct PauseTests {
    private let prompt = "Why do rivers bend?"
    private var canonical: String { CanonicalReply.text(prompt: prompt) }
    private let scenario = """
        description = "Pauses once"
        [[request]]
        steps = [{ fault = "pause_turn", after_tokens = 20 }]
        """

    private func content(_ reply: TestClient.Response) -> [[String: Any]] {
        var blocks: [[String: Any]] = []
        var input = ""
        for object in reply.objects {
            switch object["type"] as? String {
            case "content_block_start":
                blocks.append(object["content_block"] as? [String: Any] ?? [:])
                input = ""
            case "content_block_delta":
                let delta = object["delta"] as? [String: Any]
                for key in ["text", "thinking", "signature"] {
                    guard let more = delta?[key] as? String else { continue }
                    blocks[blocks.count - 1][key] = (blocks[blocks.count - 1][key] as? String ?? "") + more
                }
                input += delta?["partial_json"] as? String ?? ""
            case "content_block_stop" where !input.isEmpty:
                blocks[blocks.count - 1]["input"] = try? JSONSerialization.jsonObject(with: Data(input.utf8))
            default: break
            }
        }
        return blocks
    }

    private func goOn(_ lab: FaultLab, _ content: Any, model: String? = nil) throws -> TestClient.Response {
        try lab.ask(
            .anthropic, [], model: model,
            extra: [
                "messages": [["role": "user", "content": prompt], ["role": "assistant", "content": content]]
            ])
    }

    @Test(arguments: ["lab-claude", "lab-claude-no-prefill"])
    func aTurnIsPausedAndGoesOn(model: String) throws {
        try withLab(scenario) { lab in
            let paused = try lab.ask(.anthropic, [prompt], model: model)
            #expect(paused.status == 200 && paused.reason == "pause_turn" && paused.hasEndMark)
            let first = CanonicalReply.tokens(canonical)[..<20].joined()
            #expect(paused.replyText.isExactly(first))
            let blocks = content(paused)
            #expect(
                blocks.compactMap { $0["type"] as? String } == ["text", "server_tool_use", "web_search_tool_result"])
            #expect(blocks[1]["id"] as? String == blocks[2]["tool_use_id"] as? String)
            #expect((blocks[1]["input"] as? [String: Any])?["query"] as? String == "weirs — \"low\" dams\nin rivers")

            let rest = try goOn(lab, blocks, model: model)
            #expect(rest.status == 200 && rest.reason == "end_turn", "\(rest.text.prefix(400))")
            #expect((first + rest.replyText).isExactly(canonical))
            // Delivered: the same question is a new conversation.
            #expect(try lab.ask(.anthropic, [prompt], model: model).reason == "pause_turn")
        }
    }

    @Test func thoughtsGoBackWithTheirSignature() throws {
        for tokens in [5, 150] {
            let scenario = """
                description = "Pauses once"
                [[request]]
                steps = [{ fault = "pause_turn", after_tokens = \(tokens) }]
                """
            try withLab(scenario) { lab in
                let blocks = content(try lab.ask(.anthropic, [prompt], model: "lab-claude-thinking"))
                #expect(blocks.first?["type"] as? String == "thinking")
                #expect((blocks.first?["signature"] as? String)?.isEmpty == false)
                #expect(try goOn(lab, Array(blocks.dropFirst()), model: "lab-claude-thinking").status == 400)
                #expect(try goOn(lab, blocks, model: "lab-claude-thinking").status == 200)
            }
        }
    }

    @Test func whatIsChangedOrMissingIsRefused() throws {
        try withLab(scenario) { lab in
            let blocks = content(try lab.ask(.anthropic, [prompt]))
            func changed(_ index: Int, _ key: String, _ value: Any) -> [[String: Any]] {
                var blocks = blocks
                blocks[index][key] = value
                return blocks
            }
            let wrong: [Any] = [
                blocks[0]["text"] ?? "", [blocks[0]], Array(blocks[..<2]), Array(blocks[1...]),
                [blocks[0], blocks[2], blocks[1]], changed(1, "id", "srvtoolu_other"),
                changed(1, "input", [:] as [String: Any]),
                changed(2, "content", [] as [Any]), changed(0, "text", (blocks[0]["text"] as? String ?? "") + "and"),
            ]
            for content in wrong {
                let reply = try goOn(lab, content)
                #expect(reply.status == 400 && reply.text.contains("sent back as it came"), "\(content): \(reply.text)")
            }
            #expect(lab.journal().contains { $0.fault == "pause_turn" && $0.text.hasPrefix("400") })
            #expect(try goOn(lab, blocks).status == 200)
        }
    }

    /// From the beginning is no going on, and a reply as a whole is not paused; nor is one of the other dialect.
    @Test func whoStartsAgainNeedsNothing() throws {
        try withLab(scenario) { lab in
            let first = try lab.ask(.anthropic, [prompt])
            let second = try lab.ask(.anthropic, [prompt])
            #expect(first.reason == "pause_turn" && second.replyText.isExactly(canonical))
        }
        try withLab(always(#"fault = "pause_turn", after_tokens = 20"#)) { lab in
            let other = try lab.ask(.openai, [prompt])
            let whole = try lab.ask(.anthropic, [prompt], stream: false)
            #expect(other.replyText.isExactly(canonical) && whole.replyText.isExactly(canonical))
        }
    }
}
