extension LabCore {
    func judge(_ text: [UInt8], prompt: String, conversation: Int? = nil) -> ReplyVerdict {
        let verdict = ReplyVerdict(
            on: text, canonical: CanonicalReply.bytes(prompt: prompt), conversation: conversation)
        withBook { $0.add(verdict) }
        return verdict
    }

    /// `nil` where there is no such conversation, or where it is forgotten.
    func judge(_ text: [UInt8], conversation: Int) -> ReplyVerdict? {
        withBook { $0.prompt(of: conversation) }.map { judge(text, prompt: $0, conversation: conversation) }
    }

    func lastVerdict(on conversation: Int) -> ReplyVerdict? {
        withBook { $0.verdicts.last { $0.conversation == conversation } }
    }

    var verdictsJSON: String { withBook { $0.json } }
}
