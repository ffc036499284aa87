import FaultLab
import TestSupport
import Testing

/// Which provider and model a command line, variables and a file mean together.
@Suite struct ChoiceTests {
    /// Written down for every day, and not meant for whom the command line names.
    @Test(arguments: [
        ("model = \"opus-4-5\"", "lab-claude"), ("model = \"openai/gpt-4.1\"", "lab-claude"),
        ("provider = \"openai\"\nmodel = \"lab-gpt\"", "lab-claude"), ("model = \"lab/lab-gpt\"", "lab-gpt"),
        ("model = \"lab-gpt\"", "lab-gpt"), ("provider = \"lab\"\nmodel = \"any\"", "any"),
    ])
    func `a named provider gets no other one's model`(configuration: String, model: String) throws {
        let lab = try Lab()
        let home = try Home()
        try home.configure(configuration)
        let run = try Run.toEnd(["ask", "-p", "lab", "--base-url", lab.baseURL, "Who is asked?"], home: home)
        #expect(run.status == 0, "\(run.summary)")
        #expect(lab.journal.contains(", \(model), "), "\(lab.journal)")
    }

    @Test func `a variable's provider gets the variable's model`() throws {
        let lab = try Lab()
        let home = try Home()
        try home.configure("provider = \"openai\"\nmodel = \"gpt-4.1\"")
        var environment = ["WEIR_PROVIDER": "lab", "WEIR_BASE_URL": lab.baseURL]
        let arguments = ["ask", "Who is asked?"]
        #expect(try Run.toEnd(arguments, home: home, environment: environment).status == 0)
        #expect(lab.journal.contains(", lab-claude, "), "\(lab.journal)")
        environment["WEIR_MODEL"] = "lab-gpt"
        #expect(try Run.toEnd(arguments, home: home, environment: environment).status == 0)
        #expect(lab.journal.contains(", lab-gpt, "), "\(lab.journal)")
    }
}
