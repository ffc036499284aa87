import Simulation
import Testing

/// A short and fixed run of what `make fuzz` does for as long as it is let.
@Suite struct FuzzTests {
    @Test(arguments: FuzzTarget.allCases, [1, 2] as [UInt64])
    func spoiledInputIsReadTheSameHoweverItIsCut(_ target: FuzzTarget, _ seed: UInt64) throws {
        let samples =
            switch target {
            case .toml: [FuzzTarget.tomlSample]
            case .recording: FuzzTarget.recordings(try Simulator(), count: 5)
            case .eventStream, .reply: FuzzTarget.samples(try Simulator(), count: 10)
            }
        var mutator = Mutator(seed: seed, samples: samples)
        for number in 0..<300 {
            let bytes = mutator.next()
            let cuts = mutator.cuts(of: bytes.count)
            let found = target.check(bytes, cuts: cuts)
            #expect(found == nil, "case \(number) of seed \(seed), cut at \(cuts): \(bytes)")
        }
    }
}
