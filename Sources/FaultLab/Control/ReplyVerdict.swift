/// Whether what a client ended up with is the canonical reply, byte by byte.
public struct ReplyVerdict: Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// All of it, and nothing else.
        case exact
        /// A beginning of it, perhaps an empty one.
        case prefix
        /// Anything else: words lost, said twice, or never said by the lab.
        case wrong
    }

    public var kind: Kind
    /// As the journal counts it; `nil` where the verdict is on a prompt.
    public var conversation: Int?
    /// Bytes of the canonical reply, and of what the client has.
    public var expected: Int
    public var received: Int
    /// The first byte that is another, or that only one of the two has; `nil` where there is none.
    public var firstDifference: Int?
    /// Bytes between what is alike at the beginning and at the end: those that the client does not have, and those that it
    /// has too many.
    public var missing: Int
    public var extra: Int

    public var isExact: Bool { kind == .exact }

    /// - Parameters:
    ///   - text: what the client has.
    ///   - canonical: the reply.
    public init(on text: [UInt8], canonical: [UInt8], conversation: Int? = nil) {
        self.conversation = conversation
        expected = canonical.count
        received = text.count
        let shorter = min(text.count, canonical.count)
        var alike = 0
        while alike < shorter, text[alike] == canonical[alike] { alike += 1 }
        firstDifference = alike == text.count && alike == canonical.count ? nil : alike
        kind = firstDifference == nil ? .exact : alike == text.count ? .prefix : .wrong
        var atEnd = 0
        while atEnd < shorter - alike, text[text.count - 1 - atEnd] == canonical[canonical.count - 1 - atEnd] {
            atEnd += 1
        }
        missing = canonical.count - alike - atEnd
        extra = text.count - alike - atEnd
    }

    public var description: String {
        guard let firstDifference else { return "exact, \(expected) bytes" }
        return "\(kind.rawValue): \(received) of \(expected) bytes, first difference at byte \(firstDifference), "
            + "\(missing) missing, \(extra) too many"
    }

    var json: String {
        "{\"verdict\":\"\(kind.rawValue)\",\"conversation\":\(JSONText.number(conversation)),"
            + "\"expected_bytes\":\(expected),\"received_bytes\":\(received),"
            + "\"first_difference\":\(JSONText.number(firstDifference)),\"missing\":\(missing),\"extra\":\(extra)}"
    }
}

/// What was asked in each conversation, and what was found of the replies.
struct VerdictBook: Sendable {
    /// Prompts and verdicts of longest ago are forgotten beyond this.
    static let most = 10_000
    /// Of all prompts that are remembered. A longer one can be asked for by itself.
    static let mostPromptBytes = 32 << 20

    private var prompts: [Int: String] = [:]
    private var promptOrder: [Int] = []
    private var firstPrompt = 0
    private var promptBytes = 0
    private(set) var verdicts: [ReplyVerdict] = []
    private(set) var counts: [ReplyVerdict.Kind: Int] = [:]

    mutating func asked(_ prompt: String, in conversation: Int) {
        guard prompts[conversation] == nil, prompt.utf8.count <= Self.mostPromptBytes / 8 else { return }
        prompts[conversation] = prompt
        promptOrder.append(conversation)
        promptBytes += prompt.utf8.count
        while promptOrder.count - firstPrompt > Self.most || promptBytes > Self.mostPromptBytes {
            if let old = prompts.removeValue(forKey: promptOrder[firstPrompt]) { promptBytes -= old.utf8.count }
            firstPrompt += 1
        }
        if firstPrompt > Self.most {
            promptOrder.removeFirst(firstPrompt)
            firstPrompt = 0
        }
    }

    func prompt(of conversation: Int) -> String? { prompts[conversation] }

    mutating func add(_ verdict: ReplyVerdict) {
        counts[verdict.kind, default: 0] += 1
        verdicts.append(verdict)
        if verdicts.count >= 2 * Self.most { verdicts.removeFirst(Self.most) }
    }

    var json: String {
        let numbers = ReplyVerdict.Kind.allCases.map { "\"\($0.rawValue)\":\(counts[$0] ?? 0)" }
        return "{\(numbers.joined(separator: ",")),\"verdicts\":["
            + verdicts.suffix(Self.most).map(\.json).joined(separator: ",") + "]}"
    }
}
