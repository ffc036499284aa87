import Dashboard
import Synchronization

/// Notices from other threads, on their way to the loop.
final class NoticeBox: Sendable {
    private let notices = Mutex<[Notice]>([])

    func post(_ notice: Notice) {
        notices.withLock { $0.append(notice) }
    }

    func take() -> [Notice] {
        notices.withLock { notices in
            defer { notices.removeAll() }
            return notices
        }
    }
}
