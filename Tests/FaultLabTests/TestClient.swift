import Foundation

/// A plain HTTP/1.1 client on a blocking socket that tells apart how a connection ends. It knows nothing of the lab.
final class TestClient {
    enum End: Equatable {
        /// The body ended as its framing says.
        case complete
        /// The peer closed in good order before that.
        case closed
        case reset
        /// Nothing came for a long time: a test that sees this has failed.
        case silent
    }

    struct Response {
        var status = 0
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        var end = End.complete
        var isChunked = false
        var chunkSizes: [Int] = []
        /// Everything as it came.
        var raw: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
        }
    }

    struct ConnectError: Error {
        var code: Int32
    }

    private let descriptor: Int32
    private(set) var received: [UInt8] = []
    private var ended: End?

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw ConnectError(code: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// `false` where the peer does not take it.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool {
        send(Array(text.utf8))
    }

    func send(_ method: String, _ path: String, _ headers: [String] = [], body: String = "") {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: lab\r\n"
        if method != "GET" || !body.isEmpty { text += "Content-Length: \(body.utf8.count)\r\n" }
        for header in headers { text += header + "\r\n" }
        send(text + "\r\n" + body)
    }

    /// More bytes, or how it ended.
    func receive() -> End? {
        if let ended { return ended }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 {
            received += buffer[..<count]
            return nil
        }
        if count == 0 {
            ended = .closed
        } else {
            ended = errno == ECONNRESET || errno == EPIPE ? .reset : .silent
        }
        return ended
    }

    /// Receives until the bytes so far contain `text`; `false` where the connection ends first.
    func receive(until text: String) -> Bool {
        let needle = Data(text.utf8)
        while Data(received).range(of: needle) == nil {
            if receive() != nil { return false }
        }
        return true
    }

    /// Receives one response; what follows it stays for the next.
    func response() -> Response {
        var response = Response()
        var index = 0
        while true {
            if index == 0, let headEnd = Data(received).range(of: Data("\r\n\r\n".utf8)) {
                index = headEnd.upperBound
                readHead(Array(received[..<headEnd.lowerBound]), into: &response)
            }
            if index > 0, readBody(from: &index, into: &response) {
                response.raw = Array(received[..<index])
                received.removeFirst(index)
                return response
            }
            if let end = receive() {
                response.end = end
                // Of a body that broke off what came counts too.
                if index > 0 {
                    response.body += received[index...].drop { response.isChunked && $0 != 0x0A }.dropFirst(
                        response.isChunked ? 1 : 0)
                }
                response.raw = received
                received = []
                return response
            }
        }
    }

    private func readHead(_ head: [UInt8], into response: inout Response) {
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        response.status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            response.headers.append(
                (String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)))
        }
        response.isChunked = response.header("Transfer-Encoding") == "chunked"
    }

    /// Takes what is whole of the body; `true` at its end.
    private func readBody(from index: inout Int, into response: inout Response) -> Bool {
        if response.isChunked {
            while let lineEnd = received[index...].firstIndex(of: 0x0D) {
                guard let size = Int(String(decoding: received[index..<lineEnd], as: UTF8.self), radix: 16) else {
                    return false
                }
                let start = lineEnd + 2
                guard start + size + 2 <= received.count else { return false }
                index = start + size + 2
                if size == 0 { return true }
                response.chunkSizes.append(size)
                response.body += received[start..<(start + size)]
            }
            return false
        }
        if response.status == 100 { return true }
        guard let length = response.header("Content-Length").flatMap({ Int($0) }), received.count - index >= length
        else { return false }
        response.body = Array(received[index..<(index + length)])
        index += length
        return true
    }
}

extension TestClient.Response {
    /// The data of all whole events, in order.
    var events: [(name: String, data: String)] {
        text.components(separatedBy: "\n\n").dropLast().map { block in
            var event = (name: "", data: "")
            for line in block.components(separatedBy: "\n") {
                if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
            }
            return event
        }
    }

    var objects: [[String: Any]] {
        events.compactMap { try? JSONSerialization.jsonObject(with: Data($0.data.utf8)) as? [String: Any] }
    }

    private func joined(_ anthropic: String, _ openAI: String) -> String {
        objects.reduce(into: "") { text, object in
            if let piece = (object["delta"] as? [String: Any])?[anthropic] as? String { text += piece }
            for choice in object["choices"] as? [[String: Any]] ?? [] {
                if let piece = (choice["delta"] as? [String: Any])?[openAI] as? String { text += piece }
            }
        }
    }

    /// The text of all deltas of a stream, or of a whole reply, in either dialect.
    var replyText: String {
        if header("Content-Type") == "application/json" {
            if let blocks = json["content"] as? [[String: Any]] {
                return blocks.compactMap { $0["text"] as? String }.joined()
            }
            let choice = (json["choices"] as? [[String: Any]])?.first
            return (choice?["message"] as? [String: Any])?["content"] as? String ?? ""
        }
        return joined("text", "content")
    }

    var thinkingText: String { joined("thinking", "reasoning_content") }

    /// The number of deltas that carry text.
    var textDeltas: Int {
        objects.count { object in
            (object["delta"] as? [String: Any])?["text"] != nil
                || (object["choices"] as? [[String: Any]])?.contains {
                    (($0["delta"] as? [String: Any])?["content"] as? String)?.isEmpty == false
                } == true
        }
    }

    /// The stop or finish reason.
    var reason: String? {
        if header("Content-Type") == "application/json" {
            return json["stop_reason"] as? String
                ?? (json["choices"] as? [[String: Any]])?.first?["finish_reason"] as? String
        }
        for object in objects.reversed() {
            if let reason = (object["delta"] as? [String: Any])?["stop_reason"] as? String { return reason }
            if let reason = (object["choices"] as? [[String: Any]])?.first?["finish_reason"] as? String {
                return reason
            }
        }
        return nil
    }

    var hasEndMark: Bool {
        events.contains { $0.data == "[DONE]" || $0.name == "message_stop" }
    }

    var errorType: String? {
        let error = json["error"] as? [String: Any] ?? objects.lazy.compactMap { $0["error"] as? [String: Any] }.first
        return error?["type"] as? String
    }
}
