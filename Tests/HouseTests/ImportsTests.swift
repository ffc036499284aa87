import Foundation
import Testing

/// Holds the code against the table of `docs/ARCHITECTURE.md`, which is the one that counts.
@Suite struct ImportsTests {
    private let table: RoomTable
    private let sources: [String: [(path: String, text: SourceText)]]
    private let outside: Set<String>

    init() throws {
        table = RoomTable(document: try House.text("docs/ARCHITECTURE.md"))
        sources = try House.sources.get()
        outside = try #require(table.meanings["the outside world"])
        try #require(table.rooms.count >= 15 && outside.count >= 8)
    }

    @Test func everyModuleIsInTheTableAndTheOtherWayRound() {
        #expect(Set(sources.keys).subtracting(table.rooms.keys).sorted() == [], "modules that the table does not know")
        #expect(Set(table.rooms.keys).subtracting(sources.keys).sorted() == [], "rooms that nobody has built")
    }

    @Test func filesImportOnlyWhatTheTableAllows() {
        for (module, room) in table.rooms {
            for file in sources[module] ?? [] {
                #expect(file.text.imports.subtracting(room.mayImport).sorted() == [], "\(file.path)")
            }
        }
    }

    @Test func nobodyNamesWhatTheTableForbids() {
        for (module, room) in table.rooms where !room.never.isEmpty {
            for file in sources[module] ?? [] {
                #expect(file.text.identifiers.intersection(room.never).sorted() == [], "\(file.path)")
            }
        }
    }

    /// In a pure room, randomness comes from outside too.
    @Test func pureRoomsAreHandedTheirRandomNumbers() {
        for (module, room) in table.rooms where room.never.isSuperset(of: outside) {
            for file in sources[module] ?? [] {
                let code = String(decoding: Array(file.text.lines.joined(separator: [0x20])), as: UTF8.self)
                for call in [".random(", ".randomElement(", ".shuffled(", ".shuffle("] {
                    for use in code.components(separatedBy: call).dropFirst() {
                        // The generator is the last argument of the call.
                        #expect(use.prefix(120).contains("using:"), "\(file.path): \(call)")
                    }
                }
            }
        }
    }

    /// What the package declares, the table allows; and what a file imports, the package declares.
    @Test func thePackageAgrees() throws {
        let targets = Manifest(text: try House.text("Package.swift")).targets
        // Modules of the system and the toolchain are no dependencies.
        let ofTheSystem = outside.union(["Synchronization", "Testing"])
        for target in targets {
            let room = try #require(table.rooms[target.name], "\(target.name) is not in the table")
            #expect(target.dependencies.subtracting(room.mayImport).sorted() == [], "\(target.name)")
            let imported = (sources[target.name] ?? []).reduce(into: Set<String>()) { $0.formUnion($1.text.imports) }
            #expect(
                imported.subtracting(ofTheSystem).subtracting(target.dependencies).sorted() == [],
                "\(target.name) imports it and does not declare it")
        }
        let declared = Set(targets.map(\.name))
        #expect(Set(sources.keys).subtracting(declared).sorted() == [], "modules that the package does not build")
    }
}

/// The readers above, on texts that could fool them.
@Suite struct HouseReaderTests {
    @Test func importsAreFoundAndCommentsAreNot() {
        let source = SourceText(
            """
            // import Foundation
            /* import Glibc
            import Darwin */
            @testable import Screen
            public import TOML
            import struct Providers.Usage
            let text = "import Dispatch"
            let long = \"\"\"
                import Foundation
                \"\"\"
            let url = "https://example.org" + ContinuousClock.name
            let quote = "\\"" // Musl
            """)
        #expect(source.imports == ["Screen", "TOML", "Providers"])
        #expect(source.identifiers.contains("ContinuousClock"))
        #expect(source.identifiers.isDisjoint(with: ["Foundation", "Glibc", "Darwin", "Dispatch", "Musl"]))
    }

    @Test func theManifestIsRead() {
        let manifest = Manifest(
            text: """
                func room(_ name: String) -> Target { .target(name: name) }
                let package = Package(
                    products: [.library(name: "P", targets: ["A"])],
                    targets: [
                        room("A"),
                        room("B", resources: [.embedInCode("Resources")]),
                        room("C", ["A", .product(name: "HeapModule", package: "swift-collections"), "B"], resources: [.copy("X")]),
                        .target(name: "D", path: "d", resources: [.embedInCode(".")]),
                        .executableTarget(name: "E", dependencies: ["C", "D"], swiftSettings: strict),
                    ])
                """)
        let found = Dictionary(uniqueKeysWithValues: manifest.targets.map { ($0.name, $0.dependencies) })
        #expect(found == ["A": [], "B": [], "C": ["A", "B", "HeapModule"], "D": [], "E": ["C", "D"]])
    }

    @Test func theTableIsRead() {
        let table = RoomTable(
            document: """
                | module | owns | may import | never |
                | --- | --- | --- | --- |
                | `A` | things `B` | | *the outside world* |
                | `B` | things | `A`, `C`, *libc* | `D` |

                | question | place |
                | --- | --- |
                | `x` | `y` |

                *The outside world*: `Foundation`,
                `Glibc`.

                *libc*: `Glibc`, `Musl`

                `Other`
                """)
        #expect(table.rooms.count == 2 && table.meanings.count == 2)
        #expect(table.rooms["A"]?.mayImport == [] && table.rooms["A"]?.never == ["Foundation", "Glibc"])
        #expect(table.rooms["B"]?.mayImport == ["A", "C", "Glibc", "Musl"] && table.rooms["B"]?.never == ["D"])
    }
}
