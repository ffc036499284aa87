import Providers
import Screen
import StreamEngine

/// A text that is to leave the program, and what to call it.
public struct CopyText: Sendable, Equatable {
    /// Logical text: no line end that only the window's width made, and nothing that would do something to a terminal that
    /// it is pasted into.
    public var text: String
    /// `the reply`, `12 lines of swift`.
    public var what: String

    public init(_ text: String, what: String) {
        self.text = text
        self.what = what
    }
}

extension Transcript {
    /// What is selected; `nil` where nothing is.
    var selectedText: CopyText? {
        switch selected {
        case nil: nil
        case .message(let item)?: message(item)
        case .code(let item, let part, let head)?: code(item: item, part: part, head: head)
        }
    }

    private func message(_ item: Int) -> CopyText? {
        switch items[item].content {
        case .prompt(let prompt): CopyText(Self.safe(prompt.raw), what: "your message")
        case .reply(let reply): CopyText(Self.safe(reply.text), what: "the reply")
        }
    }

    private func code(item: Int, part: Int, head: Int) -> CopyText? {
        guard let block = items[item].text(ofPart: part)?.prose.code(head) else { return nil }
        let lines = block.text.split(separator: "\n", omittingEmptySubsequences: false).count
        let language = block.language.isEmpty ? "code" : Clean.line(block.language)
        return CopyText(
            items[item].source(of: block, part: part) ?? block.text,
            what: Format.plural(lines, "line", "lines") + " of " + language)
    }

    /// The selected stream's text, or else the last reply's that has any.
    func replyToCopy(_ selected: StreamID?) -> CopyText? {
        if let index = index(of: selected), hasText(index) { return message(index) }
        return items.indices.last { hasText($0) }.flatMap(message)
    }

    private func hasText(_ item: Int) -> Bool {
        if case .reply(let reply) = items[item].content { !reply.raw.isEmpty } else { false }
    }

    /// The last block of code of a reply, after `prepare`: the selected stream's, or the last one that has any.
    mutating func codeToCopy(_ selected: StreamID?) -> CopyText? {
        let preferred = index(of: selected)
        for item in [preferred].compactMap({ $0 }) + items.indices.reversed() {
            exactHeight(item)
            for part in items[item].openTextParts.reversed() {
                guard let head = items[item].text(ofPart: part)?.prose.codeHeads.last else { continue }
                return code(item: item, part: part, head: head)
            }
        }
        return nil
    }

    /// Some reply has a fence; whether it is a block's is known when it is laid out.
    var mayHaveCode: Bool {
        items.contains { item in
            guard case .reply(let reply) = item.content else { return false }
            return reply.hasFence
        }
    }

    /// Everything.
    var conversationToCopy: CopyText {
        CopyText(
            Self.safe(plainText), what: "the conversation (\(Format.plural(items.count, "message", "messages")))")
    }

    /// As it was received where nothing in it is unsafe; else with that written out, so that it does nothing where it is
    /// pasted.
    static func safe(_ raw: String) -> String {
        let isSafe = raw.utf8.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A || $0 == 0x09 }
        if isSafe { return raw }
        // Tabs are layout here; the sanitiser would make blanks of them.
        return raw.split(separator: "\t", omittingEmptySubsequences: false)
            .map { MarkedScalar.writtenOut(Sanitiser.text(String($0))) }.joined(separator: "\t")
    }
}

extension Transcript.Item {
    /// A block's text as it was received, tabs and all; `nil` where that is more than the block: in a list or a quote each
    /// line begins with the list's indentation.
    fileprivate func source(of block: StreamingMarkdown.CodeBlock, part: Int) -> String? {
        guard case .reply(let reply) = content, let source = reply.source(ofPart: part, block.source) else {
            return nil
        }
        let text = Transcript.safe(String(decoding: source, as: UTF8.self))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = block.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == shown.count || lines.count == shown.count + 1 && lines.last?.isEmpty ?? false else {
            return nil
        }
        func letters(_ line: Substring) -> [UInt8] { line.utf8.filter { $0 > 0x20 } }
        func indentation(_ line: Substring) -> Int { line.utf8.prefix { $0 == 0x20 }.count }
        for (line, other) in zip(lines, shown) {
            let hasTab = line.utf8.contains(0x09)
            guard letters(line) == letters(other), hasTab || indentation(line) == indentation(other) else { return nil }
        }
        return lines.prefix(shown.count).joined(separator: "\n")
    }
}

extension Reply {
    /// Bytes of the take that a part shows.
    fileprivate func source(ofPart part: Int, _ range: Range<Int>) -> ArraySlice<UInt8>? {
        var start = 0
        for (index, block) in blocks.enumerated() {
            guard case .text(let prose) = block else { continue }
            if index == part - 1 {
                let range = prose.received(range)
                guard start + range.upperBound <= raw.count else { return nil }
                return raw[start + range.lowerBound..<start + range.upperBound]
            }
            start += prose.count
        }
        return nil
    }
}
