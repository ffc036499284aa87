import Dashboard
import StreamClient
import StreamEngine

/// What streams brought since the last frame: kept as ranges of the engine's own buffers, so that a token costs nothing
/// here and is copied once per frame.
struct StreamInbox {
    /// Between two snapshots of a stream that only brings text. Nobody reads numbers that change more often; the text itself
    /// goes into every frame.
    private static let snapshotInterval = Duration.seconds(1)

    private enum Piece {
        case text(Range<Int>, late: [Late])
        case thinking(Range<Int>)
        /// Apart: a message is large, and the usual piece is text.
        indirect case message(Message)
    }

    private var pieces: [(stream: StreamID, piece: Piece)] = []
    /// When each stream's last text or thinking came.
    private var lastContent: [StreamID: Instant] = [:]
    /// Streams of which more has changed than their text: the model has to know at once.
    private var changed: Set<StreamID> = []
    /// Streams that brought text since their last snapshot.
    private var growing: Set<StreamID> = []
    private var snapshotsTakenAt = Instant(nanoseconds: 0)

    /// Whether there is something for the next frame.
    var isEmpty: Bool { pieces.isEmpty && changed.isEmpty }

    /// When the snapshots of streams that grow are due; `nil` = none grows.
    var snapshotsDue: Instant? { growing.isEmpty ? nil : snapshotsTakenAt + Self.snapshotInterval }

    mutating func take(_ events: [EngineEvent]) {
        for event in events {
            switch event.kind {
            case .text, .thinking, .usage: growing.insert(event.stream)
            default: changed.insert(event.stream)
            }
            switch event.kind {
            case .text(let range):
                // The first has nothing that it could be late after: how long it took is shown elsewhere.
                let wait = lastContent.updateValue(event.at, forKey: event.stream).map { event.at - $0 } ?? .zero
                add(.text(range, late: [Late(offset: 0, lateness: Lateness(wait))]), of: event.stream)
            case .thinking(let range):
                lastContent[event.stream] = event.at
                add(.thinking(range), of: event.stream)
            case .resumed(let seam): add(.message(.seam(event.stream, seam)), of: event.stream)
            case .part(let kind, let detail):
                add(.message(.part(event.stream, kind: kind, detail: detail)), of: event.stream)
            case .budget(let notice): add(.message(.budget(event.stream, notice)), of: event.stream)
            case .diverged(_, let kept): add(.message(.diverged(event.stream, kept: kept)), of: event.stream)
            case .ended: lastContent[event.stream] = nil
            case .attemptStarted, .stateChanged, .headers, .backoff, .asked, .fallback, .usage: break
            }
        }
    }

    /// Pieces of one stream that follow each other become one.
    private mutating func add(_ piece: Piece, of stream: StreamID) {
        if let last = pieces.last, last.stream == stream {
            switch (last.piece, piece) {
            case (.text(let before, var late), .text(let more, let added)) where before.upperBound == more.lowerBound:
                for stretch in added where stretch.lateness != late.last?.lateness {
                    late.append(Late(offset: before.count + stretch.offset, lateness: stretch.lateness))
                }
                pieces[pieces.count - 1].piece = .text(before.lowerBound..<more.upperBound, late: late)
                return
            case (.thinking(let before), .thinking(let more)) where before.upperBound == more.lowerBound:
                pieces[pieces.count - 1].piece = .thinking(before.lowerBound..<more.upperBound)
                return
            default:
                break
            }
        }
        pieces.append((stream, piece))
    }

    /// Everything but snapshots, in order; the inbox forgets it.
    mutating func messages(from driver: any StreamDriver) -> [Message] {
        defer { pieces.removeAll(keepingCapacity: true) }
        return pieces.map { stream, piece in
            switch piece {
            case .text(let range, let late):
                let text = driver.text(of: stream)
                return .text(stream, Array(text[range.clamped(to: 0..<text.count)]), late: late)
            case .thinking(let range):
                let thinking = driver.engine.thinking(of: stream)
                return .thinking(stream, Array(thinking[range.clamped(to: 0..<thinking.count)]))
            case .message(let message):
                return message
            }
        }
    }

    /// Streams whose snapshots the model is to have; the inbox forgets them. Those that changed, and when it is time or
    /// `all` are asked for, all that grow or run too: their rates and ages change by themselves.
    mutating func takeStale(among engine: StreamEngine, at now: Instant, all: Bool) -> [StreamID] {
        defer { changed.removeAll(keepingCapacity: true) }
        guard all || now - snapshotsTakenAt >= Self.snapshotInterval else {
            growing.subtract(changed)
            return engine.streams.filter(changed.contains)
        }
        defer { growing.removeAll(keepingCapacity: true) }
        snapshotsTakenAt = now
        return engine.streams.filter {
            changed.contains($0) || growing.contains($0) || engine.state(of: $0)?.isTerminal == false
        }
    }
}
