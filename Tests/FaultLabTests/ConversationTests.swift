import FaultLab
import Foundation
import TOML
import Testing

/// Continuing, and which request belongs to which story.
@Suite struct ConversationTests {
    private let prompt = "Why do rivers bend?"
    private var canonical: String { CanonicalReply.text(prompt: prompt) }

    private func turns(_ kept: String, _ manner: String) -> (turns: [String], system: String?) {
        switch manner {
        case "prefill": ([prompt, kept], nil)
        case "continue": ([prompt, kept, "Continue exactly where you left off."], nil)
        case "system-note": ([prompt], "Previous incomplete response: \(kept) Continue seamlessly.")
        default: ([prompt], nil)
        }
    }

    private func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(arguments: ["prefill", "continue", "system-note", "restart"])
    func theRestFollowsThePart(_ manner: String) throws {
        try withLab { lab throws in
            let tokens = CanonicalReply.tokens(canonical)
            for count in stride(from: 1, to: tokens.count, by: 23) {
                // Also in the middle of a word.
                let whole = tokens[..<count].joined()
                for part in [whole, String(whole.unicodeScalars.dropLast(2))] where !trimmed(part).isEmpty {
                    let kept = trimmed(part)
                    for (speech, stream) in [(Speech.anthropic, true), (.openai, true), (.openai, false)] {
                        let (turns, system) = turns(kept, manner)
                        let reply = try lab.ask(speech, turns, stream: stream, system: system)
                        #expect(reply.status == 200)
                        #expect((manner == "restart" ? "" : kept) + reply.replyText == canonical)
                    }
                }
            }
        }
    }

    @Test func wordsAreRepeatedAsAsked() throws {
        try withLab(always(#"fault = "repeat_words", words = 2"#)) { lab throws in
            // Broken within a word, so that it can be told.
            let kept = String(trimmed(CanonicalReply.tokens(canonical)[..<20].joined()).dropLast(2))
            let reply = try lab.ask(.openai, [prompt, kept])
            let said = kept.utf8.count + reply.replyText.utf8.count - canonical.utf8.count
            let words = kept.split(separator: " ").suffix(2).joined(separator: " ")
            #expect(said >= words.utf8.count && reply.replyText.contains(words), "\(reply.replyText.prefix(80))")
            #expect(canonical.hasSuffix(reply.replyText))
            #expect(try lab.ask(.openai, [prompt]).replyText.isExactly(canonical))
        }
    }

    /// One word of two is all that there is: said again it would be the reply from its beginning.
    @Test func wordsThatAreNotThereAreNotRepeated() throws {
        try withLab(always(#"fault = "repeat_words", words = 2"#)) { lab throws in
            let kept = String(canonical.prefix { $0 != " " })
            let reply = try lab.ask(.openai, [prompt, kept])
            #expect((kept + reply.replyText).isExactly(canonical))
        }
    }

    @Test func requestsOfAConversationGoThroughItsStory() throws {
        let scenario = """
            description = "d"
            [[request]]
            steps = [{ fault = "reset_peer", after_tokens = 20 }]
            [[request]]
            steps = [{ fault = "status", status = 429, retry_after = 3 }]
            """
        try withLab(scenario) { lab throws in
            let first = try lab.ask(.anthropic, [prompt])
            #expect(first.end == .reset)
            #expect(lab.wait { $0.kind == .ended })
            #expect(try lab.ask(.anthropic, [prompt]).status == 429)
            let rest = try lab.ask(.anthropic, [prompt, trimmed(first.replyText)])
            #expect(rest.reason == "end_turn" && trimmed(first.replyText) + rest.replyText == canonical)
            let asked = lab.journal().filter { $0.kind == .asked }
            #expect(asked.map(\.conversation) == [1, 1, 1] && asked.map(\.request) == [1, 2, 3])
            // It was delivered whole: the same question is a new conversation now.
            #expect(try lab.ask(.anthropic, [prompt]).end == .reset)
        }
    }

    @Test func twoConversationsHaveEachTheirOwnStory() throws {
        let scenario = """
            description = "d"
            [[story]]
            [[story.request]]
            steps = [{ fault = "timeout", after_tokens = 4 }]
            [[story]]
            [[story.request]]
            steps = [{ fault = "status", status = 529 }]
            """
        try withLab(scenario) { lab throws in
            let one = try TestClient(port: lab.port)
            one.send("POST", "/v1/chat/completions", body: Speech.openai.body([prompt]))
            #expect(one.receive(until: "\"content\""))
            #expect(lab.wait { $0.fault == "timeout" })
            #expect(try lab.ask(.openai, ["Another question"]).status == 529)
            #expect(try lab.ask(.openai, ["Another question"]).status == 200)
            // The same question while the first is under way is another conversation, the third story begins anew.
            let three = try TestClient(port: lab.port)
            three.send("POST", "/v1/chat/completions", body: Speech.openai.body([prompt]))
            #expect(lab.wait { $0.fault == "timeout" && $0.conversation == 3 })
        }
    }

    @Test func aConversationGoesOnAfterOthersAndInHistory() throws {
        try withLab(always(#"fault = "clean_end", after_tokens = 10"#)) { lab throws in
            let history = [prompt, canonical, "And why do they meander?"]
            let second = CanonicalReply.text(prompt: history[2])
            let kept = try lab.ask(.anthropic, history).replyText
            #expect(second.hasPrefix(kept))
            let more = try lab.ask(.anthropic, history + [trimmed(kept), "Please continue."]).replyText
            #expect(second.hasPrefix(trimmed(kept) + more))
            let asked = lab.journal().filter { $0.kind == .asked }
            #expect(asked.map(\.conversation) == [1, 1])
        }
    }

    /// What any careful client does: keeps the text, asks on, and lays the new text over the old one.
    private func fetch(_ lab: FaultLab, _ speech: Speech, _ prompt: String) throws -> (text: String, attempts: Int) {
        var kept = ""
        for attempt in 1...60 {
            let turns = trimmed(kept).isEmpty ? [prompt] : [prompt, trimmed(kept), "Continue where you left off."]
            let reply = try lab.ask(speech, turns)
            _ = lab.wait { entry in
                entry.kind == .ended && lab.journal().last { $0.kind == .asked }?.number ?? 0 < entry.number
            }
            guard reply.status == 200 else { continue }
            let new = Array(reply.replyText.utf8)
            // As it was sent: the white space at its end comes again.
            var old = Array(trimmed(kept).utf8)
            if turns.count == 1 {
                old = []
            } else {
                // What comes twice begins with a word: the "t" of "bet" and "ter" does not.
                let overlap =
                    (0...min(old.count, new.count)).last { count in
                        let before = old.dropLast(count).last
                        return old.suffix(count).elementsEqual(new.prefix(count))
                            && (count == 0 || before.map { $0 <= 0x20 } ?? true)
                    } ?? 0
                old.removeLast(overlap)
            }
            // A second reply inside the first is no continuation: what came of it is thrown away.
            if Set(reply.objects.compactMap { $0["id"] as? String }).count > 1 { continue }
            kept = String(decoding: old + new, as: UTF8.self)
            if reply.reason != nil { return (kept, attempt) }
        }
        return (kept, 61)
    }

    /// The built-in scenarios without their waits.
    @Test(arguments: [
        "default", "calm", "cut-mid-word", "flaky-wifi", "not-streamed", "overloaded", "slow-start", "spliced", "storm",
        "truncating-proxy", "works-on-the-third-try", "good-manners", "hiccups", "one-model-down", "train-tunnel",
    ])
    func aCarefulClientGetsEveryWordUnderEveryScenario(_ name: String) throws {
        var scenario = try #require(try Shelf.scenario(named: name))
        func quick(_ steps: [FaultStep]) -> [FaultStep] {
            steps.map { step in
                var step = step
                switch step.fault {
                case .latency: step.fault = .latency(0, jitter: 0)
                case .stall(_, let kind, _): step.fault = .stall(0.002, kind, interval: 0.001)
                case .pace: step.fault = .pace(tokensPerSecond: 0, jitter: 0)
                default: break
                }
                return step
            }
        }
        scenario.always = quick(scenario.always)
        for index in scenario.stories.indices {
            for request in scenario.stories[index].requests.indices {
                let steps = scenario.stories[index].requests[request].steps
                scenario.stories[index].requests[request].steps = quick(steps)
            }
        }
        try withLab(configure: { $0.scenario = scenario }) { lab throws in
            for number in 1...6 {
                let prompt = "Question \(number) under \(name)"
                let (text, attempts) = try fetch(lab, .openai, prompt)
                #expect(text == CanonicalReply.text(prompt: prompt))
                #expect(attempts <= 60)
                if name == "default" { #expect(attempts == [4, 2, 2, 1, 4, 2][number - 1]) }
            }
        }
    }
}
