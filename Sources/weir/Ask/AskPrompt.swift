import ArgumentParser
import Providers

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What `weir ask` is asked: its arguments, in which `@path` attaches a file, then standard input, in which nothing does:
/// a diff or a mail is full of such signs, and who wrote it should not choose which files are sent.
struct AskPrompt {
    /// The arguments; empty where there are none.
    var typed: String
    /// Standard input; empty where there is none.
    var material: String
    var attachments: [Attachment]

    /// Standard input is read unless it is a terminal.
    init(words: [String], reader: AttachmentReader = AttachmentReader()) throws {
        let words = words.filter { $0 != "-" }
        typed = words.map { Self.quoted($0, reader) }.joined(separator: " ")
        material = ""
        if isatty(0) == 0 {
            let bytes = try Files.read(0, named: "standard input")
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ValidationError("standard input is not UTF-8")
            }
            if !text.allSatisfy(\.isWhitespace) { material = text }
        }
        guard !words.isEmpty || !material.isEmpty else {
            throw ValidationError("there is no prompt: give it as arguments, on standard input, or both")
        }
        do throws(AttachmentError) {
            attachments = try reader.attachments(FileMention.all(in: typed))
        } catch {
            throw SettingsError(message: error.message, hint: error.hint)
        }
    }

    /// The shell took the quotation marks of `@"my file.png"` away: a file of that whole name is there.
    private static func quoted(_ word: String, _ reader: AttachmentReader) -> String {
        guard word.hasPrefix("@"), word.utf8.contains(0x20) else { return word }
        let path = String(word.dropFirst())
        return Files.exists(reader.absolute(path)) ? FileMention.written(path) : word
    }

    /// All of it as one message.
    var message: ChatMessage {
        let texts = [typed, material].filter { !$0.isEmpty }
        return ChatMessage(role: .user, text: texts.joined(separator: "\n\n"), attachments: attachments)
    }
}
