extension CurlTransport {
    /// What holds for every request of a transport.
    public struct Options: Sendable {
        /// Sent as `User-Agent` where the request names none.
        public var userAgent: String
        /// Lets plain http go to hosts other than this machine.
        public var allowsInsecureHTTP = false
        /// Header fields of one response, at most: many short ones cost more memory than their bytes.
        public var maximumHeaderFields = 1000
        /// A PEM file of certificate authorities instead of the system's.
        public var certificateAuthorities: String?
        /// The most that is read from a socket in one go, 1 KiB to 512 KiB. Each running transfer has a buffer of that size:
        /// a small one stays in the processor's cache, and of a thousand large ones every page would be a page fault.
        public var receiveBufferBytes = 16 << 10
        /// Of ``Coalescing``. Longer only in tests, which then see what ends the wait.
        var coalescingInterval = Coalescing.interval
        /// Waits with `poll` alone even where the system has something better. For tests.
        var usesPollOnly = false

        /// The usual ones.
        public init(userAgent: String = "weir") {
            self.userAgent = userAgent
        }
    }
}
