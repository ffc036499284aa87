import Archive
import Dashboard
import Pricing
import Providers
import StreamClient
import StreamEngine

/// The dashboard's side of the archive: which reply of the store a stream is, and what of it is not written yet.
final class ConversationStore {
    private struct Entry {
        let reply: ReplyID
        /// Attempts as they were last recorded.
        var recorded: [AttemptRecord] = []
        /// As it was last stored.
        var verdict: Verdict?
    }

    private enum Answer: Sendable {
        case listed([ConversationSummary])
        case read(String, title: String, turns: [ArchivedTurn], draft: String)
        case failed(Notice)
    }

    /// Conversations that are listed: the newest.
    private static let longestList = 500

    private let archive: Archive
    private let wake: @Sendable () -> Void
    /// What the archive's queue has to tell; it wakes the loop. And what it was asked for.
    private let mailbox = NoticeBox()
    private let answers = Mailbox<Answer>()
    private var entries: [StreamID: Entry] = [:]
    private var prompts: [TurnID: PromptID] = [:]
    /// The prompts of conversations that were loaded, in their order, until it is known which turns they are.
    private var loaded: [ConversationID: [PromptID]] = [:]
    /// What the conversations that were loaded have cost before, by their ids.
    private var spentBefore: [String: CostSum] = [:]

    /// Opens the store. One that cannot be opened is replaced by one in memory, and the user is told.
    init(path: String, wake: @escaping @Sendable () -> Void) throws {
        self.wake = wake
        let mailbox = mailbox
        let notify: @Sendable (ArchiveNotice) -> Void = { notice in
            mailbox.post(Notice(notice))
            wake()
        }
        do {
            archive = try Archive(path: path, notify: notify)
        } catch {
            mailbox.post(
                Notice(.warning, "conversations are not stored: \(error)", hint: error.hint))
            archive = try Archive(inMemory: Archive.Settings(), notify: notify)
        }
    }

    /// A store that is gone at the end: the demo's.
    init() throws {
        archive = try Archive(inMemory: Archive.Settings())
        wake = {}
    }

    func takeNotices() -> [Notice] { mailbox.take() }

    // MARK: Reading

    /// The newest conversation's id.
    func latest() throws(ArchiveError) -> String? {
        try archive.conversations(limit: 1).first?.id
    }

    /// What was sent last, oldest first.
    func history() -> [String] {
        ((try? archive.recentPrompts()) ?? []).reversed()
    }

    /// `nil` for a conversation that is not there.
    func load(_ id: String) throws(ArchiveError) -> Message? {
        guard let title = try archive.title(of: id) else { return nil }
        return loaded(id, title: title, try archive.turns(of: id), draft: try archive.draft(of: id) ?? "")
    }

    private func loaded(_ id: String, title: String, _ archived: [ArchivedTurn], draft: String) -> Message {
        loaded[ConversationID(rawValue: id)] = archived.compactMap(\.promptID)
        let turns = archived.map(StoredTurn.init)
        spentBefore[id] = turns.reduce(into: CostSum()) { $0.add($1.spent) }
        return .conversationLoaded(ConversationID(rawValue: id), title: title, turns: turns, draft: draft)
    }

    /// Reads the newest conversations away from the loop; ``takeAnswers()`` has them when the loop is woken.
    func list() {
        let answers = answers
        let wake = wake
        archive.fetch { archive throws(ArchiveError) in
            try archive.conversations(limit: Self.longestList)
        } then: { result in
            switch result {
            case .success(let list): answers.post(.listed(list))
            case .failure(let error):
                answers.post(.failed(Notice(.error, "conversations cannot be listed: \(error)", hint: error.hint)))
            }
            wake()
        }
    }

    /// The same for all that a conversation holds.
    func open(_ conversation: ConversationID) {
        let answers = answers
        let wake = wake
        let id = conversation.rawValue
        archive.fetch { archive throws(ArchiveError) -> Answer in
            guard let title = try archive.title(of: id) else {
                return .failed(Notice(.warning, "this conversation is not stored any more"))
            }
            return .read(id, title: title, turns: try archive.turns(of: id), draft: try archive.draft(of: id) ?? "")
        } then: { result in
            switch result {
            case .success(let answer): answers.post(answer)
            case .failure(let error):
                answers.post(.failed(Notice(.error, "the conversation cannot be read: \(error)", hint: error.hint)))
            }
            wake()
        }
    }

    /// What was read since the last time.
    func takeAnswers() -> [Message] {
        let taken = answers.take()
        guard !taken.isEmpty else { return [] }
        return taken.map { answer in
            switch answer {
            case .listed(let list): .conversationsListed(list.map(StoredConversation.init))
            case .read(let id, let title, let turns, let draft): loaded(id, title: title, turns, draft: draft)
            case .failed(let notice): .notice(notice)
            }
        }
    }

    /// The draft that a crash, or a quit in the middle of a sentence, left behind in a conversation without a message.
    func orphanedDraft() -> Draft? {
        guard let draft = (try? archive.drafts())?.first, (try? archive.title(of: draft.conversation)) == .some(nil)
        else { return nil }
        return draft
    }

    /// What a conversation had cost when it was loaded; nothing for one that began in this session.
    func spentBefore(_ conversation: ConversationID) -> CostSum { spentBefore[conversation.rawValue] ?? CostSum() }

    // MARK: Writing

    /// Returns when the prompt is on the disk; what went wrong, otherwise. A prompt that is asked again is there already.
    func append(_ prompt: SentPrompt, turn: TurnID, to conversation: ConversationID) -> String? {
        guard prompts[turn] == nil else { return nil }
        let id = PromptID.random()
        prompts[turn] = id
        do throws(ArchiveError) {
            try archive.appendPrompt(
                prompt.text, brief: prompt.brief, attachments: prompt.attachments.map(ArchivedAttachment.init), as: id,
                to: conversation.rawValue, at: SystemClock.wall().secondsSince1970)
            return nil
        } catch {
            return "\(error)"
        }
    }

    func began(_ snapshot: StreamSnapshot, turn: TurnID, in conversation: ConversationID) {
        let reply = ReplyID.random()
        entries[snapshot.id] = Entry(reply: reply)
        archive.beginReply(
            reply, in: conversation.rawValue, to: prompts[turn], provider: snapshot.provider, model: snapshot.model,
            at: SystemClock.wall().secondsSince1970)
    }

    /// Text, and what became of it, in the order in which the model hears of it.
    func keep(_ message: Message) {
        switch message {
        case .text(let id, let bytes, _):
            guard let entry = entries[id] else { return }
            archive.appendText(bytes, to: entry.reply)
        case .diverged(let id, let kept):
            guard let entry = entries[id] else { return }
            archive.abandonText(of: entry.reply, keeping: kept)
        default:
            break
        }
    }

    /// Attempts that began or ended, and the end of the reply.
    func keep(_ snapshot: StreamSnapshot) {
        guard var entry = entries[snapshot.id] else { return }
        for (index, record) in snapshot.attempts.enumerated() {
            let isNew = index >= entry.recorded.count
            guard isNew || entry.recorded[index].outcome != record.outcome || wasLast(index, of: entry, now: snapshot)
            else { continue }
            archive.record(ArchivedAttempt(record, of: snapshot, reply: entry.reply))
        }
        entry.recorded = snapshot.attempts
        if let verdict = snapshot.verdict, entry.verdict != verdict {
            if entry.verdict != nil { archive.reopenReply(entry.reply) }
            archive.finishReply(
                entry.reply, verdict: verdict.rawValue, stopReason: snapshot.stopReason?.word,
                at: SystemClock.wall().secondsSince1970)
        } else if snapshot.verdict == nil, entry.verdict != nil {
            archive.reopenReply(entry.reply)
        }
        entry.verdict = snapshot.verdict
        entries[snapshot.id] = entry
    }

    /// An attempt that made the reply until another one took it up: what it cost is lost from then on.
    private func wasLast(_ index: Int, of entry: Entry, now snapshot: StreamSnapshot) -> Bool {
        index == entry.recorded.count - 1 && index < snapshot.attempts.count - 1
    }

    func promptsLoaded(_ conversation: ConversationID, _ turns: [TurnID]) {
        guard let ids = loaded.removeValue(forKey: conversation), ids.count == turns.count else { return }
        for (turn, id) in zip(turns, ids) { prompts[turn] = id }
    }

    func keep(_ stream: StreamID) {
        if let entry = entries[stream] { archive.keep(entry.reply) }
    }

    func replace(_ turns: [TurnID]) {
        archive.replace(turns.compactMap { prompts[$0] })
    }

    func saveDraft(_ text: String, of conversation: ConversationID) {
        archive.saveDraft(text, of: conversation.rawValue, at: SystemClock.wall().secondsSince1970)
    }

    func rename(_ conversation: ConversationID, to title: String) {
        archive.rename(conversation.rawValue, to: title)
    }

    /// Writes what waits. Says what could not be stored.
    func close() -> String? {
        do throws(ArchiveError) {
            try archive.close()
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension Notice {
    init(_ notice: ArchiveNotice) {
        switch notice {
        case .failing(let error):
            self.init(.warning, "storing fails: \(error)", hint: error.hint)
        case .recovered:
            self.init(.info, "everything is stored again")
        case .lost(let what, let error):
            self.init(.error, "\(what) will not be stored: \(error)")
        }
    }
}

extension StoredConversation {
    init(_ summary: ConversationSummary) {
        self.init(
            id: ConversationID(rawValue: summary.id), title: summary.title,
            when: SystemClock.localTime(summary.updatedAt))
    }
}

extension StoredTurn {
    init(_ turn: ArchivedTurn) {
        let costs = CostSum(turn.attempts.map { $0.cost.map(Cost.init) ?? .unknown })
        self.init(
            role: turn.role == .user ? .user : .assistant, text: turn.text, model: turn.model,
            verdict: turn.verdict.flatMap(Verdict.init(rawValue:)),
            wall: WallTime(secondsSince1970: turn.startedAt),
            cost: turn.attempts.isEmpty ? nil : costs.description, spent: costs)
        attachments = turn.attachments.compactMap { Attachment(name: $0.name, bytes: $0.bytes) }
        brief = turn.brief
        isKept = turn.standing == .kept
        isReplaced = turn.standing == .replaced
    }
}

extension ArchivedAttachment {
    init(_ attachment: Attachment) {
        let bytes: [UInt8] =
            switch attachment.content {
            case .image(_, let bytes): bytes
            case .text(let text): Array(text.utf8)
            }
        self.init(name: attachment.name, type: attachment.mediaType, bytes: bytes)
    }
}

extension ArchivedAttempt {
    init(_ record: AttemptRecord, of snapshot: StreamSnapshot, reply: ReplyID) {
        self.init(
            reply: reply, number: record.number, provider: record.provider, model: record.model,
            startedAt: record.startedAtWall.secondsSince1970)
        func wall(_ instant: Instant?) -> Double? {
            instant.map { record.startedAtWall.secondsSince1970 + ($0 - record.startedAt).inSeconds }
        }
        status = record.status
        requestID = record.requestID
        switch record.outcome {
        case .running: outcome = "running"
        case .completed: outcome = "completed"
        case .cancelled: outcome = "cancelled"
        case .failed(let why):
            outcome = "failed"
            failure = why.message
        }
        isLost = record.isLost(isLast: record.number == snapshot.attempts.count)
        resume = record.resume?.strategy.rawValue
        isStream = record.isStream
        headersAt = wall(record.headersAt)
        firstTokenAt = wall(record.firstTokenAt)
        endedAt = wall(record.endedAt)
        usage = ArchivedUsage(
            input: record.usage.input, output: record.usage.output, cacheRead: record.usage.cacheRead,
            cacheWrite: record.usage.cacheWrite, cacheWriteHour: record.usage.cacheWriteHour,
            thinking: record.usage.thinking,
            isEstimated: !record.inputIsReported || !record.outputIsReported)
        // What an attempt costs is not known before it ends, nor ever if the program does not live to see that.
        cost = record.outcome == .running ? nil : ArchivedCost(record.cost)
        priceDate = record.priceDate
        textBytes = record.textBytes
        thinkingBytes = record.thinkingBytes
    }
}

extension Cost {
    init(_ cost: ArchivedCost) {
        let money = Money(picos: cost.picos, currency: cost.currency)
        switch cost.certainty {
        case .reported: self = .reported(money)
        case .estimated: self = .estimated(money)
        case .lowerBound: self = .lowerBound(money)
        }
    }
}

extension ArchivedCost {
    /// `nil` for what is not known.
    init?(_ cost: Cost) {
        switch cost {
        case .unknown: return nil
        case .lowerBound(let money): self.init(money, .lowerBound)
        case .estimated(let money): self.init(money, .estimated)
        case .reported(let money): self.init(money, .reported)
        }
    }

    private init(_ money: Money, _ certainty: Certainty) {
        self.init(picos: money.picos, currency: money.currency, certainty: certainty)
    }
}
