import ArgumentParser
import TOML

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@main
enum Program {
    static func main() {
        // A core file would hold the keys.
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Glibc)
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        #else
            setrlimit(RLIMIT_CORE, &limit)
        #endif
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "ask" {
            // Scripts start this one again and again. On its own it is parsed in half the time: all that is looked up of
            // the other commands, and of `weir chat` as the default, takes two milliseconds; the usual command lines
            // are read without the parser.
            let arguments = Array(arguments.dropFirst())
            run(AskCommand.self) { try AskCommand.usual(arguments) ?? AskCommand.parseAsRoot(arguments) }
        } else {
            run(Weir.self) { try Weir.parseAsRoot(Array(arguments)) }
        }
    }

    /// As ArgumentParser's `main`, but that what it says of arguments is harmless to a terminal: they are quoted in it, and
    /// scripts take them from anywhere.
    private static func run<Root: ParsableCommand>(_ root: Root.Type, _ parse: () throws -> any ParsableCommand) {
        do {
            var command = try parse()
            try command.run()
        } catch {
            let status = root.exitCode(for: error)
            let message = root.fullMessage(for: error)
            if !message.isEmpty {
                // Help and version are what was asked for.
                if status.isSuccess { Messages.put(message) } else { Messages.usage(message) }
            }
            exit(status.rawValue)
        }
    }
}

struct Weir: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "A terminal chat for LLM APIs that shows live what every stream is doing and loses no word.",
        discussion: """
            Without a command, weir opens the dashboard with the provider whose key it finds \
            (ANTHROPIC_API_KEY, OPENAI_API_KEY, …). `weir demo` needs no key and no network.
            """,
        version: version,
        subcommands: [
            ChatCommand.self, DemoCommand.self, AskCommand.self, ReplayCommand.self, LabCommand.self, BenchCommand.self,
            CheckCommand.self, ModelsCommand.self,
            ProvidersCommand.self, PricesCommand.self, ThemesCommand.self, KeysCommand.self,
            SessionsCommand.self, ConfigCommand.self,
        ],
        defaultSubcommand: ChatCommand.self)
}

extension ParsableCommand {
    /// Runs the body and ends with what it says; what it throws is told with what to do about it.
    func finish(_ body: () throws -> ExitStatus) throws {
        let status: ExitStatus
        do {
            status = try body()
        } catch let error as SettingsError {
            Messages.complain(error.message, hint: error.hint)
            status = .configuration
        } catch let error as ValidationError {
            throw error
        } catch let error as TOMLError {
            Messages.complain("\(error)")
            status = .configuration
        } catch {
            Messages.complain("\(error)")
            status = .other
        }
        // Not by throwing an ExitCode: on the way out ArgumentParser would make up the help text that it then does not
        // show, which takes as long as reading the price table.
        status.leave()
    }
}
