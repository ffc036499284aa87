import Archive
import CursesTerminal
import Recording
import Screen
import StreamClient
import StreamEngine

/// Films the screen: everything that is drawn, with its time, as an asciicast.
final class ScreenRecorder {
    let path: String
    private let file: RecordingFile
    private let start = SystemClock.instant()
    private var writer: AsciicastWriter

    /// Of `--record FILE.cast`; `nil` where it is not said. Begins at once, and before the first frame.
    ///
    /// - Parameter ended: is told why, from any thread, when the file can take no more.
    init?(
        _ options: RecordOptions, terminal: CursesTerminal, ended: @escaping @Sendable (String) -> Void
    ) throws(SettingsError) {
        guard let path = options.screen else { return nil }
        self.path = path
        do throws(RecordingFile.Failure) {
            file = try RecordingFile(path: path, overwrites: options.overwrite, ended: ended)
        } catch {
            throw SettingsError(recording: path, error)
        }
        writer = AsciicastWriter(
            columns: terminal.size.columns, rows: terminal.size.rows, at: SystemClock.wall(), title: "weir",
            terminalType: environment("TERM"))
        file.append(writer.takeBytes())
        terminal.listener = { [unowned self] bytes in
            writer.output(bytes, at: SystemClock.instant() - start)
            file.append(writer.takeBytes())
        }
    }

    func resized(to size: Size) {
        writer.resized(columns: size.columns, rows: size.rows, at: SystemClock.instant() - start)
        file.append(writer.takeBytes())
    }

    /// Ends the file in order, after the terminal was given back, and says how it is played.
    func stopAndTell() {
        writer.finish(at: SystemClock.instant() - start)
        file.append(writer.takeBytes())
        if let reason = file.close() {
            Messages.complain("the recording \(path) is not whole: \(reason)")
        } else {
            Messages.say("The screen is in \(path): asciinema play \(path)")
        }
    }
}
