#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `$VISUAL` or `$EDITOR` on a text, as mail programs do it. The terminal must be lent out.
enum ExternalEditor {
    enum Outcome {
        case text(String)
        case failure(String)
    }

    static func edit(_ text: String) -> Outcome {
        let editor = environment("VISUAL") ?? environment("EDITOR") ?? "vi"
        var path = Array(((environment("TMPDIR") ?? "/tmp") + "/weir-XXXXXX.md").utf8CString)
        // Mode 0600: a draft is nobody else's.
        let descriptor = mkstemps(&path, 3)
        let name = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard descriptor >= 0 else { return .failure("no file for the editor: \(String(cString: strerror(errno)))") }
        defer { unlink(name) }
        var output = OutputBuffer(descriptor: descriptor)
        output.append(text.utf8)
        output.flush()
        close(descriptor)
        if let failure = output.failure {
            return .failure("no file for the editor: \(String(cString: strerror(failure)))")
        }
        let status = system("\(editor) '\(name)'")
        guard status == 0 else {
            return .failure("`\(editor)` ended with status \((status >> 8) & 0xFF); the text is as it was")
        }
        do throws(FileError) {
            let bytes = try Files.contents(of: name) ?? []
            guard let edited = String(validating: bytes, as: UTF8.self) else {
                return .failure("the edited text is not UTF-8; the text is as it was")
            }
            return .text(edited)
        } catch {
            return .failure("\(error)")
        }
    }
}
