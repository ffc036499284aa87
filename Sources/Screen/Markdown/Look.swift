/// What a piece of text means, innermost last: a strong word in a quote is `quote`, then `strong`. At most four roles, so
/// that it is plain data; a theme makes a style of it by laying each role's style over that of the one before.
public struct Look: Sendable, Hashable {
    /// One byte for each role, outermost lowest: its ordinal + 1; 0 ends the list.
    private var packed: UInt32

    public init(_ role: Role) {
        packed = UInt32(role.ordinal + 1)
    }

    /// With one more role inside of the others; beyond four it takes the innermost's place.
    public func adding(_ role: Role) -> Look {
        var result = self
        let byte = UInt32(role.ordinal + 1)
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            let taken = packed >> shift & 0xFF
            if taken == byte { return self }
            if taken == 0 || shift == 24 {
                result.packed = packed & ~(0xFF << shift) | byte << shift
                break
            }
        }
        return result
    }

    public var roles: [Role] {
        stride(from: UInt32(0), to: 32, by: 8).compactMap { shift in
            let byte = Int(packed >> shift & 0xFF)
            return byte == 0 ? nil : Role.allCases[byte - 1]
        }
    }

    public func contains(_ role: Role) -> Bool { adding(role) == self && roles.contains(role) }
}

extension Theme {
    public func style(_ look: Look) -> Style {
        let roles = look.roles
        return roles.dropFirst().reduce(style(roles[0])) { $0.overlaid(with: style($1)) }
    }
}
