import Recording

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a recording's file.
enum RecordingReader {
    static func read(_ path: String) throws(SettingsError) -> Recording {
        let descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var parser = RecordingParser()
        var block = [UInt8](repeating: 0, count: 256 << 10)
        do throws(RecordingError) {
            while true {
                #if canImport(Glibc)
                    let count = Glibc.read(descriptor, &block, block.count)
                #else
                    let count = Darwin.read(descriptor, &block, block.count)
                #endif
                if count == 0 { return try parser.finish() }
                if count < 0 {
                    if errno == EINTR { continue }
                    let reason = String(cString: strerror(errno))
                    throw RecordingError(line: 0, offset: 0, problem: reason)
                }
                try parser.receive(count == block.count ? block : Array(block[..<count]))
            }
        } catch {
            throw failure(path, error.line == 0 ? error.problem : "\(error)")
        }
    }

    private static func failure(_ path: String, _ problem: String) -> SettingsError {
        SettingsError(message: "the recording \(path): \(problem)")
    }
}
