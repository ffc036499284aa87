import ArgumentParser
import StreamEngine

/// What a response may have at most.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("One event of a stream, and so each of its lines.", valueName: "size"))
    var eventLimit: SizeArgument?

    @Option(help: ArgumentHelp("The body of one attempt, decompressed.", valueName: "size"))
    var bodyLimit: SizeArgument?

    @Option(help: ArgumentHelp("The headers of one response.", valueName: "size"))
    var headerLimit: SizeArgument?

    func bytes(_ limit: Limit) -> Int? {
        switch limit {
        case .event: eventLimit?.bytes
        case .body: bodyLimit?.bytes
        case .headers: headerLimit?.bytes
        }
    }
}

/// A size on the command line: bytes, or `64KiB`, `16MiB`.
struct SizeArgument: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        guard let bytes = SizeText.parse(argument) else { return nil }
        self.bytes = bytes
    }

    static var defaultCompletionKind: CompletionKind { .default }
}
