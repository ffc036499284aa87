/// A parsed JSON text (RFC 8259).
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// Beyond the range of `Double` it is infinite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// Of a name that occurs twice the last value counts.
    case object([String: JSONValue])

    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A whole number that an `Int` holds.
    var integer: Int? {
        guard case .number(let number) = self else { return nil }
        return Int(exactly: number)
    }

    var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    var flag: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    var items: [JSONValue]? {
        guard case .array(let items) = self else { return nil }
        return items
    }
}

/// Why a text is not JSON, or is more than the lab takes.
struct JSONError: Error, Equatable {
    var message: String
    /// In bytes from the start.
    var offset: Int
}
