internal import TOMLKit

/// TOMLKit's judgement of a document.
enum Grammar {
    struct Complaint {
        var line: Int
        var column: Int
        var message: String
    }

    /// `nil` where the document is valid. Only for what ``Scanner`` has read: TOMLKit stops the program at a failed
    /// assertion on much of what the scanner refuses (`[ü]`). And TOMLKit 0.6 never frees what it parsed, so that a call
    /// costs the document's size until the program ends: files are read once.
    static func complaint(about text: String) -> Complaint? {
        do {
            _ = try TOMLKit.TOMLTable(string: text)
            return nil
        } catch let error as TOMLParseError {
            let message = error.description.prefix(1).lowercased() + error.description.dropFirst()
            return Complaint(line: error.source.begin.line, column: error.source.begin.column, message: message)
        } catch {
            return Complaint(line: 0, column: 0, message: "\(error)")
        }
    }
}
