import Simulation
import Testing

@Suite struct ShrinkerTests {
    @Test func whatDoesNotMatterIsLeftOut() {
        let list = (0..<200).map { UInt16($0 * 7 % 1000) }
        var shrinker = Shrinker(list) { list in list.contains { $0 > 500 } && list.count > 3 }
        shrinker.shrink()
        #expect(shrinker.list.count == 4)
        #expect(shrinker.list.sorted() == [0, 0, 0, 501])
    }

    @Test func theAllowanceIsKept() {
        var asked = 0
        var shrinker = Shrinker([UInt16](repeating: 9, count: 100), runs: 50) { _ in
            asked += 1
            return true
        }
        shrinker.shrink()
        #expect(asked <= 50)
    }

    @Test func choicesAreFoldedIntoTheirRange() {
        var choices = Choices(replaying: [7, 65_535])
        #expect(choices.below(5) == 2)
        #expect((0..<3).contains(choices.below(3)))
        #expect(choices.below(9) == 0)
        #expect(choices.made.count == 3)
    }
}
