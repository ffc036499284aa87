import Providers
import StreamEngine

/// The text: what is shown, what was stored, and what came.
extension World {
    /// Before the events of a call are looked at: what was committed stands, byte for byte, unless a new take was told.
    mutating func checkCommitted(_ index: Int, _ events: [EngineEvent]) {
        guard violation == nil else { return }
        let client = clients[index]
        let shown = engine.text(of: client.id)
        if shown.count >= client.stored.count, shown.starts(with: client.stored) { return }
        for event in events where event.stream == client.id {
            if case .diverged = event.kind { return }
        }
        fail(
            .committedTextStays,
            "stream \(client.id): \(client.stored.count) B were committed, and \(shown.count) B are shown: \(Self.excerpt(shown))"
        )
    }

    /// A new take begins only where the restarted reply differs, or where nothing can be resumed and the user wants it so.
    mutating func checkTake(_ index: Int, kept: Int) {
        let client = clients[index]
        guard kept <= client.stored.count else {
            return fail(.committedTextStays, "a new take keeps \(kept) B of \(client.stored.count)")
        }
        clients[index].parts = 0
        if kept == 0, act?.client == index {
            clients[index].stored.removeAll()
            clients[index].turn = nil
            return
        }
        guard let attempt = client.current, attempt.seam == .restartSkip, !attempt.isClosed,
            attempt.common < client.stored.count, client.allowsNewTake
        else {
            return fail(.committedTextStays, "a new take, and nothing diverged")
        }
        let same = ReplyText.scalarStart(attempt.common, in: client.stored)
        guard kept <= attempt.common, kept >= min(same, attempt.common) else {
            return fail(.committedTextStays, "a new take keeps \(kept) B where \(attempt.common) are the same")
        }
        clients[index].stored.removeLast(client.stored.count - kept)
    }

    /// Shown = stored = what the deltas say.
    mutating func checkText(_ index: Int) {
        let client = clients[index]
        let shown = engine.text(of: client.id)
        guard shown == client.stored else {
            return fail(
                .shownIsStoredIsReceived,
                "stream \(client.id): \(shown.count) B are shown, \(client.stored.count) B were stored")
        }
        guard client.storedThinking.elementsEqual(client.expectedThinking),
            engine.thinking(of: client.id).count == client.storedThinking.count
        else {
            return fail(
                .shownIsStoredIsReceived,
                "stream \(client.id): thinking of \(client.expectedThinking.count) B came, \(client.storedThinking.count) B were told"
            )
        }
        guard let attempt = client.current else {
            if !shown.isEmpty { fail(.shownIsStoredIsReceived, "text without an attempt") }
            return
        }
        let reference = attempt.said > min(attempt.base, attempt.common) ? attempt.script.canonical : client.canonical
        guard shown.count <= reference.count, reference.starts(with: shown) else {
            return failOfText(shown, reference)
        }
        checkLength(client, attempt, shown)
        if attempt.said > min(attempt.base, attempt.common), reference != client.canonical {
            clients[index].canonical = reference
            clients[index].pauses = []
        }
    }

    private mutating func checkLength(_ client: Client, _ attempt: AttemptTruth, _ shown: [UInt8]) {
        // A restarted reply that came to another word has replaced the one before.
        let isNewTake = attempt.seam == .restartSkip && attempt.said > attempt.common
        let upper = isNewTake ? attempt.said : max(attempt.base, attempt.said)
        if shown.count > upper {
            return fail(
                .shownIsStoredIsReceived,
                "stream \(client.id): \(shown.count) B are shown, and only \(upper) were received")
        }
        // At a seam, what may be a repeat is held back until it is told apart: two words at most, for these texts never
        // repeat. What an attempt held back when it broke comes again.
        let trims = attempt.seam != nil && attempt.seam != .restartSkip
        let mayHold = trims && attempt.said <= max(attempt.base, attempt.script.from) + 64
        let isWhole = client.verdict == .complete || client.verdict == .truncated || client.verdict == .refused
        let lower = mayHold && !isWhole ? attempt.base : upper
        // A restarted reply that was shorter than what is shown is a new take when it ends.
        if shown.count < lower {
            fail(
                .shownIsStoredIsReceived,
                "stream \(client.id): \(upper) B were received, and only \(shown.count) are shown: a delta is lost")
        }
    }

    private mutating func failOfText(_ shown: [UInt8], _ reference: [UInt8]) {
        var index = 0
        while index < min(shown.count, reference.count), shown[index] == reference[index] { index += 1 }
        let rest = shown[index...]
        let unit = rest.prefix(6)
        var isRepeat = index == reference.count
        if unit.count >= 2 {
            var start = 0
            while start + unit.count <= index, !isRepeat {
                isRepeat = reference[start..<start + unit.count].elementsEqual(unit)
                start += 1
            }
        }
        fail(
            isRepeat ? .nothingTwice : .shownIsStoredIsReceived,
            "at byte \(index) stands “\(Self.excerpt(Array(rest)))” where “\(Self.excerpt(Array(reference[index...])))” was sent"
        )
    }

    static func excerpt(_ text: [UInt8]) -> String {
        String(decoding: text.prefix(40), as: UTF8.self)
    }

    // MARK: Requests

    /// How a request takes the reply up, from the request alone.
    mutating func strategy(of request: TransportRequest, _ index: Int) -> ResumeStrategy? {
        if request.http.method == "GET" { return .cursor }
        if clients[index].turn != nil, let strategy = strategyInTurn(request, index) { return strategy }
        guard !clients[index].stored.isEmpty else { return nil }
        let body = request.http.body
        if Self.find(Array("Previous incomplete response: ".utf8), in: body) { return .systemNote }
        if Self.find(Array("Your last message was cut off".utf8), in: body) { return .continue }
        if Self.find(Array(#""role":"assistant""#.utf8), in: body) { return .prefill }
        return .restartSkip
    }

    /// A request that resumes carries every word that the user has.
    mutating func checkRequest(_ index: Int, _ request: TransportRequest, _ strategy: ResumeStrategy?) {
        // What is sent of a turn that was paused was looked at when the way was.
        guard let strategy, strategy != .restartSkip, strategy != .cursor, clients[index].turn == nil else { return }
        var partial = clients[index].stored
        if strategy == .prefill {
            while let last = partial.last, ReplyText.isSpace(last) { partial.removeLast() }
        }
        var body: [UInt8] = []
        body.reserveCapacity(request.http.body.count)
        var escaped = false
        for byte in request.http.body {
            if escaped {
                body.append(byte == UInt8(ascii: "n") ? 0x0A : byte)
                escaped = false
            } else if byte == 0x5C {
                escaped = true
            } else {
                body.append(byte)
            }
        }
        // With what stands before and after it, so that no word too many goes out either.
        let isWhole =
            switch strategy {
            case .prefill: Self.find(Array("\"".utf8) + partial + Array("\"".utf8), in: body)
            case .continue: Self.find(Array("\"".utf8) + partial + Array("\"".utf8), in: body)
            default: Self.find(Array("response: ".utf8) + partial, in: body)
            }
        if !isWhole {
            fail(
                .shownIsStoredIsReceived,
                "the request (\(strategy.rawValue)) does not carry the \(partial.count) B that are kept")
        }
    }

    static func find(_ needle: [UInt8], in text: [UInt8]) -> Bool {
        guard let first = needle.first, needle.count <= text.count else { return false }
        return text.withUnsafeBufferPointer { text in
            needle.withUnsafeBufferPointer { needle in
                for start in 0...(text.count - needle.count) where text[start] == first {
                    var length = 1
                    while length < needle.count, text[start + length] == needle[length] { length += 1 }
                    if length == needle.count { return true }
                }
                return false
            }
        }
    }
}
