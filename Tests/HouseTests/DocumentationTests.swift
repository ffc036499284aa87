import Foundation
import Testing

/// The rooms that other programs can use say what everything in them is.
@Suite struct DocumentationTests {
    /// Those of the library products, and what of the others stands in their signatures.
    private static let rooms = [
        "EventStream", "Providers", "Pricing", "StreamEngine", "StreamClient", "CurlTransport",
    ]

    @Test(arguments: rooms)
    func everyPublicSymbolIsExplained(room: String) throws {
        var declarations = 0
        for path in try House.files(below: "Sources/" + room, suffix: ".swift") {
            let documentation = Documentation(of: try House.text(path))
            declarations += documentation.declarations
            for symbol in documentation.undocumented {
                Issue.record("\(path):\(symbol.line): no comment explains `\(symbol.text)`")
            }
        }
        #expect(declarations > 2, "\(room) has no public face: the reader is blind")
    }

    /// Whatever the products offer is held to this.
    @Test func theProductsRoomsAreThese() throws {
        let package = try House.text("Package.swift")
        let products = package.components(separatedBy: ".library(").dropFirst()
        #expect(products.count >= 2)
        for product in products {
            let list = product.components(separatedBy: "targets: [")[1].prefix { $0 != "]" }
            let names = list.split(separator: "\"").filter { $0.first?.isLetter == true }.map(String.init)
            #expect(Set(names).subtracting(Self.rooms).sorted() == [])
        }
    }

    @Test func theReaderFindsWhatIsMissing() {
        let source = """
            import A
            public import B
            /// Explained.
            public struct One {
                public var two: Int
                /// Explained.
                @inlinable
                public func three() {}
                @inlinable public func four() {}
                // Not for readers.
                public init() {}
                public static func < (a: One, b: One) -> Bool { false }
                var five = 5
            }

            /// Explained; its first cases share that.
            public enum Six {
                case a, b
                case c

                case d
                /// Explained.
                case e(Int)
                case f
                public var seven: Int { 7 }
            }

            enum Hidden {
                case g

                case h
            }
            public let text = \"\"\"
                public struct No {}
                \"\"\"
            """
        let found = Documentation(of: source).undocumented.map(\.line)
        #expect(found == [5, 9, 11, 21, 25, 33])
    }
}
