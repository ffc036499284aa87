import FaultLab
import Testing

/// The command lines that are read without the parser say what they say with it. `--no-color` is one of the options that
/// only the parser knows, and changes nothing where no terminal is.
@Suite struct AskUsualTests {
    private let lab: Lab

    init() throws {
        lab = try Lab()
    }

    @Test(arguments: [
        ["-p", "lab", "-m", "lab-gpt", "--base-url", "URL", "Why", "do rivers", "bend?"],
        ["Why", "-q", "--provider", "lab", "do rivers", "--base-url", "URL", "bend?", "--model", "lab-claude"],
        ["--quiet", "--base-url", "URL", "--model", "lab/lab-responses", "Why do rivers bend?"],
        ["-p", "lab", "--base-url", "URL", "", "Why do rivers bend?"],
        ["-p", "lab", "--base-url", "URL", "help"], ["help", "-p", "lab", "--base-url", "URL"],
    ])
    func whatIsUsualIsReadAlike(arguments: [String]) throws {
        let arguments = ["ask"] + arguments.map { $0 == "URL" ? lab.baseURL : $0 }
        let usual = try Run.toEnd(arguments, home: Home())
        let parsed = try Run.toEnd(arguments + ["--no-color"], home: Home())
        #expect(usual.status == parsed.status && usual.outputText == parsed.outputText)
        #expect(usual.errorText == parsed.errorText)
        // Of the command "help" the parser says what it says.
        if arguments[1] != "help" { #expect(usual.status == 0 && !usual.output.isEmpty, "\(usual.summary)") }
    }

    @Test(arguments: [
        ["-p"], ["-m", "-q", "x"], ["--base-url"], ["-q", "--model"], ["--no-such-option", "x"],
        ["-qp", "lab", "--nope"],
    ])
    func whatIsWrongIsTheParsersToSay(arguments: [String]) throws {
        let run = try Run.toEnd(["ask"] + arguments, home: Home())
        #expect(run.status == 64 && run.errorText.contains("Usage: weir ask"), "\(run.summary)")
        #expect(run.output.isEmpty)
    }

    /// The last one holds, as the parser has it.
    @Test func whatIsSaidTwiceIsTheParsers() throws {
        let run = try Run.toEnd(
            ["ask", "-p", "openai", "-p", "lab", "--base-url", lab.baseURL, "-q", "-q", "Twice"], home: Home())
        #expect(run.status == 0, "\(run.summary)")
        #expect(run.outputText == CanonicalReply.text(prompt: "Twice"))
    }
}
