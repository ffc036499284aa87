/// A point on the monotonic clock, in nanoseconds from an arbitrary zero. Machines are told the time; they never ask.
public struct Instant: Sendable, Hashable, Comparable {
    /// Since the clock's zero.
    public var nanoseconds: Int64

    /// So long after the clock's zero.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Saturates at the end of time instead of trapping.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return Instant(nanoseconds: overflow ? (duration.nanoseconds < 0 ? .min : .max) : sum)
    }

    /// The time between the two.
    public static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }

    /// See `+`.
    public static func += (instant: inout Instant, duration: Duration) {
        instant = instant + duration
    }
}

extension Duration {
    /// Whole nanoseconds, saturating (±292 years).
    public var nanoseconds: Int64 {
        // `components` divides 128 bits by a library function, twice; one division of the processor does, for this is
        // asked for several times with every piece of a body.
        let value = attoseconds
        let magnitude = value.magnitude
        let unit: UInt64 = 1_000_000_000
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        guard high < unit >> 1 else { return value < 0 ? .min : .max }
        let whole = unit.dividingFullWidth((high, UInt64(truncatingIfNeeded: magnitude))).quotient
        return value < 0 ? -Int64(whole) : Int64(whole)
    }

    /// Seconds as a floating-point number, for display and for arithmetic with provider values.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// From floating-point seconds; not-a-number and negative become zero, anything over 10⁹ s becomes 10⁹ s.
    public static func clamping(seconds: Double) -> Duration {
        guard seconds > 0 else { return .zero }
        return .nanoseconds(Int64(min(seconds, 1e9) * 1e9))
    }
}

/// The wall clock at one moment: for `Retry-After` dates, effective-dated prices and what a person reads. Seconds since
/// 1970-01-01 00:00 UTC.
public struct WallTime: Sendable, Hashable, Comparable {
    /// UTC, with a fraction.
    public var secondsSince1970: Double

    /// A moment.
    public init(secondsSince1970: Double) {
        self.secondsSince1970 = secondsSince1970
    }

    public static func < (left: WallTime, right: WallTime) -> Bool { left.secondsSince1970 < right.secondsSince1970 }
}

/// Both clocks at one moment, as every event of the engine takes them.
public struct Now: Sendable, Hashable {
    /// By the monotonic clock.
    public var instant: Instant
    /// By the wall clock.
    public var wall: WallTime

    /// Both readings.
    public init(instant: Instant, wall: WallTime) {
        self.instant = instant
        self.wall = wall
    }

    /// The wall clock at another instant, by this moment's relation between the two clocks.
    public func wall(at other: Instant) -> WallTime {
        WallTime(secondsSince1970: wall.secondsSince1970 + (other - instant).inSeconds)
    }
}
