/// Why bytes are no JSON (RFC 8259), and where.
package struct JSONFault: Error, Sendable, Equatable {
    package enum Reason: String, Sendable {
        case unexpectedEnd = "unexpected end"
        case unexpectedByte = "unexpected byte"
        case invalidEscape = "invalid escape"
        case controlCharacter = "control character in a string"
        case invalidNumber = "invalid number"
        case tooDeep = "nested too deep"
        case notAnObject = "not an object"
    }

    /// Bytes from the beginning of the text.
    package var offset: Int
    package var reason: Reason
}
