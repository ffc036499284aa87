import Foundation

/// What the numbers were measured on.
enum Machine {
    static func describe() -> [String] {
        let system = ProcessInfo.processInfo
        return [
            "machine   \(processor()), \(system.activeProcessorCount) cores, \(system.physicalMemory >> 30) GiB",
            "system    \(distribution()), kernel \(Command.firstLine("uname", "-r") ?? "?")",
            "swift     \(Command.firstLine("swift", "--version") ?? "?")",
            "libcurl   \(Command.firstLine("curl-config", "--version") ?? "?")"
                + " · ncurses \(Command.firstLine("ncursesw6-config", "--version") ?? "?")"
                + " · \(Command.firstLine("python3", "--version") ?? "no python3")",
            "date      \(Date.now.formatted(.iso8601)), load \(load())",
        ]
    }

    private static func processor() -> String {
        #if os(Linux)
            let name = lines(of: "/proc/cpuinfo").first { $0.hasPrefix("model name") }?.split(separator: ":").last
            return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "?"
        #else
            return Command.firstLine("sysctl", "-n", "machdep.cpu.brand_string") ?? "?"
        #endif
    }

    private static func distribution() -> String {
        let name = lines(of: "/etc/os-release").first { $0.hasPrefix("PRETTY_NAME=") }?.split(separator: "\"").last
        return name.map(String.init) ?? ProcessInfo.processInfo.operatingSystemVersionString
    }

    /// Of the last minute: what else the machine had to do.
    private static func load() -> String {
        var averages = [0.0]
        guard getloadavg(&averages, 1) == 1 else { return "?" }
        return String(format: "%.1f", averages[0])
    }

    private static func lines(of path: String) -> [Substring] {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
    }
}
