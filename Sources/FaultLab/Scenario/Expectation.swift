/// What a scenario expects of a client's request. What is `nil` or empty is not looked at.
///
/// In a scenario it is the table `expect`, of a `[[request]]` or, for every request, at the top level.
public struct Expectation: Sendable, Equatable {
    /// How a request carries the part of the reply that the client has.
    public enum Manner: String, Sendable, CaseIterable {
        case fresh, prefill, `continue`
        case systemNote = "system-note"
        /// Asks for the rest of a response that runs in the background.
        case cursor
    }

    /// `comes`: false where the client should have stopped before this request.
    public var comes = true
    /// `continues`: whether it carries a part of the reply.
    public var continues: Bool?
    /// `manner`: one of these ways to carry it.
    public var manner: [Manner] = []
    /// `matches`: whether what it carries is, byte for byte, a beginning of the reply.
    public var matches: Bool?
    /// `part_bytes`: the part has at least so many bytes.
    public var partBytes: Int?
    /// `stream`: whether it asks for a stream.
    public var stream: Bool?
    /// `model`: a pattern with `*`.
    public var model: String?
    /// `headers`: names in lower case, and patterns with `*` for their values.
    public var headers: [String: String] = [:]
    /// `without_headers`: names in lower case.
    public var withoutHeaders: [String] = []
    /// `contains`: texts that stand in the body as it came.
    public var contains: [String] = []
    /// `not_before`: seconds since the end of the response before it.
    public var notBefore: Double?
    /// `not_after`: the same, at most.
    public var notAfter: Double?
    /// `retry_after`: not before the time that the response before it asked for.
    public var keepsRetryAfter = false

    public init() {}

    static let keys = [
        "comes", "continues", "manner", "matches", "part_bytes", "stream", "model", "headers", "without_headers",
        "contains", "not_before", "not_after", "retry_after",
    ]
}

/// An expectation that was not met.
struct Breach: Sendable, Equatable {
    /// The scenario's key.
    var key: String
    var text: String
}

/// How many expectations were looked at, each key of each request for itself.
public struct ExpectationCount: Sendable, Equatable {
    public var checked: Int
    public var breached: Int

    public init(checked: Int = 0, breached: Int = 0) {
        self.checked = checked
        self.breached = breached
    }

    public var met: Int { checked - breached }
}

/// A request, as far as expectations look at it.
struct AskedRequest: Sendable {
    var model: String
    var stream: Bool
    var manner: Expectation.Manner
    var matches: Bool
    /// Bytes of the reply that it carries.
    var partBytes: Int
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// Seconds since the end of the response before it in its conversation; `nil` for the first.
    var sincePrevious: Double?
    /// What that response asked for with Retry-After, in seconds.
    var retryAfter: Double?
}

extension AskedRequest {
    init(
        _ request: ReplyRequest, _ continuation: Continuation, headers: [(name: String, value: String)], body: [UInt8],
        isCursor: Bool, sincePrevious: Double?, retryAfter: Double?
    ) {
        let carried: Expectation.Manner =
            switch continuation.manner {
            case .fresh: .fresh
            case .prefill: .prefill
            case .continue: .continue
            case .systemNote: .systemNote
            }
        self.init(
            model: request.model, stream: request.stream, manner: isCursor ? .cursor : carried,
            matches: continuation.matches,
            partBytes: continuation.covered, headers: headers, body: body, sincePrevious: sincePrevious,
            retryAfter: retryAfter)
    }
}

extension Expectation {
    /// Looks at a request. `count` is told how much was looked at; what depends on the response before is not looked at
    /// where there is none.
    func breaches(in asked: AskedRequest, count: inout ExpectationCount) -> [Breach] {
        var breaches: [Breach] = []
        func look(_ key: String, _ isMet: Bool, _ text: @autoclosure () -> String) {
            count.checked += 1
            guard !isMet else { return }
            count.breached += 1
            breaches.append(Breach(key: key, text: text()))
        }
        if !comes { look("comes", false, "expected no request after the one before") }
        if let continues {
            look(
                "continues", continues == (asked.manner != .fresh),
                continues ? "expected the part of the reply, found none" : "expected no part of the reply, found one")
        }
        if !manner.isEmpty {
            let wanted = manner.map(\.rawValue).joined(separator: " or ")
            look("manner", manner.contains(asked.manner), "expected \(wanted), found \(asked.manner.rawValue)")
        }
        if let matches, asked.manner != .fresh, asked.manner != .cursor {
            look(
                "matches", matches == asked.matches,
                matches
                    ? "expected a beginning of the reply, byte for byte; it goes astray after \(asked.partBytes) bytes"
                    : "expected a part that is not the reply's beginning")
        }
        if let partBytes, asked.manner != .cursor {
            look(
                "part_bytes", asked.partBytes >= partBytes,
                "expected at least \(partBytes) bytes of the reply, found \(asked.partBytes)")
        }
        if let stream {
            look("stream", stream == asked.stream, stream ? "expected a stream" : "expected no stream")
        }
        if let model {
            look(
                "model", Glob(model).matches(asked.model),
                "expected the model \(model), found \(Routes.excerpt(asked.model))")
        }
        lookAtHeaders(of: asked, look)
        for text in contains {
            look("contains", asked.body.holds(Array(text.utf8)), "expected \(JSONText.string(text)) in the body")
        }
        lookAtTimes(of: asked, look)
        return breaches
    }

    /// Values are not told: they may be keys.
    private func lookAtHeaders(of asked: AskedRequest, _ look: (String, Bool, @autoclosure () -> String) -> Void) {
        for (name, pattern) in headers.sorted(by: { $0.key < $1.key }) {
            let values = asked.headers.filter { $0.name == name }.map(\.value)
            let text = values.isEmpty ? "expected the header \(name), found none" : "\(name) is not \(pattern)"
            look("headers", values.contains { Glob(pattern).matches($0) }, text)
        }
        for name in withoutHeaders {
            look("without_headers", !asked.headers.contains { $0.name == name }, "expected no header \(name)")
        }
    }

    private func lookAtTimes(of asked: AskedRequest, _ look: (String, Bool, @autoclosure () -> String) -> Void) {
        guard let since = asked.sincePrevious else { return }
        let found = "found \(JSONText.seconds(since)) s"
        if let notBefore {
            look("not_before", since >= notBefore, "expected to wait \(JSONText.seconds(notBefore)) s, \(found)")
        }
        if let notAfter {
            look("not_after", since <= notAfter, "expected to be back in \(JSONText.seconds(notAfter)) s, \(found)")
        }
        if keepsRetryAfter, let wanted = asked.retryAfter {
            look("retry_after", since >= wanted, "was told to wait \(JSONText.seconds(wanted)) s, \(found)")
        }
    }
}

extension [UInt8] {
    /// Whether a text stands somewhere in it.
    fileprivate func holds(_ text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        guard count >= text.count else { return false }
        var start = startIndex
        while start <= endIndex - text.count, let next = self[start...].firstIndex(of: first) {
            guard next <= endIndex - text.count else { return false }
            if self[next..<next + text.count].elementsEqual(text) { return true }
            start = next + 1
        }
        return false
    }
}
