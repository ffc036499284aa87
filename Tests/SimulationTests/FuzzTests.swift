import Simulation
import Testing

/// A short and fixed run of what `make fuzz` does for as long as it is let.
@Suite struct FuzzTests {
    @Test(arguments: FuzzTarget.allCases, [1, 2] as [UInt64])
    func spoiledInputIsReadTheSameHoweverItIsCut(_ target: FuzzTarget, _ seed: UInt64) throws {
        let samples =
            target == .toml ? [FuzzTarget.tomlSample] : FuzzTarget.samples(try Simulator(), count: 10)
        var mutator = Mutator(seed: seed, samples: samples)
        for number in 0..<300 {
            let bytes = mutator.next()
            let cuts = mutator.cuts(of: bytes.count)
            let found = target.check(bytes, cuts: cuts)
            #expect(found == nil, "case \(number) of seed \(seed), cut at \(cuts): \(bytes)")
        }
    }
}
