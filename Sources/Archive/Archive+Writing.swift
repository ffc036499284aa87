internal import Dispatch
internal import GRDB
internal import Synchronization

extension Archive {
    /// Stores what the user sent and returns when it is on the disk, with everything that was written before it. The
    /// conversation is made by its first prompt, and its draft goes.
    ///
    /// Where this throws, the prompt is kept in memory and tried again like every other write.
    public func appendPrompt(
        _ text: String, brief: String? = nil, attachments: [ArchivedAttachment] = [], as id: PromptID,
        to conversation: String, at time: Double
    ) throws(ArchiveError) {
        add(
            .prompt(
                conversation: conversation, id: id, text: text, brief: brief, attachments: attachments, at: time))
        for (write, error) in try drain() {
            if case .prompt(_, id, _, _, _, _) = write { throw error }
        }
    }

    /// A reply begins. Its text follows in pieces.
    public func beginReply(
        _ reply: ReplyID, in conversation: String, to prompt: PromptID?, provider: String, model: String,
        at time: Double
    ) {
        enqueue(
            .begin(reply, conversation: conversation, prompt: prompt, provider: provider, model: model, at: time))
    }

    /// The next bytes of a reply's text; written at the latest after ``Settings/flushInterval``.
    public func appendText(_ bytes: [UInt8], to reply: ReplyID) {
        guard !bytes.isEmpty else { return }
        let mustSchedule = backlog.withLock { backlog in
            guard !backlog.isClosed else { return false }
            backlog.size += bytes.count
            if let position = backlog.openText[reply], case .text(_, var waiting) = backlog.writes[position] {
                // Let go of the stored bytes first, so that appending does not copy them.
                backlog.writes[position] = .text(reply, [])
                waiting += bytes
                backlog.writes[position] = .text(reply, waiting)
            } else {
                backlog.openText[reply] = backlog.writes.count
                backlog.writes.append(.text(reply, bytes))
            }
            defer { backlog.isFlushScheduled = true }
            return !backlog.isFlushScheduled
        }
        if mustSchedule { scheduleFlush(after: settings.flushInterval) }
    }

    /// A restart took another course than the text so far: that is kept as given up, and the reply goes on from its
    /// first `kept` bytes.
    public func abandonText(of reply: ReplyID, keeping kept: Int) {
        enqueue(.abandon(reply, kept: kept))
    }

    /// The reply came to its end; `verdict` as in ``ArchivedTurn/verdict``.
    public func finishReply(_ reply: ReplyID, verdict: String, stopReason: String? = nil, at time: Double) {
        enqueue(.finish(reply, verdict: verdict, stopReason: stopReason, at: time))
    }

    /// A finished reply is taken up again: its text stays, and more follows.
    public func reopenReply(_ reply: ReplyID) {
        enqueue(.reopen(reply))
    }

    /// Makes the attempt's row or replaces it.
    public func record(_ attempt: ArchivedAttempt) {
        enqueue(.attempt(attempt))
    }

    /// Of the replies to its prompt, the conversation goes on from this one.
    public func keep(_ reply: ReplyID) {
        enqueue(.keep(reply))
    }

    /// Another prompt has taken the place of the first of these.
    public func replace(_ prompts: [PromptID]) {
        enqueue(.replace(prompts))
    }

    /// An empty text removes the draft.
    public func saveDraft(_ text: String, of conversation: String, at time: Double) {
        enqueue(.draft(Draft(conversation: conversation, text: text, updatedAt: time)))
    }

    public func rename(_ conversation: String, to title: String) {
        enqueue(.rename(conversation, title: title))
    }

    /// Removes a conversation with everything in it.
    public func delete(_ conversation: String) {
        enqueue(.delete(conversation))
    }

    // MARK: Behind

    private func enqueue(_ write: Write) {
        add(write)
        queue.async { [weak self] in _ = try? self?.drain() }
    }

    private func add(_ write: Write) {
        backlog.withLock { backlog in
            guard !backlog.isClosed else { return }
            backlog.size += write.size
            backlog.writes.append(write)
            // What follows must stay behind this write.
            backlog.openText.removeAll(keepingCapacity: true)
        }
    }

    private func scheduleFlush(after milliseconds: Int) {
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
            guard let self else { return }
            backlog.withLock { $0.isFlushScheduled = false }
            _ = try? drain()
        }
    }

    /// Writes what waits, in one transaction. On a failure that may pass it all goes back to wait; writes that the
    /// schema refuses are given up one by one.
    @discardableResult
    func drain() throws(ArchiveError) -> [(Write, ArchiveError)] {
        var refused: [(Write, ArchiveError)] = []
        do {
            let count = try ArchiveError.translating(path) {
                // The backlog is taken within the connection's turn, so that two drains cannot overtake each other.
                try database.writeWithoutTransaction { db in
                    let batch = take()
                    guard !batch.isEmpty else { return 0 }
                    do {
                        try db.inTransaction(.immediate) {
                            for write in batch {
                                if let error = try apply(write, to: db) { refused.append((write, error)) }
                            }
                            return .commit
                        }
                    } catch {
                        putBack(batch)
                        refused.removeAll()
                        throw error
                    }
                    return batch.count
                }
            }
            if count > 0 { succeeded() }
        } catch {
            failed(error)
            throw error
        }
        for (write, error) in refused { notify(.lost(what: write.name, error)) }
        return refused
    }

    /// One write in a savepoint of its own. Gives the error of a write that can never succeed.
    private func apply(_ write: Write, to db: Database) throws -> ArchiveError? {
        do {
            try db.inSavepoint {
                try write.apply(to: db, session: session)
                return .commit
            }
            return nil
        } catch let error as DatabaseError {
            let error = ArchiveError(error, path: path)
            if error.isPassing { throw error }
            return error
        }
    }

    private func take() -> [Write] {
        backlog.withLock { backlog in
            let batch = backlog.writes
            backlog.writes = []
            backlog.size = 0
            backlog.openText.removeAll(keepingCapacity: true)
            return batch
        }
    }

    private func putBack(_ batch: [Write]) {
        backlog.withLock { backlog in
            backlog.openText = backlog.openText.mapValues { $0 + batch.count }
            backlog.writes.insert(contentsOf: batch, at: 0)
            backlog.size += batch.reduce(0) { $0 + $1.size }
        }
    }

    private func succeeded() {
        let wasFailing = backlog.withLock { backlog in
            defer { backlog.isFailing = false }
            return backlog.isFailing
        }
        if wasFailing { notify(.recovered) }
    }

    private func failed(_ error: ArchiveError) {
        let (isNew, isTooMuch, mustSchedule) = backlog.withLock { backlog in
            let isNew = !backlog.isFailing
            backlog.isFailing = true
            let isTooMuch = backlog.size > settings.maximumBacklog
            if isTooMuch {
                backlog.writes = []
                backlog.size = 0
                backlog.openText = [:]
            }
            let mustSchedule = !backlog.isFlushScheduled && !backlog.writes.isEmpty
            if mustSchedule { backlog.isFlushScheduled = true }
            return (isNew, isTooMuch, mustSchedule)
        }
        if isNew { notify(.failing(error)) }
        if isTooMuch { notify(.lost(what: "everything since the store began to fail", error)) }
        if mustSchedule { scheduleFlush(after: settings.retryInterval) }
    }
}
