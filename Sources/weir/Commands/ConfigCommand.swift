import ArgumentParser
import StreamEngine

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Where the files are, what they say, and what is wrong in them.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        try finish {
            var settings = try Settings(common)
            _ = try settings.loadPrices()
            var table = TextTable()
            for (name, path) in [
                ("configuration", common.config ?? environment("WEIR_CONFIG") ?? settings.paths.configFile),
                ("prices", settings.paths.pricingFile), ("keys", settings.paths.keysFile),
                ("themes", settings.paths.themes),
                ("scenarios", settings.paths.scenarios), ("conversations", settings.paths.store),
            ] {
                table.add([name, path + (Files.exists(path) ? "" : "  (not there)")])
            }
            if let choice = try? settings.choice() {
                table.add(["provider", "\(choice.provider.name), \(settings.keyState(of: choice.provider))"])
                table.add(["model", "\(choice.model.id), resumes by \(choice.model.resume.rawValue)"])
            } else {
                table.add(["provider", "none: no key was found"])
            }
            let policy = try settings.retryPolicy()
            table.add([
                "retries",
                "\(policy.maximumRetries), first after \(DurationText.format(policy.baseDelay)), at most "
                    + "\(DurationText.format(policy.maximumDelay)), jitter \(policy.jitter.rawValue), whole reply after "
                    + "\(policy.fallbackAfter) broken streams, "
                    + (policy.budget == 0 ? "no retry budget" : "budget \(policy.budget)") + ", hold-back "
                    + (policy.holdsBack ? "on" : "off"),
            ])
            let timeouts = try settings.timeouts()
            table.add([
                "clocks",
                "connect \(DurationText.format(timeouts.connect)), first byte "
                    + "\(DurationText.format(timeouts.firstByte)), idle \(DurationText.format(timeouts.idle)), content "
                    + "\(DurationText.format(timeouts.contentIdle)), total "
                    + (timeouts.total == .zero ? "no limit" : DurationText.format(timeouts.total))
                    + ", after sleep \(DurationText.format(timeouts.wake))",
            ])
            let limits = try Limit.allCases.map { limit in
                "\(limit.rawValue) \(SizeText.format(try settings.limit(limit)))"
            }
            table.add(["limits", limits.joined(separator: ", ")])
            let budget = settings.budget()
            table.add([
                "budget",
                "reply \(budget.reply?.description ?? "any amount"), conversation "
                    + "\(budget.conversation?.description ?? "any amount")",
            ])
            table.print()
            for problem in settings.problems { Messages.complain(problem) }
            return settings.problems.isEmpty ? .complete : .configuration
        }
    }
}
