import CurlTransport
import Dashboard
import Foundation
import Providers
import Synchronization

/// Weighs the files of a draft away from the loop: a network folder that hangs must not hang the keys.
final class FileWeigher: Sendable {
    private let queue = DispatchQueue(label: "weir.files")
    /// What to weigh next: only the newest draft matters, so no more than one waits behind a read that hangs.
    private let wanted = Mutex<[FileMention]?>(nil)
    private let answers = Mailbox<Message>()
    private let waker: Waker

    /// - Parameter waker: wakes the loop that ``takeAnswers()`` belongs to.
    init(_ waker: Waker) {
        self.waker = waker
    }

    /// Never waits.
    func weigh(_ mentions: [FileMention]) {
        let isFirst = wanted.withLock { wanted in
            defer { wanted = mentions }
            return wanted == nil
        }
        guard isFirst else { return }
        queue.async { [self] in
            let taken = wanted.withLock { wanted in
                defer { wanted = nil }
                return wanted
            }
            guard let taken else { return }
            answers.post(.filesWeighed(AttachmentReader().weight(of: taken), of: taken))
            waker.wake()
        }
    }

    func takeAnswers() -> [Message] { answers.take() }
}
