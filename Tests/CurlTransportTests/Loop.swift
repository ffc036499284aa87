import Providers
import StreamEngine
import Testing

@testable import CurlTransport

/// What was heard of one attempt.
struct Heard {
    var events: [TransportEvent] = []
    var body: [UInt8] = []
    /// Calls with body bytes.
    var pieces = 0

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The status of the `headers` event.
    var status: Int? {
        for case .headers(let status, _, _) in events { return status }
        return nil
    }

    var headers: [HTTPHeader]? {
        for case .headers(_, let headers, _) in events { return headers }
        return nil
    }

    var failure: TransportFailure? {
        for case .failed(let failure, _) in events { return failure }
        return nil
    }

    var isFinished: Bool { finishedPhases != nil }

    var finishedPhases: Phases? {
        for case .finished(let phases) in events { return phases }
        return nil
    }

    var isOver: Bool { isFinished || failure != nil }
}

/// A transport in a small event loop, as a test drives it.
final class Loop {
    let transport: CurlTransport
    private(set) var heard: [AttemptID: Heard] = [:]
    /// How often a wait returned.
    private(set) var turns = 0
    private var attempts = 0

    init(_ options: CurlTransport.Options = .init(userAgent: "weir/test")) throws {
        transport = try CurlTransport(options: options)
    }

    subscript(_ id: AttemptID) -> Heard { heard[id] ?? Heard() }

    func start(_ request: TransportRequest) -> AttemptID {
        attempts += 1
        let id = AttemptID(stream: StreamID(rawValue: attempts), generation: attempts)
        transport.start(id, request)
        return id
    }

    /// Runs until the condition holds; gives up, and records an issue, when nothing at all happens for 30 s.
    func run(until condition: (Loop) -> Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        var isIdle = false
        while true {
            perform()
            if condition(self) { return }
            if isIdle {
                Issue.record("nothing happens any more", sourceLocation: sourceLocation)
                return
            }
            let before = ContinuousClock.now
            _ = transport.wait(timeout: .seconds(30))
            turns += 1
            isIdle = ContinuousClock.now - before >= .seconds(30)
        }
    }

    func perform() {
        transport.perform { id, delivery in
            switch delivery {
            case .event(let event): heard[id, default: Heard()].events.append(event)
            case .body(let bytes):
                heard[id, default: Heard()].body += bytes
                heard[id, default: Heard()].pieces += 1
            }
        }
    }

    /// Starts a request and runs until it is over.
    func fetch(_ request: TransportRequest, sourceLocation: SourceLocation = #_sourceLocation) -> Heard {
        let id = start(request)
        run(until: { $0[id].isOver }, sourceLocation: sourceLocation)
        return self[id]
    }
}

extension TransportRequest {
    static func get(_ url: String, limit: Int = 1 << 20, connectTimeout: Duration = .seconds(10), isStream: Bool = true)
        -> TransportRequest
    {
        TransportRequest(
            http: HTTPRequest(method: "GET", url: url, headers: []), connectTimeout: connectTimeout,
            maximumBodyBytes: limit, isStream: isStream)
    }

    static func post(_ url: String, headers: [HTTPHeader] = [], body: [UInt8], isStream: Bool = true)
        -> TransportRequest
    {
        TransportRequest(
            http: HTTPRequest(method: "POST", url: url, headers: headers, body: body), connectTimeout: .seconds(10),
            maximumBodyBytes: 1 << 20, isStream: isStream)
    }
}
