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
        /// The most that is read from a socket in one go, 1 KiB to 512 KiB.
        public var receiveBufferBytes = 64 << 10
        /// Waits with `poll` alone even where the system has something better. For tests.
        var usesPollOnly = false

        /// The usual ones.
        public init(userAgent: String = "weir") {
            self.userAgent = userAgent
        }
    }
}
