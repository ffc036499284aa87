import FaultLab
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A client that opens connections and says nothing on them, ten thousand at a time.
@Suite struct LabCrowdTests {
    /// Idle connections to a port of this machine, closed with it.
    private final class Crowd {
        private(set) var descriptors: [Int32] = []

        deinit {
            for descriptor in descriptors { close(descriptor) }
        }

        /// `false` where there is no descriptor, or nobody who takes it.
        func add(port: Int) -> Bool {
            #if canImport(Glibc)
                let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #else
                let descriptor = socket(AF_INET, SOCK_STREAM, 0)
            #endif
            guard descriptor >= 0 else { return false }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(port).bigEndian)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else {
                close(descriptor)
                return false
            }
            descriptors.append(descriptor)
            return true
        }
    }

    /// As many as the system lets this process have, up to ten thousand; some hundred are left for the other tests.
    private static var size: Int {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        getrlimit(resource, &limit)
        limit.rlim_cur = min(limit.rlim_max, 20_000)
        setrlimit(resource, &limit)
        getrlimit(resource, &limit)
        return max(100, min(10_000, Int(clamping: limit.rlim_cur) - 1_000))
    }

    /// A lab as a program of its own, and its port.
    private static func lab(_ home: Home) throws -> (Run, Int) {
        let server = try Run(["lab", "--port", "0", "--pace", "0", "--scenario", "calm"], home: home)
        #expect(server.read { $0.outputText.contains("Ctrl-C ends it") })
        let words = server.outputText.split(separator: "http://127.0.0.1:").dropFirst().first
        return (server, try #require(words.flatMap { Int($0.prefix { $0.isNumber }) }))
    }

    @Test(.timeLimit(.minutes(5))) func everybodyElseIsServed() throws {
        let home = try Home()
        let (server, port) = try Self.lab(home)
        let ask = ["ask", "-p", "lab", "--base-url", "http://127.0.0.1:\(port)", "Among many"]
        do {
            let crowd = Crowd()
            let wanted = Self.size
            while crowd.descriptors.count < wanted, crowd.add(port: port) {}
            #expect(crowd.descriptors.count == wanted)
            let run = try Run.toEnd(ask, home: home)
            // Where the lab may not have so many, it closes those beyond its limit and says so.
            let isFull = run.status != 0
            #expect(!isFull || server.read { $0.outputText.contains(" connections") }, "\(run.summary)")
            if !isFull { expectSame(run.outputText, CanonicalReply.text(prompt: "Among many")) }
        }
        let after = try Run.toEnd(ask, home: home)
        #expect(after.status == 0, "\(after.summary)")
        expectSame(after.outputText, CanonicalReply.text(prompt: "Among many"))
        server.signal(SIGINT)
        #expect(server.waitForEnd() == 0, "\(server.summary)")
    }

    /// `weir lab | less`: whoever stops reading the log stops nobody.
    @Test(.timeLimit(.minutes(5))) func aLogThatNobodyReadsStopsNobody() throws {
        let home = try Home()
        let (server, port) = try Self.lab(home)
        let client = Crowd()
        #expect(client.add(port: port))
        let descriptor = try #require(client.descriptors.first)
        // More than a pipe and the queue hold.
        guard Self.askForNothing(descriptor, hundreds: 150) else { return }
        let ask = ["ask", "-p", "lab", "--base-url", "http://127.0.0.1:\(port)", "Still there"]
        let run = try Run.toEnd(ask, home: home)
        #expect(run.status == 0, "\(run.summary)")
        // Whoever reads on learns how much is missing.
        #expect(server.read { $0.outputText.contains(" lines are left out") })
        server.signal(SIGINT)
        #expect(server.waitForEnd() == 0, "\(server.status ?? -1)")
    }

    /// One Ctrl-C is enough, although the last line says what came of the expectations and nobody reads that, either.
    @Test(.timeLimit(.minutes(5))) func aLogThatNobodyReadsHoldsNoEndUp() throws {
        let home = try Home()
        try home.write(
            "description = \"Expects.\"\nexpect = { headers = { \"x-request-id\" = \"*\" } }\n", to: "expecting.toml")
        // The reader takes what says where the lab is, and then nothing more.
        let script = """
            { "$WEIR" lab --port 0 --pace 0 --scenario "$HOME/expecting.toml" & echo "process $!" >&2
            wait $!; echo "ended $?" >&2; touch "$HOME/ended"; } |
            { read -r line; echo "$line" >&2
            for i in $(seq 3000); do test -e "$HOME/ended" && exit; sleep 0.1; done; }
            """
        let run = try Run(
            ["-c", script], home: home, environment: ["WEIR": Weir.path, "HOME": home.path], program: "/bin/sh")
        #expect(run.read { $0.errorText.contains("process ") && $0.errorText.filter { $0 == "\n" }.count == 2 })
        func number(after words: String) throws -> Int {
            let place = try #require(run.errorText.range(of: words), "\(run.errorText)")
            return try #require(Int(run.errorText[place.upperBound...].prefix { $0.isNumber }))
        }
        let port = try number(after: "http://127.0.0.1:")
        let process = pid_t(try number(after: "process "))
        let ask = ["ask", "-p", "lab", "--base-url", "http://127.0.0.1:\(port)", "Hello"]
        #expect(try Run.toEnd(ask, home: home).status == 0)
        let client = Crowd()
        #expect(client.add(port: port))
        // More than a pipe holds.
        #expect(Self.askForNothing(try #require(client.descriptors.first), hundreds: 50))
        kill(process, SIGINT)
        let hasEnded = run.read { $0.errorText.contains("ended 0") }
        #expect(hasEnded, "\(run.summary)")
        if !hasEnded { kill(process, SIGKILL) }
        run.waitForEnd()
    }

    /// So many hundred requests that each make one line of the log.
    private static func askForNothing(_ descriptor: Int32, hundreds: Int) -> Bool {
        let requests = Array(
            Array(repeating: "GET /v1/responses/none HTTP/1.1\r\nHost: x\r\n\r\n", count: 100).joined().utf8)
        var answers = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var end: [UInt8] = []
        for _ in 0..<hundreds {
            #expect(write(descriptor, requests, requests.count) == requests.count)
            let wanted = answers + 100
            while answers < wanted {
                let count = read(descriptor, &buffer, buffer.count)
                guard count > 0 else {
                    Issue.record("the lab answers no more, after \(answers)")
                    return false
                }
                let text = String(decoding: end + buffer[..<count], as: UTF8.self)
                let found = text.components(separatedBy: "HTTP/1.1 404").count - 1
                answers += found
                end = Array(text.utf8.suffix(11))
                if found > 0, String(decoding: end, as: UTF8.self).contains("HTTP/1.1 404") { end = [] }
            }
        }
        return true
    }
}
