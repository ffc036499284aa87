import NIOHTTP1

/// Responses in the background: their rest as a stream, their state, and their end.
extension Routes {
    /// No response has so many events; one may ask for those after any.
    private static let lastEvent = 1 << 40

    /// `GET /v1/responses/ID`, with `stream=true&starting_after=N` for the events after number N.
    func response(_ target: Target, _ head: HTTPRequestHead) -> Program {
        if let refusal = refusedKey(.responses, head) { return refusal }
        let id = target.path[1]
        guard target.value("stream") == "true" else {
            guard let state = core.state(of: id) else { return unknown(id) }
            return .whole(200, "application/json", headers: identity(.responses), state)
        }
        let after = target.value("starting_after")
        guard let number = after.map({ Int($0) }) ?? -1, number >= -1 else {
            let body = ProviderFault(400, message: "Invalid type for 'starting_after': expected an integer.").body(
                .responses, requestID: "req_lab_c\(connection)", param: "starting_after", code: "invalid_type")
            return .whole(400, "application/json", headers: identity(.responses), body)
        }
        return core.program(
            restOf: id, after: min(number, Self.lastEvent), connection: connection,
            headers: head.headers.map { (name: $0.name.lowercased(), value: $0.value) }) ?? unknown(id)
    }

    /// `POST /v1/responses/ID/cancel`.
    func cancel(_ id: String, _ head: HTTPRequestHead) -> Program {
        if let refusal = refusedKey(.responses, head) { return refusal }
        guard core.cancel(response: id, connection: connection), let state = core.state(of: id) else {
            return unknown(id)
        }
        return .whole(200, "application/json", headers: identity(.responses), state)
    }

    private func unknown(_ id: String) -> Program {
        core.refused(connection: connection, "404: no response \(Self.excerpt(id))")
        return .whole(
            404, "application/json", headers: identity(.responses),
            Planner.noSuchResponse(Self.excerpt(id), requestID: "req_lab_c\(connection)"))
    }
}
