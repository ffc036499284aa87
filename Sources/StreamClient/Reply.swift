import StreamEngine

/// A reply on its way: a sequence of its text, in pieces as they come. Whatever breaks and is taken up again in between, the
/// pieces joined are the text, once.
///
/// Reading waits, and so does ``result()``; neither needs the other. A reply that nobody holds any more is cancelled.
public final class Reply: Sequence, IteratorProtocol {
    /// Its number in the engine.
    public let id: StreamID
    private let driver: Driver
    private var taker = TextTaker()

    init(_ id: StreamID, _ driver: Driver) {
        self.id = id
        self.driver = driver
    }

    deinit {
        // Nothing for one that is over.
        cancel()
    }

    /// The next piece of text, as soon as there is one; `nil` at the end, whole or not: ``result()`` says which.
    public func next() -> String? {
        while true {
            let isOver = isOver
            if let text = taker.take(driver.text(of: id), isOver: isOver) { return text }
            if isOver { return nil }
            turn()
        }
    }

    /// How it ended: verdict, failure, usage, cost, attempts. Waits for the end; text that was not read can still be.
    public func result() -> StreamSnapshot {
        while !isOver { turn() }
        return snapshot
    }

    /// How it stands now.
    public var snapshot: StreamSnapshot {
        guard let snapshot = driver.snapshot(id) else { preconditionFailure("a reply's stream was started") }
        return snapshot
    }

    /// Ends it at once; what came can still be read.
    public func cancel() {
        driver.act { $0.cancel(id, at: $1, into: &$2) }
    }

    private var isOver: Bool { driver.engine.state(of: id)?.isTerminal ?? true }

    private func turn() {
        _ = driver.turn(waitingFor: [], until: nil)
        _ = driver.takeEvents()
    }
}

/// What of a text has been handed out. The text only grows.
struct TextTaker {
    private var taken = 0

    /// What is new, in whole scalars; at the end, all of it. `nil` = nothing.
    mutating func take(_ text: [UInt8], isOver: Bool) -> String? {
        var end = text.count
        if !isOver { end -= Self.incompleteBytes(text[taken...]) }
        guard end > taken else { return nil }
        defer { taken = end }
        return String(decoding: text[taken..<end], as: UTF8.self)
    }

    /// How many bytes at the end are the beginning of a scalar whose rest is still to come.
    static func incompleteBytes(_ bytes: ArraySlice<UInt8>) -> Int {
        for (count, byte) in bytes.reversed().prefix(3).enumerated() where byte & 0xC0 != 0x80 {
            let length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            return length > count + 1 ? count + 1 : 0
        }
        return 0
    }
}
