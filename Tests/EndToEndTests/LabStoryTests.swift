import FaultLab
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The lab as a judge: what a scenario expects of a client, and whether the client has every word. As a test suite in any
/// language uses it, over HTTP.
@Suite struct LabStoryTests {
    private static let scenario = """
        description = "Does the client take up where it was cut off?"
        tokens_per_second = 0

        [[request]]
        steps = [{ fault = "cut", after_tokens = 40, mid_word = true }]

        [[request]]
        expect = { continues = true, matches = true, part_bytes = 100 }
        steps = [{ fault = "status", status = 429, retry_after = 1 }]

        [[request]]
        expect = { continues = true, matches = true, retry_after = true }

        [[request]]
        times = 9
        expect = { comes = false }
        """

    private struct Server {
        var run: Run
        var port: Int

        init(home: Home) throws {
            let file = try home.write(LabStoryTests.scenario, to: "story.toml")
            run = try Run(["lab", "--port", "0", "--scenario", file], home: home)
            let run = run
            #expect(run.read { $0.outputText.contains("Ctrl-C ends it") })
            let text = run.outputText.split(separator: "http://127.0.0.1:").dropFirst().first?.prefix { $0.isNumber }
            port = try #require(text.flatMap { Int($0) })
        }

        /// One request on a connection of its own; the answer's body.
        func answer(_ method: String, _ target: String, _ body: String = "", _ headers: String...) throws -> String {
            let fields = ["Host: lab", "Connection: close", "Content-Length: \(body.utf8.count)"] + headers
            let head = ([method + " " + target + " HTTP/1.1"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
            let answer = String(decoding: try exchange(Array((head + body).utf8)), as: UTF8.self)
            return answer.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
        }

        private func exchange(_ request: [UInt8]) throws -> [UInt8] {
            #if canImport(Glibc)
                let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #else
                let descriptor = socket(AF_INET, SOCK_STREAM, 0)
            #endif
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(port).bigEndian)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try #require(result == 0 && send(descriptor, request, request.count, 0) == request.count)
            var answer: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4_096)
            while case let count = recv(descriptor, &chunk, chunk.count, 0), count > 0 { answer += chunk[..<count] }
            return answer
        }
    }

    @Test func `Weir meets what is expected, and has every word`() throws {
        let home = try Home()
        let server = try Server(home: home)
        let address = "http://127.0.0.1:\(server.port)"
        let run = try Run.toEnd(
            ["ask", "-p", "lab", "--base-url", address, "--base-delay", "5ms", "--jitter", "none", "Why?"], home: home)
        #expect(run.status == 0, "\(run.summary)")
        let verdict = try server.answer("POST", "/lab/verdict?prompt=Why%3F", run.outputText)
        #expect(verdict.hasPrefix(#"{"verdict":"exact","#), "\(verdict)")
        #expect(try server.answer("GET", "/lab/verdict").hasPrefix(#"{"exact":1,"prefix":0,"wrong":0,"#))
        let expectations = try server.answer("GET", "/lab/expectations")
        #expect(expectations == #"{"checked":6,"met":6,"breached":0,"breaches":[]}"#)
        server.run.signal(SIGINT)
        #expect(server.run.waitForEnd() == 0, "\(server.run.summary)")
        #expect(server.run.outputText.hasSuffix("expectations: 6 of 6 met, 0 breached\n"))
    }

    @Test func `a client without manners is told, and the lab's status says so`() throws {
        let server = try Server(home: Home())
        let body = #"{"model":"lab-gpt","messages":[{"role":"user","content":"Why?"}]}"#
        // Begins anew each time, and does not wait.
        for _ in 1...3 { _ = try server.answer("POST", "/v1/chat/completions", body) }
        let expectations = try server.answer("GET", "/lab/expectations")
        #expect(expectations.contains(#""fault":"continues""#) && expectations.contains(#""fault":"part_bytes""#))
        #expect(expectations.contains(#""fault":"retry_after""#), "\(expectations)")
        server.run.signal(SIGINT)
        #expect(server.run.waitForEnd() == 1, "\(server.run.summary)")
        #expect(server.run.outputText.contains("BREACH: continues: expected the part of the reply, found none"))
        #expect(server.run.outputText.contains("expectations: 0 of 4 met, 4 breached"), "\(server.run.outputText)")
    }
}
