extension EventInterpreter {
    /// A source that the reply names, told once however often it is cited. Anthropic's citations, annotations of OpenAI's
    /// two dialects, Perplexity's addresses and search results.
    mutating func emit(citation: JSONValue, into batch: inout ReplyBatch) {
        guard let source = Self.source(citation), citations.insert(source).inserted else { return }
        batch.items.append(.part(kind: Part.citation, detail: source))
    }

    /// `Title <address>`, as far as they are known: a file has a name and no address.
    private static func source(_ citation: JSONValue) -> String? {
        if let address = citation.text { return address }
        // Chat Completions' annotation has its members in an object of its type's name.
        let inner = citation["type"]?.text.flatMap { citation[$0] } ?? citation
        let title = inner["title"] ?? inner["document_title"] ?? inner["filename"] ?? inner["file_id"]
        let address = inner["url"] ?? inner["source"]
        switch (title?.text, address?.text) {
        case (let title?, let address?): return title == address ? address : "\(title) <\(address)>"
        case (let only?, nil), (nil, let only?): return only
        case (nil, nil): return nil
        }
    }
}
