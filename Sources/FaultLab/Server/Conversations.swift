/// Which requests belong to which conversation, and whose story is told to whom.
///
/// A request belongs to a conversation that asks the same of the same model under the same scenario, was not delivered
/// whole, and has no response under way; otherwise it begins a new one. A request that carries a part of the reply also
/// belongs to the conversation that was delivered last: its client gave up before the end of what it was sent.
struct Conversations {
    /// Conversations asked for longest ago are forgotten beyond this.
    static let mostRecords = 20_000

    private struct Conversation {
        var number: Int
        /// Its number among the conversations of its scenario.
        var story: Int
        var requests = 0
        var active = 0
        /// When its last response was over, in seconds since the lab began, and what that asked for with Retry-After.
        var ended: Double?
        var retryAfter: Double?
    }

    private struct Record {
        /// Conversations so far that asked this.
        var count = 0
        var open: [Conversation] = []
        /// What was delivered last: a client that comes back with a part of the reply did not take all that it was sent.
        var delivered: Conversation?
    }

    private var records: [UInt64: Record] = [:]
    /// In the order of their first request, to be forgotten in that order.
    private var keys: [UInt64] = []
    private var firstKey = 0
    private var stories: [String: Int] = [:]
    private var count = 0

    struct Place {
        var recordKey: UInt64
        var conversation: Int
        var story: Int
        var request: Int
        /// For chances: depends on what was asked, and how often, only.
        var seed: UInt64
        /// When the response before it was over; `nil` for the first, or where one is under way.
        var previousEnded: Double?
        var retryAfter: Double?
    }

    /// A request came. `stories` names who is told the stories in turn together; `continues` tells that it carries a part
    /// of the reply.
    mutating func begin(key: UInt64, scenario: String, stories storyKey: String, continues: Bool) -> Place {
        let recordKey = key ^ FNV1a.hash(scenario)
        if records[recordKey] == nil { remember(recordKey) }
        var record = records[recordKey] ?? Record()
        var index = record.open.firstIndex { $0.active == 0 }
        if index == nil, continues { index = record.open.indices.last }
        if index == nil, continues, let delivered = record.delivered {
            record.delivered = nil
            index = record.open.count
            record.open.append(delivered)
        }
        let position: Int
        if let index {
            position = index
        } else {
            count += 1
            record.count += 1
            stories[storyKey, default: 0] += 1
            position = record.open.count
            record.open.append(Conversation(number: count, story: stories[storyKey, default: 1]))
        }
        let isIdle = record.open[position].active == 0
        record.open[position].requests += 1
        record.open[position].active += 1
        records[recordKey] = record
        let conversation = record.open[position]
        return Place(
            recordKey: recordKey, conversation: conversation.number, story: conversation.story,
            request: conversation.requests, seed: key &+ UInt64(record.count),
            previousEnded: isIdle ? conversation.ended : nil, retryAfter: isIdle ? conversation.retryAfter : nil)
    }

    /// A response is over. A conversation that was delivered whole is closed.
    mutating func end(
        recordKey: UInt64, conversation: Int, isDelivered: Bool, retryAfter: Double? = nil, at now: Double = 0
    ) {
        guard let index = records[recordKey]?.open.firstIndex(where: { $0.number == conversation }) else { return }
        records[recordKey]?.open[index].active -= 1
        records[recordKey]?.open[index].ended = now
        records[recordKey]?.open[index].retryAfter = retryAfter
        guard isDelivered else { return }
        let delivered = records[recordKey]?.open.remove(at: index)
        records[recordKey]?.delivered = delivered
    }

    private mutating func remember(_ key: UInt64) {
        keys.append(key)
        guard keys.count - firstKey > Self.mostRecords else { return }
        records[keys[firstKey]] = nil
        firstKey += 1
        if firstKey > Self.mostRecords {
            keys.removeFirst(firstKey)
            firstKey = 0
        }
    }
}
