internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that lines are appended to behind the loop's back: for recordings. Its owner alone can read it.
///
/// ``append(_:)`` never waits for the disk. What cannot be written ends the file, at its last whole line, and never its
/// writer: it is told once, and everything after is dropped.
public final class RecordingFile: Sendable {
    /// Why the file could not be made.
    public enum Failure: Error, Sendable, Equatable {
        /// There is one, and nobody said that it may go.
        case exists
        case failed(reason: String)
    }

    private struct State {
        var waiting: [UInt8] = []
        var isScheduled = false
        /// Nothing is written any more.
        var isOver = false
        var reason: String?
    }

    /// Bytes that may wait for a slow disk.
    public static let backlogLimit = 64 << 20

    public let path: String
    private let descriptor: Int32
    private let backlogLimit: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "weir.recording", qos: .utility)
    private let ended: @Sendable (String) -> Void

    /// Makes the file, with mode 0600.
    ///
    /// - Parameters:
    ///   - overwrites: a file of that name is emptied.
    ///   - makesFolder: the folder is made where it is missing, with mode 0700.
    ///   - ended: is told why, once, when writing fails; on a queue of the file's.
    public init(
        path: String, overwrites: Bool = false, makesFolder: Bool = false,
        backlogLimit: Int = RecordingFile.backlogLimit, ended: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(Failure) {
        self.path = path
        self.backlogLimit = backlogLimit
        self.ended = ended
        if makesFolder, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            do throws(ArchiveError) {
                try StoreFile.makeFolder(String(path[..<slash]), of: path)
            } catch {
                if case .cannotOpen(_, let reason) = error { throw .failed(reason: reason) }
                throw .failed(reason: "\(error)")
            }
        }
        let how = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | (overwrites ? 0 : O_EXCL)
        descriptor = open(path, how, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            throw code == EEXIST ? .exists : .failed(reason: String(cString: strerror(code)))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            _ = Self.closeDescriptor(descriptor)
            throw .failed(reason: "it is no file")
        }
        // A file of a limited size is one that takes no more, and not the end of the program.
        signal(SIGXFSZ, SIG_IGN)
        // Closed to others before anything is in it.
        if overwrites, fchmod(descriptor, 0o600) != 0 || ftruncate(descriptor, 0) != 0 {
            let code = errno
            _ = Self.closeDescriptor(descriptor)
            throw .failed(reason: String(cString: strerror(code)))
        }
    }

    deinit { _ = Self.closeDescriptor(descriptor) }

    /// Whole lines, in their order.
    public func append(_ lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        let isFirst = state.withLock { state in
            guard !state.isOver else { return false }
            guard state.waiting.count + lines.count <= backlogLimit else {
                end(&state, "the disk is too slow")
                return false
            }
            state.waiting += lines
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { queue.async { self.write() } }
    }

    /// Writes what waits. Returns why the file holds less than it should; `nil` where it holds everything.
    public func close() -> String? {
        queue.sync { write() }
        return state.withLock { state in
            state.isOver = true
            return state.reason
        }
    }

    private func write() {
        let bytes = state.withLock { state in
            state.isScheduled = false
            defer { state.waiting = [] }
            return state.waiting
        }
        let size = lseek(descriptor, 0, SEEK_END)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Self.writeTo(descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]))
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                let reason = String(cString: strerror(errno))
                // Half a line helps nobody.
                let whole = bytes[..<written].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
                if size >= 0 { _ = ftruncate(descriptor, size + off_t(whole)) }
                state.withLock { end(&$0, reason) }
                return
            }
        }
    }

    private func end(_ state: inout State, _ reason: String) {
        guard !state.isOver else { return }
        state.isOver = true
        state.reason = reason
        state.waiting = []
        let ended = ended
        queue.async { ended(reason) }
    }

    private static func writeTo(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #elseif canImport(Musl)
            Musl.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }
}
