import FaultLab

/// A lab for one test, as fast as it is read; gone with its last reference.
final class TestLab: Sendable {
    private let lab: FaultLab
    let baseURL: String

    init(_ scenario: Scenario) throws {
        var configuration = LabConfiguration(scenario: scenario)
        configuration.tokensPerSecond = 0
        lab = try FaultLab.start(configuration)
        baseURL = lab.baseURL
    }

    deinit {
        // Nothing is left to be told.
        try? lab.shutdown()
    }
}
