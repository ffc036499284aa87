import Foundation
import Testing

/// Compares text with a file in `__Snapshots__` beside the test. `WEIR_RECORD=1` writes the files instead; look at the
/// difference before you commit it.
public func expectSnapshot(
    _ text: String, named name: String, file: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let folder = URL(filePath: file).deletingLastPathComponent().appending(path: "__Snapshots__")
    let url = folder.appending(path: name + ".txt")
    // A final line end, so that the files are ordinary text files.
    let text = text.hasSuffix("\n") ? text : text + "\n"
    if ProcessInfo.processInfo.environment["WEIR_RECORD"] == "1" {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        return
    }
    guard let data = try? Data(contentsOf: url) else {
        Issue.record("no snapshot \(name): run with WEIR_RECORD=1 to make it", sourceLocation: sourceLocation)
        return
    }
    let expected = String(decoding: data, as: UTF8.self)
    guard !expected.utf8.elementsEqual(text.utf8) else { return }
    Issue.record(
        Comment(rawValue: difference(expected: expected, actual: text, name: name)), sourceLocation: sourceLocation)
}

private func difference(expected: String, actual: String, name: String) -> String {
    let expected = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let actual = actual.split(separator: "\n", omittingEmptySubsequences: false)
    var report = "snapshot \(name) differs:\n"
    for row in 0..<max(expected.count, actual.count) {
        let old = row < expected.count ? String(expected[row]) : nil
        let new = row < actual.count ? String(actual[row]) : nil
        guard old != new else { continue }
        if let old { report += "\(row + 1) - \(old)\n" }
        if let new { report += "\(row + 1) + \(new)\n" }
    }
    return report
}
