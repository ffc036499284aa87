/// Valid data to spoil, where no other is at hand: replies of the simulation's own servers and a file with everything.
extension FuzzTarget {
    public static func samples(_ simulator: Simulator, count: Int) -> [[UInt8]] {
        var samples: [[UInt8]] = []
        for seed in 0..<UInt64(count) {
            for client in simulator.run(seed: seed).clients {
                samples += client.attempts.map(\.script.body).filter { !$0.isEmpty }
            }
        }
        return samples
    }

    /// Recordings of the simulation's own runs: short ones, for what is spoiled in a long one is mostly its text.
    public static func recordings(_ simulator: Simulator, count: Int) -> [[UInt8]] {
        var samples: [[UInt8]] = []
        var seed: UInt64 = 0
        while samples.count < count {
            let recording = simulator.recording(seed: seed)
            if recording.count < 16 << 10 { samples.append(recording) }
            seed += 1
        }
        return samples
    }

    public static let tomlSample = Array(
        #"""
        title = "Weir \u00e9 \"x\"" # comment
        path = 'C:\dir'
        long = """
        one \
           two
        """
        int = -1_000
        odd = [inf, -inf, nan, true, 0x1F, 1e3]
        date = 1979-05-27 07:32:00.25+01:00
        nested = [[1, 2], ["a", 'b'], [{ x = 1, y.z = [ ] }, {}]]
        dotted.key."quoted part" = 1
        [table.sub]
        k = 3
        [[list]]
        id = 1
        [list.inner]
        a = "b"

        """#.utf8)
}
