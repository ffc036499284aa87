/// Tells when another reply of OpenAI's dialect was spliced into ours: a chunk with a `role`, which begins a message, and
/// with another `id`, after chunks that had text and no role. Neither alone says it: Groq gives every chunk an id of its
/// own, and OpenRouter names the role in every chunk.
struct ChunkIdentity: Sendable {
    private var first: [UInt8] = []
    /// Chunks looked at, up to 2.
    private var count = 0
    private var idsVary = false
    private var hasContentWithoutRole = false

    @inline(__always)
    mutating func isSplice(_ fields: EventFields) -> Bool {
        let delta = fields.choice.delta
        if !delta.hasRole, !hasContentWithoutRole { hasContentWithoutRole = delta.content != nil }
        guard count < 2 || delta.hasRole else { return false }
        return isSpliceSlowly(fields)
    }

    private mutating func isSpliceSlowly(_ fields: EventFields) -> Bool {
        let isSame = fields.id?.raw.elementsEqual(first) ?? true
        switch count {
        case 0:
            first = fields.id.map { Array($0.raw) } ?? []
            count = 1
        case 1:
            idsVary = !isSame
            count = 2
        default:
            return !isSame && !idsVary && hasContentWithoutRole && fields.choice.delta.hasRole
        }
        return false
    }
}
