/// The built-in themes as bytes in the binary: `PackageResources.dark_toml` and so on, made by the build from the
/// TOML files beside this one.
public enum BuiltInThemes {}
