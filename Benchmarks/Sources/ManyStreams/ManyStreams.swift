import CurlTransport
import Providers
import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Many replies at once through one engine, on one thread, as a program would fetch them that uses the engine as a
/// library: what `CurlFloor` does with libcurl alone. Prints one JSON object with the same keys, and how late the text was.
///
///     ManyStreams URL STREAMS DIALECT DELTAS stamped|plain
@main
enum ManyStreams {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let count = Int(arguments[2]), let deltas = Int(arguments[4]),
            let dialect = Dialect(rawValue: arguments[3])
        else {
            print("usage: ManyStreams URL STREAMS DIALECT DELTAS stamped|plain")
            exit(64)
        }
        ThisProcess.raiseFileLimit()
        let isStamped = arguments[5] == "stamped"
        let order = StreamOrder(
            endpoint: try Endpoint(provider: "bench", dialect: dialect, baseURL: arguments[1], key: nil),
            model: Model(id: "bench"),
            request: ChatRequest(model: "bench", messages: [ChatMessage(role: .user, text: "Explain superposition.")]))
        let driver = Driver(engine: StreamEngine(prices: nil, seed: 1), transport: try CurlTransport())
        var lateness = Lateness(capacity: isStamped ? count * deltas : 0)

        let before = ThisProcess.residentBytes
        let used = ThisProcess.processorTime
        let start = SystemClock.instant()
        var highest = 0
        var ended = 0
        var textBytes = 0
        var texts = 0
        for _ in 0..<count { _ = driver.act { $0.start(order, at: $1, into: &$2) } }
        while ended < count {
            _ = driver.turn(waitingFor: [], until: nil)
            let events = driver.takeEvents()
            // After the turn: none of its text was there for the caller any sooner.
            let now = isStamped ? SystemClock.instant() : start
            for event in events {
                switch event.kind {
                case .text(let range):
                    textBytes += range.count
                    texts += 1
                    // Of every eighth, so that what it costs to read a stamp is not taken for the engine's.
                    if isStamped, texts % 8 == 0 { lateness.read(driver.text(of: event.stream)[range], at: now) }
                case .ended:
                    // Before the first goes away: all of them are there.
                    if ended == 0 { highest = ThisProcess.residentBytes }
                    ended += 1
                default: break
                }
            }
        }
        let seconds = (SystemClock.instant() - start).inSeconds
        let processor = ThisProcess.processorTime - used
        let failures = driver.engine.streams.count { driver.engine.state(of: $0) != .complete }
        print(
            """
            {"events": \(count * deltas), "textBytes": \(textBytes), "failures": \(failures), "seconds": \(seconds), \
            "processor": \(processor), "bytesPerStream": \((highest - before) / count), "late": \(lateness.json)}
            """)
        if failures > 0 { exit(1) }
    }
}
