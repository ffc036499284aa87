/// What is known of a model. `nil` where it is not.
public struct Model: Sendable, Equatable, Codable {
    /// As the provider calls it. In ``Provider/models`` also a pattern: with `*` for any text, it stands for models that
    /// the catalogue does not know one by one.
    public var id: String
    /// Shorter names for the same.
    public var aliases: [String]
    /// A name for people.
    public var title: String?
    /// Tokens of prompt and reply together.
    public var contextWindow: Int?
    /// The most tokens of a reply.
    public var maxOutput: Int?
    /// How a reply of this model that broke off is best taken up again.
    public var resume: ResumeStrategy
    /// Whether it may think before it writes.
    public var thinking: Bool
    /// Takes images. `nil` where the catalogue cannot know: a model that only a pattern covers, or nothing.
    public var images: Bool?
    /// The dialect in which this model is asked, where it is not its provider's.
    public var dialect: Dialect?
    /// Whether its replies are made in the background (``RequestHabits/usesBackground``), where that is not as its
    /// provider has it.
    public var background: Bool?

    /// What is known, all of it optional but the id.
    public init(
        id: String, aliases: [String] = [], title: String? = nil, contextWindow: Int? = nil, maxOutput: Int? = nil,
        resume: ResumeStrategy = .continue, thinking: Bool = false, images: Bool? = nil, dialect: Dialect? = nil,
        background: Bool? = nil
    ) {
        self.id = id
        self.aliases = aliases
        self.title = title
        self.contextWindow = contextWindow
        self.maxOutput = maxOutput
        self.resume = resume
        self.thinking = thinking
        self.images = images
        self.dialect = dialect
        self.background = background
    }

    /// Whether the id stands for several models.
    public var isPattern: Bool { id.utf8.contains(UInt8(ascii: "*")) }

    /// How well the pattern fits a name: its bytes that are no `*`; `nil` where it does not fit.
    func fit(to name: String) -> Int? {
        let pattern = Array(id.utf8)
        let name = Array(name.utf8)
        // Back to the last star on a mismatch: linear for the patterns that people write.
        var (at, byte) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while byte < name.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, byte)
                at += 1
            } else if at < pattern.count, pattern[at] == name[byte] {
                at += 1
                byte += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                at = last.pattern + 1
                byte = last.name + 1
            } else {
                return nil
            }
        }
        guard pattern[at...].allSatisfy({ $0 == UInt8(ascii: "*") }) else { return nil }
        return pattern.count { $0 != UInt8(ascii: "*") }
    }
}
