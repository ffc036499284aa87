import Providers
import StreamEngine

/// What goes on by itself: turns that their models pause, and limits of tokens.
extension World {
    /// Pauses of one run, at most.
    static let pausesAllowed = 10

    /// An attempt that begins at a stop that is no end.
    mutating func checkOnByItself(_ client: inout Client, _ last: AttemptTruth, _ mine: UserAct?) {
        if mine == .cancel || mine == .giveUp {
            return fail(.cancelIsFinal, "stream \(client.id) goes on by itself after its user has ended it")
        }
        guard client.stored.count == last.script.end else {
            return fail(
                .shownIsStoredIsReceived, "goes on by itself with \(client.stored.count) of \(last.script.end) B")
        }
        client.inRun = 1
        if last.stop == .pauseTurn {
            client.pausesInRun += 1
            tally.pauses += 1
            guard client.pausesInRun <= Self.pausesAllowed else {
                return fail(.attemptsAndWaitsAreBounded, "goes on after pause \(client.pausesInRun)")
            }
            guard last.script.canBeSentBack, client.dialect == .anthropic else {
                return fail(.shownIsStoredIsReceived, "goes on with a turn that cannot be sent back")
            }
            pause(&client, last)
        } else {
            client.limitsInRun += 1
            tally.limits += 1
            if client.limitsInRun > client.limitsAllowed {
                fail(
                    .attemptsAndWaitsAreBounded, "goes on after limit \(client.limitsInRun) of \(client.limitsAllowed)")
            }
        }
    }

    /// The turn so far is what is sent back from now on.
    private mutating func pause(_ client: inout Client, _ last: AttemptTruth) {
        // Of the turns that led here: what was asked for anew told none of its parts twice.
        let first = client.attempts.lastIndex(where: \.isAnew) ?? 0
        let paused = client.attempts[first...].filter { $0.stop == .pauseTurn && $0.dead == nil }
            .reduce(0) { $0 + $1.searches }
        if client.searches < paused {
            return fail(
                .shownIsStoredIsReceived, "\(paused) parts came before pauses, and \(client.searches) were told")
        }
        var turn = client.turn ?? Turn(start: 0, joints: [])
        turn.joints.formUnion([last.stood, client.stored.count])
        turn.start = client.stored.count
        if last.hasThought { turn.thoughts += 1 }
        turn.searches += last.searches / 2
        if last.strategy == .systemNote { turn.notes += 1 }
        if last.strategy == .continue { turn.continues += 1 }
        client.turn = turn
    }

    /// An end at a stop reason that has come.
    mutating func checkStopped(
        _ index: Int, _ open: AttemptTruth, _ stop: StopReason, _ verdict: Verdict, isCancelled: Bool
    ) {
        let client = clients[index]
        let isHeld = open.mayGoOn && client.isOutOfMoney
        guard verdict == Self.verdict(stop) || (isHeld && (verdict == .incomplete || verdict == .failed)) else {
            return fail(
                isCancelled ? .cancelIsFinal : .endsOnceAndInTime,
                "the stop reason had come, and the verdict is \(verdict.rawValue)")
        }
        guard client.stored.elementsEqual(open.script.canonical[..<open.script.end]) else {
            return fail(
                .shownIsStoredIsReceived, "\(verdict.rawValue), with \(client.stored.count) of \(open.script.end) B")
        }
        guard open.mayGoOn else { return }
        if !isCancelled, !isHeld, !isOutOfTime(client), mustGoOn(open, client) {
            return fail(.endsOnceAndInTime, "ends at a stop (\(stop)) that is none")
        }
        // Blocks of one model are nothing to another one.
        let isSwitched = act?.client == index && act?.kind == .switchModel
        if stop == .pauseTurn, !isSwitched, canSendBack(open, client) {
            var client = client
            pause(&client, open)
            clients[index] = client
        }
    }

    private func canSendBack(_ open: AttemptTruth, _ client: Client) -> Bool {
        let words = open.script.canonical[min(open.stood, open.script.end)..<open.script.end]
        return open.script.canBeSentBack && client.dialect == .anthropic
            && (open.hasThought || open.searches > 0 || !words.allSatisfy(ReplyText.isSpace))
    }

    /// Nothing stands in the way of going on by itself.
    private func mustGoOn(_ open: AttemptTruth, _ client: Client) -> Bool {
        if open.stop == .pauseTurn {
            return client.pausesInRun < Self.pausesAllowed && canSendBack(open, client)
        }
        return client.limitsInRun < client.limitsAllowed && client.setting == .auto && client.parts == 0
            && client.stored.count > open.stood && !client.stored.allSatisfy(ReplyText.isSpace)
            && [.prefill, .continue, .systemNote].contains(client.preferred)
            && !clients.contains(where: Self.mayHaveNoWay)
    }

    /// Parts are told no more often than they came.
    mutating func checkParts(_ client: Client) {
        let came = client.attempts.reduce(0) { $0 + $1.searches }
        if client.searches > came {
            fail(.nothingTwice, "\(came) parts of the provider's tools came, and \(client.searches) were told")
        }
    }

    // MARK: What is sent back

    /// How a request goes on with a turn that was paused, from the request alone; `nil` where the turn is left, and may be.
    mutating func strategyInTurn(_ request: TransportRequest, _ index: Int) -> ResumeStrategy? {
        let client = clients[index]
        guard let turn = client.turn else { return nil }
        let sent = SentTurn(request.http.body)
        guard sent.hasBlocks else {
            let last = client.attempts.last
            let isRefused = last.map { $0.stood == turn.start && $0.script.refusesStrategy } ?? false
            guard isRefused || client.stored.isEmpty else {
                fail(.shownIsStoredIsReceived, "the turn that was paused is not sent back")
                return nil
            }
            clients[index].turn = nil
            return nil
        }
        guard sent.thoughts == Array(repeating: client.thoughts, count: turn.thoughts), sent.searches == turn.searches
        else {
            fail(
                .shownIsStoredIsReceived,
                "\(sent.thoughts.count) thoughts and \(sent.searches) searches are sent back of \(turn.thoughts) and \(turn.searches)"
            )
            return nil
        }
        let strategy = strategy(of: sent, turn, client)
        if strategy == nil {
            fail(
                .shownIsStoredIsReceived,
                "of \(client.stored.count) B (a turn of \(turn.start) B), “\(Self.excerpt(sent.text))” is sent back")
        }
        clients[index].turn?.joints.insert(client.stored.count)
        return strategy
    }

    private func strategy(of sent: SentTurn, _ turn: Turn, _ client: Client) -> ResumeStrategy? {
        let partial = client.stored[turn.start...]
        func covers(_ end: Int) -> Bool {
            turn.notes > 0 || sent.covers(client.stored[..<end], joints: turn.joints.union([end]))
        }
        if sent.notes.count > turn.notes {
            return sent.notes.last.map { $0.elementsEqual(partial) } ?? false && covers(turn.start) ? .systemNote : nil
        }
        if sent.continues > turn.continues { return covers(client.stored.count) ? .continue : nil }
        if turn.notes > 0 { return partial.isEmpty || sent.hasText(partial) ? .prefill : .restartSkip }
        if covers(turn.start) { return partial.isEmpty ? .prefill : .restartSkip }
        return covers(client.stored.count) ? .prefill : nil
    }
}

/// What a request carries of a turn.
private struct SentTurn {
    var text: [UInt8] = []
    var thoughts: [[UInt8]] = []
    var searches = 0
    var notes: [[UInt8]] = []
    var continues = 0
    var hasBlocks = false

    init(_ body: [UInt8]) {
        guard let value = body.withUnsafeBufferPointer({ try? JSONValue(parsing: $0) }) else { return }
        if case .string(let system)? = value["system"] {
            let tail = "\n\nContinue seamlessly."
            for part in system.components(separatedBy: "Previous incomplete response: ").dropFirst() {
                let end = part.lastRange(of: tail) ?? part.utf8.count
                notes.append(Array(part.utf8.prefix(end)))
            }
        }
        guard case .array(let messages)? = value["messages"] else { return }
        for message in messages {
            switch (message["role"], message["content"]) {
            case (.string("user")?, .string(let text)?):
                if text.hasPrefix("Your last message was cut off") { continues += 1 }
            case (.string("assistant")?, .string(let words)?): text += words.utf8
            case (.string("assistant")?, .array(let blocks)?):
                hasBlocks = true
                for block in blocks { take(block) }
            default: break
            }
        }
    }

    private mutating func take(_ block: JSONValue) {
        switch block["type"] {
        case .string("text")?:
            if case .string(let words)? = block["text"] { text += words.utf8 }
        case .string("thinking")?:
            // Without its signature nobody takes it.
            guard block["signature"] == .string("sig="), case .string(let words)? = block["thinking"] else { return }
            thoughts.append(Array(words.utf8))
        case .string("server_tool_use")?:
            if block["input"]?["query"] == .string("weirs") { searches += 1 }
        case .string("web_search_tool_result")?:
            guard case .array(let results)? = block["content"], results.first?["n"] == .number("1.50"),
                case .string(let found)? = results.first?["encrypted_content"], found.hasPrefix("enc_")
            else {
                searches -= 1
                return
            }
        default: break
        }
    }

    func hasText(_ partial: ArraySlice<UInt8>) -> Bool {
        var partial = partial
        while let last = partial.last, ReplyText.isSpace(last) { partial.removeLast() }
        return text.suffix(partial.count).elementsEqual(partial)
    }

    /// The text is `whole`, but for white space that may be missing before a joint.
    func covers(_ whole: ArraySlice<UInt8>, joints: Set<Int>) -> Bool {
        var place = whole.startIndex
        for byte in text {
            if place < whole.endIndex, whole[place] != byte, let after = afterSpace(place, of: whole, joints) {
                place = after
            }
            guard place < whole.endIndex, whole[place] == byte else { return false }
            place += 1
        }
        return place == whole.endIndex || whole[place...].allSatisfy(ReplyText.isSpace)
    }

    private func afterSpace(_ place: Int, of whole: ArraySlice<UInt8>, _ joints: Set<Int>) -> Int? {
        var end = place
        while end < whole.endIndex, ReplyText.isSpace(whole[end]) {
            end += 1
            if joints.contains(end) { return end }
        }
        return nil
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }

    /// Where the last occurrence begins, in bytes.
    fileprivate func lastRange(of text: String) -> Int? {
        let (whole, part) = (Array(utf8), Array(text.utf8))
        guard whole.count >= part.count else { return nil }
        for start in stride(from: whole.count - part.count, through: 0, by: -1)
        where whole[start..<start + part.count].elementsEqual(part) { return start }
        return nil
    }
}
