import ArgumentParser

/// The flight recorder from the command line.
struct RecordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Record what goes over the wire, without its secrets, for `weir replay`.", valueName: "file"))
    var record: String?

    @Flag(help: "Replace the file of --record if there is one.")
    var overwrite = false

    func validate() throws {
        if overwrite, record == nil { throw ValidationError("--overwrite is about the file of --record") }
    }
}
