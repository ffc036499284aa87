// Streams a reply: `StreamReply PROVIDER/MODEL PROMPT…`. The key comes from the provider's environment variable.
import StreamClient
import StreamEngine

do {
    let prompt = CommandLine.arguments.dropFirst(2).joined(separator: " ")
    let reply = try Client().reply(to: prompt, from: CommandLine.arguments.dropFirst().first ?? "")
    for text in reply { print(text, terminator: "") }
    let end = reply.result()
    print("\n[\(end.state) after \(end.attempts.count) attempts: \(end.usage.output ?? 0) tokens, \(end.cost)]")
    if let failure = end.failure { print(failure.message) }
} catch {
    print(error)
}
