#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The system gives no more threads.
public struct ThreadError: Error, Sendable, CustomStringConvertible {
    /// The system's number for it.
    public let code: Int32

    /// What happened.
    public var description: String { "no thread for the loop: \(String(cString: strerror(code)))" }
}

/// A thread for a loop that waits for sockets: one of the concurrency runtime's may not wait.
enum LoopThread {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Detached; it ends with the body.
    static func start(_ body: sending @escaping () -> Void) throws(ThreadError) {
        let box = Unmanaged.passRetained(Body(body))
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(&thread, nil, { LoopThread.run($0) }, box.toOpaque())
        #else
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { LoopThread.run($0) }, box.toOpaque())
        #endif
        guard code == 0 else {
            box.release()
            throw ThreadError(code: code)
        }
        #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
    }

    private static func run(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let box { Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
        return nil
    }
}
