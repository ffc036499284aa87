import CurlTransport
import Pricing
import Providers
import StreamEngine
import Synchronization

/// A client with a thread of its own, on which its one loop turns: for `async` code, from any number of tasks.
///
/// ```swift
/// let client = try ClientThread(Client())
/// for await text in client.reply(to: "Why is the sky blue?", from: "anthropic/claude-haiku-4-5") { … }
/// ```
///
/// With nothing to do the thread sleeps. When nobody holds the client or one of its replies any more, what runs is
/// cancelled and the thread ends.
public final class ClientThread: Sendable {
    private let mailbox = Mailbox()
    private let waker: Waker

    /// Takes a client over; whoever made it can no longer use it.
    ///
    /// - Throws: ``ThreadError`` where the system gives no thread.
    public init(_ client: sending Client) throws(ThreadError) {
        waker = client.driver.waker
        try LoopThread.start { [mailbox] in
            var loop = Loop(client: client, mailbox: mailbox)
            loop.run()
        }
    }

    deinit {
        mailbox.post(.stop)
        waker.wake()
    }

    /// Asks for a reply. What cannot be asked ends at once, with the error as its ``AsyncReply/result()``.
    ///
    /// - Parameters:
    ///   - model: `PROVIDER/MODEL`, or a model's name alone where the catalogue knows whose it is.
    ///   - budget: what may be spent on it.
    public func reply(
        to prompt: String, from model: String, system: String? = nil, budget: Budget = Budget()
    ) -> AsyncReply {
        reply { client throws in
            var order = try client.order(
                for: [ChatMessage(role: .user, text: prompt)], from: model, system: system)
            order.budget = budget
            return order
        }
    }

    /// Asks for a reply by an order that is made on the client's thread.
    public func reply(to order: @escaping @Sendable (Client) throws -> StreamOrder) -> AsyncReply {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let outcome = Outcome()
        let ticket = mailbox.nextTicket()
        continuation.onTermination = { [mailbox, waker] end in
            guard case .cancelled = end else { return }
            mailbox.post(.cancel(ticket))
            waker.wake()
        }
        mailbox.post(.start(ticket, order, continuation, outcome))
        waker.wake()
        return AsyncReply(stream: stream, outcome: outcome, client: self)
    }
}

/// A reply on its way, as an asynchronous sequence of its text, in pieces as they come. To be read once. Where the task that
/// reads it is cancelled, the reply is.
public struct AsyncReply: AsyncSequence, Sendable {
    let stream: AsyncStream<String>
    let outcome: Outcome
    /// Lives as long as its replies.
    let client: ClientThread

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator {
        Iterator(base: stream.makeAsyncIterator(), client: client)
    }

    /// How it ended: verdict, failure, usage, cost, attempts. Waits for the end, whether anybody reads or not.
    ///
    /// - Throws: why it could not be asked.
    public func result() async throws -> StreamSnapshot {
        try await outcome.value().get()
    }

    /// Reads the pieces.
    public struct Iterator: AsyncIteratorProtocol {
        var base: AsyncStream<String>.Iterator
        let client: ClientThread

        /// The next piece; `nil` at the end, whole or not: ``AsyncReply/result()`` says which.
        public mutating func next() async -> String? { await base.next() }

        /// The next piece, for a reader on an actor.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> String? {
            await base.next(isolation: actor)
        }
    }
}

// MARK: - Between the threads

/// What other threads ask of the loop. Whoever posts wakes it.
private final class Mailbox: Sendable {
    enum Letter: Sendable {
        case start(
            Int, @Sendable (Client) throws -> StreamOrder, AsyncStream<String>.Continuation, Outcome)
        case cancel(Int)
        case stop
    }

    private let state = Mutex<(letters: [Letter], tickets: Int)>(([], 0))

    func nextTicket() -> Int {
        state.withLock {
            $0.tickets += 1
            return $0.tickets
        }
    }

    func post(_ letter: Letter) { state.withLock { $0.letters.append(letter) } }

    func take() -> [Letter] {
        state.withLock { state in
            defer { state.letters.removeAll(keepingCapacity: true) }
            return state.letters
        }
    }
}

/// A result that is waited for.
final class Outcome: Sendable {
    private enum State {
        case open([CheckedContinuation<Result<StreamSnapshot, any Error>, Never>])
        case closed(Result<StreamSnapshot, any Error>)
    }

    private let state = Mutex(State.open([]))

    func close(with result: Result<StreamSnapshot, any Error>) {
        let waiting: [CheckedContinuation<Result<StreamSnapshot, any Error>, Never>] = state.withLock { state in
            guard case .open(let waiting) = state else { return [] }
            state = .closed(result)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }

    func value() async -> Result<StreamSnapshot, any Error> {
        await withCheckedContinuation { continuation in
            let known: Result<StreamSnapshot, any Error>? = state.withLock { state in
                switch state {
                case .closed(let result): return result
                case .open(let waiting):
                    state = .open(waiting + [continuation])
                    return nil
                }
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}

/// The client's loop, on its thread.
private struct Loop {
    private struct Reader {
        let ticket: Int
        let reply: Reply
        let text: AsyncStream<String>.Continuation
        let outcome: Outcome
        var taker = TextTaker()
    }

    let client: Client
    let mailbox: Mailbox
    private var readers: [StreamID: Reader] = [:]
    private var streams: [Int: StreamID] = [:]

    init(client: Client, mailbox: Mailbox) {
        self.client = client
        self.mailbox = mailbox
    }

    /// Until the last who could ask is gone.
    mutating func run() {
        while takeLetters() {
            handOut()
            _ = client.driver.turn(waitingFor: [], until: nil)
        }
        for reader in readers.values { reader.reply.cancel() }
        handOut()
    }

    private mutating func takeLetters() -> Bool {
        for letter in mailbox.take() {
            switch letter {
            case .start(let ticket, let order, let text, let outcome):
                do {
                    let reply = client.reply(to: try order(client))
                    readers[reply.id] = Reader(ticket: ticket, reply: reply, text: text, outcome: outcome)
                    streams[ticket] = reply.id
                } catch {
                    outcome.close(with: .failure(error))
                    text.finish()
                }
            case .cancel(let ticket):
                if let id = streams[ticket] { readers[id]?.reply.cancel() }
            case .stop:
                return false
            }
        }
        return true
    }

    /// New text to those who read it, and their ends. Only of streams that something happened to: a turn costs what is
    /// ready, and not what is open.
    private mutating func handOut() {
        for id in Set(client.driver.takeEvents().map(\.stream)) {
            guard let reader = readers[id] else { continue }
            let isOver = client.driver.engine.state(of: id)?.isTerminal ?? true
            let text = client.driver.text(of: id)
            if let text = readers[id]?.taker.take(text, isOver: isOver) { reader.text.yield(text) }
            guard isOver else { continue }
            reader.outcome.close(with: .success(reader.reply.snapshot))
            reader.text.finish()
            readers[id] = nil
            streams[reader.ticket] = nil
        }
    }
}
