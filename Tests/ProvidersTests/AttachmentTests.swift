import Foundation
import Testing

@testable import Providers

@Suite("Attachments")
struct AttachmentTests {
    // Complete files of one pixel or a head of the format; sizes as written into them.
    static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 3, 0x20, 0, 0, 2, 0x58, 8, 2, 0, 0, 0]
    static let gif = Array("GIF89a".utf8) + [0x40, 0x01, 0xF0, 0x00, 0x80, 0, 0]
    static let jpeg: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array("JFIF".utf8) + [UInt8](repeating: 0, count: 10)
        + [0xFF, 0xFF, 0xC2, 0, 17, 8, 0x04, 0x00, 0x05, 0x00, 3, 0, 0, 0]
    static func webp(_ chunk: String, _ rest: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP".utf8) + Array(chunk.utf8) + [0, 0, 0, 0] + rest
    }
    static let webpX = webp("VP8X", [0, 0, 0, 0, 0xFF, 0x03, 0, 0x2B, 0x01, 0])
    static let webpLossy = webp("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xF0, 0x00])
    static let webpLossless = webp("VP8L", [0x2F, 0xFF, 0xC0, 0x3F, 0, 0, 0, 0, 0, 0])

    @Test(
        "an image's type and size come from its bytes",
        arguments: [
            (png, ImageType.png, ImageSize(width: 800, height: 600)),
            (gif, .gif, ImageSize(width: 320, height: 240)),
            (jpeg, .jpeg, ImageSize(width: 1280, height: 1024)),
            (webpX, .webp, ImageSize(width: 1024, height: 300)),
            (webpLossy, .webp, ImageSize(width: 320, height: 240)),
            (webpLossless, .webp, ImageSize(width: 256, height: 256)),
        ])
    func images(bytes: [UInt8], type: ImageType, size: ImageSize) {
        #expect(ImageType(magic: bytes) == type)
        #expect(ImageSize(type, bytes) == size)
        // A name means nothing.
        #expect(Attachment(name: "notes.txt", bytes: bytes)?.mediaType == type.rawValue)
        for count in 0..<bytes.count {
            // Whatever is cut, nothing is read beyond the end.
            _ = ImageSize(type, Array(bytes[..<count]))
            if let cut = ImageType(magic: bytes[..<count]) { #expect(cut == type) }
        }
    }

    @Test("text is UTF-8 without U+0000; everything else is binary")
    func texts() {
        #expect(Attachment(name: "a", bytes: Array("Grüße\n".utf8))?.content == .text("Grüße\n"))
        #expect(Attachment(name: "a", bytes: [0xEF, 0xBB, 0xBF] + Array("x".utf8))?.content == .text("x"))
        #expect(Attachment(name: "a.png", bytes: Array("no image".utf8))?.mediaType == "text/plain")
        #expect(Attachment(name: "a", bytes: [])?.content == .text(""))
        #expect(Attachment(name: "a.txt", bytes: [0x61, 0]) == nil)
        #expect(Attachment(name: "a.txt", bytes: [0xC3]) == nil)
        #expect(Attachment(name: "a.pdf", bytes: Array("%PDF-1.7".utf8) + [0xE2, 0xE3]) == nil)
    }

    @Test("Base64 in a document is Foundation's, at every length")
    func base64() throws {
        for count in Array(0...70) + [3071, 3072, 3073, 6144, 100_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ $0 >> 8) }
            var json = JSONWriter()
            json.object { $0.member("data", prefix: "p,", base64: bytes) }
            let expected = "p," + Data(bytes).base64EncodedString()
            #expect(String(decoding: json.bytes, as: UTF8.self) == "{\"data\":\"\(expected)\"}")
            #expect(Base64.encodedCount(count) + 2 == expected.utf8.count)
        }
    }

    func body(_ dialect: Dialect, _ messages: [ChatMessage]) throws -> String {
        let endpoint = try Endpoint(provider: "p", dialect: dialect, baseURL: "https://example.org", key: nil)
        let request = endpoint.request(for: ChatRequest(model: "m", messages: messages), requestID: "r")
        let text = String(decoding: request.body, as: UTF8.self)
        return String(text[try #require(text.range(of: "\"messages\":")).upperBound...].dropLast())
    }

    @Test("an image in Anthropic's words: before the text, in Base64")
    func anthropic() throws {
        let message = ChatMessage(
            role: .user, text: "What is it?",
            attachments: [Attachment(name: "cat.gif", content: .image(.gif, Array("GIF89a".utf8)))])
        #expect(
            try body(.anthropic, [message])
                == #"[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R0lGODlh"}},{"type":"text","text":"What is it?"}]}]"#
        )
    }

    @Test("an image in OpenAI's words: a data URL")
    func openAI() throws {
        let message = ChatMessage(
            role: .user, text: "What is it?",
            attachments: [Attachment(name: "cat.gif", content: .image(.gif, Array("GIF89a".utf8)))])
        #expect(
            try body(.openai, [message])
                == #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlh"}},{"type":"text","text":"What is it?"}]}]"#
        )
    }

    @Test("an image in the words of OpenAI Responses")
    func responses() throws {
        let message = ChatMessage(
            role: .user, text: "What is it?",
            attachments: [Attachment(name: "cat.gif", content: .image(.gif, Array("GIF89a".utf8)))])
        let endpoint = try Endpoint(provider: "p", dialect: .responses, baseURL: "https://example.org", key: nil)
        let request = endpoint.request(for: ChatRequest(model: "m", messages: [message]), requestID: "r")
        let parts =
            #"[{"type":"input_image","image_url":"data:image/gif;base64,R0lGODlh"},{"type":"input_text","text":"What is it?"}]"#
        #expect(String(decoding: request.body, as: UTF8.self).contains("\"content\":" + parts))
    }

    @Test("several images stand after their names; one alone needs no words", arguments: [Dialect.anthropic, .openai])
    func several(dialect: Dialect) throws {
        let image = Attachment(name: "a \"b\".png", content: .image(.png, Self.png))
        let one = try body(dialect, [ChatMessage(role: .user, text: " ", attachments: [image])])
        #expect(!one.contains("\"type\":\"text\""))
        let two = try body(dialect, [ChatMessage(role: .user, text: "Compare.", attachments: [image, image])])
        #expect(two.contains(#"{"type":"text","text":"a \"b\".png:"},{"type":"image"#))
        #expect(two.hasSuffix(#"{"type":"text","text":"Compare."}]}]"#))
    }

    @Test("text files go out as text, in tags that name them", arguments: [Dialect.anthropic, .openai])
    func textFiles(dialect: Dialect) throws {
        let file = Attachment(name: "a<b>\".txt", content: .text("1 < 2\n"))
        let message = ChatMessage(role: .user, text: "Why?", attachments: [file])
        #expect(message.wholeText == "<file name=\"a&lt;b&gt;&quot;.txt\">\n1 < 2\n</file>\n\nWhy?")
        let text = try body(dialect, [message])
        #expect(text.hasPrefix(#"[{"role":"user","content":"<file name"#), "a string, which every server understands")
        let alone = ChatMessage(role: .user, text: "", attachments: [Attachment(name: "n", content: .text("x"))])
        #expect(alone.wholeText == "<file name=\"n\">\nx\n</file>")
        #expect(try body(dialect, [alone]).contains("<file name"), "a message of nothing but a file is sent")
    }

    @Test("a body with a large image is written into room that was made once")
    func room() {
        let bytes = [UInt8](repeating: 0x5A, count: 3 << 20)
        let message = ChatMessage(
            role: .user, text: "x", attachments: [Attachment(name: "a", content: .image(.png, bytes))])
        let size = RequestBody.size(of: [message])
        var json = JSONWriter(capacity: size)
        let capacity = json.bytes.capacity
        json.object { $0.content(of: message, .anthropic) }
        #expect(json.bytes.count > 4 << 20)
        #expect(json.bytes.capacity == capacity)
    }
}
