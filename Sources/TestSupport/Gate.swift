import Foundation

/// Something that happens once: a test's thread waits for it, another one makes it happen.
public final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    public init() {}

    public func open() {
        semaphore.signal()
    }

    /// `false` after 30 s, which no working test takes.
    @discardableResult
    public func wait() -> Bool {
        guard semaphore.wait(timeout: .now() + 30) == .success else { return false }
        // Open for the next one too.
        semaphore.signal()
        return true
    }
}
