// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "StreamReply",
    platforms: [.macOS(.v15)],
    // In a program of your own: `.package(url: …, from: …)`.
    dependencies: [.package(name: "weir", path: "../..")],
    targets: [
        .executableTarget(name: "StreamReply", dependencies: [.product(name: "StreamEngine", package: "weir")])
    ]
)
