import Dashboard
import Pricing
import Providers
import Screen
import StreamClient
import StreamEngine

/// What the model asks of the world becomes acts.
extension ChatSession {
    func perform(_ commands: [Command]) throws {
        for command in commands { try perform(command) }
    }

    private func perform(_ command: Command) throws {
        switch command {
        case .send(let conversation, let turn, let prompt, let history, let models):
            try send(prompt, in: conversation, turn: turn, history: history, to: models)
        case .check(let prompt):
            try check(prompt)
        case .listFiles(let path):
            try hand(.files(path, AttachmentReader().entries(beginning: path)))
        case .weighFiles(let mentions):
            weigher?.weigh(mentions)
        case .cancel(let id):
            driver.act { $0.cancel(id, at: $1, into: &$2) }
        case .retry(let id):
            driver.act { $0.retry(id, at: $1, into: &$2) }
        case .retryNow(let id):
            driver.act { $0.retryNow(id, at: $1, into: &$2) }
        case .waitLonger(let id, let extra):
            driver.act { $0.waitLonger(id, by: extra, at: $1, into: &$2) }
        case .giveUp(let id):
            driver.act { $0.giveUp(id, at: $1, into: &$2) }
        case .goOn(let id):
            driver.act { $0.goOn(id, at: $1, into: &$2) }
        case .otherWay(let id):
            driver.act { $0.lookAtOtherWay(id, at: $1, into: &$2) }
        case .switchModel(let id, let ref):
            try switchModel(of: id, to: ref)
        case .saveDraft(let conversation, let text):
            store.saveDraft(text, of: conversation)
        case .newConversation:
            // The store makes it with its first message.
            break
        case .listConversations:
            store.list()
        case .openConversation(let conversation):
            store.open(conversation)
        case .renameConversation(let conversation, let title):
            store.rename(conversation, to: title)
        case .copy(let text):
            try hand(.copied(text, try ClipboardWriter.copy(text.text, by: terminal)))
        case .save(let text, let path):
            try hand(.copied(text, ClipboardWriter.save(text.text, to: path)))
        case .openEditor(let text):
            try edit(text)
        case .setTheme(let name):
            try setTheme(name)
        case .previewTheme(let name):
            if let previewed = try? themes.theme(named: name) { try show(previewed) }
        case .keep(_, _, let stream):
            store.keep(stream)
        case .replace(_, let turns):
            store.replace(turns)
        case .promptsLoaded(let conversation, let turns):
            store.promptsLoaded(conversation, turns)
        case .watchWire(let stream):
            try watchWire(stream)
        case .saveReport(let stream):
            try saveReport(stream)
        case .readKeys:
            try hand(.keyFile(keys.read(isAskedFor: true)))
        case .toggleRecording:
            try toggleRecording()
        case .pauseReplay:
            replay?.pauseOrGoOn()
            try tellReplay()
        case .stepReplay:
            replay?.step()
            if let replay { try takeReplayed(replay) }
        case .steerLab(let order, let stream):
            try steerLab(order, stream)
        case .calmLab(let isCalm):
            calmLab(isCalm)
        case .setBudget(let budget):
            self.budget = budget
            for id in driver.engine.streams {
                driver.act { $0.setBudget(budget, of: id, at: $1, into: &$2) }
                // What can be done to one that has ended may have changed with it.
                if let snapshot = driver.snapshot(id) { try hand(.stream(snapshot)) }
            }
        case .suspend:
            try terminal.suspend()
            drawnGeneration = nil
        case .redraw:
            terminal.redraw()
            drawnGeneration = nil
        case .quit:
            isDone = true
        }
        // What the act caused is on the screen with it, not a turn later.
        inbox.take(driver.takeEvents())
    }

    private func send(
        _ prompt: SentPrompt, in conversation: ConversationID, turn: TurnID, history: [ChatMessage],
        to models: [ModelRef]
    ) throws {
        var begun: [StreamSnapshot] = []
        var problems: [Notice] = []
        if let failure = store.append(prompt, turn: turn, to: conversation) {
            try hand(
                .notice(Notice(.warning, "the message is not stored: \(failure)", hint: "It is sent all the same.")))
        }
        for ref in models {
            do throws(SettingsError) {
                let choice = try settings.choice((ref.provider, ref.model))
                try fetchKey(of: choice.provider, choice.model)
                var order = try settings.order(
                    provider: choice.provider, model: choice.model,
                    messages: history + [prompt.message], isInteractive: true)
                order.budget = budget
                order.conversation = conversation.rawValue
                order.spentBefore = Spending(store.spentBefore(conversation))
                let id = driver.act { $0.start(order, at: $1, into: &$2) }
                guard let snapshot = driver.snapshot(id) else { continue }
                store.began(snapshot, turn: turn, in: conversation)
                begun.append(snapshot)
            } catch {
                problems.append(Notice(.error, error.message, hint: error.hint))
            }
        }
        for snapshot in begun { try hand(.streamStarted(snapshot, conversation: conversation, prompt: turn)) }
        for problem in problems { try hand(.notice(problem)) }
    }

    private func switchModel(of id: StreamID, to ref: ModelRef) throws {
        var problem: Notice?
        do throws(SettingsError) {
            let choice = try settings.choice((ref.provider, ref.model))
            if let refusal = refusal(of: id, by: choice.provider, choice.model) { throw refusal }
            try fetchKey(of: choice.provider, choice.model)
            let endpoint = try settings.endpoint(of: choice.provider, for: choice.model)
            let context = settings.failureContext(of: choice.provider, choice.model)
            driver.act { $0.switchModel(id, to: choice.model, of: endpoint, context: context, at: $1, into: &$2) }
        } catch {
            problem = Notice(.error, error.message, hint: error.hint)
        }
        if let problem { try hand(.notice(problem)) }
    }

    /// A command that fetches a key may ask for a passphrase: it gets the terminal for that.
    private func fetchKey(of provider: Provider, _ model: Providers.Model) throws(SettingsError) {
        guard settings.runsKeyCommand(for: provider) else { return }
        do {
            _ = try terminal.runExternal { try settings.endpoint(of: provider, for: model) }
            drawnGeneration = nil
        } catch let error as SettingsError {
            throw error
        } catch {
            throw SettingsError(message: "\(error)")
        }
    }

    private func edit(_ text: String) throws {
        let outcome = try terminal.runExternal { ExternalEditor.edit(text) }
        drawnGeneration = nil
        switch outcome {
        case .text(let edited): try hand(.edited(edited))
        case .failure(let reason): try hand(.notice(Notice(.error, reason)))
        }
    }
}
