import Screen

struct ThemeShelf {
    var isChosen = false
    var entries: [(name: String, isDark: Bool, path: String?)] { [] }
    var problems: [String] = []
    init(_ paths: Paths) {}
    mutating func first(named: String?, hasColor: Bool) throws -> Theme { .plain }
    var names: [String] { ["plain"] }
    func theme(named name: String) throws -> Theme { .plain }
    func automatic(forBackground: (UInt8, UInt8, UInt8)) -> Theme? { nil }
}
