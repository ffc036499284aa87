#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where Weir's files are: the XDG base directories.
struct Paths {
    let config: String
    let data: String
    let state: String

    /// - Parameter environment: looks a variable up; empty counts as unset.
    init(environment: (String) -> String?) {
        let home = environment("HOME") ?? "/"
        func base(_ variable: String, _ fallback: String) -> String {
            // XDG: a relative path is invalid and counts as unset.
            let path = environment(variable).flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + fallback
            return path + "/weir"
        }
        config = base("XDG_CONFIG_HOME", "/.config")
        data = base("XDG_DATA_HOME", "/.local/share")
        state = base("XDG_STATE_HOME", "/.local/state")
    }

    var configFile: String { config + "/config.toml" }
    var pricingFile: String { config + "/pricing.toml" }
    var keysFile: String { config + "/keys.toml" }
    var themes: String { config + "/themes" }
    var scenarios: String { config + "/scenarios" }
    var store: String { data + "/weir.sqlite" }
    /// Of the dashboard's key; `--record` names its own.
    var recordings: String { state + "/recordings" }
    /// Of streams, for who is to find out why they went as they did.
    var reports: String { state + "/reports" }
    var log: String { state + "/weir.log" }
}

/// Reads an environment variable; empty counts as unset.
func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}
