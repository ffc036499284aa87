import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The port on which a lab listens. It can be taken down for a while: then connections are refused.
final class Listener: Sendable {
    private let core: LabCore
    private let group: MultiThreadedEventLoopGroup
    private let host: String
    private let metronomes: Metronomes
    private let tls: TLSPort?
    private let channel = Mutex<(any Channel)?>(nil)

    /// Between two tries to have the port back, if somebody else took it meanwhile.
    private static let retryAfter = TimeAmount.milliseconds(50)

    init(_ core: LabCore, _ group: MultiThreadedEventLoopGroup, host: String, tls: TLSPort? = nil) {
        self.core = core
        self.group = group
        self.host = host
        metronomes = Metronomes(group)
        self.tls = tls
    }

    var port: Int? { channel.withLock { $0?.localAddress?.port } }

    /// 0 takes a free one.
    func open(port: Int) -> EventLoopFuture<Void> {
        bootstrap.bind(host: host, port: port).map { [self] new in channel.withLock { $0 = new } }
    }

    /// Connections are refused for so many seconds; those that are open stay.
    func close(for seconds: Double) {
        guard let open = channel.withLock({ $0 }), let port = open.localAddress?.port else { return core.isUp() }
        let loop = group.next()
        open.close().hop(to: loop).whenComplete { [self] _ in
            reopen(port, on: loop, after: .nanoseconds(Int64(seconds * 1e9)))
        }
    }

    private func reopen(_ port: Int, on loop: any EventLoop, after delay: TimeAmount) {
        loop.scheduleTask(in: delay) { [self] in
            open(port: port).hop(to: loop).whenComplete { [self] result in
                switch result {
                case .success:
                    core.isUp()
                    core.note(nil, connection: 0, fault: "down", tokens: 0, "listens again")
                case .failure(let error):
                    core.refused(connection: nil, "cannot listen on port \(port) again: \(error)")
                    reopen(port, on: loop, after: Self.retryAfter)
                }
            }
        }
    }

    private var bootstrap: ServerBootstrap {
        let (core, metronomes, tls) = (core, metronomes, tls)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            // Connections taken in a turn: a busy lab has few turns.
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                // Out of descriptors: wait a second, then accept again.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(
                .writeBufferWaterMark, value: ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 256 << 10)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Every loop of the group has one.
                    let metronome = metronomes[channel.eventLoop] ?? Metronome(channel.eventLoop)
                    if let tls {
                        try tls.add(to: channel, core, metronome)
                    } else {
                        try Connection.add(to: channel, core, metronome)
                    }
                }
            }
    }
}
