import FaultLab
import Foundation
import Testing

/// The two dialects, as a client speaks them.
enum Speech: String, CaseIterable, CustomTestStringConvertible {
    case anthropic, openai

    var testDescription: String { rawValue }
    var path: String { self == .anthropic ? "/v1/messages" : "/v1/chat/completions" }
    var model: String { self == .anthropic ? "lab-claude" : "lab-gpt" }
    var headers: [String] { self == .anthropic ? ["anthropic-version: 2023-06-01"] : [] }

    /// Turns alternate, the user's first.
    func body(
        _ turns: [String], model: String? = nil, stream: Bool = true, system: String? = nil, maxTokens: Int? = nil,
        extra: [String: Any] = [:]
    ) -> String {
        var messages = turns.enumerated().map {
            ["role": $0.offset.isMultiple(of: 2) ? "user" : "assistant", "content": $0.element]
        }
        var object: [String: Any] = ["model": model ?? self.model, "stream": stream]
        if self == .anthropic {
            object["max_tokens"] = maxTokens ?? 1_000_000
            if let system { object["system"] = system }
        } else {
            if let maxTokens { object["max_completion_tokens"] = maxTokens }
            if let system { messages.insert(["role": "system", "content": system], at: 0) }
        }
        object["messages"] = messages
        object.merge(extra) { $1 }
        return (try? JSONSerialization.data(withJSONObject: object)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// A lab that answers as fast as it is read, unless told otherwise.
func withLab<Result>(
    _ scenario: String = #"description = "none""#, tokensPerSecond: Double? = 0,
    configure: (inout LabConfiguration) -> Void = { _ in }, _ work: (FaultLab) throws -> Result
) throws -> Result {
    var configuration = LabConfiguration(scenario: try Scenario(scenario, name: "test", source: "test.toml"))
    configuration.tokensPerSecond = tokensPerSecond
    configure(&configuration)
    let lab = try FaultLab.start(configuration)
    let result: Result
    do {
        result = try work(lab)
    } catch {
        try lab.shutdown()
        throw error
    }
    try lab.shutdown()
    return result
}

/// A scenario of one step for every request.
func always(_ step: String) -> String {
    "description = \"one step\"\nalways = [{ \(step) }]\n"
}

extension FaultLab {
    func ask(
        _ speech: Speech, _ turns: [String], model: String? = nil, stream: Bool = true, system: String? = nil,
        maxTokens: Int? = nil, headers: [String] = [], extra: [String: Any] = [:], path: String? = nil
    ) throws -> TestClient.Response {
        let client = try TestClient(port: port)
        client.send(
            "POST", path ?? speech.path, speech.headers + headers,
            body: speech.body(
                turns, model: model, stream: stream, system: system, maxTokens: maxTokens, extra: extra))
        return client.response()
    }

    func get(_ path: String, _ headers: [String] = []) throws -> TestClient.Response {
        let client = try TestClient(port: port)
        client.send("GET", path, headers)
        return client.response()
    }

    func post(_ path: String, _ body: String, _ headers: [String] = []) throws -> TestClient.Response {
        let client = try TestClient(port: port)
        client.send("POST", path, headers, body: body)
        return client.response()
    }

    /// Waits until the journal holds an entry; `false` after a minute.
    func wait(for isIt: (JournalEntry) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: 60)
        while Date() < deadline {
            if journal().contains(where: isIt) { return true }
            sched_yield()
        }
        return false
    }
}

extension String {
    /// By bytes, where `==` would go by canonical equivalence.
    func isExactly(_ other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
