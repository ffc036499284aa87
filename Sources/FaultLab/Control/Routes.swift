import NIOCore
import NIOHTTP1
import TOML

/// Which program answers a request.
struct Routes {
    let core: LabCore
    let connection: Int

    func program(for request: Connection.Request) -> Program {
        var target = Target(request.head.uri)
        let method = request.head.method
        if target.path.first == "lab" {
            let isJSON = request.head.headers[canonicalForm: "content-type"].contains {
                $0.hasPrefix("application/json")
            }
            return ControlRoutes(core: core).program(method, target, request.body, isJSON: isJSON)
        }
        if target.path.isEmpty {
            return .whole(200, "text/plain; charset=utf-8", ControlRoutes.greeting)
        }
        let dialect = Self.dialect(of: request.head)
        let scenario: Scenario
        do {
            scenario = try self.scenario(&target, request.head)
        } catch {
            return refusal(404, dialect, error.message)
        }
        if target.path.first == "v1" { target.path.removeFirst() }
        switch (target.path.first, target.path.count) {
        case ("messages", 1):
            guard method == .POST else { return wrongMethod("POST", .anthropic) }
            return reply(.anthropic, request, scenario)
        case ("chat", 2) where target.path[1] == "completions":
            guard method == .POST else { return wrongMethod("POST", .openai) }
            return reply(.openai, request, scenario)
        case ("responses", 1):
            guard method == .POST else { return wrongMethod("POST", .responses) }
            return reply(.responses, request, scenario)
        case ("responses", 2):
            guard method == .GET else { return wrongMethod("GET", .responses) }
            return response(target, request.head)
        case ("responses", 3) where target.path[2] == "cancel":
            guard method == .POST else { return wrongMethod("POST", .responses) }
            return cancel(target.path[1], request.head)
        case ("models", 1), ("models", 2):
            guard method == .GET else { return wrongMethod("GET", dialect) }
            return models(target.path.dropFirst().first, dialect, request.head, scenario)
        default:
            return refusal(404, dialect, "Not found: \(Self.excerpt(request.head.uri))")
        }
    }

    /// In whose words a request is answered whose path does not tell.
    static func dialect(of head: HTTPRequestHead) -> LabDialect {
        if head.uri.contains("/messages") { return .anthropic }
        if head.uri.contains("/responses") { return .responses }
        return head.headers.contains(name: "anthropic-version") || head.headers.contains(name: "x-api-key")
            ? .anthropic : .openai
    }

    // MARK: Replies

    private func reply(_ dialect: LabDialect, _ request: Connection.Request, _ scenario: Scenario) -> Program {
        if let refusal = refusedKey(dialect, request.head) { return refusal }
        do {
            if dialect == .anthropic, !request.head.headers.contains(name: "anthropic-version") {
                throw RequestComplaint("anthropic-version: header is required")
            }
            let body = Array(request.body.readableBytesView)
            let asked = try ReplyRequest(dialect, body: body)
            return core.program(
                for: asked, Continuation(asked), scenario: scenario, connection: connection,
                headers: request.head.headers.map { (name: $0.name.lowercased(), value: $0.value) }, body: body)
        } catch {
            let complaint = error as? RequestComplaint ?? RequestComplaint("\(error)")
            core.refused(connection: connection, "400: \(Self.excerpt(complaint.message))")
            let id = "req_lab_c\(connection)"
            let body = ProviderFault(400, message: complaint.message).body(
                dialect, requestID: id, param: complaint.param, code: complaint.code)
            return .whole(400, "application/json", headers: identity(dialect), body)
        }
    }

    /// The keys `bad` and `sk-bad` are refused, so that refusal can be tried; every other key, and none, is taken.
    func refusedKey(_ dialect: LabDialect, _ head: HTTPRequestHead) -> Program? {
        let bearer = head.headers.first(name: "authorization").map { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst(7)) : value
        }
        let keys = [bearer, head.headers.first(name: "x-api-key")].compactMap { $0 }
        guard keys.contains("bad") || keys.contains("sk-bad") else { return nil }
        core.refused(connection: connection, "401: the key is one of those that are refused")
        return refusal(401, dialect, nil)
    }

    private func models(
        _ name: String?, _ dialect: LabDialect, _ head: HTTPRequestHead, _ scenario: Scenario
    ) -> Program {
        if let refusal = refusedKey(dialect, head) { return refusal }
        // What stands between all requests and the provider stands here too.
        for step in scenario.always where step.probability >= 1 && step.model == nil {
            if let acts = Planner.instead(
                step.fault, dialect: dialect, requestID: "req_lab_c\(connection)", headers: identity(dialect),
                wall: WallClock.now())
            {
                return Program(acts)
            }
        }
        func object(_ model: String) -> String {
            #"{"id":\#(JSONText.string(model)),"type":"model","object":"model","display_name":\#(JSONText.string(model)),"#
                + #""created":1767225600,"created_at":"2026-01-01T00:00:00Z","owned_by":"weir-lab"}"#
        }
        if let name {
            return .whole(200, "application/json", headers: identity(dialect), object(Self.excerpt(name)))
        }
        let models = ModelTraits.listed
        let body =
            #"{"object":"list","data":[\#(models.map(object).joined(separator: ","))],"has_more":false,"#
            + #""first_id":\#(JSONText.string(models.first)),"last_id":\#(JSONText.string(models.last))}"#
        return .whole(200, "application/json", headers: identity(dialect), body)
    }

    // MARK: Parts

    /// What happens to a request before it is read: by its path and headers alone, so a step of ``Scenario/always``.
    func upstream(_ head: HTTPRequestHead) -> (kind: Fault.Upstream, bytes: Int)? {
        var target = Target(head.uri)
        guard head.method == .POST, target.path.first != "lab",
            let scenario = try? scenario(&target, head)
        else { return nil }
        for step in scenario.always {
            guard case .upstream(let kind, let bytes) = step.fault else { continue }
            // The connection's number stands for what is not known yet.
            var random = SplitMix64(seed: scenario.seed ^ UInt64(truncatingIfNeeded: connection) &* 0x9E37_79B9)
            if random.unit() < step.probability { return (kind, bytes) }
        }
        return nil
    }

    /// By `/s/NAME` before the path, by the header `X-Lab-Scenario`, or the lab's own.
    private func scenario(_ target: inout Target, _ head: HTTPRequestHead) throws(RequestComplaint) -> Scenario {
        var name = head.headers.first(name: "x-lab-scenario")
        if target.path.count >= 2, target.path[0] == "s" {
            name = target.path[1]
            target.path.removeFirst(2)
        }
        guard let name else { return core.scenario }
        do {
            if let scenario = try core.scenario(named: name) { return scenario }
        } catch {
            throw RequestComplaint("\(error)")
        }
        throw RequestComplaint(
            "There is no scenario \"\(Self.excerpt(name))\". There are: \(Shelf.names.joined(separator: ", ")).")
    }

    func identity(_ dialect: LabDialect) -> [(String, String)] {
        [(dialect.isAnthropic ? "request-id" : "x-request-id", "req_lab_c\(connection)")]
    }

    private func refusal(_ status: Int, _ dialect: LabDialect, _ message: String?) -> Program {
        let body = ProviderFault(status, message: message).body(dialect, requestID: "req_lab_c\(connection)")
        return .whole(status, "application/json", headers: identity(dialect), body)
    }

    private func wrongMethod(_ allowed: String, _ dialect: LabDialect) -> Program {
        let body = ProviderFault(405, message: "Method not allowed; use \(allowed).").body(
            dialect, requestID: "req_lab_c\(connection)")
        return .whole(405, "application/json", headers: identity(dialect) + [("Allow", allowed)], body)
    }

    /// What a stranger sent, short enough to be shown.
    static func excerpt(_ text: String) -> String {
        text.utf8.count <= 200 ? text : String(text.prefix(120)) + "…"
    }
}

/// A request's path, in its parts, and its query.
struct Target {
    var path: [String]
    private let query: Substring

    init(_ uri: String) {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = (parts.first ?? "").split(separator: "/").map { Self.decoded($0, isForm: false) }
        query = parts.count > 1 ? parts[1] : ""
    }

    /// The first value of that name.
    func value(_ name: String) -> String? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if let first = parts.first, Self.decoded(first, isForm: true) == name {
                return parts.count > 1 ? Self.decoded(parts[1], isForm: true) : ""
            }
        }
        return nil
    }

    /// Percent-decoded (RFC 3986, 2.1), in a form with `+` for a space; what is not UTF-8 becomes U+FFFD.
    private static func decoded(_ text: Substring, isForm: Bool) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = Hex.value(bytes[index + 1]),
                let low = Hex.value(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(isForm && bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
