import FaultLab
import Testing

/// `--budget` over real sockets, with the fault lab's prices: $3 in and $15 out a million tokens.
@Suite struct BudgetTests {
    private let prompt = "tell me of rivers"

    /// More than the limit's 200 tokens, and no end.
    private static let endless: [FaultStep] = [.at(300, .stall(600, .none, interval: 1))]

    @Test func aReplyIsStoppedAndWhatCameIsPrinted() throws {
        let lab = try Lab(always: Self.endless)
        let run = try Run.toEnd(lab.ask("lab-claude", "--json", "--budget", "0.003", prompt), home: try Home())
        #expect(run.status == 5)
        let events = try run.events()
        // What one read brings may pass both marks.
        let budget = try #require(events.named("budget").last)
        #expect(budget.text("notice") == "reached" && budget.text("scope") == "reply", "\(run.summary)")
        #expect(budget.text("currency") == "USD" && budget.number("limit") == 0.003)
        #expect(try #require(budget.number("spent")) >= 0.003)
        let end = try #require(events.end)
        #expect(end.text("verdict") == "incomplete")
        #expect(end.text("error")?.contains("the budget for this reply is spent") == true)
        #expect(end.integer("text_bytes") == events.text.utf8.count && events.text.utf8.count > 100)
        let cost = try #require(end.number("cost"))
        #expect(cost >= 0.003 && cost < 0.006)
        #expect(lab.requests == 1)
    }

    @Test func plainOutputSaysWhy() throws {
        let lab = try Lab(always: Self.endless)
        let run = try Run.toEnd(lab.ask("lab-claude", "--budget", "$0.003", prompt), home: try Home())
        #expect(run.status == 5)
        #expect(run.errorText.contains("the budget for this reply is spent: $0.00"))
        #expect(run.errorText.contains("A higher --budget"))
        #expect(!run.outputText.isEmpty)
    }

    /// 300 tokens are more than half of 400, whichever way they are counted.
    @Test func aWarningComesFirst() throws {
        let lab = try Lab(always: Self.endless)
        let arguments = [
            "--budget", "0.006", "--budget-warning", "0.5", "--idle-timeout", "300ms", "--max-retries", "0",
        ]
        let run = try Run.toEnd(lab.ask("lab-claude", prompt) + arguments, home: try Home())
        #expect(run.status == 5)
        #expect(run.errorText.contains("% of the budget for this reply is spent: $0.00"), "\(run.summary)")
        #expect(!run.errorText.contains("weir: the budget"))
    }

    @Test func aRequestThatIsTooDearIsNotSent() throws {
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask("lab-claude", "--budget", "0.000001", prompt), home: try Home())
        #expect(run.status == 3)
        #expect(run.errorText.contains("does not allow another request"))
        #expect(lab.requests == 0)
    }

    /// Nearly all that is spent is the prompt, and it would go out again.
    @Test func aRetryThatWouldBreakItIsNotSent() throws {
        let lab = try Lab([[.at(10, .resetPeer(midWord: false, beforeHeaders: false))]])
        let long = prompt + String(repeating: " and of rivers", count: 700)
        let run = try Run.toEnd(lab.ask("lab-claude", "--budget", "0.009", long), home: try Home())
        #expect(run.status == 5, "\(run.summary)")
        #expect(run.errorText.contains("does not allow another request"), "\(run.summary)")
        #expect(lab.requests == 1)
    }

    @Test func whatCannotBeHeldIsSaid() throws {
        let lab = try Lab()
        let yuan = try Run.toEnd(lab.ask("lab-claude", "--budget", "1 CNY", prompt), home: try Home())
        #expect(yuan.status == 0)
        #expect(yuan.errorText.contains("the budget cannot be held: lab-claude is billed in USD"))
        let unpriced = try Run.toEnd(lab.ask("lab-unheard-of", "--budget", "1", prompt), home: try Home())
        #expect(unpriced.errorText.contains("the budget cannot be held: there is no price for lab-unheard-of"))
    }

    @Test func theFileSetsItAndTheCommandLineIsFirst() throws {
        let home = try Home()
        try home.configure("[budget]\nreply = 0.000001\n")
        let lab = try Lab()
        #expect(try Run.toEnd(lab.ask("lab-claude", prompt), home: home).status == 3)
        #expect(try Run.toEnd(lab.ask("lab-claude", "--budget", "off", prompt), home: home).status == 0)
        #expect(try Run.toEnd(["config"], home: home).outputText.contains("reply 0.000001, conversation any amount"))
    }

    @Test(
        arguments: [
            (["--budget", "0"], 64), (["--budget", "much"], 64), (["--budget-warning", "1.5"], 64),
        ] as [([String], Int32)])
    func nonsenseIsRefused(arguments: [String], status: Int32) throws {
        let run = try Run.toEnd(["ask", "-p", "lab"] + arguments + ["?"], home: try Home())
        #expect(run.status == status, "\(run.summary)")
    }

    /// What the store holds of earlier sessions counts; `/budget` raises it, and the retry is offered then.
    @Test func theDashboardHoldsAConversationsBudget() throws {
        let home = try Home()
        let lab = try Lab()
        let arguments = ["chat", "-p", "lab", "--base-url", lab.baseURL, "--no-clock", "--base-delay", "10ms"]
        let first = try Chat(arguments, home: home, columns: 140)
        try first.opened()
        try first.ask(prompt)
        first.expect("✓ complete")
        #expect(first.quit() == 0)

        let limit = ["--conversation-budget", "0.0065"]
        let chat = try Chat(arguments + limit + ["--continue"], home: home, columns: 140)
        try chat.require("budget $0.00", "of $0.0065")
        try chat.ask("and once more of rivers")
        chat.expect("the budget for this conversation")
        #expect(lab.requests == 1)
        chat.send("/budget conversation 1\r")
        chat.expect("of $1.00")
        // The stream's own retry, and the reply is whole.
        chat.send("\u{12}")
        chat.expect("✓ complete")
        #expect(lab.requests == 2)
        #expect(chat.quit() == 0)
    }

    @Test func nonsenseInTheFileNamesItsLine() throws {
        let home = try Home()
        let path = try home.configure("[budget]\nreply = \"much\"\n")
        let run = try Run.toEnd(["config"], home: home)
        #expect(run.errorText.contains("\(path):2"), "\(run.summary)")
        #expect(run.errorText.contains("expected an amount above 0"))
    }
}
