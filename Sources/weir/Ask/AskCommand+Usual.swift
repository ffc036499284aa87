import ArgumentParser

/// The command lines that scripts use, read without the parser.
///
/// ArgumentParser asks the run-time for two hundred conformances, and each answer is looked for in all that is linked: that is
/// four tenths of all instructions between the start of `weir ask` and its first text.
extension AskCommand {
    /// A prompt, and the provider, the model, the base URL and `--quiet`, each at most once and as a word of its own; `nil`
    /// for every other command line. Those are the parser's, and so is whatever is wrong with one.
    static func usual(_ arguments: [String]) -> AskCommand? {
        var command = AskCommand.unset
        // The parser has a command of its own by this name.
        guard arguments.first != "help" else { return nil }
        var left = arguments[...]
        func value(_ current: String?) -> String? {
            guard current == nil, let value = left.popFirst(), !value.hasPrefix("-") else { return nil }
            return value
        }
        while let argument = left.popFirst() {
            switch argument {
            case "-p", "--provider":
                guard let value = value(command.common.provider) else { return nil }
                command.common.provider = value
            case "-m", "--model":
                guard let value = value(command.common.model) else { return nil }
                command.common.model = value
            case "--base-url":
                guard let value = value(command.common.baseURL) else { return nil }
                command.common.baseURL = value
            case "-q", "--quiet":
                guard !command.quiet else { return nil }
                command.quiet = true
            default:
                guard !argument.hasPrefix("-") else { return nil }
                command.prompt.append(argument)
            }
        }
        return command
    }

    /// Everything as it is where nothing is said. Whatever a command line can say must be named here: what is not may not be
    /// read, and ends the program.
    private static var unset: AskCommand {
        var command = AskCommand()
        command.common = .unset
        command.recording = .unset
        command.json = false
        command.quiet = false
        command.noColor = false
        command.continueTruncated = 0
        command.chunk = false
        command.merge = false
        command.chunkTokens = nil
        command.prompt = []
        return command
    }
}
