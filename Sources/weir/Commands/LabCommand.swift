import ArgumentParser
import FaultLab
import Foundation
import StreamEngine

struct LabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "The unreliable provider as a server of its own, for any client.",
        discussion: """
            It speaks Anthropic Messages, OpenAI Chat Completions and OpenAI Responses. A client chooses a scenario by the base URL \
            (…/s/NAME) or by the header X-Lab-Scenario. It listens on this machine only, unless --host says otherwise.
            """)

    @OptionGroup(title: "How it breaks")
    var breaks: ChaosOptions

    @Option(help: "An address of this machine.")
    var host = "127.0.0.1"

    @Option(help: "0 takes a free one.")
    var port = 8787

    @Option(
        name: .customLong("tls-port"),
        help: ArgumentHelp("A second port with TLS and HTTP/2; 0 takes a free one.", valueName: "port"))
    var tlsPort: Int?

    @Option(
        help: ArgumentHelp(
            "What the TLS port shows: \(LabCertificate.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"))
    var certificate: LabCertificate?

    @Option(help: ArgumentHelp("Tokens a second, in place of the scenario's; 0 = as fast as can be.", valueName: "n"))
    var pace: Double?

    @Flag(help: "The scenarios that there are.")
    var list = false

    @Flag(help: "The JSON Schema of scenario files, for editors.")
    var schema = false

    @Option(help: ArgumentHelp("Says whether a scenario file is right, and ends.", valueName: "file"))
    var check: String?

    @Flag(name: .shortAndLong, help: "Print no journal.")
    var quiet = false

    func validate() throws {
        if certificate != nil, tlsPort == nil { throw ValidationError("--certificate belongs to --tls-port PORT") }
    }

    func run() throws {
        try finish {
            let paths = Paths(environment: environment)
            let scenarios = try LabScenarios(paths)
            if list {
                var table = TextTable(["scenario", "what happens"])
                for scenario in try scenarios.all() { table.add([scenario.name, scenario.description]) }
                table.print()
                return .complete
            }
            if schema {
                var output = OutputBuffer(descriptor: 1)
                output.append(Scenario.schema.utf8)
                output.flush()
                return .complete
            }
            if let check {
                let scenario = try LabScenarios.load(check)
                Messages.say("\(check): right (\(scenario.name): \(scenario.description))")
                Messages.say("  \(scenario.summary)")
                return .complete
            }
            return try serve(scenarios, paths)
        }
    }

    private func serve(_ scenarios: LabScenarios, _ paths: Paths) throws -> ExitStatus {
        guard let interrupts = Interrupts() else { throw SettingsError(message: "no free file descriptors") }
        var configuration = LabConfiguration(scenario: try breaks.scenario(otherwise: "default"))
        configuration.host = host
        // Over the limit connections are closed with a reason, where without descriptors they would only wait.
        configuration.maximumConnections = max(16, min(20_000, DescriptorLimit.raise(to: 20_100) - 100))
        configuration.port = port
        configuration.threads = LabConfiguration.manyThreads
        configuration.tlsPort = tlsPort
        configuration.certificate = certificate ?? .good
        configuration.scenarios = scenarios.own
        configuration.tokensPerSecond = pace
        let log = LineWriter()
        if !quiet { configuration.onEntry = { log.append(Self.line($0)) } }
        let lab = try FaultLab.start(configuration)
        defer { try? lab.shutdown() }
        let address = "http://\(host):\(lab.port)"
        Messages.say("weir lab: \(address) · scenario \(configuration.scenario.name) · Ctrl-C ends it")
        Messages.say("  Anthropic   ANTHROPIC_BASE_URL=\(address) ANTHROPIC_API_KEY=any")
        Messages.say("  OpenAI      OPENAI_BASE_URL=\(address)/v1 OPENAI_API_KEY=any")
        if let tls = lab.tlsBaseURL {
            Messages.say("  TLS         \(tls) · certificate \(configuration.certificate.rawValue)")
            Messages.say("              SSL_CERT_FILE=\(try Self.writeAuthority(paths)) lets a client trust it")
        }
        if host != "127.0.0.1", host != "::1", host != "localhost" {
            Messages.complain("the lab listens on \(host): other machines may reach it")
        }
        interrupts.wait()
        let count = lab.expectations
        if count.checked > 0 {
            log.append("expectations: \(count.met) of \(count.checked) met, \(count.breached) breached")
        }
        log.finish(within: 1)
        // Where the scenario expected something, the lab ends with what came of it.
        return count.breached == 0 ? .complete : .other
    }

    /// For clients of the TLS port; returns where it is.
    private static func writeAuthority(_ paths: Paths) throws -> String {
        let path = paths.state + "/lab-ca.pem"
        if try Files.contents(of: path) != LabCertificate.authority {
            try FileManager.default.createDirectory(atPath: paths.state, withIntermediateDirectories: true)
            try Files.write(LabCertificate.authority, to: path)
        }
        return path
    }

    /// `2.375  1.2  reset_peer`: when, in which conversation and at which of its requests, what.
    private static func line(_ entry: JournalEntry) -> String {
        let place = entry.conversation.map { "\($0).\(entry.request ?? 0)" } ?? "-"
        let what = [entry.kind == .breach ? "BREACH" : nil, entry.fault, entry.text].compactMap { $0 }.filter {
            !$0.isEmpty
        }
        return "\(seconds(entry.time))  \(place)  \(what.joined(separator: ": "))"
    }

    private static func seconds(_ time: Double) -> String {
        let milliseconds = Int(time * 1000)
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }
}

extension LabCertificate: ExpressibleByArgument {}
