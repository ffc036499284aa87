import NIOCore
import NIOHTTP1
import NIOPosix

/// A provider that fails on purpose: it speaks the Anthropic and the OpenAI dialect on a port of this machine, answers
/// every prompt with the ``CanonicalReply`` to it, and breaks off, stalls, refuses and garbles as a ``Scenario`` says or
/// as it is steered.
///
/// It runs on threads of its own. All methods may be called from any thread but the lab's own.
public final class FaultLab: Sendable {
    /// Where the lab really listens.
    public let port: Int
    /// The same with TLS; `nil` where it has no such port.
    public let tlsPort: Int?
    public let host: String

    private let core: LabCore
    private let group: MultiThreadedEventLoopGroup
    private let listener: Listener
    private let tlsListener: Listener?

    /// Starts a lab and returns once it listens. Blocks; not for asynchronous contexts.
    @available(*, noasync)
    public static func start(_ configuration: LabConfiguration = LabConfiguration()) throws(LabError) -> FaultLab {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(max(1, configuration.threads), 64))
        var port = configuration.port
        do {
            let tls = try configuration.tlsPort.map { _ in try TLSPort(configuration.certificate) }
            let core = LabCore(configuration, tls: tls)
            let listener = Listener(core, group, host: configuration.host)
            try listener.open(port: port).wait()
            guard let tls, let tlsPort = configuration.tlsPort else {
                return FaultLab(configuration, core, group, listener, nil)
            }
            port = tlsPort
            let tlsListener = Listener(core, group, host: configuration.host, tls: tls)
            try tlsListener.open(port: port).wait()
            return FaultLab(configuration, core, group, listener, tlsListener)
        } catch {
            // The group has no work; a failure to stop it would change nothing.
            try? group.syncShutdownGracefully()
            if let error = error as? IOError, error.errnoCode == EADDRINUSE {
                throw .portInUse(host: configuration.host, port: port)
            }
            let reason = error is SocketAddressError ? "there is no such address" : "\(error)"
            throw .cannotListen(host: configuration.host, port: port, reason: reason)
        }
    }

    private init(
        _ configuration: LabConfiguration, _ core: LabCore, _ group: MultiThreadedEventLoopGroup, _ listener: Listener,
        _ tlsListener: Listener?
    ) {
        self.core = core
        self.group = group
        self.listener = listener
        self.tlsListener = tlsListener
        host = configuration.host
        port = listener.port ?? configuration.port
        tlsPort = tlsListener.map { $0.port ?? configuration.tlsPort ?? 0 }
        core.listens { [weak listener, weak tlsListener] seconds in
            listener?.close(for: seconds)
            tlsListener?.close(for: seconds)
        }
    }

    /// Stops at once: connections are closed, threads ended. The lab cannot be started again.
    @available(*, noasync)
    public func shutdown() throws {
        try group.syncShutdownGracefully()
    }

    deinit {
        // Without effect where it was shut down before.
        group.shutdownGracefully { _ in }
    }

    // MARK: Where

    /// `http://127.0.0.1:PORT`, the base URL by the habit of Anthropic's clients.
    public var baseURL: String {
        "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// `https://127.0.0.1:PORT`; `nil` where the lab has no TLS port. Clients must trust ``LabCertificate/authority``.
    public var tlsBaseURL: String? {
        tlsPort.map { "https://\(host.contains(":") ? "[\(host)]" : host):\($0)" }
    }

    /// `http://127.0.0.1:PORT/v1`, the base URL by the habit of OpenAI's clients.
    public var openAIBaseURL: String { baseURL + "/v1" }

    /// The base URL under which every request meets the scenario of that name, without a final `/v1`.
    public func baseURL(scenario: String) -> String { baseURL + "/s/" + scenario }

    // MARK: What happens

    /// Changes live streams or what the next requests meet; `conversation`, as the journal counts them, or all.
    /// Returns at once how many responses under way are told; the journal tells when it was done.
    @discardableResult
    public func steer(_ order: LabOrder, conversation: Int? = nil) -> Int {
        core.steer(order, conversation: conversation)
    }

    /// The conversation of the newest request whose `X-Request-ID` begins with this.
    public func conversation(clientRequestID beginning: String) -> Int? {
        core.conversation(clientRequestID: beginning)
    }

    /// How many expectations of the scenarios were looked at, and how many were not met.
    public var expectations: ExpectationCount { core.expectations.count }

    /// The scenario of requests that name none.
    public var scenario: Scenario { core.scenario }

    /// What the TLS port shows, from the next handshake on. Without effect where there is no such port.
    public func use(_ certificate: LabCertificate) {
        core.tls?.certificate = certificate
    }

    /// From the next request on; conversations that have begun go on by their number.
    public func use(_ scenario: Scenario) {
        core.use(scenario)
    }

    /// The last 10,000 entries, or of them those after a number.
    public func journal(after number: Int = 0) -> [JournalEntry] {
        core.entries(after: number)
    }

    /// Whether `text` is the reply to the prompt, byte by byte. Counted among the verdicts of `GET /lab/verdict`.
    public func verdict(on text: [UInt8], prompt: String) -> ReplyVerdict {
        core.judge(text, prompt: prompt)
    }

    /// The same by the number that the journal gives a conversation; `nil` where there is none, or where it is forgotten.
    public func verdict(on text: [UInt8], conversation: Int) -> ReplyVerdict? {
        core.judge(text, conversation: conversation)
    }

    /// Forgets conversations, limits, orders, expectations and the journal. Live streams go on.
    public func reset() {
        core.reset()
    }
}
