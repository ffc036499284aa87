/// Responses that are made in the background: whoever has the id can ask for the events after one of them, ask how far
/// the response is, or stop it.
struct BackgroundResponses: Sendable {
    /// Responses asked for longest ago are forgotten beyond this, as providers forget theirs after a while.
    static let most = 1_000

    struct Response: Sendable {
        var request: ReplyRequest
        var continuation: Continuation
        var scenario: Scenario
        /// Seconds since the lab started.
        var began: Double
        /// Seconds since 1970.
        var created: Int
        /// 0 is as fast as the client reads.
        var tokensPerSecond: Double
        /// Where in the reply it begins.
        var textStart: Int
        /// The provider failed in the middle of it.
        var hasFailed = false
        var isCancelled = false

        /// Deltas made by now: the provider goes on, whether somebody listens or not.
        func made(now: Double) -> Int {
            tokensPerSecond > 0 ? Int(min(1e9, max(0, now - began) * tokensPerSecond)) : .max
        }
    }

    private var responses: [String: Response] = [:]
    private var ids: [String] = []

    subscript(id: String) -> Response? { responses[id] }

    mutating func add(_ response: Response, id: String) {
        responses[id] = response
        ids.append(id)
        if ids.count >= 2 * Self.most {
            for id in ids.prefix(Self.most) { responses[id] = nil }
            ids.removeFirst(Self.most)
        }
    }

    mutating func change(_ id: String, _ body: (inout Response) -> Void) {
        guard var response = responses[id] else { return }
        body(&response)
        responses[id] = response
    }
}
