import FaultLab
import TestSupport
import Testing

/// Files, options and variables that are right, and ones that are not.
@Suite struct ConfigurationTests {
    @Test(arguments: [
        ("model = \n", 1, ""), ("model = \"a\"\n[retry\n", 2, ""),
        ("[retry]\nmax_retries = \"many\"\n", 2, "max_retries"),
        ("\n\n[retry]\nbase_delay = \"soon\"\n", 4, "base_delay"), ("modle = \"x\"\n", 1, "modle"),
        ("[timeouts]\nfirst_bite = 3\n", 2, "first_bite"), ("temperature = 7\n", 1, "temperature"),
        ("[providers.own]\ndialect = \"french\"\n", 2, "dialect"), ("a = \"\u{0}\"\n", 1, ""),
    ])
    func `a broken file names file, line and key, and the rest works`(text: String, line: Int, key: String) throws {
        let home = try Home()
        let path = try home.configure(text)
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask("lab-claude", "Broken file"), home: home)
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: "Broken file"))
        #expect(run.errorText.contains("\(path):\(line)"), "\(run.errorText)")
        #expect(key.isEmpty || run.errorText.contains(key), "\(run.errorText)")
        #expect(run.errorText.split(separator: "\n").count == 1, "\(run.errorText)")

        // A file that the user named has to be right.
        let named = try Run.toEnd(lab.ask("lab-claude", "--config", path, "Broken file"), home: Home())
        #expect(named.status == 3, "\(named.summary)")
        #expect(named.errorText.contains("\(path):\(line)"), "\(named.errorText)")
        #expect(named.output.isEmpty)
        let variable = try Run.toEnd(
            lab.ask("lab-claude", "Broken file"), home: Home(), environment: ["WEIR_CONFIG": path])
        #expect(variable.status == 3)

        // And `config` says what is wrong.
        let config = try Run.toEnd(["config"], home: home)
        #expect(config.status == 3)
        #expect(config.errorText.contains("\(path):\(line)"))
    }

    @Test func `a command that there is not names the nearest, and no other's usage`() throws {
        let run = try Run.toEnd(["modls"], home: Home())
        #expect(run.status == 64)
        #expect(run.errorText.hasPrefix("weir: There is no command “modls”. Did you mean `weir models`?\n"))
        #expect(run.errorText.contains("`weir --help` lists them") && !run.errorText.contains("Usage"))
    }

    @Test func `broken prices, themes, keys and scenarios stop nothing else`() throws {
        let home = try Home()
        try home.write("prices = 3\n", to: "config/weir/pricing.toml")
        try home.write("name = [\n", to: "config/weir/themes/own.toml")
        try home.write("retri = \"f9\"\n", to: "config/weir/keys.toml")
        try home.write("nothing = true\n", to: "config/weir/scenarios/own.toml")
        for (command, file) in [
            (["prices"], "pricing.toml:1"), (["themes"], "own.toml:"), (["keys"], "keys.toml:1: retri"),
            (["lab", "--list"], "own.toml"),
        ] {
            let run = try Run.toEnd(command, home: home)
            #expect(run.errorText.contains(file), "\(run.summary)")
            #expect(run.output.count { $0 == 0x0A } > 3, "\(run.summary)")
        }
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask("lab-gpt", "Still here"), home: home)
        #expect(run.status == 0)
        expectSame(run.outputText, CanonicalReply.text(prompt: "Still here"))
    }

    /// 0.0.0.0 leads to this machine, and does not say so.
    @Test func `plain http to another machine is the provider's own setting`() throws {
        let lab = try Lab()
        let provider = "[providers.own]\ndialect = \"openai\"\nneeds_key = false\nbase_url = "
        let arguments = ["ask", "-p", "own", "-m", "lab-gpt", "In plain sight"]
        for (setting, status) in [("", 3), ("allow_insecure = true\n", 0)] as [(String, Int32)] {
            let home = try Home()
            try home.configure(provider + "\"http://0.0.0.0:\(lab.lab.port)/v1\"\n" + setting)
            let run = try Run.toEnd(arguments, home: home)
            #expect(run.status == status, "\(run.summary)")
            #expect(run.errorText.contains("allow_insecure") == (status == 3), "\(run.errorText)")
        }
    }

    @Test func `a named file that is not there`() throws {
        let run = try Run.toEnd(["ask", "-p", "lab", "--config", "/nonexistent/weir.toml", "Hi"], home: Home())
        #expect(run.status == 3)
        #expect(run.errorText.contains("/nonexistent/weir.toml"))
    }

    @Test(arguments: [
        (["-p", "nonsense"], "nonsense"), (["-p", "antropic"], "Did you mean anthropic"),
        (["-m", "nonsense"], "nonsense"),
        (["-p", "lab", "--base-url", "ftp://here"], "ftp://here"), (["-p", "lab", "--base-url", ""], "base URL"),
        (["-p", "lab", "--base-url", "http://example.com"], "https"),
    ])
    func `what cannot be asked`(arguments: [String], says: String) throws {
        let run = try Run.toEnd(["ask"] + arguments + ["Hi"], home: Home())
        #expect(run.status == 3, "\(run.summary)")
        #expect(run.errorText.contains(says), "\(run.errorText)")
        #expect(run.output.isEmpty)
    }

    @Test(arguments: [
        ["ask", "--nonsense", "Hi"], ["frobnicate"], ["ask", "--max-retries", "many", "Hi"],
        ["ask", "--base-delay", "soon", "Hi"], ["ask", "--resume", "maybe", "Hi"], ["ask", "--jitter", "some", "Hi"],
        ["ask", "--temperature", "9", "Hi"], ["ask", "--max-tokens", "0", "Hi"], ["lab", "--port", "x"],
    ])
    func `wrong usage`(arguments: [String]) throws {
        let run = try Run.toEnd(arguments, home: Home())
        #expect(run.status == 64, "\(run.summary)")
        #expect(!run.errors.isEmpty && run.output.isEmpty)
    }

    @Test func `a wrong command is answered with the nearest right one`() throws {
        let run = try Run.toEnd(["chekc"], home: Home())
        #expect(run.status == 64)
        #expect(run.errorText.contains("weir check"), "\(run.errorText)")
    }

    @Test func `command line before environment before file`() throws {
        let lab = try Lab()
        let home = try Home()
        try home.configure(
            """
            provider = "lab"
            model = "from-file"
            system = "Be brief."
            max_tokens = 7
            """)
        func model(_ arguments: [String], _ environment: [String: String]) throws -> String {
            let run = try Run.toEnd(
                ["ask", "--base-url", lab.baseURL] + arguments + ["Hi"], home: home, environment: environment)
            // Seven tokens, by the file.
            #expect(run.status == 6, "\(run.summary)")
            return lab.lab.journal().last { $0.kind == .asked }?.text ?? ""
        }
        let file = try model([], [:])
        #expect(file.contains("from-file"), "\(file)")
        let environment = try model([], ["WEIR_MODEL": "from-environment"])
        #expect(environment.contains("from-environment"), "\(environment)")
        let line = try model(["-m", "from-line"], ["WEIR_MODEL": "from-environment"])
        #expect(line.contains("from-line"), "\(line)")
    }

    @Test func `settings of the file are in force`() throws {
        let lab = try Lab(always: [.status(503)])
        let home = try Home()
        try home.configure("[retry]\nmax_retries = 1\nbase_delay = \"2ms\"\njitter = \"none\"\n")
        let run = try Run.toEnd(
            ["ask", "-p", "lab", "--base-url", lab.baseURL, "--json", "Hi"], home: home)
        #expect(run.status == 4, "\(run.summary)")
        let events = try run.events()
        #expect(events.named("attempt").count == 2)
        #expect(events.named("retry").first?.number("delay") == 0.002)
    }

    @Test func `a provider of one's own`() throws {
        let lab = try Lab()
        let home = try Home()
        try home.configure(
            """
            [providers.mine]
            title = "Mine"
            dialect = "openai"
            base_url = "\(lab.lab.openAIBaseURL)"
            needs_key = false
            default_model = "lab-gpt"
            """)
        let run = try Run.toEnd(["ask", "-p", "mine", "Mine"], home: home)
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: "Mine"))
        let list = try Run.toEnd(["providers"], home: home)
        #expect(list.outputText.contains("mine"))
    }

    /// As it is in many an office: the demo has to work there too.
    @Test(arguments: ["http_proxy", "all_proxy", "ALL_PROXY"])
    func `a proxy is not asked for this machine's own servers`(variable: String) throws {
        let lab = try Lab()
        let closed = try ClosedPort()
        let run = try Run.toEnd(
            lab.ask("lab-gpt", "Behind a proxy"), home: Home(),
            environment: [variable: "http://127.0.0.1:\(closed.number)"])
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: "Behind a proxy"))
    }
}
