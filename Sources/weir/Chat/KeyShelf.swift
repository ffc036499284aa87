import Dashboard

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `keys.toml`, and whether it has changed since it was read.
struct KeyShelf {
    /// What tells one version of a file from another.
    private struct Version: Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private let path: String
    private var seen: Version?

    init(_ paths: Paths) {
        path = paths.keysFile
    }

    mutating func read(isAskedFor: Bool = false) -> KeyFile {
        seen = version()
        do throws(FileError) {
            return KeyFile(path: path, bytes: try Files.contents(of: path, waits: false), isAskedFor: isAskedFor)
        } catch {
            return KeyFile(path: path, bytes: nil, problem: "\(error)", isAskedFor: isAskedFor)
        }
    }

    /// The file, if it is another one than was read last; costs one look at its date.
    mutating func changed() -> KeyFile? {
        version() == seen ? nil : read()
    }

    private func version() -> Version? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Glibc)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        return Version(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }
}
