import Testing

/// 2,000 replies through real sockets from a provider that breaks by seeded chance, in a process of its own: what is left
/// over is counted there. A longer one is `make soak MINUTES=10`.
@Suite struct SoakTests {
    @Test func everyReplyIsExactOrSaysThatItIsNot() throws {
        let program = String(Weir.path.dropLast("weir".count)) + "Soak"
        let run = try Run(
            ["--streams", "500", "--rounds", "4", "--concurrent", "250", "--seed", "4"], home: try Home(),
            program: program)
        run.waitForEnd(within: 300)
        #expect(run.status == 0, "\(run.summary)")
        #expect(run.outputText.contains("  replies     2000 in "))
        #expect(run.outputText.contains("nothing is left over"))
    }
}
