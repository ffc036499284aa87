import Providers
import Testing

/// A second reply inside the first, in OpenAI's dialect, and what only looks like one.
@Suite struct SplicedChunksTests {
    private func chunk(_ id: String, _ delta: String) -> String {
        #"{"id":"\#(id)","object":"chat.completion.chunk","choices":[{"index":0,"delta":\#(delta)}]}"#
    }

    @Test func aNewRoleWithANewIDAfterTextIsASplice() throws {
        let decoded = try decode(
            stream(
                chunk("a", #"{"role":"assistant","content":""}"#), chunk("a", #"{"content":"one"}"#),
                chunk("b", #"{"role":"assistant","content":""}"#), chunk("b", #"{"content":"other"}"#)))
        #expect(decoded.items.contains(.spliced))
    }

    /// Groq.
    @Test func anIDForEachChunkIsNone() throws {
        let decoded = try decode(
            stream(
                chunk("a", #"{"role":"assistant","content":""}"#), chunk("b", #"{"content":"one"}"#),
                chunk("c", #"{"content":" two"}"#), chunk("d", #"{"role":"assistant","content":" three"}"#)))
        #expect(!decoded.items.contains(.spliced))
        #expect(String(decoding: decoded.text, as: UTF8.self) == "one two three")
    }

    /// OpenRouter.
    @Test func aRoleInEachChunkIsNone() throws {
        let decoded = try decode(
            stream(
                chunk("a", #"{"role":"assistant","content":"one"}"#),
                chunk("a", #"{"role":"assistant","content":" two"}"#),
                chunk("b", #"{"role":"assistant","content":" three"}"#)))
        #expect(!decoded.items.contains(.spliced))
        #expect(String(decoding: decoded.text, as: UTF8.self) == "one two three")
    }
}
