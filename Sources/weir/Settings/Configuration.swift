import Providers
import StreamEngine
import TOML

/// `config.toml`, as written; what it leaves out is `nil`. Command line and environment come before it.
struct Configuration {
    var model: String?
    var provider: String?
    var system: String?
    var maxTokens: Int?
    var temperature: Double?
    var theme: String?
    var retry = Retry()
    var timeouts = Clocks()
    var limits: [Limit: Int] = [:]
    var budget = BudgetConfiguration()
    var dashboard = Dashboard()
    /// Where the keys of providers come from besides the environment.
    var keys: [String: Key] = [:]

    struct Retry {
        var maximumRetries: Int?
        var baseDelay: Duration?
        var maximumDelay: Duration?
        var jitter: RetryPolicy.Jitter?
        var resume: ResumeSetting?
        var fallbackAfter: Int?
        var budget: Int?
        var holdsBack: Bool?
    }

    struct Clocks {
        var connect: Duration?
        var firstByte: Duration?
        var idle: Duration?
        var content: Duration?
        var total: Duration?
        var wake: Duration?
    }

    struct Dashboard {
        var clock: Bool?
        var mouse: Bool?
        var reducedMotion: Bool?
        var ascii: Bool?
        var braille: Bool?
    }

    struct Key {
        var file: String?
        var command: String?
    }

    static let keyNames: Set<String> = [
        "model", "provider", "system", "max_tokens", "temperature", "theme", "retry", "timeouts", "limits", "dashboard",
        "providers", "budget",
    ]

    init() {}

    /// Reads everything but `[providers]`, whose tables are the catalogue's (see `Catalogue.merge`) apart from the keys.
    init(_ document: TOMLDocument) throws(TOMLError) {
        let root = document.root
        try root.rejectUnknownKeys(Self.keyNames)
        model = try root.string("model")
        provider = try root.string("provider")
        system = try root.string("system")
        maxTokens = try root.int("max_tokens", in: 1...10_000_000)
        temperature = try root.double("temperature", in: 0...2)
        theme = try root.string("theme")
        if let table = try root.table("retry") { retry = try Retry(table) }
        if let table = try root.table("timeouts") { timeouts = try Clocks(table) }
        if let table = try root.table("limits") { limits = try Self.limits(table) }
        if let table = try root.table("budget") { budget = try BudgetConfiguration(table) }
        if let table = try root.table("dashboard") { dashboard = try Dashboard(table) }
        if let table = try root.table("providers") {
            for (name, provider) in try table.namedTables() {
                keys[name] = Key(file: try provider.string("key_file"), command: try provider.string("key_command"))
            }
        }
    }
}

extension Configuration.Retry {
    init(_ table: TOMLTable) throws(TOMLError) {
        try table.rejectUnknownKeys([
            "max_retries", "base_delay", "max_delay", "jitter", "resume", "fallback_after", "budget", "hold_back",
        ])
        maximumRetries = try table.int("max_retries", in: 0...1000)
        baseDelay = try table.duration("base_delay")
        maximumDelay = try table.duration("max_delay")
        fallbackAfter = try table.int("fallback_after", in: 0...1000)
        budget = try table.int("budget", in: 0...1000)
        holdsBack = try table.bool("hold_back")
        if let word = try table.string("jitter") {
            guard let known = RetryPolicy.Jitter(rawValue: word) else {
                let words = RetryPolicy.Jitter.allCases.map(\.rawValue).joined(separator: ", ")
                throw table.error("jitter", "expected one of \(words), found \"\(word)\"")
            }
            jitter = known
        }
        if let word = try table.string("resume") {
            guard let known = ResumeSetting(word) else {
                throw table.error(
                    "resume",
                    "expected auto, ask, cursor, prefill, continue, system-note, restart-skip or off, found \"\(word)\""
                )
            }
            resume = known
        }
    }
}

extension Configuration.Clocks {
    init(_ table: TOMLTable) throws(TOMLError) {
        try table.rejectUnknownKeys(["connect", "first_byte", "idle", "content", "total", "wake"])
        connect = try table.duration("connect")
        firstByte = try table.duration("first_byte")
        idle = try table.duration("idle")
        content = try table.duration("content")
        total = try table.duration("total")
        wake = try table.duration("wake")
    }
}

extension Configuration.Dashboard {
    init(_ table: TOMLTable) throws(TOMLError) {
        try table.rejectUnknownKeys(["clock", "mouse", "reduced_motion", "ascii", "braille"])
        clock = try table.bool("clock")
        mouse = try table.bool("mouse")
        reducedMotion = try table.bool("reduced_motion")
        ascii = try table.bool("ascii")
        braille = try table.bool("braille")
    }
}

extension TOMLTable {
    /// Seconds as a number, or text such as "250ms".
    func duration(_ key: String) throws(TOMLError) -> Duration? {
        let text: String
        switch self[key] {
        case nil: return nil
        case .integer(_, let written), .float(_, let written), .string(let written): text = written
        default: text = ""
        }
        guard let duration = DurationText.parse(text) else {
            throw error(key, "expected seconds (1.5) or a text such as \"250ms\", \"1.5s\", \"2m\"")
        }
        return duration
    }
}
