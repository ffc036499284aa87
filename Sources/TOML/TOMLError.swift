/// What is wrong in a TOML file, where, and at which key.
public struct TOMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file's name as the user knows it.
    public var source: String
    /// 1-based; 0 where the error belongs to the file as a whole.
    public var line: Int
    /// 1-based, in Unicode scalars; only errors of syntax have one.
    public var column: Int?
    /// The full path of the key, `models[3].output`; array elements count from 0. `nil` where no key is to blame.
    public var key: String?
    /// What was expected and what was found, without a final full stop.
    public var message: String

    public init(source: String, line: Int, column: Int? = nil, key: String? = nil, message: String) {
        self.source = source
        self.line = line
        self.column = column
        self.key = key
        self.message = message
    }

    /// `pricing.toml:12: models[3].output: expected a number, found a string`
    public var description: String {
        var text = source
        if line > 0 {
            text += ":\(line)"
            if let column { text += ":\(column)" }
        }
        if let key, !key.isEmpty { text += ": \(key)" }
        return text + ": \(message)"
    }
}
