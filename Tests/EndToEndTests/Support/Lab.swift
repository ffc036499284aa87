import FaultLab

/// A lab in this process for the program under test: a scenario of its own, as fast as it is read unless told otherwise.
final class Lab {
    let lab: FaultLab

    /// - Parameters:
    ///   - requests: the faults of the 1st, 2nd, … request of each conversation.
    ///   - always: those of every request.
    ///   - repeats: after the last request, start over.
    convenience init(
        _ requests: [[FaultStep]] = [], always: [FaultStep] = [], repeats: Bool = false,
        tokensPerSecond: Double = 0, configure: (inout LabConfiguration) -> Void = { _ in }
    ) throws {
        var scenario = Scenario(name: "test", description: "A test's own")
        scenario.always = always
        scenario.stories = requests.isEmpty ? [] : [Scenario.Story(requests: requests, repeats: repeats)]
        try self.init(scenario: scenario, tokensPerSecond: tokensPerSecond, configure: configure)
    }

    init(
        scenario: Scenario, tokensPerSecond: Double? = 0, configure: (inout LabConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = LabConfiguration(scenario: scenario)
        configuration.tokensPerSecond = tokensPerSecond
        configure(&configuration)
        lab = try FaultLab.start(configuration)
    }

    deinit {
        // Nothing is left to be told.
        try? lab.shutdown()
    }

    var baseURL: String { lab.baseURL }

    /// Requests for replies so far.
    var requests: Int { lab.journal().count { $0.kind == .asked } }
    var journal: String { lab.journal().map { "\($0.time) \($0.text)" }.joined(separator: "\n") }

    /// The arguments of `weir ask` for a model of this lab, its waits short and without chance.
    func ask(_ model: String = "lab-claude", _ more: String...) -> [String] {
        ["ask", "--base-url", baseURL, "-p", "lab", "-m", model, "--base-delay", "5ms", "--jitter", "none"] + more
    }
}

extension FaultStep {
    static func at(_ tokens: Int, _ fault: Fault) -> FaultStep { FaultStep(fault, afterTokens: tokens) }
    static func now(_ fault: Fault) -> FaultStep { FaultStep(fault) }
    static func status(_ status: Int, retryAfter: Double? = nil) -> FaultStep {
        FaultStep(.status(StatusFault(status, retryAfter: retryAfter)))
    }
}

enum LabModels {
    static let both = ["lab-claude", "lab-gpt"]
    /// One for each dialect.
    static let each = both + ["lab-responses"]
    static let all =
        each + ["lab-claude-no-prefill", "lab-claude-thinking", "lab-gpt-thinking", "lab-responses-thinking"]
    /// Their replies are made in the background.
    static let background = ["lab-background", "lab-background-thinking"]
}
