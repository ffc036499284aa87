import TOML
import Testing

@testable import Providers

@Suite("The catalogue")
struct CatalogueTests {
    @Test("the built-in one has every provider, and each can be asked")
    func builtIn() throws {
        let catalogue = try Catalogue.builtIn()
        #expect(
            catalogue.providers.map(\.name) == [
                "anthropic", "openai", "openrouter", "holysheep", "oneapi", "deepseek", "gemini", "ollama", "llama.cpp",
                "litellm", "lab",
            ])
        for provider in catalogue.providers {
            #expect(!provider.defaultModel.isEmpty)
            let model = catalogue.model(provider.defaultModel, of: provider)
            let endpoint = try provider.endpoint(for: model, key: Secret("k"))
            #expect(endpoint.provider == provider.name)
            #expect(provider.needsKey == !provider.keyVariables.isEmpty || provider.selfHosted)
            let ids = provider.models.flatMap { [$0.id] + $0.aliases }
            #expect(Set(ids).count == ids.count, "\(provider.name) has a name twice")
        }
    }

    @Test("the strict parser of TOML agrees")
    func strict() throws {
        let text = String(decoding: PackageResources.providers_toml, as: UTF8.self)
        var catalogue = Catalogue()
        try catalogue.merge(TOMLDocument(text, source: "providers.toml"))
        #expect(catalogue.providers == (try Catalogue.builtIn().providers))
    }

    @Test(
        "models resolve by id, alias and pattern",
        arguments: [
            ("anthropic", "claude-opus-4-5", .prefill, 64000), ("anthropic", "opus-4-5", .prefill, 64000),
            ("anthropic", "claude-opus-4-5-20251101", .prefill, 64000),
            ("anthropic", "claude-opus-4-1-20250805", .prefill, 32000),
            ("anthropic", "claude-sonnet-4-20250514", .prefill, 32000),
            ("anthropic", "claude-3-5-sonnet-20241022", .prefill, 8192),
            ("anthropic", "claude-3-haiku-20240307", .prefill, 4096),
            ("anthropic", "claude-opus-4-6", .continue, 64000), ("anthropic", "claude-opus-4-7", .continue, 32000),
            ("anthropic", "claude-opus-6", .continue, 32000), ("anthropic", "something-else", .continue, nil),
            ("openai", "gpt-4.1", .continue, 32768), ("openai", "gpt-5.3-new", .continue, 128_000),
            ("deepseek", "deepseek-v9", .prefill, nil), ("ollama", "qwen3:8b", .prefill, nil),
            ("llama.cpp", "default", .prefill, nil), ("litellm", "gpt-4.1", .continue, nil),
            ("holysheep", "claude-opus-4-5", .continue, 64000), ("holysheep", "new", .continue, nil),
            ("openrouter", "anthropic/claude-opus-4.5", .continue, nil), ("lab", "lab-claude", .prefill, 64000),
            ("lab", "lab-other", .continue, nil),
        ] as [(String, String, ResumeStrategy, Int?)])
    func models(provider: String, id: String, resume: ResumeStrategy, maxOutput: Int?) throws {
        let catalogue = try Catalogue.builtIn()
        let provider = try #require(catalogue.provider(named: provider))
        let model = catalogue.model(id, of: provider)
        #expect(model.resume == resume)
        #expect(model.maxOutput == maxOutput)
        #expect(!model.isPattern)
    }

    @Test(
        "a model finds its provider",
        arguments: [
            ("opus-4-5", "anthropic", "claude-opus-4-5"), ("claude-opus-9", "anthropic", "claude-opus-9"),
            ("gpt-4.1", "openai", "gpt-4.1"), ("gpt-9", "openai", "gpt-9"),
            ("gemini-9-flash", "gemini", "gemini-9-flash"),
            ("deepseek-flash", "deepseek", "deepseek-flash"), ("meta/llama-9", "openrouter", "meta/llama-9"),
            ("lab-gpt", "lab", "lab-gpt"), ("no-such-thing", nil, nil),
        ] as [(String, String?, String?)])
    func find(id: String, provider: String?, model: String?) throws {
        let found = try Catalogue.builtIn().find(model: id)
        #expect(found?.provider.name == provider)
        #expect(found?.model.id == model)
    }

    @Test("a model asked in the other dialect: the address changes its habit")
    func otherDialect() throws {
        let catalogue = try Catalogue.builtIn()
        let lab = try #require(catalogue.provider(named: "lab"))
        let claude = try lab.endpoint(
            for: catalogue.model("lab-claude", of: lab), baseURL: "http://127.0.0.1:9/", key: nil)
        #expect(
            claude.request(for: ChatRequest(model: "m", messages: []), requestID: "r").url
                == "http://127.0.0.1:9/v1/messages")
        let gpt = try lab.endpoint(for: catalogue.model("lab-gpt", of: lab), baseURL: "http://127.0.0.1:9/", key: nil)
        #expect(gpt.dialect == .openai)
        #expect(gpt.modelsRequest().url == "http://127.0.0.1:9/v1/models")
    }

    @Test("the user's file changes providers key by key, adds models and providers, and keeps its hands off the rest")
    func merge() throws {
        var catalogue = try Catalogue.builtIn()
        try catalogue.merge(
            TOMLDocument(
                """
                model = "x"
                [retry]
                max_retries = 3
                [providers.openai]
                base_url = "http://127.0.0.1:1/v1"
                key_file = "~/key"
                models = [{ id = "gpt-4.1", max_output = 5 }, { id = "mine", aliases = ["m"], resume = "restart-skip" }]
                [providers.home]
                dialect = "openai"
                base_url = "http://192.168.1.5/v1"
                allow_insecure = true
                models = [{ id = "big" }]
                """, source: "config.toml"))
        let openAI = try #require(catalogue.provider(named: "openai"))
        #expect(openAI.baseURL == "http://127.0.0.1:1/v1")
        #expect(openAI.keyVariables == ["OPENAI_API_KEY"])
        #expect(catalogue.model("gpt-4.1", of: openAI).maxOutput == 5)
        #expect(catalogue.model("gpt-4.1", of: openAI).images == true)
        #expect(catalogue.model("m", of: openAI).resume == .restartSkip)
        let home = try #require(catalogue.provider(named: "home"))
        #expect(home.needsKey)
        #expect(home.defaultModel == "big")
        _ = try home.endpoint(for: catalogue.model("big", of: home), key: nil)
    }

    @Test(
        "errors name the place, and change nothing",
        arguments: [
            ("[providers.x]\nbase_url = \"https://x\"", 1, "dialect"),
            ("[providers.x]\ndialect = \"openai\"", 1, "base_url"),
            ("[providers.openai]\n\ndialect = \"gemini\"", 3, "anthropic, openai"),
            ("[providers.openai]\nbase_ur = \"x\"", 2, "did you mean \"base_url\""),
            ("[providers.openai]\nbase_url = \"nowhere\"", 2, "https://"),
            ("[[providers.openai.models]]\ntitle = \"x\"", 1, "id"),
            ("[[providers.openai.models]]\nid = \"x\"\nmax_output = 0", 3, "max_output"),
        ])
    func errors(text: String, line: Int, words: String) throws {
        var catalogue = try Catalogue.builtIn()
        let before = catalogue.providers
        let document = try TOMLDocument(text, source: "config.toml")
        #expect {
            try catalogue.merge(document)
        } throws: { error in
            guard let error = error as? TOMLError else { return false }
            #expect(error.line == line)
            #expect("\(error)".contains(words), "\(error)")
            return true
        }
        #expect(catalogue.providers == before)
    }

    @Test(
        "patterns",
        arguments: [
            ("*", "anything", 0), ("claude-*", "claude-opus", 7), ("claude-*", "claud", nil), ("a*b", "ab", 2),
            ("a*b*c", "axxbyyc", 3), ("a*b*c", "axxbyy", nil), ("*b", "aab", 1), ("exact", "exact", 5),
            ("exact", "exactly", nil), ("**", "", 0),
        ] as [(String, String, Int?)])
    func patterns(pattern: String, name: String, fit: Int?) {
        #expect(Model(id: pattern).fit(to: name) == fit)
    }
}
