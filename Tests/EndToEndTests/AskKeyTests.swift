import FaultLab
import TestSupport
import Testing

/// Keys go to their provider and nowhere else.
@Suite struct AskKeyTests {
    private static let secret = "sk-secret-123"

    /// A server that refuses every request and says the key that it got.
    private static func echo(_ status: String) throws -> RawServer {
        try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            let request = String(decoding: connection.received, as: UTF8.self)
            let key = request.contains(secret) ? secret : "none"
            let body =
                #"{"error":{"type":"authentication_error","message":"Incorrect API key provided: \#(key). Header was x-api-key: \#(key)"}}"#
            connection.send(
                "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        }
    }

    @Test(arguments: ["anthropic", "openai"], ["401 Unauthorized", "400 Bad Request"])
    func `a key that a server quotes is not shown`(provider: String, status: String) throws {
        let server = try Self.echo(status)
        let home = try Home()
        let variable = provider == "anthropic" ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY"
        let arguments = ["-p", provider, "--base-url", server.url("/v1"), "--max-retries", "1", "--base-delay", "1ms"]
        for command in [["ask"] + arguments + ["Hi"], ["ask", "--json"] + arguments + ["Hi"], ["check"] + arguments] {
            let run = try Run.toEnd(command, home: home, environment: [variable: Self.secret])
            #expect(run.status == (status.hasPrefix("401") ? 3 : 1), "\(run.summary)")
            #expect(!run.output.holds(Self.secret) && !run.errors.holds(Self.secret), "\(run.summary)")
            #expect(run.output.holds("Incorrect API key") || run.errors.holds("Incorrect API key"), "\(run.summary)")
        }
        // It did get it.
        let gotIt = server.connections.allSatisfy { $0.received.holds(Self.secret) }
        #expect(gotIt && server.connections.count >= 3)
    }

    @Test func `a key does not go to an address that is not its provider's`() throws {
        let server = try Self.echo("401 Unauthorized")
        let run = try Run.toEnd(
            ["ask", "-m", "anthropic/claude-sonnet-4-5", "--base-url", server.url(""), "Hi"], home: Home(),
            environment: ["ANTHROPIC_API_KEY": Self.secret])
        #expect(run.status == 3, "\(run.summary)")
        #expect(server.connections.allSatisfy { !$0.received.holds(Self.secret) })
    }

    /// The environment's address is the environment's provider's, whatever provider a command names.
    @Test(arguments: [
        ["check", "anthropic"], ["check", "anthropic", "-p", "openai"], ["ask", "-p", "anthropic", "Hi"],
    ])
    func `a key does not go to another provider's address`(arguments: [String]) throws {
        let server = try Self.echo("401 Unauthorized")
        let home = try Home()
        // Nobody is asked for real: anthropic's own address is a port that is closed.
        try home.configure("[providers.anthropic]\nbase_url = \"http://127.0.0.1:9\"")
        let run = try Run.toEnd(
            arguments + (arguments[0] == "ask" ? ["--max-retries", "0"] : []), home: home,
            environment: [
                "ANTHROPIC_API_KEY": Self.secret, "WEIR_PROVIDER": "openai", "WEIR_BASE_URL": server.url("/v1"),
            ])
        #expect(run.status != 0, "\(run.summary)")
        #expect(server.connections.allSatisfy { !$0.received.holds(Self.secret) })
    }

    @Test(arguments: [307, 308, 301, 302])
    func `a redirect gets no key`(status: Int) throws {
        let elsewhere = try Self.echo("401 Unauthorized")
        let lab = try Lab(always: [.now(.redirect(status: status, location: elsewhere.url("/v1/messages")))])
        let home = try Home()
        for model in LabModels.both {
            let run = try Run.toEnd(lab.ask(model, "Hi"), home: home, environment: ["WEIR_API_KEY": Self.secret])
            #expect(run.status == 1, "\(run.summary)")
            #expect(run.errorText.contains("redirects") && run.errorText.contains("never followed"), "\(run.errorText)")
        }
        #expect(elsewhere.connections.isEmpty)
    }

    // MARK: Where keys come from

    @Test(arguments: ["key_file", "key_command"])
    func `a file or a command that is the user's own`(source: String) throws {
        let home = try Home()
        let file = try home.write("sk-from-file\n", to: "keys/lab", mode: 0o600)
        try home.configure(
            "[providers.lab]\n" + (source == "key_file" ? "key_file = \"\(file)\"" : "key_command = \"cat \(file)\""))
        let server = try Self.echo("401 Unauthorized")
        let run = try Run.toEnd(["ask", "-p", "lab", "--base-url", server.url(""), "Hi"], home: home)
        #expect(run.status == 3, "\(run.summary)")
        let gotIt = server.connections.first?.received.holds("x-api-key: sk-from-file\r\n") == true
        #expect(gotIt)
        #expect(!run.errors.holds("sk-from-file"), "\(run.errorText)")
    }

    @Test(arguments: [0o644, 0o640, 0o604])
    func `a key file that others can read is refused`(mode: Int) throws {
        let home = try Home()
        let file = try home.write("sk-from-file\n", to: "keys/lab", mode: mode)
        try home.configure("[providers.lab]\nkey_file = \"\(file)\"")
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask("lab-gpt", "Hi"), home: home)
        #expect(run.status == 3)
        #expect(run.errorText.contains("chmod 600") && run.errorText.contains(file), "\(run.errorText)")
        #expect(lab.requests == 0)
    }

    @Test(arguments: [
        ("key_file = \"/nonexistent/key\"", "/nonexistent/key"), ("key_command = \"exit 7\"", "status 7"),
        ("key_command = \"true\"", "printed nothing"),
    ])
    func `a source that fails is told`(line: String, says: String) throws {
        let home = try Home()
        try home.configure("[providers.lab]\n\(line)")
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask("lab-gpt", "Hi"), home: home)
        #expect(run.status == 3)
        #expect(run.errorText.contains(says), "\(run.errorText)")
        #expect(lab.requests == 0)
    }

    @Test func `a key with a line end in it cannot become a header`() throws {
        let lab = try Lab()
        let run = try Run.toEnd(
            lab.ask("lab-claude", "Hi"), home: Home(), environment: ["WEIR_API_KEY": "sk-a\r\nX-Evil: 1"])
        #expect(run.status == 3, "\(run.summary)")
        #expect(!run.errors.holds("X-Evil"), "\(run.errorText)")
        #expect(lab.requests == 0)
    }

    @Test func `no key is told with what to do`() throws {
        let run = try Run.toEnd(["ask", "-p", "anthropic", "Hi"], home: Home())
        #expect(run.status == 3)
        #expect(run.errorText.contains("ANTHROPIC_API_KEY"), "\(run.errorText)")
        let nobody = try Run.toEnd(["ask", "Hi"], home: Home())
        #expect(nobody.status == 3)
        #expect(nobody.errorText.contains("weir demo"), "\(nobody.errorText)")
    }

    @Test func `a refused key`() throws {
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask("lab-claude", "Hi"), home: Home(), environment: ["WEIR_API_KEY": "sk-bad"])
        #expect(run.status == 3)
        #expect(run.errorText.contains("401") && run.errorText.contains("weir check"), "\(run.errorText)")
        #expect(!run.errors.holds("sk-bad"))
    }
}
