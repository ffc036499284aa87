import Foundation

/// How many sockets of this process are connected, or connecting, to a loopback port. Counts what the system knows, so
/// that a closed transfer is one whose socket is gone; tests that run beside this one do not disturb it.
func clientSockets(to port: Int) -> Int {
    (0..<Int32(1024)).count { descriptor in
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) == 0 }
        }
        return isConnected && address.sin_family == sa_family_t(AF_INET)
            && address.sin_port == in_port_t(port).bigEndian
    }
}
