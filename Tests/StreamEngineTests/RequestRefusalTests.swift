import Providers
import Testing

@testable import StreamEngine

@Suite("What is refused before it is sent")
struct RequestRefusalTests {
    func image(_ name: String = "cat.png", bytes: Int = 8, width: Int = 100, height: Int = 100) -> Providers.Attachment
    {
        var data: [UInt8] =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        for number in [width, height] { data += (0..<4).reversed().map { UInt8(number >> (8 * $0) & 255) } }
        data += [UInt8](repeating: 0, count: max(0, bytes - data.count))
        return Attachment(name: name, content: .image(.png, data))
    }

    func request(_ text: String = "What is it?", _ attachments: [Providers.Attachment] = [], maxTokens: Int? = nil)
        -> ChatRequest
    {
        ChatRequest(
            model: "m", messages: [ChatMessage(role: .user, text: text, attachments: attachments)],
            maxTokens: maxTokens)
    }

    func refusal(_ request: ChatRequest, _ model: Model, _ limits: RequestLimits = RequestLimits()) -> RequestRefusal? {
        do throws(RequestRefusal) {
            try RequestRefusal.check(request, model: model, limits: limits, provider: "p")
            return nil
        } catch {
            return error
        }
    }

    @Test("images only for models that take them; unknown ones get the benefit of the doubt")
    func vision() {
        let request = request("x", [image()])
        #expect(refusal(request, Model(id: "m", images: true)) == nil)
        #expect(refusal(request, Model(id: "m", images: nil)) == nil)
        let refused = refusal(request, Model(id: "m", images: false))
        #expect(refused == .noImages(image: "cat.png", model: "m", provider: "p"))
        #expect(refused?.message == "m of p takes no images, and cat.png is one")
        #expect(refusal(self.request(), Model(id: "m", images: false)) == nil)
    }

    @Test("an image's bytes count in Base64: at the limit, and one beyond")
    func bytes() {
        let limits = RequestLimits(maximumImageBytes: 4000)
        #expect(refusal(request("x", [image(bytes: 3000)]), Model(id: "m"), limits) == nil)
        #expect(
            refusal(request("x", [image(bytes: 3001)]), Model(id: "m"), limits)
                == .imageTooLarge(image: "cat.png", bytes: 4004, limit: 4000, provider: "p"))
        let large = RequestRefusal.imageTooLarge(image: "a", bytes: 10_500_000, limit: 10 << 20, provider: "p")
        #expect(large.message == "a is 10.1 MB in Base64, and p takes 10 MB an image")
    }

    @Test("pixels, count, and the size of the whole request")
    func others() {
        let model = Model(id: "m")
        let side = RequestLimits(maximumImageSide: 8000)
        #expect(refusal(request("x", [image(width: 8000)]), model, side) == nil)
        #expect(
            refusal(request("x", [image(width: 10, height: 8001)]), model, side)?.message
                == "cat.png is 10 × 8001 pixels, and p takes 8000 a side")
        let count = RequestLimits(maximumImages: 2)
        #expect(refusal(request("x", [image(), image()]), model, count) == nil)
        #expect(
            refusal(request("x", [image(), image(), image()]), model, count)?.message.hasPrefix("there are 3") == true)
        let size = RequestLimits(maximumRequestBytes: 1 << 20)
        #expect(refusal(request(String(repeating: "a", count: 1_000_000)), model, size) == nil)
        #expect(
            refusal(request(String(repeating: "a", count: 1 << 20)), model, size)?.message
                == "the request is 1.1 MB, and p takes 1 MB")
    }

    @Test("a prompt may have what the window leaves beside the reply: at the limit, and one beyond")
    func window() {
        let text = String(repeating: "word ", count: 1000)
        let tokens = TokenEstimator.estimate(request(text))
        func model(_ room: Int) -> Model { Model(id: "m", contextWindow: room + 500, maxOutput: 500) }
        #expect(refusal(request(text), model(tokens)) == nil)
        let refused = refusal(request(text), model(tokens - 1))
        #expect(refused == .promptTooLarge(tokens: tokens, window: tokens + 499, reply: 500, model: "m"))
        #expect(refused?.message == "the prompt is ~1,007 tokens, and m takes 1,006 (1,506 less 500 for the reply)")
        #expect(refused?.hint(parts: "--chunk").contains("--chunk") == true)
        #expect(refusal(request(text, maxTokens: 499), model(tokens - 1)) == nil, "less is kept for a shorter reply")
        #expect(refusal(request(text), Model(id: "m")) == nil, "an unknown window refuses nothing")
        #expect(
            RequestRefusal.promptRoom(of: Model(id: "m", contextWindow: 100, maxOutput: 100), maxTokens: nil) == 100)
    }

    @Test("earlier turns, files and images count")
    func wholeConversation() {
        let model = Model(id: "m", contextWindow: 2000)
        var conversation = request("short")
        #expect(refusal(conversation, model) == nil)
        conversation.messages.insert(
            ChatMessage(role: .user, text: "", attachments: [image(width: 1000, height: 1000)]), at: 0)
        #expect(TokenEstimator.estimate(conversation) >= 1333)
        #expect(refusal(conversation, model) == nil)
        conversation.messages.insert(
            ChatMessage(
                role: .user, text: "",
                attachments: [Attachment(name: "a.txt", content: .text(String(repeating: "word ", count: 900)))]), at: 0
        )
        #expect(refusal(conversation, model)?.message.hasPrefix("the prompt is ~2,2") == true)
    }

    @Test(
        "the provider's own refusals for length are final, and say what to do",
        arguments: [
            (
                413,
                #"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#
            ),
            (
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#
            ),
            (
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 190000 + 64000 > 200000"}}"#
            ),
            (
                400,
                #"{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","code":"context_length_exceeded"}}"#
            ),
            (
                400,
                #"{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error"}}"#
            ),
            (413, "<html>nginx: 413 Request Entity Too Large</html>"),
        ])
    func providersRefusal(status: Int, body: String) {
        let failure = StreamFailure(
            status: status, headers: [], error: ProviderError(status: status, body: Array(body.utf8)),
            context: FailureContext())
        #expect(!failure.isRetryable)
        #expect(failure.hint?.contains("context window") == true)
    }
}
