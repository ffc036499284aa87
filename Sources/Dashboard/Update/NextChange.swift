import Screen
import StreamEngine

extension Model {
    /// When something changes by itself: the screen, or a draft that is to be saved or weighed. `nil` = never; the loop sleeps
    /// until something happens. Hand over ``Message/clock(_:)`` then.
    public func nextChange(after now: Now) -> Instant? {
        let drafts = conversationOrder.compactMap { conversations[$0]?.draft.deadline }.min()
        return [nextDrawing(after: now), drafts, estimator.weighDue].compactMap { $0 }.min()
    }

    /// When the screen looks different without any other message: a countdown's next digit, an age's next second, the
    /// clock's next minute, the end of a toast.
    func nextDrawing(after now: Now) -> Instant? {
        var next: Instant?
        func consider(_ instant: Instant?) {
            guard let instant, instant > now.instant else { return }
            next = next.map { min($0, instant) } ?? instant
        }
        for toast in toasts { consider(toast.endsAt) }
        consider(quitArmedUntil)
        guard size.columns >= Layout.minimum.columns, size.rows >= Layout.minimum.rows else { return next }
        for entry in streams.entries { considerTimes(of: entry.snapshot, after: now.instant, consider) }
        if options.showsClock {
            let seconds = now.wall.secondsSince1970
            if seconds.isFinite, abs(seconds) < 1e12 {
                let rest = 60 - (seconds - (seconds / 60).rounded(.down) * 60)
                consider(now.instant + .clamping(seconds: max(0.001, rest)))
            }
        }
        return next
    }

    private func considerTimes(of snapshot: StreamSnapshot, after now: Instant, _ consider: (Instant?) -> Void) {
        if snapshot.state == .backingOff, let backoff = snapshot.backoff {
            let rest = backoff.deadline - now
            consider(Format.countdownStep(rest, coarse: options.reducedMotion || backoff.end == nil).map { now + $0 })
            return
        }
        guard snapshot.state.isLive else { return }
        // Text that is coming brings its own changes; ages are shown of what is awaited.
        consider(Self.nextSecond(since: snapshot.ageBegan, after: now))
        if snapshot.id == selected {
            consider(Self.nextSecond(since: Lamp(snapshot, now: now).since, after: now))
            ClockLine.nextChange(snapshot.clocks, after: now).forEach(consider)
        }
    }

    /// The next moment at which an age counted from `start` shows another second.
    static func nextSecond(since start: Instant, after now: Instant) -> Instant {
        let age = max(0, (now - start).nanoseconds)
        return start + .nanoseconds((age / 1_000_000_000 + 1) * 1_000_000_000)
    }
}
