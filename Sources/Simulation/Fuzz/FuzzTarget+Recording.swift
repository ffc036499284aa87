import Recording
import StreamEngine

extension FuzzTarget {
    /// Calls that are played of one recording, at most: a spoiled number may let a stream wait for years, a tick at a time.
    private static let longest = 5000

    /// Reading: any split gives the same calls, or the same error. Playing: the engine takes every order of calls, however
    /// senseless, twice in the same way, and what it shows is text.
    static func checkRecording(_ bytes: [UInt8], _ cuts: [Int]) -> String? {
        let whole = recording(of: [bytes[...]])
        let cut = recording(of: pieces(bytes, cuts))
        switch (whole, cut) {
        case (.failure(let one), .failure(let other)):
            if one != other { return "another split gives another error: \(one), \(other)" }
            let lines = bytes.count { $0 == 0x0A } + 1
            return one.line > lines || one.offset > bytes.count ? "an error beyond the end: \(one)" : nil
        case (.success(let one), .success(let other)):
            guard one.header == other.header, one.shortfall == other.shortfall,
                one.entries.count == other.entries.count,
                zip(one.entries, other.entries).allSatisfy({ $0.line == $1.line && $0.record.call == $1.record.call })
            else { return "another split gives other calls" }
            return play(one)
        default: return "another split is read, or is not"
        }
    }

    private static func recording(of pieces: [ArraySlice<UInt8>]) -> Result<Recording, RecordingError> {
        var parser = RecordingParser(lineLimit: 1 << 15)
        do throws(RecordingError) {
            for piece in pieces { try parser.receive(Array(piece)) }
            return .success(try parser.finish())
        } catch {
            return .failure(error)
        }
    }

    private static func play(_ recording: Recording) -> String? {
        var one = Playback(recording, prices: nil)
        var other = Playback(recording, prices: nil)
        var (events, others) = (EngineActions(), EngineActions())
        for _ in 0..<longest {
            guard let entry = one.step(into: &events) else { break }
            other.step(into: &others)
            if events != others { return "line \(entry.line) is not played the same twice" }
            events.removeAll()
            others.removeAll()
            guard let id = entry.record.call.stream else { continue }
            _ = one.snapshot(id, at: entry.record.at)
        }
        for id in recording.streams {
            if String(validating: one.engine.text(of: id), as: UTF8.self) == nil { return "the text is not UTF-8" }
        }
        return nil
    }
}
