/// What was asked of the lab, and what it did.
public struct JournalEntry: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A request for a reply came.
        case asked
        /// A fault was carried out.
        case fault
        /// The response ended: delivered whole, broken, or given up by the client.
        case ended
        /// A request was not as the scenario expected it; ``JournalEntry/fault`` is the expectation's key.
        case breach
        /// Somebody steered.
        case order
        /// A request or connection that was refused, and why.
        case refused
    }

    /// From 1, without gaps.
    public var number: Int
    /// Seconds since the lab started.
    public var time: Double
    public var kind: Kind
    /// From 1; connections and conversations are counted apart.
    public var connection: Int?
    public var conversation: Int?
    /// Of the conversation, from 1.
    public var request: Int?
    /// What the client called the request, in `X-Request-ID`.
    public var clientRequestID: String?
    /// The scenario's word for what was done, or for what it expected.
    public var fault: String?
    /// Deltas sent in this response so far.
    public var tokens: Int?
    /// One sentence for a person.
    public var text: String

    var json: String {
        "{\"number\":\(number),\"time\":\(JSONText.seconds(time)),\"kind\":\"\(kind.rawValue)\","
            + "\"connection\":\(JSONText.number(connection)),\"conversation\":\(JSONText.number(conversation)),"
            + "\"request\":\(JSONText.number(request)),\"client_request_id\":\(JSONText.string(clientRequestID)),"
            + "\"fault\":\(JSONText.string(fault)),\"tokens\":\(JSONText.number(tokens)),"
            + "\"text\":\(JSONText.string(text))}"
    }
}
