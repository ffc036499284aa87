import Pricing
import Providers
import StreamClient
import StreamEngine

/// A prompt that is sent in parts: the orders, and what is said of them before the first goes out.
struct AskParts {
    /// One for each part, in their order.
    var orders: [StreamOrder]
    /// A last request makes one answer of the parts' answers.
    var merges: Bool
    /// What was typed: it goes with the last request too.
    var instruction: String
    /// Of the parts' prompts, by our own estimate.
    var tokens: Int
    /// Of the same.
    var cost: Cost

    /// `nil` where the prompt fits as it is, or nobody knows how much fits.
    init?(
        _ order: StreamOrder, _ prompt: AskPrompt, tokens: Int?, merges: Bool, prices: PriceTable
    ) throws(SettingsError) {
        let known = RequestRefusal.promptRoom(of: order.model, maxTokens: order.request.maxTokens)
        guard let room = [tokens, known].compactMap({ $0 }).min(), TokenEstimator.estimate(order.request) > room else {
            return nil
        }
        var request = order.request
        request.messages = [ChatMessage(role: .user, text: prompt.typed, attachments: prompt.attachments)]
        guard let parts = PromptParts(request, material: prompt.material, room: room) else {
            throw SettingsError(
                message: "what goes with every part leaves no room for the text: a request has \(room) tokens",
                hint: "Shorten the arguments or the system prompt; the text itself comes by standard input or @file.")
        }
        orders = parts.messages.map { message in
            var order = order
            order.request.messages = [message]
            return order
        }
        self.merges = merges
        instruction = prompt.typed
        self.tokens = parts.tokens
        let time = SystemClock.wall().secondsSince1970
        cost =
            CostSum(
                orders.map { order in
                    prices.cost(
                        of: TokenCounts(input: TokenEstimator.estimate(order.request)), isEstimated: true,
                        provider: order.endpoint.provider, model: order.model.id, at: time)
                }
            ).cost
    }

    /// The request for one answer of all; `nil` where the answers are too many for it.
    func merging(_ answers: [String], limits: RequestLimits) -> StreamOrder? {
        guard var order = orders.first else { return nil }
        order.request.messages = [PromptParts.merging(answers, instruction: instruction)]
        do throws(RequestRefusal) {
            try RequestRefusal.check(
                order.request, model: order.model, limits: limits, provider: order.endpoint.provider)
        } catch {
            return nil
        }
        return order
    }
}

/// Which of several requests is being answered.
struct AskPart: Equatable {
    /// From 1; the last request, which makes one answer of all, has none.
    var number: Int?
    var count: Int
    /// Its text is the answer, or a piece of it; otherwise it is only for the last request.
    var isAnswer: Bool

    /// What stands between two answers: a blank line.
    static func separator(after last: UInt8) -> String { last == 0x0A ? "\n" : "\n\n" }

    static func joined(_ answers: [String]) -> String {
        answers.reduce(into: "") { text, answer in
            if let last = text.utf8.last { text += separator(after: last) }
            text += answer
        }
    }
}
