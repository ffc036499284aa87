import Screen
import StreamEngine

/// How long a piece of text was waited for, after the piece before it: five steps, of which each is about three times as
/// long as the one before. People read some ten tokens a second.
public enum Lateness: UInt8, Sendable, CaseIterable, Comparable {
    case none, little, some, much, most

    /// From when on it is so late.
    static let limits: [Duration] = [
        .zero, .milliseconds(50), .milliseconds(150), .milliseconds(500), .seconds(2),
    ]

    public init(_ wait: Duration) {
        self = Self.allCases.last { Self.limits[Int($0.rawValue)] <= wait } ?? .none
    }

    var role: Role {
        switch self {
        case .none: .late0
        case .little: .late1
        case .some: .late2
        case .much: .late3
        case .most: .late4
        }
    }

    /// For the legend: `<50 ms`, `50 ms`, `150 ms`, `500 ms`, `2 s`.
    var label: String {
        self == .none
            ? "<" + Format.duration(Self.limits[1])
            : Self.limits[Int(rawValue)] < .seconds(1)
                ? Format.duration(Self.limits[Int(rawValue)])
                : Format.age(Self.limits[Int(rawValue)])
    }

    public static func < (one: Lateness, other: Lateness) -> Bool { one.rawValue < other.rawValue }
}

/// From `offset` on, a text came so late; `nil` where it is not known.
public struct Late: Sendable, Equatable {
    public var offset: Int
    public var lateness: Lateness?

    public init(offset: Int, lateness: Lateness?) {
        self.offset = offset
        self.lateness = lateness
    }
}
