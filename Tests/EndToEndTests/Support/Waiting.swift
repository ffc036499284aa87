#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Waits until there is a value; `nil` where there is none in time.
func waitFor<Value>(within seconds: Double = Weir.patience, _ value: () -> Value?) -> Value? {
    // Ten milliseconds a turn.
    for _ in 0..<Int(seconds * 100) {
        if let value = value() { return value }
        _ = poll(nil, 0, 10)
    }
    return value()
}
