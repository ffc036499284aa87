/// What the environment says about the terminal's encoding.
enum Locale {
    /// The first of LC_ALL, LC_CTYPE and LANG that is set decides (POSIX, 8.2); without any it is the C locale.
    static var isUTF8: Bool {
        let name = environment("LC_ALL") ?? environment("LC_CTYPE") ?? environment("LANG") ?? "C"
        let upper = name.uppercased()
        return upper.contains("UTF-8") || upper.contains("UTF8")
    }
}
