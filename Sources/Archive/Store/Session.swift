#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A process that has the store open, as other processes can see it: it holds a lock on a file beside the store, and the
/// kernel takes the lock away when the process ends, however it ends.
///
/// Sessions are made and looked for within a write transaction of the store, so that no process finds a file that its
/// maker has not locked yet.
struct Session: Sendable {
    let id: String
    private let path: String
    private let file: Int32

    /// `nil` where no file can be made or locked: the session's replies then look abandoned to other processes.
    init?(besides store: String) {
        let id = String(UInt64.random(in: .min ... .max), radix: 36)
        let path = Self.path(id, store)
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            unlink(path)
            return nil
        }
        self.id = id
        self.path = path
        self.file = file
    }

    func end() {
        unlink(path)
        close(file)
    }

    /// Whether the process of a session still runs. The file of one that does not is removed.
    static func isAlive(_ id: String, besides store: String) -> Bool {
        let path = path(id, store)
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return true }
        unlink(path)
        return false
    }

    /// Removes the files of sessions that were killed. Their replies must have been seen to before.
    static func removeDead(besides store: String) {
        let slash = store.lastIndex(of: "/")
        let folder = slash.map { String(store[...$0]) } ?? "./"
        let prefix = path("", String(store[(slash.map { store.index(after: $0) } ?? store.startIndex)...]))
        guard let listing = opendir(folder) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name.hasPrefix(prefix) { _ = isAlive(String(name.dropFirst(prefix.count)), besides: store) }
        }
    }

    private static func path(_ id: String, _ store: String) -> String { "\(store)-session-\(id)" }
}
