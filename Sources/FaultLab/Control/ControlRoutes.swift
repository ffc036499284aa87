import NIOCore
import NIOHTTP1
import TOML

/// `/lab/…`: the lab's own pages, as JSON but for the reply's text.
///
/// - `GET /lab/reply?prompt=…`, or `POST /lab/reply` with the prompt as body: the canonical reply, `text/plain`.
/// - `GET /lab/journal?after=N`: `{"entries": […]}`, those after number N.
/// - `GET /lab/scenarios`: `{"current": name, "scenarios": [{"name", "description"}]}`.
/// - `POST /lab/verdict`, `GET /lab/verdict`: whether a client has the reply, see ``judge(_:_:isJSON:)``.
/// - `GET /lab/expectations`: `{"checked", "met", "breached", "breaches": […]}`.
/// - `POST /lab/steer`: an order, see ``LabOrder``, for one `"conversation"`, or for that of a `"client_request_id"`, or for
///   all.
/// - `POST /lab/scenario`: `{"name": …}` or `{"toml": …}`, from the next request on.
/// - `GET /lab/ca.pem`: the authority of the TLS port's certificates.
/// - `POST /lab/certificate`: `{"name": …}`, what the TLS port shows from the next handshake on.
/// - `POST /lab/reset`: forgets conversations, limits, orders, expectations and the journal.
struct ControlRoutes {
    let core: LabCore

    static let greeting = """
        Weir's fault lab: an unreliable LLM provider, on purpose.

          POST /v1/messages               the Anthropic dialect
          POST /v1/chat/completions       the OpenAI dialect
          GET  /v1/models
          /s/SCENARIO/v1/...              the same under that scenario; or send X-Lab-Scenario
          GET  /lab/scenarios             what there is
          GET  /lab/reply?prompt=...      the whole reply to a prompt, to compare with
          GET  /lab/journal               what was asked and what was done
          POST /lab/verdict?prompt=...    is this the whole reply? The body is what the client has
          GET  /lab/expectations          what clients did and should not have done
          POST /lab/steer                 {"order": "reset_now"}
          POST /lab/scenario              {"name": "storm"}
          GET  /lab/ca.pem                what to trust on the TLS port
          POST /lab/certificate           {"name": "expired"}, on the TLS port
          POST /lab/reset

        """

    func program(_ method: HTTPMethod, _ target: Target, _ body: ByteBuffer, isJSON: Bool = false) -> Program {
        let page = target.path.count == 2 ? target.path[1] : ""
        switch (page, method) {
        case ("reply", .GET): return reply(target.value("prompt") ?? "")
        case ("reply", .POST): return reply(String(buffer: body))
        case ("journal", .GET):
            let entries = core.entries(after: target.value("after").flatMap { Int($0) } ?? 0)
            return json(200, #"{"entries":[\#(entries.map(\.json).joined(separator: ","))]}"#)
        case ("scenarios", .GET): return scenarios()
        case ("verdict", .GET): return verdicts(target)
        case ("verdict", .POST): return judge(target, body, isJSON: isJSON)
        case ("expectations", .GET): return expectations()
        case ("steer", .POST): return answer { () throws(RequestComplaint) in try steer(body) }
        case ("scenario", .POST): return answer { () throws(RequestComplaint) in try use(body) }
        case ("ca.pem", .GET):
            return .whole(
                200, "application/x-pem-file", String(decoding: LabCertificate.authority, as: UTF8.self))
        case ("certificate", .POST): return answer { () throws(RequestComplaint) in try show(body) }
        case ("reset", .POST):
            core.reset()
            return json(200, #"{"ok":true}"#)
        case ("reply", _), ("verdict", _): return wrongMethod("GET, POST")
        case ("journal", _), ("scenarios", _), ("expectations", _), ("ca.pem", _): return wrongMethod("GET")
        case ("steer", _), ("scenario", _), ("certificate", _), ("reset", _): return wrongMethod("POST")
        default: return json(404, #"{"error":{"message":"There is no such page of the lab; GET / lists them."}}"#)
        }
    }

    private func reply(_ prompt: String) -> Program {
        .whole(200, "text/plain; charset=utf-8", CanonicalReply.text(prompt: prompt))
    }

    private func scenarios() -> Program {
        do {
            let list = try core.listed().map { scenario in
                #"{"name":\#(JSONText.string(scenario.name)),"description":\#(JSONText.string(scenario.description))}"#
            }
            return json(
                200,
                #"{"current":\#(JSONText.string(core.scenario.name)),"scenarios":[\#(list.joined(separator: ","))]}"#)
        } catch {
            return json(500, #"{"error":{"message":\#(JSONText.string("\(error)"))}}"#)
        }
    }

    private func expectations() -> Program {
        let (count, breaches) = core.expectations
        return json(
            200,
            #"{"checked":\#(count.checked),"met":\#(count.met),"breached":\#(count.breached),"#
                + #""breaches":[\#(breaches.map(\.json).joined(separator: ","))]}"#)
    }

    /// Returns what there is to answer besides that it was done.
    private func steer(_ body: ByteBuffer) throws(RequestComplaint) -> String {
        let json = try parsed(body)
        let order = try LabOrder(json)
        return #","streams":\#(core.steer(order, conversation: try conversation(json)))"#
    }

    private func conversation(_ json: JSONValue) throws(RequestComplaint) -> Int? {
        if let id = json["client_request_id"], id != .null {
            guard let text = id.text, !text.isEmpty else {
                throw RequestComplaint("client_request_id: expected the X-Request-ID of a request, or its beginning")
            }
            guard let number = core.conversation(clientRequestID: text) else {
                throw RequestComplaint("client_request_id: no request was called so")
            }
            return number
        }
        guard let value = json["conversation"], value != .null else { return nil }
        guard let number = value.integer, number > 0 else {
            throw RequestComplaint("conversation: expected a number as in the journal")
        }
        return number
    }

    private func use(_ body: ByteBuffer) throws(RequestComplaint) -> String {
        let json = try parsed(body)
        do {
            if let text = json["toml"]?.text {
                core.use(try Scenario(text, name: json["name"]?.text ?? "posted", source: "toml"))
                return ""
            }
            guard let name = json["name"]?.text else { throw RequestComplaint("name: is required, or \"toml\"") }
            guard let scenario = try core.scenario(named: name) else {
                throw RequestComplaint("name: there is no such scenario; GET /lab/scenarios lists them")
            }
            core.use(scenario)
            return ""
        } catch let error as TOMLError {
            throw RequestComplaint("\(error)")
        } catch {
            throw error as? RequestComplaint ?? RequestComplaint("\(error)")
        }
    }

    private func show(_ body: ByteBuffer) throws(RequestComplaint) -> String {
        guard let certificate = try parsed(body)["name"]?.text.flatMap(LabCertificate.init) else {
            let names = LabCertificate.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestComplaint("name: expected one of \(names)")
        }
        guard let tls = core.tls else { throw RequestComplaint("The lab has no TLS port: start it with --tls-port") }
        tls.certificate = certificate
        return ""
    }

    private func parsed(_ body: ByteBuffer) throws(RequestComplaint) -> JSONValue {
        do {
            return try JSONParser.parse(Array(body.readableBytesView))
        } catch {
            throw RequestComplaint("The body is not valid JSON: \(error.message) at byte \(error.offset)")
        }
    }

    private func answer(_ work: () throws(RequestComplaint) -> String) -> Program {
        do {
            return json(200, #"{"ok":true\#(try work())}"#)
        } catch {
            return json(400, #"{"error":{"message":\#(JSONText.string(error.message))}}"#)
        }
    }

    private func wrongMethod(_ allowed: String) -> Program {
        .whole(
            405, "application/json", headers: [("Allow", allowed)],
            #"{"error":{"message":"Use \#(allowed)."}}"#)
    }

    func json(_ status: Int, _ body: String) -> Program {
        .whole(status, "application/json", body)
    }
}
