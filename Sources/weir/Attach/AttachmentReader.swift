import Dashboard
import Providers
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that a prompt names and that cannot go out with it: nothing is sent.
struct AttachmentError: Error, CustomStringConvertible {
    let message: String
    var hint: String?

    var description: String { message }
}

/// Finds and reads the files that a prompt names with `@path`.
struct AttachmentReader {
    /// Of one file, in bytes: more than any provider takes in a request.
    static let sizeLimit = 50 << 20
    /// Of one file whose tokens are estimated while the prompt is typed, in bytes: a few milliseconds.
    static let weighingLimit = 1 << 20
    /// Of an image that is longer: its size stands at its beginning, behind what a camera or an editor says of it.
    private static let headBytes = 64 << 10

    /// Where relative paths begin.
    var folder: String
    var home: String?

    /// Those of this process.
    init() {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        folder = getcwd(&buffer, buffer.count).map { String(cString: $0) } ?? "."
        home = environment("HOME")
    }

    /// The files of these mentions, each once, in order. A mention of something that is no file and may be a person's name
    /// or the like stays what it is, a word of the prompt.
    func attachments(_ mentions: [FileMention]) throws(AttachmentError) -> [Attachment] {
        var attachments: [Attachment] = []
        var seen: Set<String> = []
        for mention in mentions {
            guard let found = try find(mention), seen.insert(found.path).inserted else { continue }
            let bytes = try read(found.path, named: found.name)
            guard let attachment = Attachment(name: found.name, bytes: bytes) else {
                throw AttachmentError(
                    message: "\(found.name) is neither an image (PNG, JPEG, GIF, WebP) nor a text in UTF-8",
                    hint: "Convert it, or write its name without the @.")
            }
            attachments.append(attachment)
        }
        return attachments
    }

    /// What the files of these mentions add to a request, for an estimate: of what is long only the head is read, which tells
    /// an image's size, and what would be refused is only counted as a file.
    func weight(of mentions: [FileMention]) -> FilesWeight {
        var weight = FilesWeight()
        var seen: Set<String> = []
        for mention in mentions {
            do throws(AttachmentError) {
                guard let found = try find(mention), seen.insert(found.path).inserted else { continue }
                let isLong = found.size > Self.weighingLimit
                let bytes = try read(
                    found.path, named: found.name, limit: isLong ? Self.headBytes : Self.weighingLimit,
                    takesHead: isLong)
                guard let attachment = Attachment(name: found.name, bytes: bytes), !isLong || attachment.isImage else {
                    weight.uncounted += 1
                    continue
                }
                weight.counted += 1
                weight.tokens += TokenEstimator.estimate(ChatMessage(role: .user, text: "", attachments: [attachment]))
            } catch {
                weight.uncounted += 1
            }
        }
        return weight
    }

    private func find(_ mention: FileMention) throws(AttachmentError) -> (path: String, name: String, size: Int)? {
        for name in mention.paths {
            let path = absolute(name)
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG:
                guard status.st_size <= Self.sizeLimit else {
                    throw AttachmentError(
                        message: "\(name) is \(Int(status.st_size) >> 20) MB, and no provider takes more than "
                            + "\(Self.sizeLimit >> 20) MB")
                }
                return (path, name, Int(status.st_size))
            case S_IFDIR where !mention.isCertain && !name.hasSuffix("/"):
                // A folder that is called as a person is.
                continue
            case S_IFDIR:
                throw AttachmentError(message: "\(name) is a folder", hint: "Name the files in it one by one.")
            default:
                throw AttachmentError(message: "\(name) is no file")
            }
        }
        guard mention.isCertain, let name = mention.paths.last else { return nil }
        throw AttachmentError(
            message: "@\(name): there is no such file",
            hint: "Relative paths begin in \(folder). To send it as text, put it in `backticks`.")
    }

    private func read(
        _ path: String, named name: String, limit: Int = sizeLimit, takesHead: Bool = false
    ) throws(AttachmentError) -> [UInt8] {
        // It may have become a pipe since, where opening waits for somebody.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw AttachmentError(message: "\(name): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        do throws(FileError) {
            return try Files.read(descriptor, named: name, limit: limit, takesHead: takesHead)
        } catch {
            throw AttachmentError(message: "\(error)")
        }
    }

    func absolute(_ path: String) -> String {
        if path == "~" || path.hasPrefix("~/"), let home { return home + path.dropFirst() }
        return path.hasPrefix("/") ? path : folder + "/" + path
    }
}
