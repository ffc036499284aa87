import Screen

extension Transcript {
    /// What is looked for, where it was found, and which of the places the reader is at. The places themselves are kept with
    /// the texts; a frame costs what new text costs to look through, whatever the length of the conversation.
    struct Search: Sendable {
        var pattern: SearchPattern
        /// Places in all items.
        var total = 0
        var current: Spot?
        /// Places in the items before the current one's.
        var before = 0
    }

    /// A place: in which item, in which part of it, which one there.
    struct Spot: Sendable, Equatable {
        var item: Int
        var part: Int
        var place: Int
    }

    /// Looks through everything; `nil` ends the search.
    mutating func find(_ pattern: SearchPattern?) {
        guard let pattern else {
            if search != nil { forgetPlaces() }
            search = nil
            return
        }
        search = Search(pattern: pattern)
        var total = 0
        for index in items.indices {
            items[index].found = 0
            total += look(for: pattern, in: index)
        }
        search?.total = total
    }

    private mutating func forgetPlaces() {
        for index in items.indices where items[index].found > 0 {
            items[index].changeTexts { $1.forgetPlaces() }
            items[index].found = 0
        }
    }

    /// How many more places the item has than before.
    private mutating func look(for pattern: SearchPattern, in index: Int) -> Int {
        let before = items[index].found
        var found = 0
        items[index].changeTexts { found += $1.find(pattern) }
        items[index].found = found
        return found - before
    }

    /// An item has grown.
    mutating func lookAgain(in index: Int) {
        guard let search else { return }
        let more = look(for: search.pattern, in: index)
        self.search?.total += more
        guard let spot = search.current else { return }
        if index < spot.item { self.search?.before += more }
        // What it stood at may be gone: another take began.
        if index == spot.item, spot.place >= places(at: spot) { self.search?.current = nil }
    }

    private func places(at spot: Spot) -> Int {
        guard items.indices.contains(spot.item) else { return 0 }
        return items[spot.item].text(ofPart: spot.part)?.prose.places.count ?? 0
    }

    /// The number of the current place, from 1; `nil` where there is none.
    var ordinal: Int? {
        guard let search, let spot = search.current, items.indices.contains(spot.item) else { return nil }
        let within = items[spot.item].textParts.lowerBound..<spot.part
        let parts = within.reduce(0) { $0 + places(at: Spot(item: spot.item, part: $1, place: 0)) }
        return search.before + parts + spot.place + 1
    }

    // MARK: Moves, after `prepare`

    /// To the first place at or below a line; where none is there, to the last one above it.
    mutating func goToPlace(from place: Place) {
        guard search != nil else { return }
        set(firstSpot(from: place) ?? lastSpot(before: items.count))
    }

    /// To the next place or the one before, round the ends.
    mutating func goToPlace(by step: Int) {
        guard search?.total ?? 0 > 0 else { return }
        guard let spot = search?.current else {
            return step > 0
                ? goToPlace(from: top) : set(spot(before: firstSpot(from: top)) ?? lastSpot(before: items.count))
        }
        if step > 0 {
            set(self.spot(after: spot) ?? firstSpot(from: Place(item: 0, line: 0)))
        } else {
            set(self.spot(before: spot) ?? lastSpot(before: items.count))
        }
    }

    private mutating func set(_ spot: Spot?) {
        search?.current = spot
        guard let spot else { return }
        search?.before = items[..<spot.item].reduce(0) { $0 + $1.found }
        reveal(spot)
    }

    /// The first place in or below a line.
    private mutating func firstSpot(from place: Place) -> Spot? {
        guard items.indices.contains(place.item) else { return nil }
        exactHeight(place.item)
        if items[place.item].found > 0, let (part, line) = part(of: place) {
            for candidate in items[place.item].textParts where candidate >= part {
                guard let (prose, lead) = items[place.item].text(ofPart: candidate) else { continue }
                let index = candidate == part ? prose.firstPlace(fromRow: max(0, line - lead)) : 0
                if index < prose.places.count { return Spot(item: place.item, part: candidate, place: index) }
            }
        }
        return firstSpot(after: place.item)
    }

    private func firstSpot(after item: Int) -> Spot? {
        for index in items.indices where index > item && items[index].found > 0 {
            for part in items[index].textParts where places(at: Spot(item: index, part: part, place: 0)) > 0 {
                return Spot(item: index, part: part, place: 0)
            }
        }
        return nil
    }

    private func lastSpot(before item: Int) -> Spot? {
        for index in items[..<item].indices.reversed() where items[index].found > 0 {
            for part in items[index].textParts.reversed() {
                let count = places(at: Spot(item: index, part: part, place: 0))
                if count > 0 { return Spot(item: index, part: part, place: count - 1) }
            }
        }
        return nil
    }

    private func spot(after spot: Spot) -> Spot? {
        if spot.place + 1 < places(at: spot) { return Spot(item: spot.item, part: spot.part, place: spot.place + 1) }
        for part in items[spot.item].textParts where part > spot.part {
            if places(at: Spot(item: spot.item, part: part, place: 0)) > 0 {
                return Spot(item: spot.item, part: part, place: 0)
            }
        }
        return firstSpot(after: spot.item)
    }

    private func spot(before spot: Spot?) -> Spot? {
        guard let spot else { return nil }
        if spot.place > 0 { return Spot(item: spot.item, part: spot.part, place: spot.place - 1) }
        for part in items[spot.item].textParts.reversed() where part < spot.part {
            let count = places(at: Spot(item: spot.item, part: part, place: 0))
            if count > 0 { return Spot(item: spot.item, part: part, place: count - 1) }
        }
        return lastSpot(before: spot.item)
    }

    /// Opens what hides a place, and scrolls where it is not in sight.
    private mutating func reveal(_ spot: Spot) {
        exactHeight(spot.item)
        guard let (prose, _) = items[spot.item].text(ofPart: spot.part) else { return }
        if items[spot.item].open(part: spot.part, row: prose.row(ofPlace: spot.place)) {
            refold(spot.item)
            exactHeight(spot.item)
        }
        guard let (shown, lead) = items[spot.item].text(ofPart: spot.part) else { return }
        let line = items[spot.item].parts[..<spot.part].reduce(0, +) + lead + shown.row(ofPlace: spot.place)
        show(Place(item: spot.item, line: line))
    }

    /// Scrolls so that a line is in sight, a third down from the top where it was not.
    mutating func show(_ place: Place) {
        if let row = row(of: place), row < rows { return }
        jump(to: place, rowsAbove: rows / 3)
    }

    /// The window's row that shows a line; `nil` above the window and far below.
    func row(of place: Place) -> Int? {
        guard (place.item, place.line) >= (top.item, top.line) else { return nil }
        var row = place.line - top.line
        var index = top.item
        while index < place.item {
            row += items[index].height
            index += 1
            if row - place.line > rows { return nil }
        }
        return row
    }

    /// Puts a line so many rows below the window's top.
    mutating func jump(to place: Place, rowsAbove: Int) {
        follows = false
        top = place
        above = items[..<place.item].reduce(0) { $0 + $1.height }
        move(by: -rowsAbove)
    }
}

extension Transcript {
    /// Back to where the reader was.
    mutating func goBack(to place: Place, follows: Bool) {
        guard !follows, items.indices.contains(place.item) else { return follow() }
        jump(to: place, rowsAbove: 0)
    }

    /// How late it came is known of some text.
    var knowsLateness: Bool {
        items.contains { item in
            guard case .reply(let reply) = item.content else { return false }
            return reply.late.contains { $0.lateness != nil }
        }
    }
}
