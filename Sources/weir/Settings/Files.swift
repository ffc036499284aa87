#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that could not be read, in words.
struct FileError: Error, CustomStringConvertible {
    let path: String
    let problem: String

    var description: String { "\(path): \(problem)" }
}

/// Small files, read whole.
enum Files {
    /// More than any file of ours needs.
    static let sizeLimit = 16 << 20

    /// `nil` when there is no such file.
    ///
    /// - Parameter waits: for a pipe, until somebody writes to it. Otherwise anything but a file is an error: for what is
    ///   read while the screen must go on.
    static func contents(of path: String, waits: Bool = true) throws(FileError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (waits ? 0 : O_NONBLOCK))
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError(path: path, problem: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard waits || fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: path, problem: "is no file, but a folder, a pipe or a device")
        }
        return try read(descriptor, named: path)
    }

    /// To its end; of one that is longer than the limit the head, or nothing.
    static func read(
        _ descriptor: Int32, named path: String, limit: Int = sizeLimit, takesHead: Bool = false
    ) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, &buffer, buffer.count)
            #else
                let count = Darwin.read(descriptor, &buffer, buffer.count)
            #endif
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(path: path, problem: String(cString: strerror(errno)))
            }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= limit else {
                if takesHead { return bytes }
                throw FileError(path: path, problem: "is larger than \(limit >> 20) MB")
            }
        }
    }

    /// Makes the file or replaces what is in it.
    static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, problem: String(cString: strerror(errno))) }
        var output = OutputBuffer(descriptor: descriptor)
        output.append(bytes)
        output.flush()
        let problem = close(descriptor) == 0 ? output.failure : errno
        if let problem { throw FileError(path: path, problem: String(cString: strerror(problem))) }
    }

    /// Makes a new file that nobody else can read, in a folder that is made where it is missing; with a number after its
    /// name where there is one of that name. Returns its path.
    static func save(
        _ bytes: [UInt8], in folder: String, name: String, suffix: String
    ) throws(FileError) -> String {
        try makeFolder(folder)
        var number = 1
        while true {
            let path = folder + "/" + name + (number == 1 ? "" : "-\(number)") + suffix
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor < 0, errno == EEXIST, number < 1000 {
                number += 1
                continue
            }
            guard descriptor >= 0 else { throw FileError(path: path, problem: String(cString: strerror(errno))) }
            var output = OutputBuffer(descriptor: descriptor)
            output.append(bytes)
            output.flush()
            let problem = close(descriptor) == 0 ? output.failure : errno
            if let problem { throw FileError(path: path, problem: String(cString: strerror(problem))) }
            return path
        }
    }

    private static func makeFolder(_ path: String) throws(FileError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw FileError(path: path, problem: String(cString: strerror(errno)))
        }
        try makeFolder(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw FileError(path: path, problem: String(cString: strerror(errno)))
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Names in a folder that end in `suffix`, sorted; empty when there is no such folder.
    static func names(in folder: String, suffix: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(suffix), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
