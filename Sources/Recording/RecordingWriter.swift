import Providers
import StreamEngine

/// Turns what the engine was told into lines of a recording, with every secret blacked out. Does no I/O: the lines wait
/// in ``takeBytes()``.
///
/// A line is whole before it is handed out. Of a body that may end in the beginning of a secret those bytes follow in a line
/// of their own, as soon as they are known to be none.
public struct RecordingWriter: Sendable {
    private let header: Recording.Header
    private var redactor: Redactor
    private var lines: [UInt8] = []
    private var bodies: [AttemptID: HeldBody] = [:]
    private var lastWall: WallTime?

    /// - Parameter secrets: those that are known from the beginning; the keys of orders come by themselves.
    public init(_ header: Recording.Header, secrets: some Sequence<Secret>) {
        self.header = header
        redactor = Redactor(secrets)
        write("recording", at: header.start) { json in
            json.member("version", Recording.version)
            json.member("program", header.program)
            json.member("instant", decimal: "\(header.start.instant.nanoseconds)")
            json.member("seed", String(header.origin.seed, radix: 16))
            json.member("first_stream", header.origin.firstStream)
        }
    }

    /// The lines that nobody has taken yet.
    public mutating func takeBytes() -> [UInt8] {
        defer { lines = [] }
        return lines
    }

    public mutating func append(_ records: [CallRecord]) {
        // What the recording does not know the beginning of is left out.
        for record in records where record.call.stream.map({ $0.rawValue >= header.origin.firstStream }) ?? true {
            append(record)
        }
    }

    /// The last line.
    public mutating func finish(at now: Now) {
        for attempt in bodies.keys.sorted(by: { ($0.stream, $0.generation) < ($1.stream, $1.generation) }) {
            finishBody(of: attempt, at: now)
        }
        write("stop", at: now) { _ in }
    }

    // MARK: Calls

    private mutating func append(_ record: CallRecord) {
        learn(from: record.call)
        write(record.call, at: record.at)
        for action in record.asked {
            guard action.attempt.stream.rawValue >= header.origin.firstStream else { continue }
            write(action, at: record.at)
        }
        for (stream, verdict) in record.ended where stream.rawValue >= header.origin.firstStream {
            write("end", at: record.at) { json in
                json.member("stream", stream.rawValue)
                json.member("verdict", verdict.rawValue)
            }
        }
    }

    private mutating func learn(from call: EngineCall) {
        switch call {
        case .start(_, let order): if let key = order.endpoint.key { redactor.add(key) }
        case .switchModel(_, _, let endpoint, _): if let key = endpoint.key { redactor.add(key) }
        default: break
        }
    }

    private mutating func write(_ call: EngineCall, at now: Now) {
        switch call {
        case .start(let id, let order):
            let tree = tree(order)
            write("start", of: id, at: now) { $0.member(named: "order", tree) }
        case .cancel(let id): write("cancel", of: id, at: now)
        case .retry(let id): write("retry", of: id, at: now)
        case .retryNow(let id): write("retry-now", of: id, at: now)
        case .waitLonger(let id, let extra):
            write("wait-longer", of: id, at: now) { $0.member("by", decimal: Seconds.text(extra)) }
        case .giveUp(let id): write("give-up", of: id, at: now)
        case .goOn(let id, let strategy):
            write("go-on", of: id, at: now) { $0.member("by", strategy?.rawValue) }
        case .lookAtOtherWay(let id): write("other-way", of: id, at: now)
        case .learnt(let id, let memory):
            let tree = tree(memory)
            write("learnt", of: id, at: now) { $0.member(named: "memory", tree) }
        case .switchModel(let id, let model, let endpoint, let context):
            let trees = (tree(model), tree(endpoint), tree(context))
            write("switch-model", of: id, at: now) { json in
                json.member(named: "model", trees.0)
                json.member(named: "endpoint", trees.1)
                json.member(named: "context", trees.2)
            }
        case .setBudget(let id, let budget):
            let tree = tree(budget)
            write("set-budget", of: id, at: now) { $0.member(named: "budget", tree) }
        case .transport(let attempt, let event): write(event, of: attempt, at: now)
        case .body(let attempt, let bytes): write(bytes, of: attempt, at: now)
        case .closed(let attempt): write("closed", of: attempt, at: now)
        case .time: write("time", at: now) { _ in }
        case .wokeUp(let slept):
            write("woke-up", at: now) { $0.member("slept", decimal: Seconds.text(slept)) }
        }
    }

    private mutating func write(_ event: TransportEvent, of attempt: AttemptID, at now: Now) {
        switch event {
        case .connected(let phases):
            let phases = tree(phases)
            write("connected", of: attempt, at: now) { $0.member(named: "phases", phases) }
        case .headers(let status, let headers, let phases):
            let headers = headers.map(redactor.redacted)
            let phases = tree(phases)
            write("headers", of: attempt, at: now) { json in
                json.member("status", status)
                json.headers(headers)
                json.member(named: "phases", phases)
            }
        case .finished(let phases):
            finishBody(of: attempt, at: now)
            let phases = tree(phases)
            write("finished", of: attempt, at: now) { $0.member(named: "phases", phases) }
        case .failed(let failure, let phases):
            finishBody(of: attempt, at: now)
            let trees = (tree(failure), tree(phases))
            write("failed", of: attempt, at: now) { json in
                json.member(named: "failure", trees.0)
                json.member(named: "phases", trees.1)
            }
        }
    }

    private mutating func write(_ bytes: [UInt8], of attempt: AttemptID, at now: Now) {
        let written = bodies[attempt, default: HeldBody()].receive(bytes, redactor)
        for rest in written.rests { write(rest: rest, of: attempt, at: now) }
        write("body", of: attempt, at: now) { json in
            json.content(written.piece)
            if written.held > 0 { json.member("held", written.held) }
        }
    }

    private mutating func finishBody(of attempt: AttemptID, at now: Now) {
        guard var body = bodies.removeValue(forKey: attempt) else { return }
        for rest in body.finish(redactor) { write(rest: rest, of: attempt, at: now) }
    }

    private mutating func write(rest: [UInt8], of attempt: AttemptID, at now: Now) {
        write("rest", of: attempt, at: now) { $0.content(rest) }
    }

    // MARK: What the engine asked for

    private mutating func write(_ action: TransportAction, at now: Now) {
        switch action {
        case .cancel(let attempt):
            finishBody(of: attempt, at: now)
            write("abort", of: attempt, at: now)
        case .start(let attempt, let request):
            let request = redactor.redacted(request)
            write("request", of: attempt, at: now) { json in
                json.member("method", request.http.method)
                json.member("url", request.http.url)
                json.headers(request.http.headers)
                json.content(request.http.body)
                json.member("connect_timeout", decimal: Seconds.text(request.connectTimeout))
                json.member("max_body_bytes", request.maximumBodyBytes)
                json.member("stream", request.isStream)
            }
        }
    }

    // MARK: Lines

    private func tree(_ value: some Encodable) -> JSONValue {
        // Nothing of ours fails to encode but a number that is none, and those are in no order.
        redactor.redacted((try? TreeEncoder.encode(value)) ?? .null)
    }

    private mutating func write(
        _ kind: StaticString, of id: StreamID, at now: Now, _ members: (inout JSONWriter) -> Void = { _ in }
    ) {
        write(kind, at: now) { json in
            json.member("of", id.rawValue)
            members(&json)
        }
    }

    private mutating func write(
        _ kind: StaticString, of attempt: AttemptID, at now: Now, _ members: (inout JSONWriter) -> Void = { _ in }
    ) {
        write(kind, at: now) { json in
            json.member("attempt", "\(attempt.stream).\(attempt.generation)")
            members(&json)
        }
    }

    private mutating func write(_ kind: StaticString, at now: Now, _ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object { json in
            json.member("t", decimal: Seconds.text(max(.zero, now.instant - header.start.instant)))
            // Unlike the other clock it may be set, and what is derived from it must come out the same.
            if now.wall != lastWall { json.member("wall", now.wall.secondsSince1970) }
            json.member("is", kind.description)
            members(&json)
        }
        lastWall = now.wall
        lines.append(contentsOf: json.bytes)
        lines.append(0x0A)
    }
}

extension JSONWriter {
    /// As text where it is text, else in Base64.
    fileprivate mutating func content(_ bytes: [UInt8]) {
        if String(validating: bytes, as: UTF8.self) != nil {
            member("text", utf8: bytes[...])
        } else {
            member("base64", base64: bytes)
        }
    }

    fileprivate mutating func headers(_ headers: [HTTPHeader]) {
        member(named: "headers", .array(headers.map { .array([.string($0.name), .string($0.value)]) }))
    }
}

extension TransportAction {
    var attempt: AttemptID {
        switch self {
        case .start(let attempt, _), .cancel(let attempt): attempt
        }
    }
}

extension Redactor {
    func redacted(_ request: TransportRequest) -> TransportRequest {
        var request = request
        request.http.url = redacted(url: request.http.url)
        request.http.headers = request.http.headers.map(redacted)
        request.http.body = redacted(request.http.body)
        return request
    }
}
