#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whether this machine is connected to anything.
enum Route {
    /// There is a route to the internet, by IPv4 or IPv6. Connecting a datagram socket only consults the routing table:
    /// nothing is sent. The addresses are for documentation (RFC 5737, RFC 3849) and belong to nobody.
    static var exists: Bool {
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = in_port_t(53).bigEndian
        four.sin_addr.s_addr = in_addr_t(0xC000_0201).bigEndian
        if reaches(&four, family: AF_INET) { return true }
        var six = sockaddr_in6()
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = in_port_t(53).bigEndian
        withUnsafeMutableBytes(of: &six.sin6_addr) { $0.copyBytes(from: [0x20, 0x01, 0x0D, 0xB8]) }
        return reaches(&six, family: AF_INET6)
    }

    /// The process may open one more socket.
    static var canOpenSocket: Bool {
        let socket = datagramSocket(AF_INET)
        guard socket >= 0 else { return false }
        close(socket)
        return true
    }

    private static func datagramSocket(_ family: Int32) -> Int32 {
        #if canImport(Darwin)
            socket(family, SOCK_DGRAM, 0)
        #else
            socket(family, Int32(SOCK_DGRAM.rawValue), 0)
        #endif
    }

    private static func reaches<Address>(_ address: inout Address, family: Int32) -> Bool {
        let socket = datagramSocket(family)
        guard socket >= 0 else { return true }
        defer { close(socket) }
        let size = socklen_t(MemoryLayout<Address>.size)
        return withUnsafeBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress else { return true }
            return connect(socket, base.assumingMemoryBound(to: sockaddr.self), size) == 0
        }
    }
}
