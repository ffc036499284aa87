import FaultLab
import TOML

/// The built-in scenarios and the user's own.
struct LabScenarios {
    /// From the user's folder; one with a built-in one's name takes its place.
    let own: [Scenario]

    /// What is wrong in a file of the folder is told, and the others are there.
    init(_ paths: Paths) throws {
        var own: [Scenario] = []
        for name in Files.names(in: paths.scenarios, suffix: ".toml") {
            do {
                own.append(try Self.load(paths.scenarios + "/" + name))
            } catch {
                Messages.complain("\(error)")
            }
        }
        self.own = own
    }

    /// The user's first.
    func all() throws -> [Scenario] {
        own + (try Shelf.scenarios()).filter { scenario in !own.contains { $0.name == scenario.name } }
    }

    /// By name, or from a file where the name looks like one.
    func scenario(named name: String) throws -> Scenario {
        if name.hasSuffix(".toml") || name.contains("/") { return try Self.load(name) }
        let all = try all()
        if let scenario = all.first(where: { $0.name == name }) { return scenario }
        let names = all.map(\.name)
        let nearest = TOMLTable.nearest(to: name, in: names).map { " Did you mean \($0)?" } ?? ""
        throw SettingsError(
            message: "no scenario is called “\(name)”.\(nearest)", hint: "There are: " + names.joined(separator: ", "))
    }

    static func load(_ path: String) throws -> Scenario {
        guard let bytes = try Files.contents(of: path) else {
            throw SettingsError(message: "\(path): no such file")
        }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let document = try TOMLDocument(bytes: bytes, source: path)
        return try Scenario(document.root, name: file.hasSuffix(".toml") ? String(file.dropLast(5)) : file)
    }
}
