import Providers
import StreamEngine

/// One line of a recording, taken apart: every member is asked for by name, and what is wrong with it is said with the
/// line's place.
struct Line {
    let number: Int
    /// Where it begins in the file.
    let offset: Int
    let value: JSONValue

    func error(_ problem: String) -> RecordingError { RecordingError(line: number, offset: offset, problem: problem) }

    func string(_ key: String) throws(RecordingError) -> String {
        guard case .string(let text)? = value[key] else { throw missing(key, "a string") }
        return text
    }

    func number(_ key: String, in range: ClosedRange<Int>) throws(RecordingError) -> Int {
        guard case .number(let text)? = value[key], let number = Int(text), range.contains(number) else {
            throw missing(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func bool(_ key: String) throws(RecordingError) -> Bool {
        guard case .bool(let bool)? = value[key] else { throw missing(key, "true or false") }
        return bool
    }

    func duration(_ key: String) throws(RecordingError) -> Duration {
        guard case .number(let text)? = value[key], let duration = Seconds.duration(text) else {
            throw missing(key, "decimal seconds, with at most nine digits after the point")
        }
        return duration
    }

    /// Seconds since 1970; `nil` where the line does not say.
    func wall() throws(RecordingError) -> WallTime? {
        guard let value = value["wall"] else { return nil }
        guard case .number(let text) = value, let seconds = Double(text), (0...1e11).contains(seconds) else {
            throw missing("wall", "seconds since 1970")
        }
        return WallTime(secondsSince1970: seconds)
    }

    func stream(_ key: String = "of") throws(RecordingError) -> StreamID {
        StreamID(rawValue: try number(key, in: 1...Self.largestID))
    }

    /// `2.1`: the stream and its request.
    func attempt() throws(RecordingError) -> AttemptID {
        let parts = try string("attempt").split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let stream = Int(parts[0]), let generation = Int(parts[1]),
            (1...Self.largestID).contains(stream), (1...Self.largestID).contains(generation)
        else { throw missing("attempt", "a stream and its request, as in \"2.1\"") }
        return AttemptID(stream: StreamID(rawValue: stream), generation: generation)
    }

    func headers() throws(RecordingError) -> [HTTPHeader] {
        guard case .array(let pairs)? = value["headers"] else { throw missing("headers", "a list") }
        var headers: [HTTPHeader] = []
        for pair in pairs {
            guard case .array(let pair) = pair, pair.count == 2, case .string(let name) = pair[0],
                case .string(let value) = pair[1]
            else { throw error("\"headers\": expected pairs of name and value") }
            headers.append(HTTPHeader(name, value))
        }
        return headers
    }

    /// Bytes, as `text` or in `base64`.
    func content() throws(RecordingError) -> [UInt8] {
        if value["text"] != nil { return Array(try string("text").utf8) }
        guard let bytes = Base64.bytes(try string("base64")) else { throw missing("base64", "Base64") }
        return bytes
    }

    func decode<Value: Decodable>(
        _ type: Value.Type, _ key: String, completedBy defaults: JSONValue = .null
    ) throws(RecordingError) -> Value {
        guard let tree = value[key] else { throw missing(key, "an object") }
        do {
            return try TreeDecoder.decode(type, from: tree.completed(by: defaults))
        } catch {
            throw self.error("\"\(key)\"\(Self.words(error))")
        }
    }

    static let largestID = 1_000_000_000

    private func missing(_ key: String, _ expected: String) -> RecordingError {
        error(value[key] == nil ? "\"\(key)\" is missing: \(expected)" : "\"\(key)\": expected \(expected)")
    }

    /// Where in the tree, and what.
    private static func words(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return ": \(error)" }
        let (context, last): (DecodingError.Context, String?) =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context, nil)
            case .keyNotFound(let key, let context): (context, key.stringValue)
            @unknown default: (.init(codingPath: [], debugDescription: "\(error)"), nil)
            }
        let path = (context.codingPath.map(\.stringValue) + [last].compactMap { $0 }).map { "." + $0 }
        return path.joined() + ": " + context.debugDescription
    }
}
