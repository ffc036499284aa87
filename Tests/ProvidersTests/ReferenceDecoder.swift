import Foundation

/// A second opinion on recorded streams: the plainest decoder that can be written, with Foundation's JSON and lines split
/// the simple way. Only for streams as providers send them.
struct ReferenceDecoder {
    var text = ""
    var thinking = ""
    var stop: String?

    /// The complete events of a stream: their data, and the offset after their blank line.
    static func events(of body: [UInt8]) -> [(data: String, end: Int)] {
        var events: [(data: String, end: Int)] = []
        var data: [String] = []
        var start = 0
        for (offset, byte) in body.enumerated() where byte == 0x0A {
            var line = body[start..<offset]
            if line.last == 0x0D { line.removeLast() }
            start = offset + 1
            if line.isEmpty {
                if !data.isEmpty { events.append((data.joined(separator: "\n"), offset + 1)) }
                data = []
            } else if line.starts(with: "data:".utf8) {
                let value = line.dropFirst(5)
                data.append(String(decoding: value.first == 0x20 ? value.dropFirst() : value, as: UTF8.self))
            }
        }
        return events
    }

    mutating func receive(_ data: String) throws {
        guard data != "[DONE]" else { return }
        guard let event = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any] else { return }
        if let choices = event["choices"] as? [[String: Any]] {
            for choice in choices where choice["index"] as? Int ?? 0 == 0 { receive(choice: choice) }
        } else if event["type"] as? String == "content_block_delta" {
            guard let delta = event["delta"] as? [String: Any] else { return }
            if delta["type"] as? String == "text_delta" { text += delta["text"] as? String ?? "" }
            if delta["type"] as? String == "thinking_delta" { thinking += delta["thinking"] as? String ?? "" }
        } else if event["type"] as? String == "content_block_start" {
            guard let block = event["content_block"] as? [String: Any] else { return }
            if block["type"] as? String == "text" { text += block["text"] as? String ?? "" }
            if block["type"] as? String == "thinking" { thinking += block["thinking"] as? String ?? "" }
        } else if event["type"] as? String == "message_delta" {
            stop = (event["delta"] as? [String: Any])?["stop_reason"] as? String ?? stop
        }
    }

    private mutating func receive(choice: [String: Any]) {
        stop = choice["finish_reason"] as? String ?? stop
        text += choice["text"] as? String ?? ""
        guard let delta = choice["delta"] as? [String: Any] else { return }
        text += delta["content"] as? String ?? ""
        text += delta["refusal"] as? String ?? ""
        for part in delta["content"] as? [[String: Any]] ?? [] {
            text += part["text"] as? String ?? ""
            for inner in part["thinking"] as? [[String: Any]] ?? [] { thinking += inner["text"] as? String ?? "" }
        }
        let details = (delta["reasoning_details"] as? [[String: Any]] ?? []).compactMap { detail in
            detail["text"] as? String ?? detail["summary"] as? String
        }
        let names: [String] = [
            delta["reasoning_content"] as? String ?? "", delta["reasoning"] as? String ?? "", details.joined(),
        ]
        thinking += names.first { !$0.isEmpty } ?? ""
    }
}
