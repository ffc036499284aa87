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
        perform([.cancel, .retry, .retryNow, .waitLonger, .giveUp, .switchModel][choices.below(6)], on: index)
    }

    mutating func perform(_ kind: UserAct, on index: Int) {
        let id = clients[index].id
        trace.note(now.instant.nanoseconds, "stream \(id): user: \(kind)")
        trace.mix(100 + index)
        act = (index, kind)
        switch kind {
        case .start, .sleep: break
        case .setBudget:
            clients[index].budget = nil
            call(index) { $0.setBudget(Budget(), of: id, at: $1, into: &$2) }
        case .cancel: call(index) { $0.cancel(id, at: $1, into: &$2) }
        case .retry: call(index) { $0.retry(id, at: $1, into: &$2) }
        case .retryNow: call(index) { $0.retryNow(id, at: $1, into: &$2) }
        case .waitLonger: call(index) { $0.waitLonger(id, by: .seconds(10), at: $1, into: &$2) }
        case .giveUp: call(index) { $0.giveUp(id, at: $1, into: &$2) }
        case .switchModel:
            let dialect = choices.below(3)
            let pricing = choices.below(3)
            let (endpoint, model) = (setting.endpoints[dialect], setting.models[pricing])
            if clients[index].verdict != .complete, clients[index].verdict != .refused {
                let isWhole = clients[index].current.map { $0.stop != nil && $0.dead == nil && !$0.isClosed } ?? false
                if !isWhole {
                    clients[index].dialect = endpoint.dialect
                    clients[index].pricing = pricing
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
        act = (-1, .sleep)
        call(nil) { $0.wokeUp(after: .seconds(slept), at: $1, into: &$2) }
        act = nil
    }
}
