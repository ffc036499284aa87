import Pricing
import Providers
import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// The budget in the panel, in the header, and under `/budget`.
@Suite struct BudgetTests {
    private static let reply = BudgetGauge(
        scope: .reply, spent: Money(picos: 42_100_000_000), limit: Money(picos: 50_000_000_000))
    private static let conversation = BudgetGauge(
        scope: .conversation, spent: Money(picos: 1_200_000_000_000), limit: Money(picos: 5_000_000_000_000))

    private func model(_ budget: Budget = Budget()) -> Model {
        var options = Options()
        options.budget = budget
        return World.model(options: options)
    }

    /// A stream with this standing, in a conversation of limits.
    private func streaming(_ status: BudgetStatus, state: StreamState = .streaming) -> Model {
        var model = model(Budget(reply: Budget.Limit("0.05"), conversation: Budget.Limit("5")))
        guard let turn = model.ask("Explain quantum computing") else { return model }
        let snapshot = StreamSnapshot.fixture(1, state: .connecting)
        _ = model.update(.streamStarted(snapshot, conversation: World.home, prompt: turn))
        model.text(1, Scene.text)
        _ = model.update(
            .stream(
                StreamSnapshot.fixture(1, state: state).with {
                    Scene.fill(&$0)
                    $0.budget = status
                    guard state == .failed else { return }
                    $0.verdict = .incomplete
                    $0.failure = StreamFailure(
                        kind: .budget, message: "the budget for this reply is spent: $0.0500 of $0.0500",
                        isRetryable: false,
                        hint: "A higher --budget (in the dashboard: /budget AMOUNT, then retry) lets it go on.")
                    $0.controls = .switchModel
                }))
        model.toasts = []
        return model
    }

    @Test func thePanelAndTheHeaderShowWhatIsSpent() throws {
        for (columns, rows) in [(140, 40), (80, 24)] {
            var model = streaming(BudgetStatus(gauges: [Self.reply, Self.conversation]))
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            try expectSnapshot(model.screen(), named: "budget-\(columns)x\(rows)")
        }
    }

    @Test func aStoppedStreamSaysWhatToDo() throws {
        var spent = Self.reply
        spent.spent = spent.limit
        var model = streaming(BudgetStatus(gauges: [spent], allowsAttempt: false), state: .failed)
        try expectSnapshot(model.screen(), named: "budget-spent-140x40")
        #expect(
            model.availability(of: .retry).reason
                == "Stream 1 (opus-4-5) has no budget left for another attempt: /budget AMOUNT raises it")
    }

    @Test func whatCannotBeHeldIsInThePanel() {
        var model = streaming(BudgetStatus(gauges: [], unenforced: "there is no price for\u{1B}[31m x"))
        let screen = model.screen()
        #expect(screen.contains("not held: there is no"))
        #expect(!screen.contains("\u{1B}"))
    }

    @Test func warningsAreToastsAndEndsAreNot() {
        var model = streaming(BudgetStatus(gauges: [Self.reply]))
        let id = StreamID(rawValue: 1)
        _ = model.update(.budget(id, .nearing(Self.reply)))
        #expect(
            model.toasts.map(\.text) == [
                "stream 1 (opus-4-5): 84 % of the budget for this reply is spent: $0.0421 of $0.0500"
            ])
        _ = model.update(.budget(id, .unenforced(reason: "there is no price for x")))
        #expect(model.toasts.count == 2)
        _ = model.update(.budget(id, .reached(Self.reply)))
        #expect(model.toasts.count == 2)
    }

    /// The stream has the new limit a moment later than the command's answer.
    @Test func theAnswerNamesTheNewLimit() {
        var model = streaming(BudgetStatus(gauges: [Self.reply, Self.conversation]))
        model.type("/budget 0.0435")
        _ = model.key(.enter)
        #expect(model.toasts.last?.text == "Budget: reply $0.0421 of $0.0435, conversation $1.20 of $5.00")
    }

    /// Of the cost and a budget the header shows what there is room for.
    @Test func aNarrowHeaderSaysWhatItCost() {
        var model = streaming(BudgetStatus(gauges: [Self.reply, Self.conversation]))
        func header(_ columns: Int) -> String {
            String(model.screen(columns, 12).split(separator: "\n").first ?? "")
        }
        #expect(header(50).contains("budget $1.20 of $5.00"))
        model.type("/budget conversation 50000")
        _ = model.key(.enter)
        #expect(header(60).contains("budget $1.20 of $50000.00"), "\(header(60))")
        #expect(!header(40).contains("budget") && header(40).contains("~$"), "\(header(40))")
    }

    @Test func theCommandSetsAndSays() {
        var model = model()
        func run(_ line: String) -> [Command] {
            model.type(line)
            return model.key(.enter)
        }
        #expect(run("/budget").isEmpty)
        #expect(model.toasts.last?.text == "No budget: /budget 0.50 sets one for each reply")
        #expect(run("/budget 0.50") == [.setBudget(Budget(reply: Budget.Limit("0.5")))])
        #expect(
            run("/budget conversation 5 USD")
                == [.setBudget(Budget(reply: Budget.Limit("0.5"), conversation: Budget.Limit("5 USD")))])
        #expect(model.toasts.last?.text == "Budget: reply 0.5, conversation $0 of $5.00")
        #expect(run("/budget reply off") == [.setBudget(Budget(conversation: Budget.Limit("5 USD")))])
        #expect(run("/budget off") == [.setBudget(Budget())])
        #expect(model.toasts.last?.text.hasPrefix("No budget") == true)
        // What cannot be understood stays, to be mended.
        #expect(run("/budget a lot").isEmpty)
        #expect(model.editor.text == "/budget a lot")
    }

    @Test func theStoresPastIsInTheHeader() {
        var model = model(Budget(conversation: Budget.Limit("5")))
        let id = ConversationID(rawValue: "old")
        let turns = [
            StoredTurn(role: .user, text: "?", wall: WallTime(secondsSince1970: World.wall)),
            StoredTurn(
                role: .assistant, text: "!", wall: WallTime(secondsSince1970: World.wall),
                spent: CostSum([.reported(Money(picos: 1_200_000_000_000)), .unknown])),
        ]
        _ = model.update(.conversationLoaded(id, title: "Old", turns: turns, draft: ""))
        #expect(model.screen().contains("budget $1.20 of $5.00"))
    }
}
