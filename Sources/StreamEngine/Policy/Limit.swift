/// What a response may have at most, in bytes, so that no server can fill the memory.
public enum Limit: String, Sendable, CaseIterable {
    /// The values of one event's fields together, and so of every line: ``StreamOrder/maximumEventBytes``.
    case event
    /// The body of one attempt, decompressed: ``StreamOrder/maximumBodyBytes``.
    case body
    /// The header lines of one response: ``StreamOrder/maximumHeaderBytes``.
    case headers

    /// The option that sets it; its key in `[limits]` of the configuration is the case's name.
    public var option: String {
        switch self {
        case .event: "--event-limit"
        case .body: "--body-limit"
        case .headers: "--header-limit"
        }
    }

    /// Where the user says nothing.
    public var standard: Int {
        switch self {
        case .event: 16 << 20
        case .body: 256 << 20
        case .headers: 128 << 10
        }
    }

    /// Below a kibibyte no reply gets through; above 256 KiB of headers libcurl's own bound speaks.
    public var range: ClosedRange<Int> {
        switch self {
        case .event, .body: 1 << 10...1 << 40
        case .headers: 1 << 10...256 << 10
        }
    }

    var hint: String { "\(option) SIZE, or \(rawValue) in [limits], allows more." }
}

/// Sizes as text: `1048576`, `64KiB`, `16 MiB`, `1.5GB`.
public enum SizeText {
    private static let units: [(name: String, size: Int)] = [
        ("b", 1), ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1000), ("mb", 1_000_000),
        ("gb", 1_000_000_000),
    ]

    /// Bytes; `nil` for anything else, for a sign, and for more than 10¹⁰ units.
    public static func parse(_ text: some StringProtocol) -> Int? {
        var rest = Array(text.utf8)[...].trimmingSpace()
        guard let number = DecimalNumber(takenFrom: &rest) else { return nil }
        let word = String(decoding: rest.trimmingSpace(), as: UTF8.self).lowercased()
        guard let unit = word.isEmpty ? 1 : units.first(where: { $0.name == word })?.size else { return nil }
        return number.nanoseconds(unit: Int64(unit)).map { Int($0) }
    }

    /// `1.5 KiB`, `16 MiB`, `12 bytes`.
    public static func format(_ bytes: Int) -> String { Words.bytes(bytes) }
}
