import ArgumentParser
import Providers
import StreamEngine

/// A length of time on the command line: seconds with decimals, or `250ms`, `1.5s`, `2m`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = DurationText.parse(argument) else { return nil }
        self.duration = duration
    }

    static var defaultCompletionKind: CompletionKind { .default }
}

extension RetryPolicy.Jitter: ExpressibleByArgument {}

extension Dialect: ExpressibleByArgument {}
