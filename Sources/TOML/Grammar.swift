internal import TOMLKit

/// TOMLKit's judgement of a document.
enum Grammar {
    struct Complaint {
        var line: Int
        var column: Int
        var message: String
    }

    /// `nil` where the document is valid. TOMLKit 0.6 never frees what it parsed, so this costs the size of the document
    /// until the program ends: files are read once.
    static func complaint(about text: String) -> Complaint? {
        do {
            _ = try TOMLKit.TOMLTable(string: text)
            return nil
        } catch let error as TOMLParseError {
            return Complaint(
                line: error.source.begin.line, column: error.source.begin.column, message: error.description)
        } catch {
            return Complaint(line: 0, column: 0, message: "\(error)")
        }
    }
}
