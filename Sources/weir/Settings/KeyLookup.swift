import Providers

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a provider's key comes from: the environment, a file that only its owner can read, or a command. Never an
/// argument: those stand in `ps` and in the shell's history.
struct KeySource {
    var variables: [String]
    /// Mode 0600 or stricter.
    var file: String?
    /// Run by `sh -c`; its first line of output is the key.
    var command: String?

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// - Returns: `nil` where none of the sources is there.
    func key() throws(Failure) -> Secret? {
        for variable in variables {
            if let value = environment(variable) { return Secret(value.trimmingWhitespace) }
        }
        if let file { return try read(file) }
        if let command { return try run(command) }
        return nil
    }

    private func read(_ path: String) throws(Failure) -> Secret {
        let path = path.hasPrefix("~/") ? (environment("HOME") ?? "") + path.dropFirst() : path
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw Failure(description: "key_file \(path): \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw Failure(
                description: "key_file \(path) can be read by others: make it yours alone with `chmod 600 \(path)`")
        }
        do throws(FileError) {
            let text = String(decoding: try Files.contents(of: path) ?? [], as: UTF8.self).trimmingWhitespace
            guard !text.isEmpty else { throw FileError(path: path, problem: "is empty") }
            return Secret(text)
        } catch {
            throw Failure(description: "key_file \(error)")
        }
    }

    private func run(_ command: String) throws(Failure) -> Secret {
        guard let pipe = popen(command, "r") else {
            throw Failure(description: "key_command: \(String(cString: strerror(errno)))")
        }
        var line = [CChar](repeating: 0, count: 16 << 10)
        let found = fgets(&line, Int32(line.count), pipe) != nil
        let status = pclose(pipe)
        guard status == 0 else {
            throw Failure(description: "key_command ended with status \((status >> 8) & 0xFF): `\(command)`")
        }
        let key = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .trimmingWhitespace
        guard found, !key.isEmpty else { throw Failure(description: "key_command printed nothing: `\(command)`") }
        return Secret(key)
    }
}

/// The keys that were fetched in this run.
final class KeyRing {
    private var keys: [String: Secret?] = [:]

    func has(_ provider: String) -> Bool { keys[provider] != nil }

    func key(of provider: String, from source: KeySource) throws(KeySource.Failure) -> Secret? {
        if let known = keys[provider] { return known }
        let key = try source.key()
        keys[provider] = .some(key)
        return key
    }
}

extension String {
    /// Without spaces, tabs and line ends at both ends.
    var trimmingWhitespace: String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 &- 9 < 5 }
        let bytes = utf8.drop(while: isSpace)
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(bytes[...last]) ?? ""
    }
}
