import Foundation

/// What is asked for.
struct Options {
    enum Mode { case seeds, worker, one, exhaustive, fuzz }

    var mode = Mode.seeds
    var from: UInt64 = 0
    var seeds: UInt64 = 10_000
    var jobs = 2
    var seconds = 10.0
    var corpus: String?
    var choices: [UInt16]?
    /// Stops at the first failure, says only which invariant and how many seeds it took.
    var isBrief = false
    /// A run that fails is shown as it is.
    var isRaw = false

    static let usage = """
        usage: Simulate [--seeds N] [--from SEED] [--jobs N] [--brief]   many seeds
               Simulate --seed SEED | --choices N,N,… [--raw]            one run, with its trace; made small if it fails
               Simulate --exhaustive                                     every fault at every byte, cancelled at every step
               Simulate --fuzz SECONDS [--from SEED] [--corpus FOLDER]   spoiled input for everything that reads
        """

    init(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let word = rest.popFirst() {
            switch word {
            case "--seeds": seeds = Self.number(&rest)
            case "--from": from = Self.number(&rest)
            case "--jobs": jobs = max(1, Int(Self.number(&rest)))
            case "--brief": isBrief = true
            case "--raw": isRaw = true
            case "--worker": mode = .worker
            case "--seed":
                mode = .one
                from = Self.number(&rest)
            case "--choices":
                mode = .one
                choices = (rest.popFirst() ?? "").split(separator: ",").compactMap { UInt16($0) }
            case "--exhaustive": mode = .exhaustive
            case "--fuzz":
                mode = .fuzz
                seconds = Double(Self.number(&rest))
            case "--corpus": corpus = rest.popFirst()
            default: Self.fail()
            }
        }
    }

    private static func number(_ rest: inout ArraySlice<String>) -> UInt64 {
        guard let word = rest.popFirst(), let number = UInt64(word) else { fail() }
        return number
    }

    private static func fail() -> Never {
        FileHandle.standardError.write(Data((usage + "\n").utf8))
        exit(64)
    }
}
