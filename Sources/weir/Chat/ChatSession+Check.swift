import Dashboard
import Pricing
import Providers
import StreamClient
import StreamEngine

extension Settings {
    /// What goes out for a prompt of the dashboard: with its files, in parts where that was asked for and must be.
    ///
    /// - Throws: why it cannot go: a file that is not there, or what one of its models or providers would refuse.
    func messages(for prompt: OutgoingPrompt, reader: AttachmentReader) throws(SettingsError) -> [ChatMessage] {
        let attachments: [Attachment]
        do throws(AttachmentError) {
            attachments = try reader.attachments(prompt.mentions)
        } catch {
            throw SettingsError(message: error.message, hint: error.hint)
        }
        let message = ChatMessage(role: .user, text: prompt.text, attachments: attachments)
        var room: Int?
        for ref in prompt.models {
            let (provider, model) = try choice((ref.provider, ref.model))
            let request = request(for: model, messages: prompt.history + [message])
            do throws(RequestRefusal) {
                try RequestRefusal.check(request, model: model, limits: provider.limits, provider: provider.name)
            } catch {
                guard prompt.mayBeCut, case .promptTooLarge = error,
                    let free = RequestRefusal.promptRoom(of: model, maxTokens: request.maxTokens)
                else { throw SettingsError(message: error.message, hint: error.hint(parts: "/chunk before it")) }
                room = min(room ?? free, free)
            }
        }
        guard let room, let ref = prompt.models.first else { return [message] }
        let (_, model) = try choice((ref.provider, ref.model))
        // The parts go without what went before: that alone may have been too much.
        let alone = request(for: model, messages: [message])
        if TokenEstimator.estimate(alone) <= room { return [message] }
        guard let parts = PromptParts(alone, room: room) else {
            throw SettingsError(
                message: "what goes with every part leaves no room for the text",
                hint: "Shorten what is typed; attached text files are what is cut.")
        }
        return parts.messages
    }
}

extension ChatSession {
    /// Reads a prompt's files and hands it back, or says why it cannot go.
    func check(_ prompt: OutgoingPrompt) throws {
        let messages: [ChatMessage]
        do throws(SettingsError) {
            messages = try settings.messages(for: prompt, reader: AttachmentReader())
        } catch {
            try hand(.notice(Notice(.error, error.message, hint: error.hint)))
            return
        }
        if messages.count > 1 { try hand(.notice(plan(messages, prompt))) }
        try hand(.checked(prompt, messages))
    }

    /// What the parts are and cost, before the first goes out.
    private func plan(_ messages: [ChatMessage], _ prompt: OutgoingPrompt) -> Notice {
        let tokens = messages.reduce(0) { $0 + TokenEstimator.estimate($1) }
        let time = SystemClock.wall().secondsSince1970
        let cost = CostSum(
            messages.flatMap { message in
                prompt.models.map { ref in
                    settings.prices?.cost(
                        of: TokenCounts(input: TokenEstimator.estimate(message)), isEstimated: true,
                        provider: ref.provider, model: ref.model, at: time) ?? .unknown
                }
            }
        ).cost
        let key = model.way(toActionNamed: "cancel")
        return Notice(
            .info,
            "too long for one request: \(messages.count) parts, ~\(RequestRefusal.grouped(tokens)) tokens together",
            hint: cost == .unknown ? "At no known price; \(key) stops it." : "\(cost) for the prompts; \(key) stops it."
        )
    }

    /// Why another model may not take a stream over.
    func refusal(of id: StreamID, by provider: Provider, _ model: Providers.Model) -> SettingsError? {
        guard var request = driver.engine.request(of: id) else { return nil }
        request.model = model.id
        do throws(RequestRefusal) {
            try RequestRefusal.check(request, model: model, limits: provider.limits, provider: provider.name)
            return nil
        } catch {
            return SettingsError(message: error.message, hint: error.hint(parts: "/chunk"))
        }
    }
}
