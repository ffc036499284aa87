import Foundation
import Testing

@testable import Providers

@Suite("Requests")
struct RequestTests {
    func endpoint(
        _ dialect: Dialect, _ url: String = "https://example.org", habits: RequestHabits = RequestHabits()
    ) throws -> Endpoint {
        try Endpoint(
            provider: "p", dialect: dialect, baseURL: url, key: Secret("sk-1"), habits: habits, maxTokens: 4096)
    }

    func body(_ request: HTTPRequest) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
    }

    let chat = ChatRequest(
        model: "m", system: "Be short.",
        messages: [
            ChatMessage(role: .user, text: "Hi"), ChatMessage(role: .assistant, text: "Hello"),
            ChatMessage(role: .user, text: "Why?"),
        ], temperature: 0.7)

    /// Under which name the turns of a conversation go.
    func member(_ dialect: Dialect) -> String { dialect == .responses ? "input" : "messages" }

    @Test("Anthropic's")
    func anthropic() throws {
        let request = try endpoint(.anthropic).request(for: chat, requestID: "r-1")
        #expect(request.method == "POST")
        #expect(request.url == "https://example.org/v1/messages")
        #expect(
            request.headers == [
                HTTPHeader("x-api-key", "sk-1"), HTTPHeader("anthropic-version", "2023-06-01"),
                HTTPHeader("content-type", "application/json"), HTTPHeader("accept", "text/event-stream"),
                HTTPHeader("x-request-id", "r-1"),
            ])
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"model":"m","max_tokens":4096,"system":"Be short.","temperature":0.7,"stream":true,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"Why?"}]}"#
        )
    }

    @Test("OpenAI's")
    func openAI() throws {
        let request = try endpoint(.openai, "https://example.org/v1/").request(for: chat, requestID: "r-1")
        #expect(request.url == "https://example.org/v1/chat/completions")
        #expect(request.headers.first == HTTPHeader("authorization", "Bearer sk-1"))
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"model":"m","temperature":0.7,"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"system","content":"Be short."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"Why?"}]}"#
        )
    }

    @Test("Responses'")
    func responses() throws {
        var chat = chat
        chat.maxTokens = 7
        let request = try endpoint(.responses, "https://example.org/v1/").request(for: chat, requestID: "r-1")
        #expect(request.method == "POST")
        #expect(request.url == "https://example.org/v1/responses")
        #expect(request.headers.first == HTTPHeader("authorization", "Bearer sk-1"))
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"model":"m","max_output_tokens":7,"temperature":0.7,"stream":true,"store":false,"instructions":"Be short.","input":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"Why?"}]}"#
        )
    }

    @Test("Responses in the background: stored, taken up by a cursor, and cancelled")
    func background() throws {
        let endpoint = try endpoint(
            .responses, "https://example.org/openai/v1?api-version=2",
            habits: RequestHabits(usesBackground: true, reasoningSummary: .auto))
        #expect(endpoint.offersCursor)
        let body = try body(endpoint.request(for: chat, requestID: "r"))
        #expect(body["background"] as? Bool == true)
        #expect(body["store"] as? Bool == true)
        #expect((body["reasoning"] as? [String: String]) == ["summary": "auto"])
        // A whole reply would be answered before it is made.
        var batch = chat
        batch.stream = false
        let whole = try self.body(endpoint.request(for: batch, requestID: "r"))
        #expect(whole["background"] == nil && whole["store"] as? Bool == false)

        let cursor = try #require(ResponseCursor(id: "resp_1", sequence: 41))
        let resume = endpoint.request(after: cursor, requestID: "r-2")
        #expect(resume.method == "GET" && resume.body.isEmpty)
        #expect(
            resume.url == "https://example.org/openai/v1/responses/resp_1?stream=true&starting_after=41&api-version=2")
        #expect(
            resume.headers == [
                HTTPHeader("authorization", "Bearer sk-1"), HTTPHeader("accept", "text/event-stream"),
                HTTPHeader("x-request-id", "r-2"),
            ])
        let cancel = endpoint.cancelRequest(of: cursor, requestID: "r-3")
        #expect(cancel.method == "POST")
        #expect(cancel.url == "https://example.org/openai/v1/responses/resp_1/cancel?api-version=2")
    }

    @Test("an id that cannot stand in a path makes no cursor", arguments: ["", "a/b", "a?b", "..", "a b", "é", "a%2F"])
    func cursorID(id: String) {
        #expect(ResponseCursor(id: id, sequence: 1) == nil)
    }

    @Test("only Responses know a background")
    func backgroundElsewhere() throws {
        let habits = RequestHabits(usesBackground: true)
        for dialect in [Dialect.anthropic, .openai] {
            let endpoint = try endpoint(dialect, habits: habits)
            #expect(!endpoint.offersCursor && endpoint.inBackground() == nil)
            let body = try body(endpoint.request(for: chat, requestID: "r"))
            #expect(body["background"] == nil && body["store"] == nil)
        }
        #expect(try endpoint(.responses).inBackground()?.offersCursor == true)
    }

    @Test("a batch asks for no stream")
    func batch() throws {
        var chat = chat
        chat.stream = false
        chat.maxTokens = 5
        for dialect in Dialect.allCases {
            let request = try endpoint(dialect).request(for: chat, requestID: "r")
            #expect(request.headers.contains(HTTPHeader("accept", "application/json")))
            let body = try body(request)
            #expect(body["stream"] as? Bool == false)
            #expect(body["stream_options"] == nil)
            #expect(body[dialect == .responses ? "max_output_tokens" : "max_tokens"] as? Int == 5)
        }
    }

    @Test("habits: max_completion_tokens, no usage, bearer, DeepSeek's prefix")
    func habits() throws {
        var chat = chat
        chat.maxTokens = 9
        let openAI = try body(
            endpoint(.openai, habits: RequestHabits(usesMaxCompletionTokens: true, asksForUsage: false))
                .request(for: chat, requestID: "r"))
        #expect(openAI["max_completion_tokens"] as? Int == 9)
        #expect(openAI["max_tokens"] == nil)
        #expect(openAI["stream_options"] == nil)
        let bearer = try endpoint(.anthropic, habits: RequestHabits(usesBearer: true)).modelsRequest()
        #expect(bearer.headers.first == HTTPHeader("authorization", "Bearer sk-1"))
        let deepSeek = try endpoint(
            .openai, "https://api.deepseek.com/v1",
            habits: RequestHabits(prefill: .prefix, prefillBaseURL: "https://api.deepseek.com/beta"))
        #expect(deepSeek.request(for: chat, requestID: "r").url == "https://api.deepseek.com/v1/chat/completions")
        chat.messages.append(ChatMessage(role: .assistant, text: "Because"))
        let prefilled = deepSeek.request(for: chat, requestID: "r")
        #expect(prefilled.url == "https://api.deepseek.com/beta/chat/completions")
        let last = try #require((try body(prefilled)["messages"] as? [[String: Any]])?.last)
        #expect(last["prefix"] as? Bool == true)
        #expect(last["content"] as? String == "Because")
    }

    @Test("a prefill loses the white space at its end, other messages keep it", arguments: Dialect.allCases)
    func prefill(dialect: Dialect) throws {
        let chat = ChatRequest(
            model: "m",
            messages: [
                ChatMessage(role: .user, text: "Hi \n"), ChatMessage(role: .assistant, text: "Hello \n\u{A0}\u{2003}"),
            ])
        let messages = try body(endpoint(dialect).request(for: chat, requestID: "r"))[member(dialect)]
        #expect((messages as? [[String: String]])?.map { $0["content"] } == ["Hi \n", "Hello"])
    }

    @Test("no content is ever empty", arguments: Dialect.allCases)
    func empty(dialect: Dialect) throws {
        let chat = ChatRequest(
            model: "m", system: " \n",
            messages: [
                ChatMessage(role: .user, text: "Hi"), ChatMessage(role: .assistant, text: ""),
                ChatMessage(role: .user, text: "there"), ChatMessage(role: .assistant, text: " \n"),
            ])
        let body = try body(endpoint(dialect).request(for: chat, requestID: "r"))
        #expect(body["system"] == nil && body["instructions"] == nil)
        #expect((body[member(dialect)] as? [[String: String]])?.map { $0["content"] } == ["Hi", "there"])
    }

    @Test("text of all kinds comes through as it is")
    func escaping() throws {
        let nasty =
            String(String.UnicodeScalarView((0..<0x80).compactMap(UnicodeScalar.init)))
            + "\"\\/ é 豆腐 😀 \u{2028}\u{FEFF}e\u{301}\u{10FFFF}"
        let chat = ChatRequest(model: nasty, messages: [ChatMessage(role: .user, text: nasty)], temperature: .infinity)
        for dialect in Dialect.allCases {
            let body = try body(endpoint(dialect).request(for: chat, requestID: "r"))
            let model = try #require(body["model"] as? String)
            #expect(model.unicodeScalars.elementsEqual(nasty.unicodeScalars))
            #expect(body["temperature"] == nil)
        }
    }

    @Test(
        "URLs are joined by each ecosystem's habit",
        arguments: [
            (.anthropic, "https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
            (.anthropic, "https://api.anthropic.com/", "https://api.anthropic.com/v1/messages"),
            (.anthropic, "https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"),
            (.anthropic, "https://api.anthropic.com/v1/", "https://api.anthropic.com/v1/messages"),
            (.anthropic, "https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1/messages"),
            (.anthropic, "https://relay.example/claude", "https://relay.example/claude/v1/messages"),
            (.openai, "https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
            (.openai, "https://api.openai.com/v1//", "https://api.openai.com/v1/chat/completions"),
            (.openai, "https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1/chat/completions"),
            (.responses, "https://api.openai.com/v1/responses", "https://api.openai.com/v1/responses"),
            (.responses, "http://localhost:1234/v1", "http://localhost:1234/v1/responses"),
            (.openai, "http://localhost:4000", "http://localhost:4000/chat/completions"),
            (.openai, "http://[::1]:8080/v1", "http://[::1]:8080/v1/chat/completions"),
            (.openai, "HTTPS://Example.org/v1", "https://Example.org/v1/chat/completions"),
            (
                .openai, "https://x.example/openai/deployments/d?api-version=1",
                "https://x.example/openai/deployments/d/chat/completions?api-version=1"
            ),
        ] as [(Dialect, String, String)])
    func urls(dialect: Dialect, base: String, url: String) throws {
        #expect(try endpoint(dialect, base).request(for: chat, requestID: "r").url == url)
    }

    @Test("models are asked for beside the chat")
    func models() throws {
        let anthropic = try endpoint(.anthropic).modelsRequest()
        #expect(anthropic.method == "GET")
        #expect(anthropic.url == "https://example.org/v1/models")
        #expect(anthropic.headers.contains(HTTPHeader("anthropic-version", "2023-06-01")))
        #expect(anthropic.body.isEmpty)
        #expect(try endpoint(.openai, "https://example.org/v1").modelsRequest().url == "https://example.org/v1/models")
    }
}
