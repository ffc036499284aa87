extension Scenario {
    /// What a person wants to know of a scenario file that is right: how much there is in it.
    public var summary: String {
        let requests = stories.flatMap(\.requests)
        let expectations = requests.count { $0.expect != nil } + (expect == nil ? 0 : 1)
        let steps = always + requests.flatMap { $0.steps + ($0.otherwise ?? []) }
        return [
            Self.count(stories.count, "story", "stories"), Self.count(requests.count, "request", "requests"),
            Self.count(steps.count, "step", "steps"), Self.count(expectations, "expectation", "expectations"),
        ].joined(separator: ", ")
    }

    private static func count(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }
}
