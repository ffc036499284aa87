import Providers
import StreamEngine

/// Requests about responses that are made in the background: for the rest of one, and to stop one.
extension World {
    /// The response that a request by a cursor asks for: the one that is at hand, from the event after the last one that
    /// was received.
    mutating func cursor(of request: TransportRequest, _ index: Int) -> (response: Int, after: Int)? {
        guard let known = clients[index].known else {
            fail(.nothingTwice, "a request by a cursor, and there is no response to go on with")
            return nil
        }
        let path = "/responses/resp_\(clients[index].responses[known.response].number)"
        let asked = "\(path)?stream=true&starting_after=\(known.event)"
        guard request.http.url.hasSuffix(asked), request.isStream, request.http.body.isEmpty else {
            fail(.shownIsStoredIsReceived, "a cursor asks for \(request.http.url), and what is missing is \(asked)")
            return nil
        }
        return (known.response, known.event)
    }

    /// Whether a request stops a response. If so, it is under way.
    mutating func openedNotice(_ id: AttemptID, _ request: TransportRequest, _ index: Int) -> Bool {
        guard request.http.method == "POST", request.http.url.hasSuffix("/cancel") else { return false }
        guard let known = clients[index].known else {
            fail(.nothingIsLeft, "\(request.http.url): there is no response to stop")
            return true
        }
        let response = clients[index].responses[known.response]
        guard request.http.url.hasSuffix("/responses/resp_\(response.number)/cancel"), !response.isLeft else {
            fail(.nothingIsLeft, "\(request.http.url), where resp_\(response.number) is left behind")
            return true
        }
        tally.notices += 1
        clients[index].known = nil
        clients[index].responses[known.response].isLeft = true
        trace.note(now.instant.nanoseconds, "stream \(id.stream): resp_\(response.number) is to be stopped")
        transfers.append(
            Transfer(
                id: id, client: index, attempt: -1,
                notice: (known.response, forced == nil ? choices.below(5) : 0), at: now.instant + .milliseconds(20)))
        return true
    }

    /// A response that is left behind is stopped, for it costs: what begins, or ends, without that is a mistake.
    mutating func checkLeft(_ index: Int) {
        guard let known = clients[index].known else { return }
        fail(
            .nothingIsLeft,
            "resp_\(clients[index].responses[known.response].number) is left behind, and its server is not told")
    }

    mutating func playNotice(_ position: Int, _ notice: (response: Int, fate: Int)) {
        let transfer = transfers[position]
        transfers[position].at = now.instant + .milliseconds(100)
        let event: TransportEvent
        switch (transfer.phase, notice.fate) {
        case (.connecting, 1):
            transfers.remove(at: position)
            event = .failed(TransportFailure(kind: .connectionRefused, message: ""), Phases())
        case (.connecting, _):
            transfers[position].phase = .waiting
            event = .connected(Phases())
        case (.waiting, 2):
            transfers[position].at = nil
            return
        case (.waiting, 3):
            transfers.remove(at: position)
            event = .failed(TransportFailure(kind: .reset, message: ""), Phases())
        case (.waiting, _):
            transfers[position].phase = .ending
            clients[transfer.client].responses[notice.response].isStopped = true
            event = .headers(status: notice.fate == 4 ? 404 : 200, headers: [], phases: Phases())
        default:
            transfers.remove(at: position)
            event = .finished(Phases())
        }
        heard = true
        call(transfer.client) { $0.transportReported(event, of: transfer.id, at: $1, into: &$2) }
        heard = false
    }
}
