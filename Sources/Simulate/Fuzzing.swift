import Foundation
import Simulation

/// Spoiled input for everything that reads bytes from outside. Cases follow from the seed, so one that stops the program is
/// found again by the same command; how far it had come is written down now and then.
struct Fuzzing {
    private let simulator: Simulator
    private let options: Options

    init(_ simulator: Simulator, _ options: Options) {
        self.simulator = simulator
        self.options = options
    }

    func run() -> Int32 {
        let streams = corpus(["sse", "json"]) + FuzzTarget.samples(simulator, count: 50)
        let files = corpus(["toml"]) + [FuzzTarget.tomlSample]
        let recordings = FuzzTarget.recordings(simulator, count: 40)
        var status: Int32 = 0
        for target in FuzzTarget.allCases {
            let samples =
                switch target {
                case .toml: files
                case .recording: recordings
                case .eventStream, .reply: streams
                }
            if !run(target, samples) { status = 1 }
        }
        return status
    }

    private func run(_ target: FuzzTarget, _ samples: [[UInt8]]) -> Bool {
        let file = FileManager.default.temporaryDirectory.appending(path: "weir-fuzz-\(target.rawValue)")
        let end = Date().addingTimeInterval(options.seconds / Double(FuzzTarget.allCases.count))
        var mutator = Mutator(seed: options.from, samples: samples)
        var count = 0
        while Date() < end {
            let bytes = mutator.next()
            let cuts = mutator.cuts(of: bytes.count)
            count += 1
            if count % 500 == 0 { try? Data("seed \(options.from), case \(count)\n".utf8).write(to: file) }
            if let what = target.check(bytes, cuts: cuts) {
                print(
                    "\(target.rawValue): \(what); case \(count) of seed \(options.from), in \(file.path), cut at \(cuts)"
                )
                return false
            }
        }
        try? FileManager.default.removeItem(at: file)
        print("\(target.rawValue): \(count) cases from \(samples.count) samples, nothing found")
        return true
    }

    private func corpus(_ types: [String]) -> [[UInt8]] {
        guard let folder = options.corpus, let names = try? FileManager.default.subpathsOfDirectory(atPath: folder)
        else {
            return []
        }
        return names.sorted().filter { name in types.contains { name.hasSuffix("." + $0) } }.compactMap {
            FileManager.default.contents(atPath: folder + "/" + $0).map(Array.init)
        }
    }
}
