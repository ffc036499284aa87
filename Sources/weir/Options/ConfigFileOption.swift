import ArgumentParser

struct ConfigFileOption: ParsableArguments {
    @Option(help: ArgumentHelp("A configuration file in place of the usual one.", valueName: "file"))
    var config: String?

    func settings() throws -> Settings {
        var options = CommonOptions.unset
        options.config = config
        let settings = try Settings(options)
        for problem in settings.problems { Messages.complain(problem) }
        return settings
    }
}
