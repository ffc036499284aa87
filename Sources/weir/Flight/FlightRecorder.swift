import Archive
import Providers
import Recording
import StreamClient
import StreamEngine

/// Writes down what the driver's engine is told, from now on, in a file.
final class FlightRecorder {
    let path: String
    /// The first stream that is in it.
    let firstStream: Int
    private let driver: Driver
    private let file: RecordingFile
    private var writer: RecordingWriter
    /// Who heard the driver before, and hears it still.
    private let before: (([CallRecord]) -> Void)?

    /// Begins at once. Streams that run already are not in it.
    ///
    /// - Parameters:
    ///   - start: what the times in the file count from.
    ///   - ended: is told why, from any thread, when the file can take no more; the streams go on.
    init(
        path: String, overwrites: Bool = false, makesFolder: Bool = false, driver: Driver,
        start: Now = SystemClock.now(), secrets: [Secret], ended: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(SettingsError) {
        self.path = path
        self.driver = driver
        firstStream = driver.engine.origin.firstStream
        do throws(RecordingFile.Failure) {
            file = try RecordingFile(path: path, overwrites: overwrites, makesFolder: makesFolder, ended: ended)
        } catch {
            throw SettingsError(recording: path, error)
        }
        writer = RecordingWriter(
            Recording.Header(program: "weir \(Weir.version)", start: start, origin: driver.engine.origin),
            secrets: secrets)
        file.append(writer.takeBytes())
        before = driver.listener
        driver.listener = { [unowned self, before] records in
            before?(records)
            writer.append(records)
            file.append(writer.takeBytes())
        }
    }

    /// Ends the file in order. Returns why it holds less than it should; `nil` where it holds everything.
    func stop() -> String? {
        driver.listener = before
        writer.finish(at: SystemClock.now())
        file.append(writer.takeBytes())
        return file.close()
    }

    /// The same, said on standard error: for the commands without a screen.
    func stopAndTell() {
        if let reason = stop() { Messages.complain("the recording \(path) is not whole: \(reason)") }
    }
}

extension FlightRecorder {
    /// Of `--record`; `nil` where it is not said.
    convenience init?(
        _ options: RecordOptions, driver: Driver, start: Now = SystemClock.now(), settings: Settings,
        ended: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(SettingsError) {
        guard let path = options.flight else { return nil }
        try self.init(
            path: path, overwrites: options.overwrite, driver: driver, start: start, secrets: settings.knownSecrets(),
            ended: ended)
    }

    /// A name for a recording that begins now: `2026-11-20-140233.jsonl`, in the folder for them.
    static func defaultPath(_ paths: Paths) -> String {
        let time = SystemClock.fileTime(SystemClock.wall().secondsSince1970)
        var path = paths.recordings + "/\(time).jsonl"
        var number = 2
        while Files.exists(path) {
            path = paths.recordings + "/\(time)-\(number).jsonl"
            number += 1
        }
        return path
    }
}

extension Settings {
    /// Every key that can be known without asking anyone, and the proxies' passwords. Those of files and commands are known
    /// when they are used.
    func knownSecrets() -> [Secret] {
        var secrets = (["WEIR_API_KEY"] + catalogue.providers.flatMap(\.keyVariables)).compactMap { variable in
            environment(variable).map { Secret($0.trimmingWhitespace) }
        }
        for variable in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            guard let url = environment(variable), let at = url.lastIndex(of: "@") else { continue }
            let login = url[..<at].split(separator: "/").last ?? ""
            if let colon = login.firstIndex(of: ":") {
                secrets.append(Secret(String(login[login.index(after: colon)...])))
            }
        }
        return secrets
    }
}

extension SettingsError {
    /// Why a recording cannot be made.
    init(recording path: String, _ failure: RecordingFile.Failure) {
        switch failure {
        case .exists:
            self.init(
                message: "the recording \(path) is there already",
                hint: "Name another file, or say --overwrite to replace it.")
        case .failed(let reason): self.init(message: "the recording \(path) cannot be made: \(reason)")
        }
    }
}
