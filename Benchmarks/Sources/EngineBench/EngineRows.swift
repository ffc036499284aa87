import CAllocator
import Foundation
import Providers
import StreamEngine

/// The engine's lines of the table: how fast it turns an event stream into text.
struct EngineRows {
    /// libcurl hands a body out in pieces of up to this size.
    private static let pieceSize = 16 << 10
    /// The last is as long as an event may be, its envelope included.
    private static let lineSizes = [1 << 20, 4 << 20, (16 << 20) - 1024]
    private static let sizes = [1000, 10_000, 100_000, 1_000_000]
    /// Deltas a second on one core that are asked for: of those that come together, as all do that were there when the
    /// socket was read, and of those that come one by one.
    private static let bound = 2_000_000.0
    private static let singleBound = 1_000_000.0
    /// How much slower the slowest size may be than the fastest to be called the same.
    private static let constancy = 1.5
    private static let peerDeltas = 100_000

    /// Rounds of each measurement.
    let rounds: Int
    let peer: ProcessRows

    /// A reply did not come out whole: no number is worth anything then.
    struct WrongResult: Error, CustomStringConvertible {
        var description: String
    }

    func measure(_ dialect: Dialect) throws -> [Row] {
        let name = dialect.title
        let order = try EngineRun.order(dialect)
        let streams = Self.sizes.map { SampleStream(dialect, deltas: $0) }
        for stream in streams {
            for pieces in [Self.pieceSize, nil] {
                guard EngineRun.converse(stream, pieces: pieces, order: order) == stream.textBytes else {
                    throw WrongResult(description: "\(name), \(stream.deltas) deltas: the text is not whole")
                }
            }
        }

        let long = streams[2]
        let scan = time(long) { EngineRun.scan($0, pieces: Self.pieceSize) }
        let parse = time(long) { EngineRun.parse($0, pieces: Self.pieceSize) }
        let decode = time(long) { EngineRun.decode($0, pieces: Self.pieceSize) }
        let single = time(long) { EngineRun.converse($0, pieces: nil, order: order) ?? 0 }
        let whole = streams.map { time($0) { EngineRun.converse($0, pieces: Self.pieceSize, order: order) ?? 0 } }
        let constancy = (whole.max() ?? 0) / (whole.min() ?? 1)

        var rows = [
            row("\(name): bytes to text, in pieces of 16 KiB", whole[2], beside: scan, bound: Self.bound),
            row("\(name): bytes to text, one delta a piece", single, beside: scan, bound: Self.singleBound),
            Row(
                what: "\(name): a delta among 1k to 1M of them",
                ours: whole.map { Self.nanoseconds($0) }.joined(separator: " · "),
                beside: "", ratio: Self.factor(constancy), bound: "≤ \(Self.factor(Self.constancy))",
                ok: constancy <= Self.constancy),
            row("\(name): of that, bytes to meaning", decode, beside: scan),
            row("\(name): of that, bytes to events", parse, beside: scan),
        ]
        rows.append(try comparison(name, dialect, whole[2]))
        return rows
    }

    /// A single line (a picture, a whole document in one delta) costs no more a byte when it is sixteen times as long.
    ///
    /// Blocks of 32 MiB and more glibc gives back to the kernel at once, and every page that comes anew is a page fault, for
    /// a long line and not for the short one after it. That is not a property of the code: from here on memory stays.
    func measureLines(_ dialect: Dialect) throws -> [Row] {
        keep_freed_memory()
        let order = try EngineRun.order(dialect)
        let streams = Self.lineSizes.map { SampleStream(dialect, lineOf: $0) }
        return try [("whole", Int.max), ("in pieces of 16 KiB", Self.pieceSize), ("in pieces of 64 bytes", 64)].map {
            how, size in
            let times = try streams.map { stream in
                let repeats = Self.lineSizes[2] / stream.textBytes
                var text = 0
                let time = Stopwatch.best(rounds: rounds, units: stream.bytes * repeats) {
                    for _ in 0..<repeats { text = EngineRun.converse(stream, pieces: size, order: order) ?? 0 }
                }
                guard text == stream.textBytes else {
                    throw WrongResult(description: "\(dialect.title), a line \(how): the text is not whole")
                }
                return time
            }
            let constancy = (times.max() ?? 0) / (times.min() ?? 1)
            return Row(
                what: "\(dialect.title): a byte of a line of 1, 4, 16 MiB, \(how)",
                ours: times.map { String(format: "%.2f ns", $0) }.joined(separator: " · "), beside: "",
                ratio: Self.factor(constancy), bound: "≤ \(Self.factor(Self.constancy))",
                ok: constancy <= Self.constancy)
        }
    }

    /// The same bytes, split into lines and read by Python's json, which is C.
    private func comparison(_ name: String, _ dialect: Dialect, _ ours: Double) throws -> Row {
        var row = Row(what: "\(name): bytes to text, beside Python's json", ours: Self.nanoseconds(ours))
        let stream = SampleStream(dialect, deltas: Self.peerDeltas)
        let file = FileManager.default.temporaryDirectory.appending(
            component: "weir-bench-\(ProcessInfo.processInfo.processIdentifier).sse")
        defer { try? FileManager.default.removeItem(at: file) }
        var data = Data()
        stream.forEachPiece(of: Self.pieceSize) { data.append(contentsOf: $0) }
        try data.write(to: file)
        switch peer.decode(file.path, deltas: Self.peerDeltas, textBytes: stream.textBytes) {
        case .success(let theirs):
            row.beside = "Python \(Self.nanoseconds(theirs))"
            row.ratio = Self.factor(ours / theirs)
        case .failure(let reason):
            row.skipped = reason.description
        }
        return row
    }

    private func row(_ what: String, _ time: Double, beside floor: Double, bound: Double? = nil) -> Row {
        let rate = 1e9 / time
        return Row(
            what: what, ours: "\(Self.millions(rate)) deltas/s (\(Self.nanoseconds(time)))",
            beside: "byte scan \(Self.nanoseconds(floor))", ratio: Self.factor(time / floor),
            bound: bound.map { "≥ \(Self.millions($0)) deltas/s" } ?? "", ok: bound.map { rate >= $0 })
    }

    /// Nanoseconds a delta.
    private func time(_ stream: SampleStream, _ body: (SampleStream) -> Int) -> Double {
        // Short streams several times, so that the clock's own grain is far below what is measured.
        let repeats = max(1, 100_000 / stream.deltas)
        var kept = 0
        let time = Stopwatch.best(rounds: rounds, units: stream.deltas * repeats) {
            for _ in 0..<repeats { kept &+= body(stream) }
        }
        // What comes out is looked at, so that the work cannot be left out.
        precondition(kept > 0)
        return time
    }

    private static func nanoseconds(_ time: Double) -> String { String(format: "%.0f ns", time) }
    private static func millions(_ rate: Double) -> String { String(format: "%.1f M", rate / 1e6) }
    private static func factor(_ factor: Double) -> String {
        String(format: factor < 10 ? "× %.2f" : "× %.0f", factor)
    }
}

extension Dialect {
    var title: String {
        switch self {
        case .anthropic: "Anthropic"
        case .openai: "OpenAI"
        case .responses: "Responses"
        }
    }
}
