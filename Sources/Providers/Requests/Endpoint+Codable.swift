/// All but the key: of that only its length is told, so that requests of the same length can be made again.
extension Endpoint: Codable {
    private enum CodingKeys: String, CodingKey {
        case provider, dialect, baseURL, keyBytes, habits, maxTokens
    }

    /// The key is a mark of the same length.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let length = try values.decodeIfPresent(Int.self, forKey: .keyBytes)
        if let length, !(1...Secret.longestMark).contains(length) {
            throw DecodingError.dataCorruptedError(
                forKey: .keyBytes, in: values, debugDescription: "no key has \(length) bytes")
        }
        let provider = try values.decode(String.self, forKey: .provider)
        let dialect = try values.decode(Dialect.self, forKey: .dialect)
        let baseURL = try values.decode(String.self, forKey: .baseURL)
        let habits = try values.decode(RequestHabits.self, forKey: .habits)
        let maxTokens = try values.decode(Int.self, forKey: .maxTokens)
        do throws(EndpointError) {
            try self.init(
                provider: provider, dialect: dialect, baseURL: baseURL,
                key: length.map { Secret(Secret.mark(bytes: $0)) }, habits: habits, maxTokens: maxTokens)
        } catch {
            throw DecodingError.dataCorruptedError(forKey: .baseURL, in: values, debugDescription: "\(error)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(provider, forKey: .provider)
        try values.encode(dialect, forKey: .dialect)
        try values.encode(baseURL, forKey: .baseURL)
        try values.encodeIfPresent(key?.revealed.utf8.count, forKey: .keyBytes)
        try values.encode(habits, forKey: .habits)
        try values.encode(maxTokens, forKey: .maxTokens)
    }
}

extension Secret {
    static let longestMark = 1 << 20

    /// What stands in a recording in the place of a secret, as long as it was.
    public static func mark(bytes count: Int) -> String {
        let word = Array("REDACTED".utf8)
        return String(decoding: (0..<max(0, count)).map { word[$0 % word.count] }, as: UTF8.self)
    }
}
