import FaultLab
import Foundation
import Testing

/// Images in requests, in both dialects: taken, counted, and refused where a provider refuses them.
@Suite struct ImageTests {
    private let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]
    private var base64: String { Data(png).base64EncodedString() }

    private func part(_ speech: Speech, type: String = "image/png", data: String) -> [String: Any] {
        speech == .anthropic
            ? ["type": "image", "source": ["type": "base64", "media_type": type, "data": data]]
            : ["type": "image_url", "image_url": ["url": "data:\(type);base64,\(data)"]]
    }

    private func messages(_ parts: [[String: Any]], text: String? = "What is it?") -> [String: Any] {
        let words: [[String: Any]] = text.map { [["type": "text", "text": $0]] } ?? []
        return ["messages": [["role": "user", "content": parts + words]]]
    }

    @Test(arguments: Speech.allCases)
    func imagesAreTakenAndStandInTheJournal(_ speech: Speech) throws {
        try withLab { lab throws in
            let two = [part(speech, data: base64), part(speech, type: "image/gif", data: "R0lGODlh")]
            let response = try lab.ask(speech, [], extra: messages(two))
            #expect(response.status == 200)
            #expect(response.replyText.isExactly(CanonicalReply.text(prompt: "What is it?")))
            let asked = lab.journal().first { $0.kind == .asked }?.text ?? ""
            #expect(asked.contains("image/png of 11 bytes, image/gif of 6 bytes"), "\(asked)")
        }
    }

    @Test(arguments: Speech.allCases)
    func anImageAloneIsAMessage(_ speech: Speech) throws {
        try withLab { lab throws in
            #expect(try lab.ask(speech, [], extra: messages([part(speech, data: base64)], text: nil)).status == 200)
        }
    }

    @Test(arguments: Speech.allCases)
    func whatIsNoImageIsRefused(_ speech: Speech) throws {
        try withLab { lab throws in
            let other: Speech = speech == .anthropic ? .openai : .anthropic
            let wrong = [
                part(speech, data: "no base64!"), part(speech, data: "AAA"), part(speech, data: ""),
                part(speech, type: "image/jpeg", data: base64), part(speech, type: "image/bmp", data: base64),
                part(speech, data: Data("no image".utf8).base64EncodedString()), part(other, data: base64),
            ]
            for part in wrong {
                #expect(try lab.ask(speech, [], extra: messages([part])).status == 400, "\(part)")
            }
        }
    }

    @Test(arguments: Speech.allCases)
    func anAddressIsTakenToo(_ speech: Speech) throws {
        try withLab { lab throws in
            let url = "https://example.org/a.png"
            let part: [String: Any] =
                speech == .anthropic
                ? ["type": "image", "source": ["type": "url", "url": url]]
                : ["type": "image_url", "image_url": ["url": url]]
            #expect(try lab.ask(speech, [], extra: messages([part])).status == 200)
            #expect(lab.journal().contains { $0.text.contains("an image by its address") })
        }
    }
}
