import CurlTransport
import FaultLab
import Foundation
import StreamClient
import StreamEngine
import Testing

/// A fault of the lab, and what becomes of a reply that meets it.
struct FaultRow: Sendable, CustomTestStringConvertible {
    /// What a client makes of it.
    enum Outcome: Sendable, Equatable {
        /// The reply is there, every byte of it, after so many attempts.
        case whole(_ attempts: Int)
        /// The reply is there; how many attempts that takes is a matter of time.
        case wholeAtLast
        /// It ends as failed; what is kept is a beginning of the reply, and empty where nothing came.
        case failed(_ attempts: Int, isEmpty: Bool)
    }

    static let dialects = ["lab-claude", "lab-gpt", "lab-responses"]

    /// The row of `fault_scenarios.jsonl`.
    let id: String
    /// Steps of a scenario, as a scenario file has them, between the braces.
    let steps: [String]
    /// All requests meet them, or the first one of the conversation.
    var isAlways = false
    let outcome: Outcome
    /// A dialect each.
    var models = FaultRow.dialects
    /// Clocks that silence runs against; long ones where there should be none.
    var isSilent = false
    /// Over the TLS port, which shows this.
    var certificate: LabCertificate?
    /// What the failure says, and what to do.
    var words: [String] = []

    init(
        _ id: String, _ steps: String..., always: Bool = false, silent: Bool = false, only models: [String] = dialects,
        tls certificate: LabCertificate? = nil, to outcome: Outcome, saying words: [String] = []
    ) {
        self.id = id
        self.steps = steps
        isAlways = always
        isSilent = silent
        self.certificate = certificate
        self.words = words
        self.models = models
        self.outcome = outcome
    }

    var testDescription: String {
        "\(id): \(([certificate.map { "TLS, \($0.rawValue)" }].compactMap { $0 } + steps).joined(separator: ", "))"
    }

    func scenario() throws -> Scenario {
        let list = steps.map { "{ \($0) }" }.joined(separator: ", ")
        let text = isAlways ? "always = [\(list)]" : "[[request]]\nsteps = [\(list)]"
        return try Scenario("description = \"\(id)\"\n\(text)\n", name: "row", source: "\(id).toml")
    }

    /// What came of a reply, and of the same by the lab's word.
    struct Result {
        var snapshot: StreamSnapshot
        var text: [UInt8]
        var verdict: ReplyVerdict
    }

    /// One reply of a fresh lab.
    func run(_ model: String) throws -> Result {
        try FaultBench(try scenario(), certificate).run(self, model, prompt: "Why do rivers bend?")
    }
}

/// A lab, and a client for it.
final class FaultBench {
    let lab: FaultLab
    let client: Client
    private let authority = FileManager.default.temporaryDirectory.appending(path: "weir-ca-\(UUID().uuidString).pem")

    /// - Parameter certificate: of the TLS port, over which it is asked then; its authority is trusted.
    init(
        _ scenario: Scenario = Scenario(name: "row", description: ""), _ certificate: LabCertificate? = nil
    ) throws {
        var configuration = LabConfiguration(scenario: scenario)
        configuration.tokensPerSecond = 0
        var options = CurlTransport.Options()
        if let certificate {
            configuration.tlsPort = 0
            configuration.certificate = certificate
            try Data(LabCertificate.authority).write(to: authority)
            options.certificateAuthorities = authority.path
        }
        lab = try FaultLab.start(configuration)
        let url = lab.tlsBaseURL ?? lab.baseURL
        client = try Client(options: options) { $0 == "WEIR_LAB_URL" ? url : nil }
    }

    deinit {
        try? FileManager.default.removeItem(at: authority)
        // Nothing is left to be told.
        try? lab.shutdown()
    }

    func run(_ row: FaultRow, _ model: String, prompt: String) throws -> FaultRow.Result {
        var order = try client.order(for: [.init(role: .user, text: prompt)], from: "lab/\(model)")
        order.retryPolicy = RetryPolicy(
            maximumRetries: 3, baseDelay: .milliseconds(row.id == "tx-down" ? 300 : 2), jitter: .none, fallbackAfter: 0)
        // Every reply for itself: what the ones before it met is not its affair.
        order.retryPolicy.budget = 0
        if row.isSilent {
            order.timeouts = Timeouts(
                connect: .seconds(5), firstByte: .seconds(2), idle: .seconds(2), contentIdle: .seconds(2))
        }
        let reply = client.reply(to: order)
        let snapshot = reply.result()
        let text = client.driver.engine.text(of: reply.id)
        return FaultRow.Result(snapshot: snapshot, text: text, verdict: lab.verdict(on: text, prompt: prompt))
    }
}
