// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that who only builds Weir does not build this.
let package = Package(
    name: "weir-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "weir", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .executableTarget(
            name: "EngineBench",
            dependencies: [
                "CAllocator",
                .product(name: "EventStream", package: "weir"),
                .product(name: "StreamEngine", package: "weir"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "ManyStreams", dependencies: [.product(name: "StreamEngine", package: "weir")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(name: "CAllocator"),
        // In C, since they are what Weir is measured against: a server that is never the slower end, and the floor. On
        // Linux, by epoll; elsewhere they say that they are missing.
        .executableTarget(name: "StreamServer"),
        .executableTarget(name: "LabProbe"),
        .executableTarget(name: "CurlFloor", linkerSettings: [.linkedLibrary("curl")]),
    ]
)
