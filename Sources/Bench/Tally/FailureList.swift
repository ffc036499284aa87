import StreamEngine

/// What went wrong, a line for each distinct failure: how often, and when last.
public struct FailureList: Sendable {
    public struct Line: Sendable, Equatable {
        /// In a few words, as in a stream's event log; unsanitised where it quotes the provider.
        public var label: String
        /// One such failure's whole message; unsanitised.
        public var example: String
        public var count: Int
        /// Since the beginning of the run.
        public var first: Duration
        public var last: Duration
    }

    /// In the order in which they first came.
    public private(set) var lines: [Line] = []
    /// Failures that found no place: only so many distinct ones are told apart.
    public private(set) var others = 0
    private var places: [String: Int] = [:]

    /// More distinct failures than this are counted together.
    public static let limit = 100

    public init() {}

    public var count: Int { lines.reduce(others) { $0 + $1.count } }

    mutating func add(_ failure: StreamFailure, after time: Duration) {
        let label = failure.label
        if let place = places[label] {
            lines[place].count += 1
            lines[place].last = time
        } else if lines.count < Self.limit {
            places[label] = lines.count
            lines.append(Line(label: label, example: failure.message, count: 1, first: time, last: time))
        } else {
            others += 1
        }
    }
}
