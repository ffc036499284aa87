/// Finds that the machine slept, by its clocks: the wall clock goes on then, and the monotonic one stands still.
///
/// A wall clock that is set forward looks the same, and so does a program that was stopped inside a virtual machine; both
/// cost no more than new connections and a shorter patience. One that is set back is no sleep.
public struct SleepDetector: Sendable {
    private var last: Now

    /// A lead of the wall clock from which on it was sleep. Less is a correction of the clock, or too short for a
    /// connection to die of.
    public static let threshold = Duration.seconds(5)
    private static let thresholdSeconds = threshold.inSeconds
    /// Clocks that are corrected gently run faster or slower by 500 millionths at most (adjtimex(2)); twice that is no
    /// sleep, however long nobody looked.
    public static let drift = 0.001
    /// While something is under way the clocks are to be looked at this often: a program that waits for a socket is not
    /// woken by waking up.
    public static let interval = Duration.seconds(10)

    /// Begins to look at this moment.
    public init(at now: Now) {
        last = now
    }

    /// The clocks were read.
    /// - Returns: how long the machine slept since they were read the last time; `nil` = it did not.
    public mutating func clocksRead(_ now: Now) -> Duration? {
        let ran = Double(now.instant.nanoseconds &- last.instant.nanoseconds) * 1e-9
        let passed = now.wall.secondsSince1970 - last.wall.secondsSince1970
        last = now
        let lead = passed - ran
        guard lead.isFinite, lead > Self.thresholdSeconds + max(0, ran) * Self.drift else { return nil }
        return .clamping(seconds: lead)
    }
}
