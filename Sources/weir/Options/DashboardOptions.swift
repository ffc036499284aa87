import ArgumentParser

/// How the dashboard looks.
struct DashboardOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The theme. See `weir themes`.", valueName: "name"))
    var theme: String?

    @Flag(help: "No colours (NO_COLOR=1 says the same).")
    var noColor = false

    @Flag(help: "Only ASCII signs.")
    var ascii = false

    @Flag(help: "The mouse stays the terminal's.")
    var noMouse = false

    @Flag(help: "No clock in the corner: an idle dashboard then never wakes up.")
    var noClock = false
}
