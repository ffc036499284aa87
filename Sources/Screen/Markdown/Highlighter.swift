/// Colours code line by line: keywords, types, strings, numbers and comments, by the spelling alone. It carries over lines
/// what it must (an open comment or string), so that each line is read once, when it is there.
struct Highlighter: Sendable {
    /// What one language looks like.
    struct Language: Sendable {
        var keywords: Set<String>
        var lineComments: [[UInt8]]
        var blockComment: (open: [UInt8], close: [UInt8])?
        /// Delimiters of strings, longest first; the same bytes end the string.
        var strings: [StringDelimiter]
        /// Names that begin with a capital letter are types.
        var hasTypes: Bool
        /// A `$` begins a variable, and `-` is part of words.
        var isShell = false
        /// Case of keywords is ignored.
        var ignoresCase = false
        /// A name at the line's start, before `=` or in brackets, or a string before a colon, is a key.
        var hasKeys = false
    }

    struct StringDelimiter: Sendable {
        var bytes: [UInt8]
        var spansLines: Bool
        var escapes: Bool
    }

    private enum State: Sendable, Equatable {
        case code
        /// → code
        case comment
        /// In the string of that delimiter. → code
        case string(Int)
    }

    private let language: Language?
    private var state = State.code

    /// Colours nothing for a language that it does not know.
    init(language name: String) {
        language = Language.named(name)
    }

    /// Lines of more bytes are not coloured.
    static let longestLine = 2048

    /// Calls `emit` with the line's stretches in order, each with its role inside of the code block, if any.
    mutating func highlight(_ line: UnsafeBufferPointer<UInt8>, _ emit: (Range<Int>, Role?) -> Void) {
        guard let language, line.count <= Self.longestLine else {
            emit(0..<line.count, nil)
            return
        }
        var plain = 0
        var index = 0
        func flush(_ end: Int) { if end > plain { emit(plain..<end, nil) } }
        func mark(_ range: Range<Int>, _ role: Role) {
            flush(range.lowerBound)
            if !range.isEmpty { emit(range, role) }
            plain = range.upperBound
            index = range.upperBound
        }
        while index < line.count {
            switch state {
            case .comment:
                mark(index..<endOfComment(line, from: index, language), .codeComment)
                continue
            case .string(let delimiter):
                mark(index..<endOfString(line, from: index, language.strings[delimiter]), .codeString)
                continue
            case .code: break
            }
            let byte = line[index]
            if let open = language.blockComment?.open, line.has(open, at: index) {
                state = .comment
                mark(index..<endOfComment(line, from: index + open.count, language), .codeComment)
            } else if language.lineComments.contains(where: { line.has($0, at: index) }),
                !language.isShell || index == 0 || line[index - 1] == 0x20
            {
                mark(index..<line.count, .codeComment)
            } else if let delimiter = language.strings.firstIndex(where: { line.has($0.bytes, at: index) }) {
                let string = language.strings[delimiter]
                state = .string(delimiter)
                let end = endOfString(line, from: index + string.bytes.count, string)
                let isKey = language.hasKeys && line[end...].first { $0 != 0x20 } == 0x3A
                mark(index..<end, isKey ? .codeKeyword : .codeString)
            } else if byte.isDigit {
                mark(index..<endOfNumber(line, from: index), .codeNumber)
            } else if byte.isNameStart {
                var end = index + 1
                while end < line.count, line[end].isNamePart || language.isShell && line[end] == 0x2D { end += 1 }
                if let role = role(ofName: line[index..<end], isFirst: index == plain, line, language) {
                    mark(index..<end, role)
                } else {
                    index = end
                }
            } else {
                index += 1
            }
        }
        flush(line.count)
        if case .string(let delimiter) = state, !language.strings[delimiter].spansLines { state = .code }
    }

    private func role(
        ofName name: Slice<UnsafeBufferPointer<UInt8>>, isFirst: Bool, _ line: UnsafeBufferPointer<UInt8>,
        _ language: Language
    ) -> Role? {
        if name.count <= 16 {
            let text = String(decoding: name, as: UTF8.self)
            if language.keywords.contains(language.ignoresCase ? text.lowercased() : text) { return .codeKeyword }
        }
        if language.hasTypes, let first = name.first, first >= 0x41, first <= 0x5A { return .codeType }
        if language.hasKeys, line[..<name.startIndex].allSatisfy({ $0 == 0x20 || $0 == 0x5B }) { return .codeType }
        return nil
    }

    private mutating func endOfComment(_ line: UnsafeBufferPointer<UInt8>, from start: Int, _ language: Language) -> Int
    {
        guard let close = language.blockComment?.close else { return line.count }
        var index = start
        while index < line.count {
            if line.has(close, at: index) {
                state = .code
                return index + close.count
            }
            index += 1
        }
        return line.count
    }

    private mutating func endOfString(
        _ line: UnsafeBufferPointer<UInt8>, from start: Int, _ delimiter: StringDelimiter
    ) -> Int {
        var index = start
        while index < line.count {
            if delimiter.escapes, line[index] == 0x5C {
                index += 2
            } else if line.has(delimiter.bytes, at: index) {
                state = .code
                return index + delimiter.bytes.count
            } else {
                index += 1
            }
        }
        return line.count
    }

    private func endOfNumber(_ line: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start + 1
        while index < line.count {
            let byte = line[index]
            let isFraction = byte == 0x2E && index + 1 < line.count && line[index + 1].isDigit
            guard byte.isNamePart || isFraction else { break }
            index += 1
        }
        return index
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func has(_ pattern: [UInt8], at index: Int) -> Bool {
        guard index + pattern.count <= count else { return false }
        for offset in 0..<pattern.count where self[index + offset] != pattern[offset] { return false }
        return true
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    fileprivate var isNameStart: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7A || self == 0x5F || self >= 0x80 }
    fileprivate var isNamePart: Bool { isNameStart || isDigit }
}
