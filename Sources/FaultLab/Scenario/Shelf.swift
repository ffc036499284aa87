import TOML

/// The built-in scenarios.
public enum Shelf {
    /// In the order in which a list shows them.
    public static let names = Array(files.keys.sorted { rank($0) < rank($1) })

    public static func scenario(named name: String) throws(TOMLError) -> Scenario? {
        guard let text = text(of: name) else { return nil }
        return try Scenario(text, name: name, source: "\(name).toml")
    }

    /// Its file.
    public static func text(of name: String) -> String? {
        files[name].map { String(decoding: $0, as: UTF8.self) }
    }

    /// All of them.
    public static func scenarios() throws(TOMLError) -> [Scenario] {
        var scenarios: [Scenario] = []
        for name in names { if let scenario = try scenario(named: name) { scenarios.append(scenario) } }
        return scenarios
    }

    /// `default`: reconnecting, told within a minute.
    public static var standard: Scenario {
        // A test reads every file of the shelf, so the other case is one that never ships.
        (try? scenario(named: "default")) ?? Scenario(name: "calm", description: "No fault at all")
    }

    private static func rank(_ name: String) -> String {
        switch name {
        case "default": "0"
        case "calm": "1"
        default: "2" + name
        }
    }

    private static let files: [String: [UInt8]] = [
        "default": PackageResources.default_toml,
        "calm": PackageResources.calm_toml,
        "bad-key": PackageResources.bad_key_toml,
        "captive-portal": PackageResources.captive_portal_toml,
        "cut-mid-word": PackageResources.cut_mid_word_toml,
        "flaky-wifi": PackageResources.flaky_wifi_toml,
        "good-manners": PackageResources.good_manners_toml,
        "hiccups": PackageResources.hiccups_toml,
        "not-streamed": PackageResources.not_streamed_toml,
        "one-model-down": PackageResources.one_model_down_toml,
        "overloaded": PackageResources.overloaded_toml,
        "rate-limited": PackageResources.rate_limited_toml,
        "slow-start": PackageResources.slow_start_toml,
        "spliced": PackageResources.spliced_toml,
        "storm": PackageResources.storm_toml,
        "train-tunnel": PackageResources.train_tunnel_toml,
        "truncating-proxy": PackageResources.truncating_proxy_toml,
        "works-on-the-third-try": PackageResources.works_on_the_third_try_toml,
    ]
}
