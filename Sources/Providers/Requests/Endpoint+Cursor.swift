/// How far a response that is made in the background was received: enough to go on from there.
public struct ResponseCursor: Sendable, Equatable {
    /// The provider's id of the response.
    public var id: String
    /// The `sequence_number` of the last event received.
    public var sequence: Int

    /// `nil` where the id cannot stand in a path as it is: it comes from the server and is not trusted to.
    public init?(id: String, sequence: Int) {
        let isPlain = id.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
        guard isPlain, (1...512).contains(id.utf8.count), sequence >= 0 else { return nil }
        self.id = id
        self.sequence = sequence
    }
}

extension Endpoint {
    /// Whether replies asked for here can be taken up again by a cursor.
    public var offersCursor: Bool { dialect == .responses && habits.usesBackground }

    /// The same endpoint with replies made in the background, where its dialect has that.
    public func inBackground() -> Endpoint? {
        guard dialect == .responses else { return nil }
        var endpoint = self
        endpoint.habits.usesBackground = true
        return endpoint
    }

    /// The request for the events of a response after `cursor`, as a stream.
    public func request(after cursor: ResponseCursor, requestID: String) -> HTTPRequest {
        HTTPRequest(
            method: "GET",
            url: base.appending(
                "/responses/" + cursor.id, query: "stream=true&starting_after=\(cursor.sequence)"),
            headers: authorization + [
                HTTPHeader("accept", "text/event-stream"), HTTPHeader("x-request-id", requestID),
            ])
    }

    /// The request that stops the making of a response, so that nothing more of it is billed.
    public func cancelRequest(of cursor: ResponseCursor, requestID: String) -> HTTPRequest {
        HTTPRequest(
            method: "POST", url: base.appending("/responses/" + cursor.id + "/cancel"),
            headers: authorization + [
                HTTPHeader("accept", "application/json"), HTTPHeader("x-request-id", requestID),
            ])
    }
}
