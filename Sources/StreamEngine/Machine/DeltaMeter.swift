/// Rates and gaps of one stream's text, in constant memory: the panel's tokens per second, sparklines and percentiles.
struct DeltaMeter: Sendable {
    /// Two seconds in tenths: long enough to be steady, short enough to show a slow-down within a breath.
    private static let slot: Int64 = 100_000_000
    private static let slots = 20
    static let historyLength = 60
    private static let gapsKept = 64

    // What a delta touches comes first and lies together: of a thousand streams each delta finds its own cold.
    /// First and last token of this attempt.
    private var firstAt: Instant?
    private var lastAt: Instant?
    private var tokens = 0.0
    private var currentSlot: Int64 = 0
    /// Of the current slot; its place in the array is filled when it is over.
    private var tokensThisSlot = 0.0
    private var currentSecond: Int64 = 0
    private var tokensThisSecond = 0.0
    /// The last gaps, not yet in the array.
    private var newGaps = SIMD4<Double>()
    private var newGapCount = 0

    private var gaps: [Double] = []
    private var nextGap = 0
    private var tokensPerSlot = [Double](repeating: 0, count: slots)
    /// Tokens of each whole second since the first token, newest last.
    private var history: [Double] = []
    /// Tokens of the attempts before this one, and the time from the first to the last of each.
    private var earlierTokens = 0.0
    private var earlierTime = Duration.zero

    /// Text came: `tokens` of it in one arrival.
    mutating func received(tokens: Double, at instant: Instant) {
        if let lastAt {
            recordGap(Double(instant.nanoseconds &- lastAt.nanoseconds) / 1e6)
        } else {
            if firstAt == nil { currentSlot = instant.nanoseconds / Self.slot } else { advance(to: instant) }
            firstAt = instant
            currentSecond = 0
        }
        advance(to: instant)
        lastAt = instant
        self.tokens += tokens
        tokensThisSlot += tokens
        tokensThisSecond += tokens
    }

    /// An attempt ended: the wait for the next one is no gap between tokens.
    mutating func interrupted() {
        guard let firstAt, let lastAt else { return }
        if lastAt > firstAt {
            earlierTokens += tokens
            earlierTime += lastAt - firstAt
        }
        tokens = 0
        self.lastAt = nil
    }

    private mutating func recordGap(_ milliseconds: Double) {
        newGaps[newGapCount] = milliseconds
        newGapCount += 1
        if newGapCount == newGaps.scalarCount { storeGaps() }
    }

    private mutating func storeGaps() {
        for index in 0..<newGapCount {
            if gaps.count < Self.gapsKept {
                gaps.append(newGaps[index])
            } else {
                gaps[nextGap] = newGaps[index]
            }
            nextGap = (nextGap + 1) % Self.gapsKept
        }
        newGapCount = 0
    }

    private mutating func advance(to instant: Instant) {
        let slot = instant.nanoseconds / Self.slot
        if slot > currentSlot {
            tokensPerSlot[Int(currentSlot % Int64(Self.slots))] = tokensThisSlot
            tokensThisSlot = 0
            // More than a whole window of silence clears it; no need to step through.
            for step in 1...min(slot - currentSlot, Int64(Self.slots)) {
                tokensPerSlot[Int((currentSlot + step) % Int64(Self.slots))] = 0
            }
            currentSlot = slot
        }
        guard let firstAt else { return }
        let second = (instant.nanoseconds - firstAt.nanoseconds) / 1_000_000_000
        guard second > currentSecond else { return }
        history.append(tokensThisSecond)
        let silent = min(second - currentSecond - 1, Int64(Self.historyLength))
        history.append(contentsOf: repeatElement(0, count: Int(silent)))
        if history.count > Self.historyLength {
            history.removeFirst(history.count - Self.historyLength)
        }
        tokensThisSecond = 0
        currentSecond = second
    }

    /// Tokens per second over the last two seconds; `nil` before the first token.
    mutating func rate(at instant: Instant) -> Double? {
        guard let firstAt else { return nil }
        advance(to: instant)
        let window = Double(Self.slots) * 0.1
        // Under a quarter of a second a rate would be a guess from one or two tokens.
        let elapsed = min(window, (instant - firstAt).inSeconds)
        guard elapsed >= 0.25 else { return nil }
        return tokensPerSlot.reduce(tokensThisSlot, +) / elapsed
    }

    mutating func rateHistory(at instant: Instant) -> [Double] {
        guard firstAt != nil else { return [] }
        advance(to: instant)
        return history
    }

    /// Tokens per second while they came: neither the waits between attempts count nor what came all at once. `nil` where
    /// nothing else did.
    var averageRate: Double? {
        guard let firstAt, let lastAt, lastAt > firstAt else {
            return earlierTime > .zero ? earlierTokens / earlierTime.inSeconds : nil
        }
        return (earlierTokens + tokens) / (earlierTime + (lastAt - firstAt)).inSeconds
    }

    /// Milliseconds, oldest first.
    var recentGaps: [Double] {
        let new = (0..<newGapCount).map { newGaps[$0] }
        let kept = gaps.count < Self.gapsKept ? gaps : Array(gaps[nextGap...] + gaps[..<nextGap])
        return Array((kept + new).suffix(Self.gapsKept))
    }

    /// Percentiles (nearest rank) of the gaps kept.
    func gapPercentiles() -> (p50: Double, p95: Double)? {
        let sorted = recentGaps.sorted()
        guard !sorted.isEmpty else { return nil }
        func rank(_ share: Double) -> Double {
            sorted[min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
        }
        return (rank(0.5), rank(0.95))
    }
}
