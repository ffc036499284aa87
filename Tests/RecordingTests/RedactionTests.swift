import Providers
import StreamEngine
import TestSupport
import Testing

@testable import Recording

@Suite struct RedactionTests {
    private let key = Run.key
    private var mark: String { Secret.mark(bytes: key.utf8.count) }

    @Test(arguments: [
        ("authorization", true), ("X-Api-Key", true), ("api-key", true), ("Cookie", true), ("Set-Cookie", true),
        ("proxy-authorization", true), ("x-goog-api-key", true), ("x-amz-security-token", true),
        ("client_secret", true),
        ("apiKey", true), ("sig", true), ("content-type", false), ("retry-after", false), ("request-id", false),
        ("x-ratelimit-remaining-tokens", false), ("anthropic-ratelimit-input-tokens-reset", false),
        ("anthropic-version", false), ("api-version", false), ("x-should-retry", false),
    ]) func names(name: String, isSecret: Bool) {
        #expect(SensitiveName.holds(name) == isSecret)
    }

    @Test func everyWritingIsFound() {
        let secret = "a\"b/c+d é%"
        let redactor = Redactor([Secret(secret)])
        for written in [
            secret, "a\\\"b\\/c+d é%", "a\\u0022b/c\\u002bd \\u00e9%", "a%22b%2Fc%2bd%20%C3%A9%25",
            "\\u0061\\\"b/c+d é%",
        ] {
            let text = "x\(written)y"
            let redacted = redactor.redacted(text)
            #expect(redacted == "x" + Secret.mark(bytes: written.utf8.count) + "y", "\(written)")
        }
        #expect(redactor.redacted("a\"b/c+d e%") == "a\"b/c+d e%")
    }

    @Test func base64OfLoginsIsFoundAtEveryAlignment() {
        let redactor = Redactor([Secret(key)])
        for user in ["", "u", "us", "use"] {
            let whole = Base64.text(Array("\(user):\(key):z".utf8))
            let redacted = redactor.redacted("Basic \(whole)")
            #expect(redacted.utf8.count == whole.utf8.count + 6)
            #expect(redacted.contains("REDACTEDREDACTEDREDACTEDREDACTED"), "\(redacted)")
        }
    }

    @Test func urls() {
        let redactor = Redactor([Secret(key)])
        #expect(
            redactor.redacted(url: "https://me:pw@h/v1?api-version=2&key=abc&q=\(key)")
                == "https://REDAC@h/v1?api-version=2&key=RED&q=\(mark)")
        #expect(redactor.redacted(url: "http://127.0.0.1:1/a@b?x") == "http://127.0.0.1:1/a@b?x")
    }

    /// A text whose every quotation mark could go on in the next event is searched once, not from each of them.
    @Test func stringsOfATextAreFoundInOnePass() {
        var random = SeededRandom(seed: 5)
        let parts = [
            "\"text\":\"", "\"text\": \"", "\"delta\":{", "\"content\":\"", "\"", "s", "sk-", "\"x\":\"s", " ", "\\\"",
            String(repeating: "y", count: 900), "\"te",
        ]
        for _ in 0..<200 {
            let text = Array((0..<30).map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined().utf8)
            text.withUnsafeBufferPointer { text in
                var strings = TextStrings()
                for quote in text.indices where text[quote] == UInt8(ascii: "\"") {
                    #expect(strings.next(text, after: quote) == Self.next(text, after: quote))
                }
            }
        }
    }

    /// The same by a search of its own.
    private static func next(_ text: UnsafeBufferPointer<UInt8>, after quote: Int) -> TextStrings.Next {
        let names = [
            "text", "content", "delta", "thinking", "reasoning", "reasoning_content", "partial_json", "arguments",
        ]
        for place in quote + 1..<max(quote + 1, min(text.count, quote + 4096)) {
            let rest = String(decoding: text[place..<min(text.count, place + 40)], as: UTF8.self)
            guard let name = names.first(where: { rest.hasPrefix("\"\($0)\":") }) else { continue }
            var start = place + name.utf8.count + 3
            if start < text.count, text[start] == UInt8(ascii: " ") { start += 1 }
            guard start < text.count else { return .cut }
            if text[start] == UInt8(ascii: "\"") { return .found(start + 1) }
        }
        return text.count < quote + 4096 ? .cut : .invalid
    }

    /// A piece that may begin a key, and then only empty ones: what is held back, and read again with each that follows,
    /// stays small.
    @Test func emptyPiecesAreNotHeldForEver() {
        let redactor = Redactor([Secret(key)])
        var held = HeldBody()
        let pieces = ["\"text\":\"s\","] + [String](repeating: "\"text\":\"\",", count: 2000)
        var waiting = 0
        var longest = 0
        var written: [UInt8] = []
        for piece in pieces.map({ Array($0.utf8) }) {
            let now = held.receive(piece, redactor)
            let out = now.rests.flatMap { $0 } + now.piece
            waiting += piece.count - out.count
            longest = max(longest, waiting)
            written += out
        }
        written += held.finish(redactor).flatMap { $0 }
        #expect(text(written) == pieces.joined())
        #expect(longest > 0 && longest <= TextStrings.longestGap + 100, "\(longest)")
        // Some are among the pieces of a key.
        let some = String(repeating: "\"text\":\"\",", count: 100)
        let spelled = "\"text\":\"\(key.prefix(1))\",\(some)\"text\":\"\(key.dropFirst())\""
        #expect(!redactor.redacted(spelled).contains(key.dropFirst()))
    }

    @Test func aShortSecretIsNotSoughtByValue() {
        #expect(Redactor([Secret("the")]).redacted("the theme") == "the theme")
    }

    /// An answer that tells the key back, cut into two pieces at every byte, and into single bytes: the file never has it,
    /// and the text is as long as it was.
    @Test func aKeyAcrossPiecesIsFound() throws {
        let body = Array((Run.head + Run.delta("my key is \(key), sk-lab is not") + Run.tail).utf8)
        let clean = body.count
        for cut in 0...clean {
            try check(pieces: [Array(body[..<cut]), Array(body[cut...])])
        }
        try check(pieces: body.map { [$0] })
        for size in [2, 3, 5, 11] {
            try check(pieces: stride(from: 0, to: clean, by: size).map { Array(body[$0..<min($0 + size, clean)]) })
        }
    }

    private func check(pieces: [[UInt8]]) throws {
        var run = Run()
        let id = run.start(try Run.order())
        run.answer(200, [HTTPHeader("x-echo", "key \(key)"), HTTPHeader("set-cookie", "s=1")])
        for piece in pieces {
            run.pass(.milliseconds(1))
            run.body(piece)
        }
        run.report(.finished(Phases()))
        let bytes = run.finish()
        #expect(!text(bytes).contains(key))
        var playback = Playback(try parse(bytes), prices: nil)
        _ = playback.run()
        #expect(playback.divergences == [])
        #expect(text(playback.engine.text(of: id)) == "my key is \(mark), sk-lab is not")
        #expect(
            playback.recording.entries.map(\.record.at)
                == playback.recording.entries.map(\.record.at).sorted { $0.instant < $1.instant })
        let lengths = playback.recording.entries.compactMap { entry -> Int? in
            if case .body(_, let bytes) = entry.record.call { bytes.count } else { nil }
        }
        // What came after the end of the reply is not heard by anyone.
        #expect(lengths == Array(pieces.map(\.count).prefix(lengths.count)))
    }

    /// A model says the key word by word, in the events of every dialect.
    @Test(arguments: [1, 2, 5, 13]) func aKeyOverSeveralEventsIsFound(size: Int) throws {
        let letters = Array(key)
        let words = stride(from: 0, to: letters.count, by: size).map {
            String(letters[$0..<min($0 + size, letters.count)])
        }
        for piece in [1, 3, 64, 100_000] {
            let body = Array(
                (Run.head + Run.delta("s ")
                    + words.map(Run.delta).joined(separator: "event: ping\ndata: {\"type\": \"ping\"}\n\n")
                    + Run.delta(".") + Run.tail).utf8)
            var run = Run()
            let id = run.start(try Run.order(prompt: "My key is \(key)"))
            run.answer()
            for start in stride(from: 0, to: body.count, by: piece) {
                run.body(Array(body[start..<min(start + piece, body.count)]))
            }
            #expect(text(run.engine.text(of: id)) == "s \(key).")
            var playback = Playback(try parse(run.finish()), prices: nil)
            _ = playback.run()
            #expect(playback.divergences == [])
            #expect(text(playback.engine.text(of: id)) == "s \(mark).")
        }
        let openAI = words.map {
            "data: {\"choices\":[{\"delta\":{\"content\": \"\($0)\"},\"finish_reason\":null}]}\n\n"
        }.joined()
        let redacted = Redactor([Secret(key)]).redacted(openAI)
        #expect(redacted.utf8.count == openAI.utf8.count)
        #expect(!words.contains { $0.utf8.count > 1 && redacted.contains($0) })
    }

    /// A body that breaks off within the key: half of it is as good as all of it.
    @Test func aKeyThatIsCutOffIsMarked() throws {
        for length in 1..<key.utf8.count {
            var run = Run()
            _ = run.start(try Run.order())
            run.answer()
            run.body(Run.head)
            run.body("data: \(key.prefix(length))")
            run.report(.failed(TransportFailure(kind: .cut, message: "cut"), Phases()))
            let file = text(run.finish())
            #expect(!file.contains(key.prefix((key.utf8.count + 1) / 2)))
            #expect(try parse(Array(file.utf8)).shortfall == nil)
        }
    }

    /// The file as far as it was written before the program was killed, at every moment.
    @Test func aHeldEndIsNeverWrittenBeforeItIsCertain() throws {
        var run = Run()
        _ = run.start(try Run.order())
        run.answer()
        run.body(Run.head)
        run.body("data: {\"x\":\"" + key.dropLast())
        #expect(!text(run.file).contains(key.prefix(8)))
        let torn = try parse(run.file)
        #expect(torn.shortfall?.contains("\(key.utf8.count - 1) bytes of a body are missing") == true)
        run.body("!\"}\n\n")
        #expect(text(run.file).contains(key.dropLast()))
    }

    /// Everything that is said to the engine, with the key in it in any writing and anywhere: no recording has it.
    @Test(arguments: 0..<60) func noRecordingHoldsASecret(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_\"\\/%+=é ")
        let secret = String(
            (0..<Int.random(in: 4...60, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
        func written() -> String {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: return secret
            case 1:
                var json = JSONWriter()
                json.string(secret)
                return String(text(json.bytes).dropFirst().dropLast())
            case 2:
                return secret.utf8.map { "%" + (String($0, radix: 16).count == 1 ? "0" : "") + String($0, radix: 16) }
                    .joined()
            case 3:
                return secret.utf16.map { unit in
                    let hex = String(unit, radix: 16)
                    return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                }.joined()
            case 4: return Base64.text(Array("user:\(secret)".utf8))
            default: return String(secret.prefix(Int.random(in: 0...secret.count, using: &random)))
            }
        }
        var run = Run(seed: UInt64(seed))
        var order = try Run.order(prompt: "key \(secret) and \(written())", key: secret)
        order.request.system = written()
        order.failureContext.model = written()
        _ = run.start(order)
        run.answer(
            200, [HTTPHeader("x-\(Int.random(in: 0...9, using: &random))", written()), HTTPHeader("cookie", secret)])
        run.body(Run.head)
        for _ in 0..<20 {
            let piece = Array((Run.delta("text") + written() + "\n").utf8)
            let cut = Int.random(in: 0...piece.count, using: &random)
            run.body(Array(piece[..<cut]))
            run.body(Array(piece[cut...]))
        }
        run.report(.failed(TransportFailure(kind: .other, message: written() + secret), Phases()))
        let bytes = run.finish()
        let recording = try parse(bytes)
        let isBase64Found = Redactor([Secret(secret)]).redacted(Base64.text(Array("user:\(secret)".utf8))).contains(
            "REDACTED")
        let encoded = Base64.text(Array("user:\(secret)".utf8))
        var joined: [AttemptID: [UInt8]] = [:]
        for entry in recording.entries {
            if case .body(let attempt, let bytes) = entry.record.call { joined[attempt, default: []] += bytes }
        }
        var json = JSONWriter()
        json.string(secret)
        for content in [text(bytes)] + joined.values.map(text) {
            #expect(!content.contains(secret))
            #expect(!content.contains(text(json.bytes).dropFirst().dropLast()))
            if isBase64Found { #expect(!content.contains(encoded)) }
        }
    }
}
