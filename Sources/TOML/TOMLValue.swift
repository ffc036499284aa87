/// A value of a TOML document. Numbers and dates keep the text that they were written as.
public enum TOMLValue: Sendable, Equatable {
    case string(String)
    case integer(Int, text: String)
    case float(Double, text: String)
    case boolean(Bool)
    /// A date, a time or both, as written.
    case date(String)
    case array([TOMLItem])
    case table(TOMLTable)

    /// What a message calls this value: `a string`, `an array`.
    public var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "a whole number"
        case .float: "a number"
        case .boolean: "true or false"
        case .date: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}

/// One element of an array.
public struct TOMLItem: Sendable, Equatable {
    public let value: TOMLValue
    /// Where the element begins, 1-based.
    public let line: Int
}
