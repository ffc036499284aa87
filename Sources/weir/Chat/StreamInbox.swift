import Dashboard
import StreamClient
import StreamEngine

/// What streams brought since the last frame: kept as ranges of the engine's own buffers, so that a token costs nothing
/// here and is copied once per frame.
struct StreamInbox {
    private enum Piece {
        case text(Range<Int>, late: [Late])
        case thinking(Range<Int>)
        case message(Message)
    }

    private var pieces: [(stream: StreamID, piece: Piece)] = []
    /// When each stream's last text or thinking came.
    private var lastContent: [StreamID: Instant] = [:]
    /// Streams whose snapshot the model does not have yet.
    private var stale: Set<StreamID> = []

    var isEmpty: Bool { pieces.isEmpty && stale.isEmpty }

    mutating func take(_ events: [EngineEvent], at now: Instant) {
        for event in events {
            stale.insert(event.stream)
            switch event.kind {
            case .text(let range):
                // The first has nothing that it could be late after: how long it took is shown elsewhere.
                let wait = lastContent.updateValue(now, forKey: event.stream).map { now - $0 } ?? .zero
                add(.text(range, late: [Late(offset: 0, lateness: Lateness(wait))]), of: event.stream)
            case .thinking(let range):
                lastContent[event.stream] = now
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

    /// Streams that changed or are running (their rates and ages change by themselves); the inbox forgets them.
    mutating func takeStale(among engine: StreamEngine) -> [StreamID] {
        defer { stale.removeAll(keepingCapacity: true) }
        return engine.streams.filter { stale.contains($0) || engine.state(of: $0)?.isTerminal == false }
    }
}
