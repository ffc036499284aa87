import Providers

extension Tally {
    /// A few lines for a person.
    public var summary: String {
        let faults = zip(Fault.allCases, self.faults).map { "\($0.rawValue) \($1)" }
        let verdicts = zip(Verdict.allCases, self.verdicts).filter { $1 > 0 }.map { "\($0.rawValue) \($1)" }
        let strategies = zip(ResumeStrategy.allCases, self.strategies).filter { $1 > 0 }.map { "\($0.rawValue) \($1)" }
        return """
            \(replies) replies, \(attempts) attempts, \(steps) steps, \(acts) acts of users
            ends: \(verdicts.joined(separator: ", ")); \(healed) made whole by a retry after the faults had stopped
            resumed: \(strategies.joined(separator: ", "))
            by themselves: \(pauses) after a pause, \(limits) after a limit of tokens; \(questions) questions asked, \
            \(warnings) words about budgets, \(notices) responses stopped in the background
            faults: \(faults.joined(separator: ", "))
            """
    }
}
