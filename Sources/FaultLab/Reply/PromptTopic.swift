/// What a reply takes up of its prompt, made harmless: nothing in it can open Markdown, and it is short.
struct PromptTopic: Sendable, Equatable {
    /// The beginning of the prompt, to be quoted.
    let phrase: String
    /// Its weightier words, at least one.
    let words: [String]

    static let longestPhrase = 64

    init(_ prompt: String) {
        let all = Self.words(of: prompt)
        var phrase = ""
        for word in all.prefix(9) {
            guard phrase.utf8.count + word.utf8.count < Self.longestPhrase else { break }
            if !phrase.isEmpty { phrase += " " }
            phrase += word
        }
        // Scripts without spaces make one long word of a sentence.
        if phrase.isEmpty, let first = all.first {
            for scalar in first.unicodeScalars {
                guard phrase.utf8.count + 4 < Self.longestPhrase else { break }
                phrase.unicodeScalars.append(scalar)
            }
        }
        self.phrase = phrase.isEmpty ? "a question without words" : phrase
        var weighty: [String] = []
        for word in all where word.utf8.count >= 4 && word.utf8.count <= 24 {
            let plain = word.lowercased()
            guard !Self.light.contains(plain), !plain.utf8.contains(where: Self.isDigit), !weighty.contains(plain)
            else { continue }
            weighty.append(plain)
            if weighty.count == 6 { break }
        }
        words = weighty.isEmpty ? ["water"] : weighty
    }

    /// Letters, digits and the marks inside words; everything else separates. Only the beginning is looked at.
    private static func words(of prompt: String) -> [String] {
        var words: [String] = []
        var word = ""
        func isInner(_ scalar: Unicode.Scalar) -> Bool { scalar == "'" || scalar == "’" || scalar == "-" }
        func finish() {
            while let last = word.unicodeScalars.last, isInner(last) { word.unicodeScalars.removeLast() }
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for scalar in prompt.unicodeScalars.prefix(600) {
            let properties = scalar.properties
            if properties.isAlphabetic || properties.numericType != nil || (!word.isEmpty && isInner(scalar)) {
                word.unicodeScalars.append(scalar)
            } else if properties.generalCategory == .nonspacingMark, !word.isEmpty {
                word.unicodeScalars.append(scalar)
            } else {
                finish()
            }
        }
        finish()
        return words
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Words that say how to answer rather than about what.
    private static let light: Set<String> = [
        "about", "after", "also", "answer", "because", "been", "before", "between", "both", "brief", "briefly", "could",
        "describe", "does", "each", "explain", "from", "give", "have", "help", "here", "into", "just", "know", "like",
        "list", "long", "make", "more", "most", "much", "need", "only", "over", "paragraph", "paragraphs", "please",
        "sentence", "sentences", "short", "shortly", "should", "show", "some", "such", "tell", "than", "that", "their",
        "them", "then", "there", "these", "they", "thing", "things", "this", "those", "token", "tokens", "using",
        "very",
        "want", "were", "what", "when", "where", "which", "while", "whose", "will", "with", "without", "word", "words",
        "would", "write", "your",
    ]
}
