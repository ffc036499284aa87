import Testing

@testable import Providers

@Suite("Endpoints")
struct EndpointTests {
    func make(_ url: String, key: String? = nil, habits: RequestHabits = RequestHabits()) throws -> Endpoint {
        try Endpoint(provider: "p", dialect: .openai, baseURL: url, key: key.map(Secret.init), habits: habits)
    }

    @Test(
        "URLs that cannot be used",
        arguments: [
            "", "api.openai.com", "ftp://example.org", "https://", "https:///v1", "https://user:pw@example.org",
            "https://example.org#x", "https://exa mple.org", "https://example.org:0", "https://example.org:x",
            "https://example.org:99999", "https://[::1", "https://[]", "https://[::1]x", "https://豆.example",
            "https://example.org\n", "localhost:8080", "https://:443",
        ])
    func badURLs(url: String) {
        #expect {
            try make(url)
        } throws: { error in
            guard case EndpointError.invalidURL(url, _)? = error as? EndpointError else { return false }
            return true
        }
    }

    @Test("plain http goes to this machine only, unless allowed")
    func plain() throws {
        for url in [
            "http://localhost:1/v1", "http://LOCALHOST", "http://127.0.0.1:8787", "http://127.9.9.9", "http://[::1]:80",
            "http://lab.localhost",
        ] {
            #expect(Endpoint.isLoopback(url))
            _ = try make(url)
        }
        for host in ["example.org", "192.168.1.5", "127.0.0.1.example.org", "128.0.0.1", "localhost.example.org"] {
            #expect(!Endpoint.isLoopback("http://\(host)"))
            #expect(throws: EndpointError.insecure(host: host)) { try make("http://\(host)/v1") }
            _ = try make("http://\(host)/v1", habits: RequestHabits(allowsInsecure: true))
        }
        #expect(!Endpoint.isLoopback("nonsense"))
    }

    @Test("a key that would break the header is refused, an empty one is none")
    func keys() throws {
        for (key, offset) in [("a\r\nb", 1), ("a\n", 1), ("\0", 0), ("ab\u{7F}", 2)] {
            #expect(throws: EndpointError.invalidKey(offset: offset)) { try make("https://example.org", key: key) }
        }
        #expect(try make("https://example.org", key: "").key == nil)
        #expect(try make("https://example.org").modelsRequest().headers == [HTTPHeader("accept", "application/json")])
    }

    @Test("a secret does not print itself")
    func secrets() throws {
        let endpoint = try make("https://example.org", key: "sk-hidden")
        var dumped = ""
        dump(endpoint, to: &dumped)
        #expect(!"\(endpoint) \(String(reflecting: endpoint)) \(dumped)".contains("sk-hidden"))
    }

    @Test("a prefill address is held to the same rules")
    func prefillAddress() {
        #expect(throws: EndpointError.insecure(host: "example.org")) {
            try make("https://example.org", habits: RequestHabits(prefillBaseURL: "http://example.org"))
        }
    }
}
