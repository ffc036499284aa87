/// What is laid over the lines of a text when they are drawn: places that were found, and colours by where the text came
/// from.
public struct LineMarks: Sendable {
    /// The text from `source` on, an offset as it was appended, has this role; up to the next tint.
    public struct Tint: Sendable {
        public var source: Int
        public var role: Role?

        public init(source: Int, role: Role?) {
            self.source = source
            self.role = role
        }
    }

    var places: [ShownPlaces.Place] = []
    /// The one of ``places`` that the reader is at.
    var current: Int?
    var tints: [Tint] = []

    public init(places: ShownPlaces? = nil, current: Int? = nil, tints: [Tint] = []) {
        self.places = places?.places ?? []
        self.current = current
        self.tints = tints
    }

    var isEmpty: Bool { places.isEmpty && tints.isEmpty }

    /// The look of the text at `offset` of what is shown and `source` of its sanitised source, and how many bytes keep it.
    func look(
        _ look: Look, at offset: Int, source: Int, count: Int, _ offsets: OffsetMap?
    ) -> (look: Look, count: Int) {
        var count = count
        if !places.isEmpty {
            let index = places.partition { Int($0.end) <= offset }
            if index < places.count {
                let place = places[index]
                if Int(place.start) <= offset {
                    // It is to be seen on any tint.
                    return (
                        look.adding(index == current ? .matchCurrent : .match),
                        max(1, min(count, Int(place.end) - offset))
                    )
                }
                count = min(count, Int(place.start) - offset)
            }
        }
        var result = look
        if !tints.isEmpty {
            let raw = offsets?.raw(ofClean: source) ?? source
            let next = tints.partition { $0.source <= raw }
            if next < tints.count {
                let end = offsets?.clean(ofRaw: tints[next].source) ?? tints[next].source
                count = min(count, end - source)
            }
            if next > 0, let role = tints[next - 1].role { result = result.adding(role) }
        }
        return (result, max(1, count))
    }
}
