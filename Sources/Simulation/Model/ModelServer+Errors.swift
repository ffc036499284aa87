import Providers
import StreamEngine

/// Answers that are no replies.
extension ModelServer {
    static func isAnswer(_ fault: Fault) -> Bool {
        switch fault {
        case .status, .throttled, .spent, .mustNotRetry, .mayRetry, .redirect, .errorAsReply, .webPage, .endlessError:
            true
        default: false
        }
    }

    /// The statuses of the conformance data, with what a client should make of them.
    private static let statuses: [(status: Int, isPassing: Bool)] = [
        (500, true), (529, true), (503, true), (408, true), (409, true), (425, true), (429, true), (502, true),
        (504, true), (520, true), (400, false), (401, false), (403, false), (404, false), (413, false), (422, false),
        (499, false), (402, false),
    ]

    static func answer(
        _ script: inout Script, _ fault: Fault, _ question: Question, now: Now, using choices: inout Choices
    ) {
        switch fault {
        case .status, .endlessError:
            let status = statuses[choices.below(statuses.count)]
            script.meaning = status.isPassing ? .passing : .final
            answer(
                &script, status: status.status, retryAfter: nil, refuses: refuses(status.status, question),
                using: &choices)
            if question.strategy == .cursor, script.refusesStrategy { script.meaning = .final }
            if fault == .endlessError { script.ending = .open }
        case .throttled:
            throttle(&script, now: now, using: &choices)
        case .spent:
            answer(&script, status: 429, retryAfter: nil, refuses: false, using: &choices)
            script.body = Array(
                #"{"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"You exceeded your current quota, please check your plan"}}"#
                    .utf8)
            script.length = script.body.count
            script.meaning = .final
        case .mustNotRetry:
            answer(&script, status: 503, retryAfter: nil, refuses: false, using: &choices)
            add(HTTPHeader("x-should-retry", "false"), to: &script)
            script.meaning = .final
        case .mayRetry:
            answer(&script, status: 404, retryAfter: nil, refuses: question.strategy == .cursor, using: &choices)
            add(HTTPHeader("X-Should-Retry", "true"), to: &script)
            script.meaning = .passing
        case .redirect:
            let status = [301, 302, 307, 308][choices.below(4)]
            script.opening = .answers(
                status: status,
                headers: choices.below(2) == 0 ? [HTTPHeader("Location", "https://elsewhere.example/v1")] : [])
            script.meaning = .final
        case .errorAsReply:
            script.opening = .answers(status: 200, headers: [HTTPHeader("Content-Type", "application/json")])
            script.body = Array(#"{"error":{"type":"server_error","message":"no stream for you"}}"#.utf8)
            script.length = script.body.count
            script.meaning = .final
        case .webPage:
            script.opening = .answers(status: 200, headers: [HTTPHeader("Content-Type", "text/html; charset=utf-8")])
            script.body = Array("<!DOCTYPE html><html><body>Please log in</body></html>".utf8)
            script.length = script.body.count
            script.meaning = .final
        default:
            break
        }
    }

    /// Statuses that say something about how a request resumes: of a cursor, that there is nothing (any more) to go on from.
    private static func refuses(_ status: Int, _ question: Question) -> Bool {
        switch question.strategy {
        case nil: false
        case .cursor?: [400, 404, 405, 409, 410, 413, 422, 501].contains(status)
        default: [400, 413, 422].contains(status)
        }
    }

    static func answer(
        _ script: inout Script, status: Int, retryAfter: Duration?, refuses: Bool, using choices: inout Choices
    ) {
        script.opening = .answers(
            status: status,
            headers: [HTTPHeader("content-type", "application/json"), HTTPHeader("request-id", "req_1")])
        switch choices.below(3) {
        case 0: script.body = Array(#"{"type":"error","error":{"type":"model_error","message":"as asked for"}}"#.utf8)
        case 1: script.body = Array("<html><body>\(status) from a proxy</body></html>".utf8)
        default: script.body = []
        }
        script.length = script.body.count
        if status == 400 || status == 413 || status == 422 { script.meaning = .final }
        script.refusesStrategy = refuses
        script.isThrottle = status == 429
    }

    private static func add(_ header: HTTPHeader, to script: inout Script) {
        guard case .answers(let status, let headers) = script.opening else { return }
        script.opening = .answers(status: status, headers: headers + [header])
    }

    /// Each way in which a server says when to come back, and some that say nothing.
    private static func throttle(_ script: inout Script, now: Now, using choices: inout Choices) {
        answer(&script, status: choices.below(3) == 0 ? 503 : 429, retryAfter: nil, refuses: false, using: &choices)
        script.meaning = .passing
        let seconds = [1, 3, 20, 59, 61, 400][choices.below(6)]
        switch choices.below(7) {
        case 0:
            add(HTTPHeader("Retry-After", "\(seconds)"), to: &script)
            script.retryAfter = .seconds(seconds)
        case 1:
            add(HTTPHeader("retry-after-ms", "\(seconds * 1000 + 1)"), to: &script)
            script.retryAfter = .milliseconds(seconds * 1000 + 1)
        case 2:
            // From the response's own Date, so that a wrong clock here does no harm.
            add(HTTPHeader("Date", "Wed, 25 Nov 2026 10:00:00 GMT"), to: &script)
            add(
                HTTPHeader("Retry-After", "Wed, 25 Nov 2026 10:00:\(seconds < 60 ? twoDigits(seconds) : "59") GMT"),
                to: &script)
            script.retryAfter = .seconds(min(seconds, 59))
        case 3:
            script.body = Array(
                #"{"error":{"code":429,"message":"Resource exhausted","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"\#(seconds)s"}]}}"#
                    .utf8)
            script.length = script.body.count
            script.retryAfter = .seconds(seconds)
        case 4:
            let nonsense = [
                "-5", "0", "soon", "1e3", "inf", "nan", "99999999999999999999", "Wed, 25 Nov 1999 10:00:00 GMT",
            ]
            add(HTTPHeader("Retry-After", nonsense[choices.below(nonsense.count)]), to: &script)
        default:
            break
        }
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
