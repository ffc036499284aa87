/// The built-in themes: the TOML files beside this one, embedded by the build.
public enum BuiltInThemes {
    /// In the order in which a list shows them.
    public static let files: [(name: String, bytes: [UInt8])] = [
        ("dark", PackageResources.dark_toml),
        ("light", PackageResources.light_toml),
        ("ansi", PackageResources.ansi_toml),
        ("mono", PackageResources.mono_toml),
    ]
}
