import Screen
import StreamEngine

extension Model {
    var lanesAvailability: Availability {
        guard selectedEntry != nil else { return .unavailable(Self.noStream) }
        return LanesView.lanes(self).count < 2
            ? .unavailable("Only one model was asked: /ask MODEL,MODEL PROMPT asks several") : .available
    }

    /// Whether the user chose this one among the replies to its prompt.
    func isKept(_ entry: StreamEntry) -> Bool {
        conversations[entry.conversation]?.transcript.kept[entry.turn] == entry.id
    }

    var keepAvailability: Availability {
        guard let entry = selectedEntry else { return .unavailable(Self.noStream) }
        guard LanesView.lanes(self).count > 1 else {
            return .unavailable("It is the only reply to its prompt: there is nothing to choose")
        }
        return isKept(entry) ? .unavailable("\(Self.sentence(name(of: entry.snapshot))) is kept already") : .available
    }

    /// This reply is the one that the conversation goes on from; others that still run are cancelled, and stay to be read.
    mutating func keepReply() -> [Command] {
        guard let entry = selectedEntry else { return [] }
        let others = LanesView.lanes(self).filter { $0.id != entry.id && $0.canCancel }
        conversations[entry.conversation]?.transcript.keep(entry.id, of: entry.turn)
        let rest = others.isEmpty ? "" : "; \(Format.plural(others.count, "other is", "others are")) cancelled"
        tell("Kept \(name(of: entry.snapshot)): the conversation goes on from it\(rest)")
        changed()
        return others.map { .cancel($0.id) } + [.keep(entry.conversation, entry.turn, entry.id)]
    }

    /// Keys while the lanes are open: those of the stream table hold, for the selected lane.
    mutating func receiveInLanes(_ chord: Chord) -> [Command] {
        changed()
        let lanes = LanesView.lanes(self)
        let index = lanes.firstIndex { $0.id == selected } ?? 0
        switch keymap.action(for: chord, in: .lanes) {
        case .selectPrevious?: if index > 0 { select(lanes[index - 1].id) }
        case .selectNext?: if index + 1 < lanes.count { select(lanes[index + 1].id) }
        case .close?: overlay = nil
        case .pageUp?: laneScroll.move(by: -max(1, laneScroll.rows - 1))
        case .pageDown?: laneScroll.move(by: max(1, laneScroll.rows - 1))
        case .toTop?: laneScroll.move(by: -laneScroll.count)
        case .toBottom?: laneScroll.top = nil
        case let action?: return perform(action)
        case nil:
            if let number = chord.selectedStream(in: .streams) {
                selectStream(number: number)
                return []
            }
            guard let action = keymap.action(for: chord, in: .streams), Self.doneInLanes.contains(action) else {
                tell("\(chord.label) does nothing here: \(keymap.words(.close, in: .lanes)) closes the lanes")
                return []
            }
            return perform(action)
        }
        return []
    }

    /// Of the table's.
    static let doneInLanes: Set<Action> = [
        .cancel, .retry, .retryNow, .waitLonger, .giveUp, .otherWay, .otherModel, .regenerate, .copyReply, .keepReply,
        .inspect, .saveReport, .help, .palette, .redraw, .suspend,
    ]
}
