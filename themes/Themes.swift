/// The built-in themes: the TOML files beside this one, embedded by the build.
public enum BuiltInThemes {
    /// In the order in which a list shows them.
    public static let files: [(name: String, bytes: [UInt8])] = [
        ("dark", PackageResources.dark_toml),
        ("light", PackageResources.light_toml),
        ("high-contrast-dark", PackageResources.high_contrast_dark_toml),
        ("high-contrast-light", PackageResources.high_contrast_light_toml),
        ("colorblind", PackageResources.colorblind_toml),
        ("colorblind-light", PackageResources.colorblind_light_toml),
        ("ansi", PackageResources.ansi_toml),
        ("mono", PackageResources.mono_toml),
        ("catppuccin", PackageResources.catppuccin_toml),
        ("dracula", PackageResources.dracula_toml),
        ("gruvbox", PackageResources.gruvbox_toml),
        ("nord", PackageResources.nord_toml),
        ("solarized-light", PackageResources.solarized_light_toml),
        ("tokyo-night", PackageResources.tokyo_night_toml),
    ]
}
