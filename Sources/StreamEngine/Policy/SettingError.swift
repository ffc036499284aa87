/// A setting whose value makes no sense, named as on the command line and in the configuration file.
public struct SettingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `base-delay`, `idle-timeout` …
    public var setting: String
    /// What is wrong and what would be right; follows the name in a sentence.
    public var problem: String

    /// A setting, and what is wrong with it.
    public init(setting: String, problem: String) {
        self.setting = setting
        self.problem = problem
    }

    public var description: String { "\(setting) \(problem)" }
}

extension RetryPolicy {
    /// Everything that is wrong with the settings; empty when they can be used.
    public func problems() -> [SettingError] {
        var problems: [SettingError] = []
        func check(_ isRight: Bool, _ setting: String, _ problem: @autoclosure () -> String) {
            if !isRight { problems.append(SettingError(setting: setting, problem: problem())) }
        }
        check(
            (0...1000).contains(maximumRetries), "max-retries", "must be from 0 to 1000, and it is \(maximumRetries)")
        check(
            baseDelay >= .milliseconds(1), "base-delay",
            "must be at least 1ms, and it is \(DurationText.format(baseDelay))")
        check(
            maximumDelay <= .seconds(86_400), "max-delay",
            "must be at most 24h, and it is \(DurationText.format(maximumDelay))")
        check(
            maximumDelay >= baseDelay, "max-delay",
            "must not be less than base-delay (\(DurationText.format(baseDelay))), and it is "
                + DurationText.format(maximumDelay))
        check(fallbackAfter >= 0, "fallback-after", "must be 0 (never) or more, and it is \(fallbackAfter)")
        check((0...1000).contains(budget), "retry-budget", "must be from 0 (none) to 1000, and it is \(budget)")
        return problems
    }

    /// Throws the first of ``problems()``.
    public func validate() throws(SettingError) {
        if let problem = problems().first { throw problem }
    }
}

extension Timeouts {
    /// Everything that is wrong with the settings; empty when they can be used.
    public func problems() -> [SettingError] {
        var problems: [SettingError] = []
        if connect <= .zero {
            problems.append(
                SettingError(
                    setting: "connect-timeout",
                    problem: "must be more than 0, and it is \(DurationText.format(connect))"))
        }
        for (setting, value) in [
            ("first-byte-timeout", firstByte), ("idle-timeout", idle), ("content-timeout", contentIdle),
            ("timeout", total), ("wake-timeout", wake),
        ] where value < .zero {
            problems.append(
                SettingError(
                    setting: setting,
                    problem: "must be 0 (no limit) or more, and it is \(DurationText.format(value))"))
        }
        return problems
    }

    /// Throws the first of ``problems()``.
    public func validate() throws(SettingError) {
        if let problem = problems().first { throw problem }
    }
}
