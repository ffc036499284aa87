import Pricing
import Providers
import StreamEngine

/// What users do, whenever they like: also in the tick of the event before, or of the next.
extension World {
    mutating func userMayAct() {
        if let forced {
            if forced.cancelAfter == steps - 1, !isHealthy { perform(.cancel, on: 0) }
            return
        }
        guard !isHealthy, choices.once(in: 24) else { return }
        if choices.once(in: 20) { return sleep() }
        if choices.once(in: 16) {
            // Somebody sets the clock on the wall.
            let jump = [3600.0, -3600, 1, -86_400][choices.below(4)]
            now.wall.secondsSince1970 += jump
            trace.note(now.instant.nanoseconds, "the wall clock jumps by \(jump) s")
            return
        }
        let index = choices.below(clients.count)
        guard clients[index].acts < 6 else { return }
        clients[index].acts += 1
        tally.acts += 1
        // In the tick of what comes next, before it.
        if choices.below(2) == 1 {
            var at = engine.nextDeadline
            for transfer in transfers {
                if let next = transfer.at { at = min(at ?? next, next) }
            }
            if let at { move(to: at) }
        }
        let acts: [UserAct] = [
            .cancel, .retry, .retryNow, .waitLonger, .giveUp, .switchModel, .goOn, .otherWay, .setBudget,
        ]
        perform(acts[choices.below(acts.count)], on: index)
    }

    mutating func perform(_ kind: UserAct, on index: Int) {
        let id = clients[index].id
        trace.note(now.instant.nanoseconds, "stream \(id): user: \(kind)")
        trace.mix(100 + index)
        act = (index, kind)
        switch kind {
        case .start, .sleep: break
        case .setBudget:
            let budget = isHealthy ? Budget() : limits()
            if budget != clients[index].budget { clients[index].hasWarned = [] }
            clients[index].budget = budget
            call(index) { $0.setBudget(budget, of: id, at: $1, into: &$2) }
        case .goOn:
            let options = clients[index].question?.options ?? []
            clients[index].wish = nil
            if !options.isEmpty, choices.below(2) == 1 {
                clients[index].wish = options[choices.below(options.count)].strategy
            }
            let wish = clients[index].wish
            call(index) { $0.goOn(id, by: wish, at: $1, into: &$2) }
        case .otherWay: call(index) { $0.lookAtOtherWay(id, at: $1, into: &$2) }
        case .cancel: call(index) { $0.cancel(id, at: $1, into: &$2) }
        case .retry: call(index) { $0.retry(id, at: $1, into: &$2) }
        case .retryNow: call(index) { $0.retryNow(id, at: $1, into: &$2) }
        case .waitLonger: call(index) { $0.waitLonger(id, by: .seconds(10), at: $1, into: &$2) }
        case .giveUp: call(index) { $0.giveUp(id, at: $1, into: &$2) }
        case .switchModel:
            let dialect = choices.below(3)
            let pricing = choices.below(4)
            let model = setting.models[pricing]
            let endpoint = setting.endpoint(
                [.anthropic, .openai, .responses][dialect], isBackground: clients[index].isBackground, pricing: pricing)
            if clients[index].verdict != .complete, clients[index].verdict != .refused {
                // A stop that is no end makes no reply whole.
                let isWhole =
                    clients[index].current.map { $0.stop != nil && $0.dead == nil && !$0.isClosed && !$0.mayGoOn }
                    ?? false
                if !isWhole {
                    clients[index].dialect = endpoint.dialect
                    clients[index].pricing = pricing
                    clients[index].preferred = model.resume
                    // Blocks of one model are nothing to another one.
                    clients[index].turn = nil
                }
            }
            call(index) { $0.switchModel(id, to: model, of: endpoint, at: $1, into: &$2) }
        }
        act = nil
    }

    /// The machine sleeps: the clock on the wall goes on, the engine's own does not.
    private mutating func sleep() {
        let slept = [600, 20, 28_800][choices.below(3)]
        now.wall.secondsSince1970 += Double(slept)
        trace.note(now.instant.nanoseconds, "the machine slept for \(slept) s")
        for index in clients.indices where clients[index].verdict == nil {
            let last = clients[index].attempts.count - 1
            guard last >= 0, !clients[index].attempts[last].isClosed else { continue }
            let truth = clients[index].attempts[last]
            let silence = now.instant - (truth.lastByteAt ?? truth.startedAt)
            clients[index].attempts[last].wake = (now.instant, max(clients[index].timeouts.wake, silence))
        }
        for index in clients.indices {
            guard let deadline = clients[index].question?.wait.deadline else { continue }
            clients[index].question?.wait.deadline = max(now.instant, deadline + .seconds(-slept))
        }
        act = (-1, .sleep)
        call(nil) { $0.wokeUp(after: .seconds(slept), at: $1, into: &$2) }
        act = nil
    }

    /// Everything is at rest, and somebody was asked: the answer comes at last, perhaps hours later.
    mutating func answer() -> Bool {
        guard let index = clients.firstIndex(where: { $0.question != nil }) else { return false }
        guard forced == nil else {
            perform(.goOn, on: index)
            return true
        }
        if choices.below(4) == 3 { move(to: now.instant + .seconds([5, 3600, 90_000][choices.below(3)])) }
        perform([.goOn, .goOn, .retryNow, .retry, .giveUp, .otherWay, .switchModel][choices.below(7)], on: index)
        return true
    }
}
