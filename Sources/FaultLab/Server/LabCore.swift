import NIOCore
import Synchronization
import TOML

/// What all connections of a lab share.
final class LabCore: Sendable {
    /// A response under way, so that it can be steered from other threads.
    struct Live: Sendable {
        var conversation: Int
        var follow: @Sendable (LabOrder) -> Void
    }

    private struct Pending {
        var status: StatusFault
        /// `nil` is whoever comes next.
        var conversation: Int?
    }

    private struct State {
        var scenario: Scenario
        var scenarios: [String: Scenario] = [:]
        var conversations = Conversations()
        var limits: [String: RateLimit] = [:]
        var pending: [Pending] = []
        var live: [Int: Live] = [:]
        var responses = BackgroundResponses()
        /// By conversation.
        var paused: [Int: PausedContent] = [:]
        var journal = Journal()
        var book = VerdictBook()
        var expectations = ExpectationCount()
        var tickets = 0
        var connections = 0
        /// Connections that have yet to speak TLS.
        var handshakes = 0
        var openConnections = 0
        var isDown = false
        var takeDown: (@Sendable (Double) -> Void)?
        var bodyBytes = 0
    }

    /// Request bodies held at once by all connections together.
    static let mostBodyBytes = 256 << 20

    private let state: Mutex<State>
    private let configuration: LabConfiguration
    private let began = NIODeadline.now()

    /// `nil` where the lab has no TLS port.
    let tls: TLSPort?

    init(_ configuration: LabConfiguration, tls: TLSPort? = nil) {
        self.tls = tls
        var state = State(scenario: configuration.scenario)
        for scenario in configuration.scenarios { state.scenarios[scenario.name] = scenario }
        self.state = Mutex(state)
        self.configuration = configuration
    }

    /// Seconds since the lab started.
    var now: Double {
        Double((NIODeadline.now() - began).nanoseconds) * 1e-9
    }

    // MARK: Requests for replies

    /// Finds the conversation and the faults that await it, counts the limits, and makes the response.
    ///
    /// - Parameter resuming: the response in the background whose rest is asked for.
    func program(
        for request: ReplyRequest, _ continuation: Continuation, scenario: Scenario, connection: Int,
        headers: [(name: String, value: String)], body: [UInt8], resuming: Resuming? = nil
    ) -> Program {
        let clientRequestID = headers.first { $0.name == "x-request-id" }.map { Routes.excerpt($0.value) }
        let wall = WallClock.now()
        let now = now
        let planner = state.withLock { state in
            let place = state.conversations.begin(
                key: continuation.key, scenario: scenario.name, stories: scenario.storyKey(for: request.model),
                continues: continuation.manner != .fresh || resuming != nil)
            state.book.asked(continuation.prompt, in: place.conversation)
            state.tickets += 1
            var ticket = Ticket(
                id: state.tickets, responseID: resuming?.id ?? "resp_lab_\(state.tickets)",
                recordKey: place.recordKey, conversation: place.conversation,
                request: place.request, scenario: scenario.name, connection: connection)
            let told = scenario.request(conversation: place.story, request: place.request, model: request.model)
            let expected = [scenario.expect, told?.expect].compactMap { $0 }
            var breaches: [Breach] = []
            if !expected.isEmpty {
                let asked = AskedRequest(
                    request, continuation, headers: headers, body: body, isCursor: resuming != nil,
                    sincePrevious: place.previousEnded.map { now - $0 }, retryAfter: place.retryAfter)
                for one in expected { breaches += one.breaches(in: asked, count: &state.expectations) }
            }
            let chosen = breaches.isEmpty ? told?.steps : told?.otherwise ?? told?.steps
            var steps = scenario.decided(
                scenario.always + (chosen ?? []), request: place.request, key: place.seed, model: request.model)
            if let index = state.pending.firstIndex(where: {
                $0.conversation == nil || $0.conversation == place.conversation
            }) {
                steps.insert(FaultStep(.status(state.pending.remove(at: index).status)), at: 0)
            }
            // From the beginning is not on from the pause.
            if continuation.manner == .fresh { state.paused[place.conversation] = nil }
            let limit = Self.take(request.promptTokens, of: scenario, now, &state)
            log(
                &state,
                JournalEntry(
                    number: 0, time: now, kind: .asked, connection: connection, conversation: place.conversation,
                    request: place.request, clientRequestID: clientRequestID, fault: nil, tokens: nil,
                    text: Self.words(request, continuation, scenario, resuming)))
            let messageID =
                switch request.dialect {
                case .anthropic: "msg_lab_\(ticket.id)"
                case .openai: "chatcmpl-lab\(ticket.id)"
                case .responses: ticket.responseID
                }
            for breach in breaches {
                log(
                    &state,
                    JournalEntry(
                        number: 0, time: now, kind: .breach, connection: connection, conversation: place.conversation,
                        request: place.request, clientRequestID: clientRequestID, fault: breach.key, tokens: nil,
                        text: breach.text))
            }
            var planner = Planner(
                request: request, continuation: continuation, steps: steps, ticket: ticket,
                requestID: "req_lab_\(ticket.id)",
                messageID: messageID,
                tokensPerSecond: configuration.tokensPerSecond ?? scenario.tokensPerSecond, jitter: scenario.jitter,
                limit: limit, wall: wall, paused: state.paused[place.conversation] ?? PausedContent(),
                resumed: resuming.map { Planner.Resumption($0, now: now) })
            ticket.retryAfter = planner.retryAfter
            planner.ticket = ticket
            return planner
        }
        let program = planner.program()
        // What was refused has no response.
        if request.isBackground, resuming == nil, program.isReply {
            let response = BackgroundResponses.Response(
                request: request, continuation: continuation, scenario: scenario, began: now, created: Int(wall),
                tokensPerSecond: planner.tokensPerSecond, textStart: program.textStart)
            state.withLock { $0.responses.add(response, id: planner.ticket.responseID) }
        }
        return program
    }

    /// Whose rest is asked for, and from where.
    struct Resuming {
        var id: String
        var response: BackgroundResponses.Response
        /// The number of the last event that the client has.
        var after: Int
    }

    func response(_ id: String) -> BackgroundResponses.Response? {
        state.withLock { $0.responses[id] }
    }

    /// `false` where there is no such response.
    func cancel(response id: String, connection: Int) -> Bool {
        let now = now
        return state.withLock { state in
            guard state.responses[id] != nil else { return false }
            state.responses.change(id) { $0.isCancelled = true }
            log(
                &state,
                JournalEntry(
                    number: 0, time: now, kind: .order, connection: connection, conversation: nil, request: nil,
                    clientRequestID: nil, fault: nil, tokens: nil, text: "cancelled by the client: \(id)"))
            return true
        }
    }

    private static func take(
        _ tokens: Int, of scenario: Scenario, _ now: Double, _ state: inout State
    ) -> RateLimit.Snapshot {
        var limit =
            state.limits[scenario.name]
            ?? RateLimit(
                requestsPerMinute: scenario.requestsPerMinute, tokensPerMinute: scenario.tokensPerMinute)
        var snapshot = limit.take(tokens: tokens, at: now)
        state.limits[scenario.name] = limit
        snapshot.isExceeded = snapshot.isExceeded && scenario.enforcesLimits
        return snapshot
    }

    private static func words(
        _ request: ReplyRequest, _ continuation: Continuation, _ scenario: Scenario, _ resuming: Resuming?
    ) -> String {
        var text = "\(request.dialect.rawValue), \(request.model), \(request.stream ? "stream" : "batch")"
        if scenario.name != "" { text += ", scenario \(scenario.name)" }
        for image in request.turns.flatMap(\.images) { text += ", \(image.words)" }
        if let resuming { return text + ", \(resuming.id) after event \(resuming.after)" }
        if request.isBackground { text += ", background" }
        guard continuation.manner != .fresh else { return text + ", from the start" }
        text += ", \(continuation.manner.rawValue) after \(continuation.covered) of \(continuation.reply.count) bytes"
        return continuation.matches ? text : text + ", where the part goes astray"
    }

    func begin(_ ticket: Ticket, _ follow: @escaping @Sendable (LabOrder) -> Void) {
        state.withLock { $0.live[ticket.id] = Live(conversation: ticket.conversation, follow: follow) }
    }

    /// The next request of the conversation must have this content.
    func paused(_ ticket: Ticket?, _ content: PausedContent) {
        guard let ticket else { return }
        state.withLock { state in
            // Whoever asks for pauses and never comes back.
            if state.paused.count >= Conversations.mostRecords { state.paused = [:] }
            state.paused[ticket.conversation] = content
        }
    }

    func end(_ ticket: Ticket, isDelivered: Bool, tokens: Int, _ text: String) {
        let now = now
        state.withLock { state in
            state.live[ticket.id] = nil
            if isDelivered { state.paused[ticket.conversation] = nil }
            state.conversations.end(
                recordKey: ticket.recordKey, conversation: ticket.conversation, isDelivered: isDelivered,
                retryAfter: ticket.retryAfter, at: now)
            log(
                &state,
                JournalEntry(
                    number: 0, time: now, kind: .ended, connection: ticket.connection,
                    conversation: ticket.conversation, request: ticket.request, clientRequestID: nil, fault: nil,
                    tokens: tokens, text: text))
        }
    }

    // MARK: Scenarios

    /// The scenario of requests that name none.
    var scenario: Scenario { state.withLock { $0.scenario } }

    func use(_ scenario: Scenario) {
        state.withLock { $0.scenario = scenario }
    }

    /// The configured ones first, then the shelf's; `nil` where there is none of that name.
    func scenario(named name: String) throws(TOMLError) -> Scenario? {
        let known: Scenario? = state.withLock { state in
            state.scenario.name == name ? state.scenario : state.scenarios[name]
        }
        if let known { return known }
        guard let scenario = try Shelf.scenario(named: name) else { return nil }
        state.withLock { $0.scenarios[name] = scenario }
        return scenario
    }

    /// Names and descriptions of all there are, the current one first.
    func listed() throws(TOMLError) -> [Scenario] {
        let (current, configured) = (scenario, configuration.scenarios)
        var scenarios = [current] + configured.filter { $0.name != current.name }
        for scenario in try Shelf.scenarios() where !scenarios.contains(where: { $0.name == scenario.name }) {
            scenarios.append(scenario)
        }
        return scenarios
    }

    // MARK: Steering

    /// Returns how many responses under way it was told to.
    func steer(_ order: LabOrder, conversation: Int?) -> Int {
        let now = now
        let live = state.withLock { state in
            log(
                &state,
                JournalEntry(
                    number: 0, time: now, kind: .order, connection: nil, conversation: conversation, request: nil,
                    clientRequestID: nil, fault: nil, tokens: nil, text: order.words))
            switch order {
            case .next429(let wait):
                state.pending.append(Pending(status: StatusFault(429, retryAfter: wait), conversation: conversation))
            case .next529(let count):
                for _ in 0..<min(max(0, count), 1_000) {
                    state.pending.append(Pending(status: StatusFault(529), conversation: conversation))
                }
            case .heal: state.pending.removeAll { conversation == nil || $0.conversation == conversation }
            default: break
            }
            return state.live.values.filter { conversation == nil || $0.conversation == conversation }
        }
        for one in live { one.follow(order) }
        switch order {
        case .next429, .next529: return 0
        default: return live.count
        }
    }

    /// Forgets conversations, limits, orders, expectations and the journal. Live streams go on.
    func reset() {
        state.withLock { state in
            state.conversations = Conversations()
            state.limits = [:]
            state.pending = []
            state.responses = BackgroundResponses()
            state.paused = [:]
            state.journal = Journal()
            state.book = VerdictBook()
            state.expectations = ExpectationCount()
        }
    }

    func withBook<Result: Sendable>(_ body: (inout VerdictBook) -> Result) -> Result {
        state.withLock { body(&$0.book) }
    }

    // MARK: Journal

    /// How many expectations were met and how many not, and the last breaches.
    var expectations: (count: ExpectationCount, breaches: [JournalEntry]) {
        state.withLock { state in
            (state.expectations, state.journal.entries(after: 0).filter { $0.kind == .breach })
        }
    }

    /// The conversation of the newest request whose `X-Request-ID` begins so.
    func conversation(clientRequestID beginning: String) -> Int? {
        state.withLock { state in
            state.journal.last { $0.kind == .asked && $0.clientRequestID?.hasPrefix(beginning) == true }?.conversation
        }
    }

    func entries(after number: Int) -> [JournalEntry] {
        state.withLock { $0.journal.entries(after: number) }
    }

    func note(_ ticket: Ticket?, connection: Int, fault: String, tokens: Int, _ text: String) {
        let now = now
        state.withLock { state in
            // In the background an error is the response's own, whoever listens.
            if fault == "error_event", let ticket { state.responses.change(ticket.responseID) { $0.hasFailed = true } }
            log(
                &state,
                JournalEntry(
                    number: 0, time: now, kind: .fault, connection: connection, conversation: ticket?.conversation,
                    request: ticket?.request, clientRequestID: nil, fault: fault, tokens: tokens, text: text))
        }
    }

    func refused(connection: Int?, _ text: String) {
        let now = now
        state.withLock { state in
            log(
                &state,
                JournalEntry(
                    number: 0, time: now, kind: .refused, connection: connection, conversation: nil, request: nil,
                    clientRequestID: nil, fault: nil, tokens: nil, text: text))
        }
    }

    /// Under the lock, so that entries are told in their order.
    private func log(_ state: inout State, _ entry: JournalEntry) {
        let entry = state.journal.add(entry)
        configuration.onEntry?(entry)
    }

    // MARK: Listening

    /// See ``LabConfiguration/patience``.
    var patience: Double { min(86_400, max(0.01, configuration.patience)) }

    /// No request is answered.
    var isDown: Bool { state.withLock { $0.isDown } }

    /// How to stop listening for some seconds.
    func listens(_ takeDown: @escaping @Sendable (Double) -> Void) {
        state.withLock { $0.takeDown = takeDown }
    }

    func takeDown(_ seconds: Double) {
        // Only the first of those who wish it at the same time.
        let act = state.withLock { state in
            guard !state.isDown else { return nil as (@Sendable (Double) -> Void)? }
            state.isDown = state.takeDown != nil
            return state.takeDown
        }
        act?(seconds)
    }

    func isUp() { state.withLock { $0.isDown = false } }

    // MARK: Connections

    /// The number of a new connection, or `nil` where there are too many.
    func connect() -> Int? {
        let number: Int? = state.withLock { state in
            guard state.openConnections + state.handshakes < configuration.maximumConnections else { return nil }
            state.openConnections += 1
            state.connections += 1
            return state.connections
        }
        if number == nil { refuseConnection() }
        return number
    }

    /// Counts a connection that has yet to speak TLS; false where there are too many.
    func beginHandshake() -> Bool {
        let hasRoom = state.withLock { state in
            guard state.openConnections + state.handshakes < configuration.maximumConnections else { return false }
            state.handshakes += 1
            return true
        }
        if !hasRoom { refuseConnection() }
        return hasRoom
    }

    func endHandshake() {
        state.withLock { $0.handshakes -= 1 }
    }

    private func refuseConnection() {
        refused(connection: nil, "more than \(configuration.maximumConnections) connections")
    }

    func disconnect() {
        state.withLock { $0.openConnections -= 1 }
    }

    /// Asks for room for more of a request's body.
    func takeBody(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard state.bodyBytes + bytes <= Self.mostBodyBytes else { return false }
            state.bodyBytes += bytes
            return true
        }
    }

    func takeBack(_ bytes: Int) {
        state.withLock { $0.bodyBytes -= bytes }
    }
}

/// The last entries.
struct Journal {
    static let longest = 10_000

    private var entries: [JournalEntry] = []
    private var count = 0

    mutating func add(_ entry: JournalEntry) -> JournalEntry {
        var entry = entry
        count += 1
        entry.number = count
        entries.append(entry)
        // In bulk: one at a time would move all the others each time.
        if entries.count >= 2 * Self.longest { entries.removeFirst(Self.longest) }
        return entry
    }

    func last(where isIt: (JournalEntry) -> Bool) -> JournalEntry? {
        entries.last(where: isIt)
    }

    func entries(after number: Int) -> [JournalEntry] {
        guard let first = entries.first, number < count else { return [] }
        // Any number may be asked for.
        let number = max(0, number)
        let start = max(0, max(number + 1 - first.number, entries.count - Self.longest))
        return start < entries.count ? Array(entries[start...]) : []
    }
}
