#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file and the folder of the store, for their owner alone.
enum StoreFile {
    /// Makes what is missing: folders with mode 0700, the file with 0600. A file that others may read is closed to them.
    static func prepare(_ path: String) throws(ArchiveError) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]), of: path)
        }
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code = errno
            throw .cannotOpen(path: path, reason: String(cString: strerror(code)))
        }
        defer { close(file) }
        var status = stat()
        if fstat(file, &status) == 0, status.st_mode & 0o077 != 0 { _ = fchmod(file, 0o600) }
    }

    static func makeFolder(_ path: String, of store: String) throws(ArchiveError) {
        if mkdir(path, 0o700) == 0 { return }
        var code = errno
        if code == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]), of: store)
            if mkdir(path, 0o700) == 0 { return }
            code = errno
        }
        var status = stat()
        if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        throw .cannotOpen(path: store, reason: "\(path): \(String(cString: strerror(code)))")
    }
}
