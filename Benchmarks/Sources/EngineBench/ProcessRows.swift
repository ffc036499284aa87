import Foundation

/// The lines that need processes, a terminal and a peer: `process_bench.py` and `streams_bench.py` measure them, in Python
/// because every machine has it and because it is none of ours.
struct ProcessRows {
    /// Where the scripts are.
    let scripts: String
    /// Path of the program that is measured.
    let weir: String
    /// Shorter windows and fewer runs.
    let isQuick: Bool

    /// Why there is no result.
    struct Reason: Error, CustomStringConvertible {
        var description: String
    }

    private struct Decoded: Decodable {
        var nanoseconds: Double
        var textBytes: Int
    }

    func measure() -> [Row] {
        rows("weir ask and the dashboard", ["process_bench.py", "processes", weir])
    }

    /// Long replies and many at once; the programs for that were built beside this one.
    func measureStreams() -> [Row] {
        let build = (Bundle.main.executablePath ?? CommandLine.arguments[0]) as NSString
        return rows("long replies and many streams", ["streams_bench.py", weir, build.deletingLastPathComponent])
    }

    /// The fault lab, read by a program that was built beside this one.
    func measureLab() -> [Row] {
        let build = (Bundle.main.executablePath ?? CommandLine.arguments[0]) as NSString
        return rows("weir lab", ["lab_bench.py", weir, build.deletingLastPathComponent])
    }

    /// The dashboard with long transcripts, fast replies and many at once.
    func measureScreen() -> [Row] {
        rows("the dashboard under load", ["screen_bench.py", weir])
    }

    private func rows(_ what: String, _ arguments: [String]) -> [Row] {
        do {
            return try call(arguments + (isQuick ? ["--quick"] : [])).map {
                try JSONDecoder().decode(Row.self, from: Data($0.utf8))
            }
        } catch {
            return [Row(what: what, skipped: "\(error)")]
        }
    }

    /// Nanoseconds a delta that Python takes for the stream in `file`.
    func decode(_ file: String, deltas: Int, textBytes: Int) -> Result<Double, Reason> {
        do {
            guard let line = try call(["process_bench.py", "decode", file]).first else {
                throw Reason(description: "no answer")
            }
            let result = try JSONDecoder().decode(Decoded.self, from: Data(line.utf8))
            guard result.textBytes == textBytes else { throw Reason(description: "another text came out") }
            return .success(result.nanoseconds / Double(deltas))
        } catch {
            return .failure(error as? Reason ?? Reason(description: "\(error)"))
        }
    }

    private func call(_ arguments: [String]) throws -> [Substring] {
        guard Command.find("python3") != nil else { throw Reason(description: "no python3") }
        let (status, output) = try Command.run("python3", ["\(scripts)/\(arguments[0])"] + arguments.dropFirst())
        guard status == 0 else { throw Reason(description: "\(arguments[0]) ended with \(status)") }
        return output.split(separator: "\n")
    }
}
