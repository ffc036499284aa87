import Providers
import StreamEngine

extension Transcript {
    /// Of what ``history(before:)`` would send along, an estimate. What was counted once is not read again.
    mutating func historyTokens(before turn: TurnID? = nil) -> Int {
        var sum = 0
        var asked: Int?
        var answer: Int?
        var isReplaced = false
        var isChosen = false
        func close() {
            guard let asked, let answer, !isReplaced else { return }
            sum += asked + answer + 8
        }
        for index in items.indices {
            switch items[index].content {
            case .prompt(let prompt):
                close()
                if prompt.turn == turn { return sum }
                asked = tokens(of: index) { TokenEstimator.estimate(prompt.past) }
                answer = nil
                isReplaced = prompt.isReplaced
                isChosen = false
            case .reply(let reply):
                guard reply.isSaid, reply.isKept || !isChosen else { continue }
                answer = tokens(of: index) { TokenEstimator.estimate(reply.text) }
                isChosen = reply.isKept
            }
        }
        close()
        return sum
    }

    private mutating func tokens(of index: Int, _ count: () -> Int) -> Int {
        if let tokens = items[index].tokens { return tokens }
        let tokens = count()
        items[index].tokens = tokens
        return tokens
    }
}
