import Dashboard

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension AttachmentReader {
    /// More than anybody chooses from.
    static let mostEntries = 200

    /// What is in the path's folder and begins as its last component does, by name. Hidden ones where that begins with a
    /// dot; none that could not be written in a prompt.
    func entries(beginning path: String) -> [FileEntry] {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let beginning = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        let folder = absolute(slash.map { String(path[...$0]) } ?? "")
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let name, name != ".", name != "..", name.hasPrefix(beginning),
                beginning.hasPrefix(".") || !name.hasPrefix("."),
                name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") })
            else { continue }
            names.append(name)
        }
        return names.sorted().prefix(Self.mostEntries).map { name in
            var status = stat()
            let isFolder = stat(folder + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            return FileEntry(name: name, isFolder: isFolder)
        }
    }
}
