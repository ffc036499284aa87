import ArgumentParser
import CurlTransport
import Providers
import StreamClient
import StreamEngine

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Asks a provider for its models, to see whether it is there and takes the key.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The provider; the one in use where none is named.")
    var name: String?

    func run() throws {
        try finish {
            let settings = try Settings(common, subject: name)
            for problem in settings.problems { Messages.complain(problem) }
            let (provider, model) = try settings.choice()
            let endpoint = try settings.endpoint(of: provider, for: model)
            let timeouts = try settings.timeouts()
            let answer = try ask(endpoint.modelsRequest(), timeouts: timeouts)
            return tell(answer, of: provider, endpoint)
        }
    }

    private enum Answer {
        case status(Int, headers: [HTTPHeader], body: [UInt8])
        case failure(TransportFailure)
        case silence(Duration)
        case interrupted
    }

    private func ask(_ request: HTTPRequest, timeouts: Timeouts) throws -> Answer {
        let transport = try CurlTransport(options: .weir)
        guard let interrupts = Interrupts() else { throw SettingsError(message: "no free file descriptors") }
        let id = AttemptID(stream: StreamID(rawValue: 1), generation: 1)
        transport.start(
            id,
            TransportRequest(
                http: request, connectTimeout: timeouts.connect, maximumBodyBytes: 16 << 20, isStream: false))
        let deadline = SystemClock.instant() + timeouts.firstByte
        var status = 0
        var headers: [HTTPHeader] = []
        var body: [UInt8] = []
        var answer: Answer?
        while answer == nil {
            let left = deadline - SystemClock.instant()
            guard left > .zero else { return .silence(timeouts.firstByte) }
            _ = transport.wait(for: [interrupts.descriptor], timeout: left)
            if interrupts.take() != nil { return .interrupted }
            transport.perform { _, delivery in
                switch delivery {
                case .event(.connected): break
                case .event(.headers(let number, let fields, _)):
                    status = number
                    headers = fields
                case .event(.finished): answer = .status(status, headers: headers, body: body)
                case .event(.failed(let failure, _)):
                    // An answer that broke off after its status is an answer all the same.
                    answer = status == 0 ? .failure(failure) : .status(status, headers: headers, body: body)
                case .body(let bytes): body.append(contentsOf: bytes)
                }
            }
        }
        return answer ?? .interrupted
    }

    private func tell(_ answer: Answer, of provider: Provider, _ endpoint: Endpoint) -> ExitStatus {
        let who = "\(provider.name) (\(endpoint.baseURL))"
        switch answer {
        case .status(let status, let headers, let body):
            return tell(status, headers, body, from: who, of: provider, endpoint)
        case .failure(let failure):
            Messages.complain(
                "\(who): unreachable: \(failure.message)", hint: StreamFailure(transport: failure).hint)
            return .other
        case .silence(let limit):
            Messages.complain("\(who): unreachable: no answer within \(DurationText.format(limit))")
            return .other
        case .interrupted:
            return .cancelled
        }
    }

    private func tell(
        _ status: Int, _ headers: [HTTPHeader], _ body: [UInt8], from who: String, of provider: Provider,
        _ endpoint: Endpoint
    ) -> ExitStatus {
        // A list of models is a JSON object. A hotel's sign-in page, which answers 200 to everything, is none.
        if status == 200, body.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            Messages.say(endpoint.key == nil ? "\(who): reachable, no key used" : "\(who): key accepted")
            return .complete
        }
        let type = headers.first { $0.name.lowercased() == "content-type" }?.value
        let error = ProviderError(status: status, body: body, contentType: type).blackingOut(endpoint.key)
        if status == 200 {
            let hint = StreamFailure.notAReply(contentType: type, excerpt: error.message).hint
            Messages.complain("\(who): no list of models came: \(error.message)", hint: hint)
            return .other
        }
        let failure = StreamFailure(
            status: status, headers: headers, error: error,
            context: FailureContext(provider: provider.name, keyVariable: provider.keyVariables.first))
        switch status {
        case 401, 403:
            Messages.complain("\(who): key refused: \(failure.message)", hint: failure.hint)
            return .configuration
        case 404:
            Messages.complain(
                "\(who): unexpected status: \(failure.message)",
                hint: "The base URL is wrong: set it to where the API itself answers.")
            return .other
        default:
            Messages.complain("\(who): unexpected status: \(failure.message)", hint: failure.hint)
            return status == 429 ? .exhausted : .other
        }
    }
}
