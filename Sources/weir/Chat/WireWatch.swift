import Dashboard
import Recording
import StreamClient
import StreamEngine

/// Hears everything that goes over the wire, keeps the last of it, and reads it when somebody looks.
final class WireWatch {
    private(set) var tap: WireTap
    /// Of the stream that the inspector shows.
    private var decoder: (stream: StreamID, decoder: WireDecoder)?

    init(_ settings: Settings) {
        tap = WireTap(secrets: settings.knownSecrets())
    }

    /// Listens from now on. A recorder that comes later hands on what it hears.
    func listen(to driver: Driver) {
        driver.listener = { [unowned self] in tap.receive($0) }
    }

    func hear(_ record: CallRecord) { tap.receive(record) }

    /// From now on, and what was before, of this stream; `nil` = of none.
    func watch(_ stream: StreamID?) {
        decoder = stream.map { ($0, WireDecoder($0)) }
    }

    /// What came since the last call.
    func message() -> Message? {
        guard let stream = decoder?.stream, let entries = decoder?.decoder.read(tap), !entries.isEmpty else {
            return nil
        }
        return .wire(stream, entries.map(WireEntry.init))
    }
}

extension WireEntry {
    init(_ entry: WireDecoder.Entry) {
        let kind: Kind =
            switch entry.kind {
            case .request: .request
            case .response: .response
            case .event: .event
            case .body: .body
            case .end: .end
            }
        self.init(
            number: entry.number, at: entry.at, attempt: entry.attempt, kind: kind, name: entry.name, raw: entry.raw,
            bytes: entry.bytes, text: entry.text, isThinking: entry.isThinking)
    }
}

extension ChatSession {
    func watchWire(_ stream: StreamID?) throws {
        wires.watch(stream)
        if let message = wires.message() { try hand(message) }
    }

    /// Writes a report of a stream into a file of its own, and says where it is.
    func saveReport(_ stream: StreamID) throws {
        guard let snapshot = driver.snapshot(stream) else { return }
        let time = SystemClock.wall().secondsSince1970
        var notes: [String] = []
        if replay != nil { notes.append("Of a recording that was played: times are the recording's.") }
        let report = StreamReport(
            program: "weir \(Weir.version)", made: SystemClock.localTime(time), notes: notes)
        let text = report.text(snapshot, tap: wires.tap)
        do throws(FileError) {
            let path = try Files.save(
                Array(text.utf8), in: settings.paths.reports, name: SystemClock.fileTime(time), suffix: ".md")
            try? hand(
                .notice(
                    Notice(
                        .info, "the report is in \(path)",
                        hint: "Keys are blacked out; what was asked is in it.")))
        } catch {
            try? hand(.notice(Notice(.error, "the report cannot be written: \(error)")))
        }
    }
}
