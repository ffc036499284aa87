import TOML

extension Expectation {
    init(_ table: TOMLTable) throws(TOMLError) {
        try table.rejectUnknownKeys(Self.keys)
        self.init()
        comes = try table.bool("comes") ?? true
        if !comes, table.count > 1 {
            throw table.error("comes", "false leaves nothing else to expect of the request")
        }
        continues = try table.bool("continues")
        manner = try Self.manners(table)
        let contradicts =
            switch continues {
            case nil: false
            case false: manner.contains { $0 != .fresh }
            case true: manner == [.fresh]
            }
        if contradicts {
            throw table.error("manner", "contradicts \"continues\"")
        }
        matches = try table.bool("matches")
        partBytes = try table.int("part_bytes", in: 0...1_000_000_000)
        stream = try table.bool("stream")
        model = try table.string("model")
        if let names = try table.table("headers") {
            for name in names.keys {
                guard let pattern = try names.string(name) else { continue }
                headers[name.lowercased()] = pattern
            }
        }
        withoutHeaders = try table.strings("without_headers")?.map { $0.lowercased() } ?? []
        if let both = withoutHeaders.first(where: { headers[$0] != nil }) {
            throw table.error("without_headers", "\"\(both)\" is among the headers that are expected")
        }
        contains = try table.strings("contains") ?? []
        notBefore = try table.seconds("not_before")
        notAfter = try table.seconds("not_after")
        if let notBefore, let notAfter, notAfter < notBefore {
            throw table.error("not_after", "is earlier than \"not_before\"")
        }
        keepsRetryAfter = try table.bool("retry_after") ?? false
    }

    /// One word, or an array of them.
    private static func manners(_ table: TOMLTable) throws(TOMLError) -> [Manner] {
        guard case .array? = table["manner"] else { return try table.word("manner", Manner.self).map { [$0] } ?? [] }
        var manners: [Manner] = []
        for text in try table.strings("manner") ?? [] {
            guard let manner = Manner(rawValue: text) else {
                let words = Manner.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                throw table.error("manner", "expected some of \(words), found \"\(text)\"")
            }
            manners.append(manner)
        }
        return manners
    }
}
