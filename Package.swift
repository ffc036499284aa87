// swift-tools-version: 6.2
import PackageDescription

// The rooms and who may import whom: docs/ARCHITECTURE.md. Tests/HouseTests holds the imports against that table.

// While developing (make test, make lint). A newer compiler's new warnings must not stop who only installs.
let isStrict = Context.environment["WEIR_STRICT"] == "1"
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)] + (isStrict ? [.treatAllWarnings(as: .error)] : [])
let strictC: [CSetting] = isStrict ? [.treatAllWarnings(as: .error)] : []

// On Linux its header is where every header is, and the flags of its .pc file are ones that the package manager refuses.
#if os(Linux)
    let utf8procConfig: String? = nil
#else
    let utf8procConfig: String? = "libutf8proc"
#endif

/// A pure or thin module of ours.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    let snapshots =
        ["ArchiveTests", "DashboardTests", "FaultLabTests", "ScreenTests"].contains(name) ? ["__Snapshots__"] : []
    let fixtures = name == "RecordingTests" ? ["Fixtures"] : []
    return .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], exclude: snapshots + fixtures, swiftSettings: strict)
}

let package = Package(
    name: "weir",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "weir", targets: ["weir"]),
        .library(name: "EventStream", targets: ["EventStream"]),
        .library(
            name: "StreamEngine",
            targets: ["StreamClient", "CurlTransport", "StreamEngine", "Providers", "Pricing", "EventStream"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.0.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(
            name: "CMD4C", pkgConfig: "md4c", providers: [.apt(["libmd4c-dev"]), .brew(["md4c"])]),
        .systemLibrary(
            name: "CUTF8Proc", pkgConfig: utf8procConfig, providers: [.apt(["libutf8proc-dev"]), .brew(["utf8proc"])]),

        // Pure rooms.
        room("TOML", [.product(name: "TOMLKit", package: "TOMLKit")]),
        room("EventStream"),
        room("Providers", ["EventStream", "TOML"], resources: [.embedInCode("Resources")]),
        room("Pricing", ["TOML"], resources: [.embedInCode("Resources")]),
        room(
            "StreamEngine",
            [
                "EventStream", "Providers", "Pricing",
                .product(name: "HeapModule", package: "swift-collections"),
            ]),
        room("Recording", ["StreamEngine", "Providers", "Pricing"]),
        room("Simulation", ["StreamEngine", "Recording", "EventStream", "Providers", "Pricing", "TOML"]),
        room("Screen", ["CMD4C", "CUTF8Proc", "TOML", "Themes"]),
        .target(
            name: "Themes", path: "themes",
            resources: [
                .embedInCode("dark.toml"),
                .embedInCode("light.toml"),
                .embedInCode("high-contrast-dark.toml"),
                .embedInCode("high-contrast-light.toml"),
                .embedInCode("colorblind.toml"),
                .embedInCode("colorblind-light.toml"),
                .embedInCode("ansi.toml"),
                .embedInCode("mono.toml"),
                .embedInCode("catppuccin.toml"),
                .embedInCode("dracula.toml"),
                .embedInCode("gruvbox.toml"),
                .embedInCode("nord.toml"),
                .embedInCode("solarized-light.toml"),
                .embedInCode("tokyo-night.toml"),
            ], swiftSettings: strict),
        room(
            "Bench",
            [
                "StreamEngine", "Providers", "Pricing",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "RealModule", package: "swift-numerics"),
            ]),
        room("Dashboard", ["StreamEngine", "Providers", "Pricing", "TOML", "Screen", "Bench"]),

        // Thin rooms: sockets, terminal, disk.
        .target(name: "CCurl", cSettings: strictC, linkerSettings: [.linkedLibrary("curl")]),
        room("CurlTransport", ["CCurl", "StreamEngine", "Providers"]),
        room("StreamClient", ["CurlTransport", "StreamEngine", "Providers", "Pricing"]),
        .target(
            name: "CTerminal", cSettings: strictC,
            linkerSettings: [
                .linkedLibrary("ncursesw", .when(platforms: [.linux])),
                .linkedLibrary("ncurses", .when(platforms: [.macOS])),
            ]),
        room("CursesTerminal", ["CTerminal", "Screen"]),
        room("Archive", [.product(name: "GRDB", package: "GRDB.swift")]),
        room(
            "FaultLab",
            [
                "TOML",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
            ], resources: [.embedInCode("Resources")]),

        .target(name: "CMalloc", cSettings: strictC),

        // The program.
        .executableTarget(
            name: "weir",
            dependencies: [
                "CMalloc",
                "EventStream", "Providers", "Pricing", "TOML", "StreamEngine", "CurlTransport", "StreamClient",
                "Recording", "Archive", "Screen", "Dashboard", "CursesTerminal", "FaultLab", "Bench",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),

        // The example of the library's users, a package of its own, built here too so that the tests can run it.
        .executableTarget(
            name: "StreamReply", dependencies: ["StreamClient", "StreamEngine"],
            path: "Examples/StreamReply/Sources/StreamReply", swiftSettings: strict),

        // Many replies from the fault lab, for `make soak`.
        .executableTarget(
            name: "Soak",
            dependencies: [
                "FaultLab", "StreamClient", "StreamEngine", "Providers",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),

        // Tests, and what they share.
        room("TestSupport"),
        tests("HouseTests", []),
        tests("TOMLTests", ["TOML"]),
        tests("EventStreamTests", ["EventStream"]),
        tests("ProvidersTests", ["Providers", "EventStream", "TOML"]),
        tests("PricingTests", ["Pricing", "TOML"]),
        tests("StreamEngineTests", ["StreamEngine", "Providers", "Pricing", "TOML"]),
        tests("RecordingTests", ["Recording", "StreamEngine", "Providers", "Pricing"]),
        tests("ScreenTests", ["Screen", "TOML"]),
        tests("BenchTests", ["Bench", "StreamEngine", "Providers", "Pricing"]),
        tests("DashboardTests", ["Dashboard", "StreamEngine", "Providers", "Pricing", "TOML", "Screen", "Bench"]),
        tests("CurlTransportTests", ["CurlTransport", "CCurl", "StreamEngine", "Providers"]),
        tests(
            "StreamClientTests", ["StreamClient", "CurlTransport", "StreamEngine", "Providers", "Pricing", "FaultLab"]),
        tests("CursesTerminalTests", ["CursesTerminal", "CTerminal", "Screen", "TerminalProbe"]),
        tests("ArchiveTests", ["Archive", .product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            "FaultLabTests",
            [
                "FaultLab", "TOML",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        tests("EndToEndTests", ["weir", "StreamReply", "Soak", "FaultLab", "Screen"]),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation", "Providers", "TestSupport"], exclude: ["Regressions"],
            swiftSettings: strict),
        // `make simulate`, `make fuzz`.
        .executableTarget(name: "Simulate", dependencies: ["Simulation"], swiftSettings: strict),
        // A program that draws, crashes and stops, for CursesTerminalTests.
        .executableTarget(
            name: "TerminalProbe", dependencies: ["CursesTerminal", "Screen"], swiftSettings: strict),
    ]
)
