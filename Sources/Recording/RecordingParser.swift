import Pricing
import Providers
import StreamEngine

/// Reads a recording from bytes in any pieces. Everything in the file is hostile until it is read: nothing is reserved
/// because a line says so, and what cannot be is an error with its place.
public struct RecordingParser {
    /// Bytes of one line, at most: a prompt with images is the longest.
    public static let lineLimit = 256 << 20
    /// Bytes of the file, at most.
    public static let sizeLimit = 2 << 30

    private let lineLimit: Int
    private var rest: [UInt8] = []
    private var lineNumber = 0
    /// Where the present line begins.
    private var lineStart = 0
    private var header: Recording.Header?
    private var entries: [Recording.Entry] = []
    /// Bodies whose last bytes are still to come: the entry, and how many.
    private var held: [AttemptID: [(entry: Int, count: Int)]] = [:]
    private var now = Now(instant: Instant(nanoseconds: 0), wall: WallTime(secondsSince1970: 0))
    private var streams = 0
    private var isStopped = false
    /// A line that is no JSON: forgiven where it is the last one, for then the program was stopped while it wrote.
    private var torn: RecordingError?
    private let defaults: JSONValue

    public init(lineLimit: Int = RecordingParser.lineLimit) {
        self.lineLimit = lineLimit
        defaults = Self.defaultOrder
    }

    public mutating func receive(_ bytes: [UInt8]) throws(RecordingError) {
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            rest.append(contentsOf: bytes[start..<end])
            try take(rest, hasEnd: true)
            rest.removeAll(keepingCapacity: true)
            start = end + 1
        }
        rest.append(contentsOf: bytes[start...])
        guard rest.count <= lineLimit else {
            throw RecordingError(
                line: lineNumber + 1, offset: lineStart, problem: "the line is longer than \(lineLimit) bytes")
        }
        guard lineStart + rest.count <= Self.sizeLimit else {
            throw RecordingError(
                line: lineNumber + 1, offset: lineStart,
                problem: "the file is larger than a recording may be (\(Self.sizeLimit >> 30) GB)")
        }
    }

    /// The file is over.
    public mutating func finish() throws(RecordingError) -> Recording {
        if !rest.isEmpty { try take(rest, hasEnd: false) }
        guard let header else {
            throw torn ?? RecordingError(line: 1, offset: 0, problem: "the file is empty: it is no recording")
        }
        var recording = Recording(header: header, entries: entries)
        if let torn {
            recording.shortfall = "it breaks off in line \(torn.line) (byte \(torn.offset))"
        } else if !isStopped {
            recording.shortfall = "its last line is missing: it was not ended in order"
        }
        let missing = held.values.joined().reduce(0) { $0 + $1.count }
        if missing > 0 {
            recording.shortfall =
                (recording.shortfall.map { $0 + "; " } ?? "") + "\(missing) bytes of a body are missing"
        }
        return recording
    }

    // MARK: Lines

    private mutating func take(_ bytes: [UInt8], hasEnd: Bool) throws(RecordingError) {
        lineNumber += 1
        let offset = lineStart
        lineStart += bytes.count + (hasEnd ? 1 : 0)
        guard bytes.count <= lineLimit else {
            throw RecordingError(
                line: lineNumber, offset: offset, problem: "the line is longer than \(lineLimit) bytes")
        }
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
        if let torn { throw torn }
        let value: JSONValue
        do throws(JSONFault) {
            value = try bytes.withUnsafeBufferPointer { (text) throws(JSONFault) in try JSONValue(parsing: text) }
        } catch {
            let fault = RecordingError(
                line: lineNumber, offset: offset + error.offset, problem: "no JSON: \(error.reason.rawValue)")
            guard header != nil else { throw RecordingError(line: 1, offset: offset, problem: "it is no recording") }
            torn = fault
            return
        }
        let line = Line(number: lineNumber, offset: offset, value: value)
        guard case .object = value else { throw line.error("expected an object") }
        if header == nil { try takeHeader(line) } else { try take(line) }
    }

    private mutating func takeHeader(_ line: Line) throws(RecordingError) {
        guard line.value["is"] == .string("recording") else { throw line.error("it is no recording") }
        let version = try line.number("version", in: 1...Line.largestID)
        guard version <= Recording.version else {
            throw line.error(
                "it is of version \(version), and this program reads version \(Recording.version): use a newer one")
        }
        guard case .number(let instant)? = line.value["instant"], let nanoseconds = Int64(instant),
            (0...(1 << 61)).contains(nanoseconds)
        else { throw line.error("\"instant\": expected nanoseconds") }
        guard let seed = UInt64(try line.string("seed"), radix: 16) else {
            throw line.error("\"seed\": expected a hexadecimal number of 64 bits")
        }
        guard let wall = try line.wall() else { throw line.error("\"wall\" is missing: seconds since 1970") }
        now = Now(instant: Instant(nanoseconds: nanoseconds), wall: wall)
        header = Recording.Header(
            program: try line.string("program"), start: now,
            origin: EngineOrigin(seed: seed, firstStream: try line.number("first_stream", in: 1...Line.largestID)))
    }

    private mutating func take(_ line: Line) throws(RecordingError) {
        guard let header else { return }
        guard !isStopped else { throw line.error("nothing may follow the line that ends the recording") }
        let instant = header.start.instant + (try line.duration("t"))
        guard instant >= now.instant else {
            throw line.error(
                "time goes backwards: \"t\" is \(Seconds.text(instant - header.start.instant)), and before it was "
                    + Seconds.text(now.instant - header.start.instant))
        }
        now = Now(instant: instant, wall: try line.wall() ?? now.wall)
        switch try line.string("is") {
        case "start":
            let id = try line.stream()
            guard id.rawValue == header.origin.firstStream + streams else {
                throw line.error(
                    "stream \(id) starts, and the next one is \(header.origin.firstStream + streams)")
            }
            streams += 1
            let order = try line.decode(StreamOrder.self, "order", completedBy: defaults)
            do throws(SettingError) {
                try order.retryPolicy.validate()
                try order.timeouts.validate()
            } catch {
                throw line.error("\"order\": \(error)")
            }
            add(.start(id, order), line)
        case "cancel": add(.cancel(try known(line)), line)
        case "retry": add(.retry(try known(line)), line)
        case "retry-now": add(.retryNow(try known(line)), line)
        case "wait-longer": add(.waitLonger(try known(line), try line.duration("by")), line)
        case "give-up": add(.giveUp(try known(line)), line)
        case "go-on": add(.goOn(try known(line), try strategy(line)), line)
        case "other-way": add(.lookAtOtherWay(try known(line)), line)
        case "learnt": add(.learnt(try known(line), try line.decode(ResumeMemory.self, "memory")), line)
        case "switch-model":
            add(
                .switchModel(
                    try known(line), try line.decode(Model.self, "model", completedBy: defaults["model"] ?? .null),
                    try line.decode(Endpoint.self, "endpoint", completedBy: defaults["endpoint"] ?? .null),
                    try line.decode(FailureContext.self, "context")), line)
        case "set-budget": add(.setBudget(try known(line), try line.decode(Budget.self, "budget")), line)
        case "connected": add(.transport(try attempt(line), .connected(try phases(line))), line)
        case "headers":
            let status = try line.number("status", in: 100...999)
            add(
                .transport(
                    try attempt(line), .headers(status: status, headers: try line.headers(), phases: try phases(line))),
                line)
        case "body": try takeBody(line)
        case "rest": try takeRest(line)
        case "finished": add(.transport(try attempt(line), .finished(try phases(line))), line)
        case "failed":
            add(
                .transport(
                    try attempt(line), .failed(try line.decode(TransportFailure.self, "failure"), try phases(line))),
                line)
        case "closed": add(.closed(try attempt(line)), line)
        case "time": add(.time, line)
        case "woke-up": add(.wokeUp(try line.duration("slept")), line)
        case "request": try added(.start(try attempt(line), try request(line)), line)
        case "abort": try added(.cancel(try attempt(line)), line)
        case "end":
            guard let verdict = Verdict(rawValue: try line.string("verdict")) else {
                throw line.error("\"verdict\": there is none of that name")
            }
            let stream = try line.stream("stream")
            guard let last = entries.indices.last else { throw line.error("nothing came before it") }
            entries[last].record.ended.append((stream, verdict))
        case "stop": isStopped = true
        case let other: throw line.error("\"is\": there is no line called \"\(other.prefix(40))\"")
        }
    }

    private mutating func add(_ call: EngineCall, _ line: Line) {
        entries.append(Recording.Entry(line: line.number, record: CallRecord(at: now, call: call)))
    }

    /// What the engine asked for in answer to the last call.
    private mutating func added(_ action: TransportAction, _ line: Line) throws(RecordingError) {
        guard let last = entries.indices.last else { throw line.error("nothing came before it") }
        entries[last].record.asked.append(action)
    }

    private func known(_ line: Line) throws(RecordingError) -> StreamID {
        let id = try line.stream()
        try check(id, line)
        return id
    }

    private func attempt(_ line: Line) throws(RecordingError) -> AttemptID {
        let attempt = try line.attempt()
        try check(attempt.stream, line)
        return attempt
    }

    private func check(_ id: StreamID, _ line: Line) throws(RecordingError) {
        let first = header?.origin.firstStream ?? 1
        guard (first..<first + streams).contains(id.rawValue) else { throw line.error("there is no stream \(id) yet") }
    }

    /// One of a question's ways to go on; `nil` for the one that is chosen there.
    private func strategy(_ line: Line) throws(RecordingError) -> ResumeStrategy? {
        guard line.value["by"] != nil else { return nil }
        guard let strategy = ResumeStrategy(rawValue: try line.string("by")) else {
            throw line.error("\"by\": there is no such way to go on")
        }
        return strategy
    }

    private func phases(_ line: Line) throws(RecordingError) -> Phases {
        try line.decode(Phases.self, "phases", completedBy: Self.defaultPhases)
    }

    // MARK: Bodies and requests

    private mutating func takeBody(_ line: Line) throws(RecordingError) {
        let attempt = try attempt(line)
        let bytes = try line.content()
        if line.value["held"] != nil {
            let count = try line.number("held", in: 1...Self.sizeLimit)
            held[attempt, default: []].append((entries.count, count))
        } else if held[attempt]?.isEmpty == false {
            throw line.error("the body before it has bytes to come")
        }
        add(.body(attempt, bytes), line)
    }

    private mutating func takeRest(_ line: Line) throws(RecordingError) {
        let attempt = try attempt(line)
        let bytes = try line.content()
        guard let place = held[attempt]?.first else { throw line.error("no body has bytes to come") }
        guard place.count == bytes.count, case .body(_, let before) = entries[place.entry].record.call else {
            throw line.error("\(place.count) bytes were to come, and here are \(bytes.count)")
        }
        held[attempt]?.removeFirst()
        entries[place.entry].record.call = .body(attempt, before + bytes)
    }

    /// What is in it may come to stand in a command line, so its names are held to what HTTP allows.
    private func request(_ line: Line) throws(RecordingError) -> TransportRequest {
        let method = try line.string("method")
        guard Self.isToken(method) else { throw line.error("\"method\": expected a method of HTTP, such as POST") }
        let headers = try line.headers()
        guard headers.allSatisfy({ Self.isToken($0.name) }) else {
            throw line.error("\"headers\": a name may have letters, digits and !#$%&'*+-.^_`|~ only")
        }
        return TransportRequest(
            http: HTTPRequest(method: method, url: try line.string("url"), headers: headers, body: try line.content()),
            connectTimeout: try line.duration("connect_timeout"),
            maximumBodyBytes: try line.number("max_body_bytes", in: 0...TreeDecoder.largestInteger),
            isStream: try line.bool("stream"))
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    // MARK: Defaults

    /// An order in which everything that can be left out has its default.
    private static let defaultOrder: JSONValue = {
        guard
            let endpoint = try? Endpoint(provider: "", dialect: .anthropic, baseURL: "http://localhost", key: nil),
            let tree = try? TreeEncoder.encode(
                StreamOrder(
                    endpoint: endpoint, model: Model(id: ""), request: ChatRequest(model: "", messages: [])))
        else { return .null }
        return tree
    }()

    private static let defaultPhases: JSONValue = (try? TreeEncoder.encode(Phases())) ?? .null
}
