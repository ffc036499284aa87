/// What `Package.swift` says of its targets, read from its text: each call that makes one, with its name and the names of
/// its dependencies (of products, the product's).
struct Manifest {
    struct Target {
        var name: String
        var dependencies: Set<String>
    }

    var targets: [Target] = []

    init(text: String) {
        // The declarations of helper functions stand before the package.
        let package = text.range(of: "let package").map { text[$0.lowerBound...] } ?? text[...]
        for call in [".target(", ".executableTarget(", ".systemLibrary(", "room("] {
            var rest = package
            while let start = rest.range(of: call) {
                let body = Self.balanced(rest[start.upperBound...], open: "(", close: ")")
                rest = rest[start.upperBound...]
                guard let name = Self.literals(in: body).first else { continue }
                targets.append(Target(name: name, dependencies: Self.dependencies(in: body, isRoom: call == "room(")))
            }
        }
    }

    private static func dependencies(in body: Substring, isRoom: Bool) -> Set<String> {
        let label = body.range(of: "dependencies:")
        // A room's list has no label: it is the first thing after the name, if it is there at all.
        let afterName = body.firstIndex(of: ",").map { body[body.index(after: $0)...].drop(while: \.isWhitespace) }
        guard let list = label.map({ body[$0.upperBound...] }) ?? (isRoom ? afterName : nil) else { return [] }
        let trimmed = list.drop(while: \.isWhitespace)
        guard trimmed.hasPrefix("[") else { return [] }
        var elements = balanced(trimmed.dropFirst(), open: "[", close: "]")
        var names: Set<String> = []
        while let product = elements.range(of: ".product(") {
            let arguments = balanced(elements[product.upperBound...], open: "(", close: ")")
            if let name = literals(in: arguments).first { names.insert(name) }
            names.formUnion(literals(in: elements[..<product.lowerBound]))
            elements = elements[arguments.endIndex...]
        }
        return names.union(literals(in: elements))
    }

    /// What stands before the bracket that closes the one that was just opened.
    private static func balanced(_ text: Substring, open: Character, close: Character) -> Substring {
        var depth = 1
        for index in text.indices {
            if text[index] == open { depth += 1 }
            if text[index] == close { depth -= 1 }
            if depth == 0 { return text[..<index] }
        }
        return text
    }

    private static func literals(in text: Substring) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
