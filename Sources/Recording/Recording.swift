import StreamEngine

/// What the engine was told in a run of the program, when, and what it asked for: all that is needed to make the run again.
///
/// The file is JSON Lines, see `docs/recordings.md`. ``RecordingWriter`` writes it, ``RecordingParser`` reads it,
/// ``Playback`` plays it through an engine.
public struct Recording: Sendable {
    /// The version that this program writes, and the latest that it reads.
    public static let version = 1

    /// What the first line says.
    public struct Header: Sendable, Equatable {
        /// Who wrote it: `weir 0.1.0`.
        public var program: String
        /// When the recording began; the times of its lines count from here.
        public var start: Now
        public var origin: EngineOrigin

        public init(program: String, start: Now, origin: EngineOrigin) {
            self.program = program
            self.start = start
            self.origin = origin
        }
    }

    /// A call of the engine, and on which line it stands.
    public struct Entry: Sendable {
        /// From 1.
        public var line: Int
        public var record: CallRecord
    }

    public var header: Header
    public var entries: [Entry]
    /// Why the file holds less than was to be recorded, in words for a person; `nil` where it holds everything.
    public var shortfall: String?

    /// Streams in the order of their start.
    public var streams: [StreamID] {
        entries.compactMap { entry in
            if case .start(let id, _) = entry.record.call { id } else { nil }
        }
    }
}

/// Why a recording cannot be read.
public struct RecordingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    /// Bytes from the beginning of the file.
    public var offset: Int
    public var problem: String

    public init(line: Int, offset: Int, problem: String) {
        self.line = line
        self.offset = offset
        self.problem = problem
    }

    public var description: String { "line \(line), byte \(offset): \(problem)" }
}
