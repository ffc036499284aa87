import ArgumentParser

/// The flight recorder from the command line.
struct RecordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Record what goes over the wire, without its secrets, for `weir replay`; or, to a FILE.cast, what is on the "
                + "screen, for asciinema.", valueName: "file"))
    var record: String?

    @Flag(help: "Replace the file of --record if there is one.")
    var overwrite = false

    /// The file of a flight recording.
    var flight: String? { isScreen ? nil : record }

    /// The file of a recording of the screen: an asciicast, as its name says.
    var screen: String? { isScreen ? record : nil }

    private var isScreen: Bool { record?.lowercased().hasSuffix(".cast") ?? false }

    func validate() throws {
        if overwrite, record == nil { throw ValidationError("--overwrite is about the file of --record") }
    }
}
