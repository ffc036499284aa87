import NIOCore

/// How a lab is started.
public struct LabConfiguration: Sendable {
    /// An address of this machine; anything but loopback lets others in.
    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port = 0
    /// A second port with TLS and HTTP/2, of the same lab; 0 takes a free one, `nil` has none.
    public var tlsPort: Int?
    /// What that port shows at first.
    public var certificate = LabCertificate.good
    /// Event loops, 1 to 64.
    public var threads = 1
    /// As many event loops as serve thousands of streams on this machine: one for each core, up to four.
    public static var manyThreads: Int { min(4, max(1, System.coreCount)) }
    /// What requests meet that name no scenario.
    public var scenario: Scenario
    /// Scenarios beside the built-in ones; the same name takes a built-in one's place.
    public var scenarios: [Scenario] = []
    /// Instead of what the scenarios say; 0 is as fast as clients read.
    public var tokensPerSecond: Double?
    /// More connections at once than this are closed unheard.
    public var maximumConnections = 20_000
    /// Seconds that a client has to send a request whole, to begin the next one, and to read on, before its connection is
    /// closed.
    public var patience = 120.0
    /// Called in the order of the entries, under the lab's lock: must not block and must not call the lab.
    public var onEntry: (@Sendable (JournalEntry) -> Void)?

    /// Without a scenario: ``Shelf/standard``, the story that the demo tells.
    public init(scenario: Scenario? = nil) {
        self.scenario = scenario ?? Shelf.standard
    }
}

/// Why a lab could not be started.
public enum LabError: Error, Sendable, Equatable, CustomStringConvertible {
    case portInUse(host: String, port: Int)
    case cannotListen(host: String, port: Int, reason: String)

    public var description: String {
        switch self {
        case .portInUse(let host, let port): "\(host):\(port) is in use; choose another port"
        case .cannotListen(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
        }
    }
}
