import FaultLab
import Foundation
import Testing

/// `@FILE` in `weir ask`: what goes out, what is refused before anything does, and what is no file at all.
@Suite struct AskAttachTests {
    static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 3, 0x20, 0, 0, 2, 0x58, 8, 2, 0, 0, 0]

    let home: Home

    init() throws {
        home = try Home()
    }

    private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = try home.write("", to: name)
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    @Test(arguments: LabModels.both)
    func `an image goes out with the prompt, whatever its name is`(model: String) throws {
        let lab = try Lab()
        let path = try file("cat.txt", Self.png)
        let run = try Run.toEnd(lab.ask(model, "What is @\(path)?"), home: home)
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: "What is @\(path)?"))
        #expect(lab.journal.contains("image/png of \(Self.png.count) bytes"), "\(lab.journal)")
    }

    @Test(arguments: LabModels.both)
    func `a reply with an image goes on after a break with the image again`(model: String) throws {
        let lab = try Lab([[.at(20, .resetPeer(midWord: true, beforeHeaders: false))], []])
        let path = try file("cat.png", Self.png)
        let run = try Run.toEnd(lab.ask(model, "What is @\(path)?"), home: home)
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: "What is @\(path)?"))
        let asked = lab.lab.journal().filter { $0.kind == .asked }
        #expect(asked.count == 2)
        #expect(asked.allSatisfy { $0.text.contains("image/png of \(Self.png.count) bytes") }, "\(lab.journal)")
    }

    @Test(arguments: LabModels.both)
    func `a text file goes out as text that names it; blanks in a name need the shell's quotes alone`(
        model: String
    ) throws {
        let lab = try Lab()
        let path = try file("my notes.md", Array("# Rivers\n\nThey bend.\n".utf8))
        let run = try Run.toEnd(lab.ask(model, "Why?", "@\(path)"), home: home)
        #expect(run.status == 0, "\(run.summary)")
        let prompt = "<file name=\"\(path)\">\n# Rivers\n\nThey bend.\n</file>\n\nWhy? @\"\(path)\""
        expectSame(run.outputText, CanonicalReply.text(prompt: prompt))
    }

    @Test func `the home folder is ~`() throws {
        let lab = try Lab()
        _ = try file("in home.png", Self.png)
        let run = try Run.toEnd(lab.ask("lab-claude", "@\"~/in home.png\""), home: home)
        #expect(run.status == 0, "\(run.summary)")
        #expect(lab.journal.contains("image/png"))
    }

    @Test(arguments: [
        "mail me@example.org", "ask @someone", "@example.com is down", "install @types/node", "`@missing.png`", "@",
    ])
    func `what is no path is text`(prompt: String) throws {
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask("lab-claude", prompt), home: home)
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: prompt))
    }

    @Test func `standard input attaches nothing`() throws {
        let lab = try Lab()
        let path = try file("secret.txt", Array("secret".utf8))
        let run = try Run.toEnd(lab.ask("lab-claude"), home: home, input: "a diff with @\(path) and @missing.png")
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: "a diff with @\(path) and @missing.png"))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var prompt: @Sendable (Home) throws -> String
        var says: [String]
        var model = "lab-claude"
        var provider = "lab"
        var testDescription: String { name }
    }

    static let refusals: [Refusal] = [
        Refusal(
            name: "missing", prompt: { _ in "What is @missing.png?" }, says: ["@missing.png: there is no such file"]),
        Refusal(
            name: "a folder", prompt: { "Read @\($0.path)" }, says: ["is a folder"]),
        Refusal(
            name: "binary",
            prompt: { home in
                let path = try home.write("", to: "a.pdf")
                try Data([0x25, 0x50, 0, 0xFF]).write(to: URL(filePath: path))
                return "Read @\(path)"
            }, says: ["a.pdf is neither an image (PNG, JPEG, GIF, WebP) nor a text"]),
        Refusal(
            name: "a pipe",
            prompt: { home in
                let path = home.path + "/pipe.txt"
                mkfifo(path, 0o600)
                return "Read @\(path)"
            }, says: ["pipe.txt is no file"]),
        Refusal(
            name: "a device", prompt: { _ in "Read @/dev/zero" }, says: ["/dev/zero is no file"]),
        Refusal(
            name: "too large for any provider",
            prompt: { home in
                let path = try home.write("", to: "huge.txt")
                truncate(path, off_t(51 << 20))
                return "Read @\(path)"
            }, says: ["huge.txt is 51 MB", "50 MB"]),
        Refusal(
            name: "an image that its provider finds too large",
            prompt: { home in
                let path = try home.write("", to: "large.png")
                try Data(png + [UInt8](repeating: 0, count: 8 << 20)).write(to: URL(filePath: path))
                return "What is @\(path)?"
            }, says: ["large.png is 10.7 MB in Base64, and anthropic takes 10 MB an image"],
            model: "claude-opus-4-5", provider: "anthropic"),
        Refusal(
            name: "an image for a model without vision",
            prompt: { home in
                let path = try home.write("", to: "cat.png")
                try Data(png).write(to: URL(filePath: path))
                return "What is @\(path)?"
            }, says: ["deepseek-flash of deepseek takes no images", "images = true"],
            model: "deepseek-flash", provider: "deepseek"),
    ]

    @Test(arguments: refusals)
    func `what cannot go is refused before anything does`(refusal: Refusal) throws {
        let lab = try Lab()
        let run = try Run.toEnd(
            [
                "ask", "--base-url", lab.baseURL, "-p", refusal.provider, "-m", refusal.model,
                try refusal.prompt(home),
            ], home: home)
        #expect(run.status == 3, "\(run.summary)")
        #expect(run.output.isEmpty)
        for words in refusal.says { #expect(run.errorText.contains(words), "\(run.summary)") }
        #expect(lab.requests == 0)
    }

    @Test func `a name's control characters reach no terminal`() throws {
        let run = try Run.toEnd(
            ["ask", "-p", "lab", "-m", "lab-claude", "@\"/no\u{1B}[31m/such.png\""], home: home)
        #expect(run.status == 3)
        #expect(!run.errors.contains(0x1B))
    }

    @Test func `a prompt that is too long for the model is refused with the count`() throws {
        let lab = try Lab()
        let long = String(repeating: "word ", count: 140_000)
        let run = try Run.toEnd(lab.ask("lab-claude", "Summarise"), home: home, input: long)
        #expect(run.status == 3, "\(run.summary)")
        #expect(run.errorText.contains("the prompt is ~140,0"), "\(run.errorText)")
        #expect(run.errorText.contains("lab-claude takes 136,000 (200,000 less 64,000 for the reply)"))
        #expect(run.errorText.contains("--chunk"))
        #expect(lab.requests == 0)
        let shorter = try Run.toEnd(lab.ask("lab-claude", "--max-tokens", "5000", "Summarise"), home: home, input: long)
        #expect(shorter.status == 0, "\(shorter.summary)")
        let unknown = try Run.toEnd(lab.ask("lab-unheard-of", "Summarise"), home: home, input: long)
        #expect(unknown.status == 0, "who knows no window sends: \(unknown.summary)")
    }
}
