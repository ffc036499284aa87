import StreamEngine
import TOML

extension Settings {
    func limit(_ limit: Limit) throws(SettingsError) -> Int {
        let bytes = options.limits.bytes(limit) ?? configuration.limits[limit] ?? limit.standard
        guard limit.range.contains(bytes) else {
            throw SettingsError(
                message: "\(limit.option.dropFirst(2)) must be from \(SizeText.format(limit.range.lowerBound)) to "
                    + "\(SizeText.format(limit.range.upperBound)), and it is \(SizeText.format(bytes))")
        }
        return bytes
    }
}

extension Configuration {
    static func limits(_ table: TOMLTable) throws(TOMLError) -> [Limit: Int] {
        try table.rejectUnknownKeys(Set(Limit.allCases.map(\.rawValue)))
        var limits: [Limit: Int] = [:]
        for limit in Limit.allCases {
            limits[limit] = try table.size(limit.rawValue)
        }
        return limits
    }
}

extension TOMLTable {
    /// Bytes as a number, or text such as "16 MiB".
    fileprivate func size(_ key: String) throws(TOMLError) -> Int? {
        let text: String
        switch self[key] {
        case nil: return nil
        case .integer(_, let written), .string(let written): text = written
        default: text = ""
        }
        guard let bytes = SizeText.parse(text) else {
            throw error(key, "expected bytes (1048576) or a text such as \"64KiB\", \"16 MiB\"")
        }
        return bytes
    }
}
