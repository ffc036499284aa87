import Dashboard
import Synchronization

/// What other threads have for the loop, in the order in which it came.
final class Mailbox<Letter: Sendable>: Sendable {
    private let letters = Mutex<[Letter]>([])

    func post(_ letter: Letter) {
        letters.withLock { $0.append(letter) }
    }

    func take() -> [Letter] {
        letters.withLock { letters in
            // As nearly always: with every token it is looked into.
            guard !letters.isEmpty else { return [] }
            defer { letters.removeAll() }
            return letters
        }
    }
}

typealias NoticeBox = Mailbox<Notice>
