import Foundation
import Screen
import Synchronization
import TestSupport
import Testing

/// Every byte that goes to the terminal, while what comes from outside attacks it: in replies and thoughts, in errors, in
/// headers, as a model's name, a title, a file's name and a paste. Nothing goes out but what terminfo has and our own modes.
@Suite(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
struct HostileOutputTests {
    /// One attack: what comes in, and the bytes of it that must not go out.
    private struct Attack {
        var name: String
        var text: String
        var never: [[UInt8]]

        static func all() throws -> [Attack] {
            try Conformance.lines("term_cases.jsonl").map { item in
                Attack(
                    name: try #require(item["name"] as? String), text: try #require(item["text"] as? String),
                    never: (item["never_bytes_b64"] as? [String] ?? []).compactMap { text in
                        Data(base64Encoded: text).map(Array.init)
                    })
            }
        }

        /// Without the bytes that would end a header's line, an argument or a file's name before their time.
        func without(_ scalars: Set<Unicode.Scalar>, atMost count: Int) -> String {
            var kept = String.UnicodeScalarView()
            kept.append(contentsOf: text.unicodeScalars.lazy.filter { !scalars.contains($0) }.prefix(count))
            return String(kept)
        }
    }

    /// A provider that answers `case N` with attack N, wherever its dialect has room for a text.
    private final class Attacker: Sendable {
        private let server: RawServer
        /// Thoughts are shown while they come: the text waits until somebody has seen them.
        private let gates: GateSet

        init(_ attacks: [String], failing: Bool = false) throws {
            let gates = GateSet()
            self.gates = gates
            server = try RawServer { connection in
                while let request = connection.readRequest() {
                    guard let number = Self.number(in: request.body), attacks.indices.contains(number) else { return }
                    let text = attacks[number]
                    if failing {
                        connection.send(Self.failure(number, text))
                        continue
                    }
                    connection.send(Self.head(text))
                    for event in Self.opening(number, text) { connection.sendChunk(event) }
                    guard gates.wait(for: number) else { return }
                    for event in Self.ending(number, text) { connection.sendChunk(event) }
                    connection.send("0\r\n\r\n")
                }
            }
        }

        var url: String { server.url("") }

        /// Lets the text of a reply come.
        func open(_ number: Int) { gates.open(number) }

        /// The last `case N` of a request.
        private static func number(in body: [UInt8]) -> Int? {
            let text = String(decoding: body, as: UTF8.self)
            guard let range = text.range(of: "case ", options: .backwards) else { return nil }
            return Int(text[range.upperBound...].prefix { $0.isNumber })
        }

        private static func header(_ text: String) -> String {
            let kept = text.unicodeScalars.filter { !["\r", "\n", "\0"].contains($0) }.prefix(300)
            return String(String.UnicodeScalarView(kept))
        }

        private static func head(_ text: String) -> String {
            """
            HTTP/1.1 200 \(header(text))\r
            Content-Type: text/event-stream\r
            Transfer-Encoding: chunked\r
            request-id: \(header(text))\r
            anthropic-ratelimit-requests-limit: \(header(text))\r
            anthropic-ratelimit-requests-remaining: 5\r
            anthropic-ratelimit-requests-reset: \(header(text))\r
            \(header(text)): \(header(text))\r
            \r

            """
        }

        private static func event(_ name: String, _ fields: [String: Any]) -> String {
            let object = fields.merging(["type": name]) { $1 }
            guard let data = try? JSONSerialization.data(withJSONObject: object) else { return "" }
            return "event: \(name)\ndata: \(String(decoding: data, as: UTF8.self))\n\n"
        }

        private static func opening(_ number: Int, _ text: String) -> [String] {
            [
                event(
                    "message_start",
                    [
                        "message": [
                            "id": text, "type": "message", "role": "assistant", "model": text, "content": [],
                            "usage": ["input_tokens": 3, "output_tokens": 1],
                        ]
                    ]),
                event(
                    "content_block_start", ["index": 0, "content_block": ["type": "thinking", "thinking": ""]]),
                event(
                    "content_block_delta", ["index": 0, "delta": ["type": "thinking_delta", "thinking": text]]),
                event(
                    "content_block_delta",
                    ["index": 0, "delta": ["type": "thinking_delta", "thinking": "\n\nthought-\(number)."]]),
            ]
        }

        private static func ending(_ number: Int, _ text: String) -> [String] {
            // In two deltas, so that an attack may also be cut in its middle.
            let scalars = Array(text.unicodeScalars)
            let parts = [scalars[..<(scalars.count / 2)], scalars[(scalars.count / 2)...]].map { part in
                String(String.UnicodeScalarView(part))
            }
            return [
                event("content_block_stop", ["index": 0]),
                // A kind of block and an event that nobody knows.
                event("content_block_start", ["index": 1, "content_block": ["type": text, "name": text]]),
                event("content_block_stop", ["index": 1]),
                event(header(text), [:]),
                event("content_block_start", ["index": 2, "content_block": ["type": "text", "text": ""]]),
                event("content_block_delta", ["index": 2, "delta": ["type": "text_delta", "text": parts[0]]]),
                event("content_block_delta", ["index": 2, "delta": ["type": "text_delta", "text": parts[1]]]),
                event(
                    "content_block_delta",
                    ["index": 2, "delta": ["type": "text_delta", "text": "\n\nend-\(number)."]]),
                event("content_block_stop", ["index": 2]),
                event("message_delta", ["delta": ["stop_reason": "end_turn"], "usage": ["output_tokens": 9]]),
                event("message_stop", [:]),
            ]
        }

        /// In turn: the provider's own error body, a text that is none, and a page.
        private static func failure(_ number: Int, _ text: String) -> String {
            let status = "HTTP/1.1 400 \(header(text))\r\nrequest-id: \(header(text))\r\n"
            let body: String
            let type: String
            switch number % 3 {
            case 0:
                let object: [String: Any] = [
                    "type": "error", "error": ["type": "bad-\(number) \(text)", "message": "bad-\(number) \(text)"],
                ]
                body =
                    (try? JSONSerialization.data(withJSONObject: object)).map { String(decoding: $0, as: UTF8.self) }
                    ?? ""
                type = "application/json"
            case 1:
                body = "bad-\(number) \(text)"
                type = "text/plain"
            default:
                body = "<html><title>bad-\(number) \(text)</title><body>bad-\(number) \(text)</body></html>"
                type = "text/html"
            }
            return status + "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
        }
    }

    /// Numbers that were let through.
    private final class GateSet: Sendable {
        private let opened = Mutex<Set<Int>>([])

        func open(_ number: Int) { opened.withLock { _ = $0.insert(number) } }

        func wait(for number: Int) -> Bool {
            waitFor { opened.withLock { $0.contains(number) } ? true : nil } ?? false
        }
    }

    /// What went out, held against the rules.
    ///
    /// - Parameter harmless: the output of a session that nobody attacked: what stands in it is our own. A screen is
    ///   cleared by curses too, say; whether one of ours came at a wrong place, the model of the terminal tells.
    private func check(
        _ chat: Chat, _ attacks: [Attack], harmless: [UInt8], _ path: String, allowing allowed: Set<String> = []
    ) {
        chat.pty.collect()
        _ = chat.lines
        let output = Self.withoutTitles(chat.pty.output)
        let unknown = chat.seen.unknown.filter { !allowed.contains($0) }
        #expect(unknown.isEmpty, "\(path): \(unknown.prefix(5))")
        #expect(chat.seen.clipboard.isEmpty, "\(path)")
        #expect(chat.seen.everSet.isSubset(of: Self.ourModes), "\(path): \(chat.seen.everSet)")
        #expect(Set(chat.seen.queries).isSubset(of: Self.ourQueries), "\(path): \(chat.seen.queries)")
        for attack in attacks {
            for bytes in attack.never where !harmless.holds(bytes) {
                let isThere = output.holds(bytes)
                #expect(!isThere, "\(path), \(attack.name): \(bytes.visible)")
            }
        }
    }

    /// Autowrap, cursor, mouse (three), the alternate screen, bracketed paste, synchronized output.
    private static let ourModes: Set<Int> = [1, 7, 12, 25, 1000, 1002, 1006, 1049, 2004, 2026]
    /// Where lines are only printed, a picture's style may stay with it; on the screen it would upset widths.
    private static let presentation: Set<String> = ["U+FE0E", "U+FE0F"]
    private static let ourQueries: Set<String> = ["OSC 11;?", "CSI c", "CSI ?2026$p"]

    /// A window's title is ours to set; what is in it was looked at by ``check(_:_:harmless:_:)`` as all the rest.
    private static func withoutTitles(_ output: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        kept.reserveCapacity(output.count)
        var index = 0
        while index < output.count {
            if output[index...].starts(with: Array("\u{1B}]2;".utf8)) {
                index += 4
            } else {
                kept.append(output[index])
                index += 1
            }
        }
        return kept
    }

    private func open(_ attacker: Attacker, _ more: String..., home: Home? = nil) throws -> Chat {
        let chat = try Chat(
            ["chat", "-p", "lab", "--base-url", attacker.url, "--max-retries", "0", "--no-clock"] + more,
            home: home ?? Home(), columns: 140, rows: 40)
        try chat.opened()
        return chat
    }

    /// A session as those below, and nobody attacks.
    private func harmless() throws -> [UInt8] {
        let attacker = try Attacker(["plain **text**"])
        let chat = try open(attacker)
        chat.send("case 0\r")
        try chat.require("thought-0.")
        attacker.open(0)
        try chat.require("end-0.")
        chat.quit()
        return Self.withoutTitles(chat.pty.output)
    }

    @Test func `as a reply's text and thoughts, in its headers, as the model's name and an event's`() throws {
        let attacks = try Attack.all()
        let harmless = try harmless()
        let attacker = try Attacker(attacks.map(\.text))
        let chat = try open(attacker)
        for number in attacks.indices {
            // A conversation of its own for each: some are longer than a model's window.
            chat.send(Key.f4)
            try chat.require("every key and command")
            chat.send("case \(number)\r")
            try chat.require("thought-\(number).")
            attacker.open(number)
            try chat.require("end-\(number).")
        }
        chat.quit()
        chat.expectRestored()
        check(chat, attacks, harmless: harmless, "reply")
    }

    @Test func `as an error's words`() throws {
        let attacks = try Attack.all()
        let harmless = try harmless()
        let attacker = try Attacker(attacks.map(\.text), failing: true)
        let chat = try open(attacker)
        for number in attacks.indices {
            chat.send("case \(number)\r")
            try chat.require("case \(number)", "bad-\(number)")
        }
        chat.quit()
        chat.expectRestored()
        check(chat, attacks, harmless: harmless, "error")
    }

    @Test func `as a paste, a prompt, a title and a file's name`() throws {
        let attacks = try Attack.all()
        let harmless = try harmless()
        let home = try Home()
        let folder = home.path + "/files"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (number, attack) in attacks.enumerated() {
            let name = "\(number) " + attack.without(["/", "\0"], atMost: 50)
            _ = FileManager.default.createFile(atPath: folder + "/" + name, contents: Data("x".utf8))
        }
        let attacker = try Attacker([])
        let chat = try open(attacker, home: home)
        for (number, attack) in attacks.enumerated() {
            // The end of a paste is the terminal's to send, and no terminal lets it through in the middle.
            let pasted = attack.text.replacing("\u{1B}[201~", with: "").replacing("\n", with: " ")
            let title = String(String.UnicodeScalarView(pasted.unicodeScalars.prefix(2_000)))
            chat.send("/title \u{1B}[200~\(title)\u{1B}[201~ t\(number)")
            try chat.require("t\(number)")
            chat.send(Key.enter)
            chat.expectGone("> /title")
            chat.send(Key.control("u"))
        }
        // Every name below the folder, as the completion lists them.
        for number in attacks.indices {
            chat.send("@\"\(folder)/\(number) \t")
            try chat.require("\(number) ")
            chat.send(Key.control("c"))
        }
        chat.quit()
        check(chat, attacks, harmless: harmless, "input")
    }

    /// What stands on standard error and output of a command, where they are a terminal.
    @Test func `as an argument of commands, and in the configuration`() throws {
        let attacks = try Attack.all()
        for (number, attack) in attacks.enumerated() {
            let text = attack.without(["\0"], atMost: 300)
            for arguments in [
                ["ask", "-p", text, "x"], ["ask", "@\"\(text).txt\""], ["lab", "--check", text + ".toml"],
                ["sessions", "export", text], ["themes", text],
            ] {
                let chat = try Chat(arguments, home: Home(), columns: 140, rows: 40)
                // This one shows the themes there are on a screen of its own, which it clears.
                let harmless = arguments[0] == "themes" ? Array("\u{1B}[H\u{1B}[2J".utf8) : []
                let status = try #require(chat.pty.waitForEnd(within: Weir.patience))
                #expect(status < 128, "\(arguments): \(status)")
                check(
                    chat, [attack], harmless: harmless, "\(number) \(arguments.prefix(2))", allowing: Self.presentation)
            }
            let home = try Home()
            let quoted = String(
                decoding: try JSONSerialization.data(withJSONObject: [text]).dropFirst().dropLast(), as: UTF8.self)
            try home.configure("model = \(quoted)\ntheme = \(quoted)\n\(quoted) = \(quoted)\n")
            let chat = try Chat(["config"], home: home, columns: 140, rows: 40)
            #expect(try #require(chat.pty.waitForEnd(within: Weir.patience)) < 128)
            check(chat, [attack], harmless: [], "\(number) config", allowing: Self.presentation)
        }
    }
}
