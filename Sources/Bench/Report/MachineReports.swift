import Pricing
import Providers
import StreamEngine

/// `--json`: one object with a member for each run.
public enum JSONReport {
    /// UTF-8, one line, no line feed at its end.
    public static func bytes(_ results: [BenchResult]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("version", 1)
            json.key("runs")
            json.array { json in
                for result in results { json.object { write(result, into: &$0) } }
            }
        }
        return json.bytes
    }

    private static func write(_ result: BenchResult, into json: inout JSONWriter) {
        let tally = result.tally
        json.member("target", tally.target)
        json.member("conditions", result.conditions)
        json.member("began", decimal: Text.decimal(result.date.secondsSince1970, digits: 3))
        json.member("ending", result.ending.rawValue)
        json.member("seconds", decimal: Text.decimal(result.seconds, digits: 6))
        json.member("streams", result.plan.streams)
        json.member("replies_planned", tally.planned)
        json.key("verdicts")
        json.object { json in
            json.member("complete", tally.verdicts[.complete] ?? 0)
            json.member("truncated", tally.verdicts[.truncated] ?? 0)
            json.member("incomplete", tally.verdicts[.incomplete] ?? 0)
            json.member("refused", tally.verdicts[.refused] ?? 0)
            json.member("cancelled", tally.verdicts[.cancelled] ?? 0)
            json.member("failed", tally.verdicts[.failed] ?? 0)
        }
        json.key("text")
        json.object { json in
            json.member("checked", tally.checked)
            json.member("exact", tally.exact)
            json.member("wrong_though_complete", tally.silentlyWrong)
            json.member("bytes", tally.textBytes)
        }
        json.member("requests", tally.requests)
        json.member("reconnections", tally.reconnections)
        json.member("broken", tally.broken)
        json.member("recovered", tally.recovered)
        json.member("reconnection_success", decimal: tally.reconnectionSuccess.map { Text.decimal($0, digits: 6) })
        write("first_token", tally.firstToken, into: &json)
        write("gap", tally.gaps, into: &json)
        write("reply", tally.durations, into: &json)
        write("recovery", tally.seams, into: &json)
        json.key("tokens_per_second")
        json.object { json in
            json.member("reply_p50", decimal: tally.speeds.percentile(50).map { Text.decimal($0, digits: 3) })
            json.member("reply_p10", decimal: tally.speeds.percentile(10).map { Text.decimal($0, digits: 3) })
            json.member("all", decimal: result.tokensPerSecond.map { Text.decimal($0, digits: 3) })
        }
        json.key("usage")
        json.object { json in
            json.member("input", tally.usage.input)
            json.member("output", tally.usage.output)
            json.member("estimated", tally.usageIsEstimated)
        }
        // An unknown cost is null: never 0.
        json.member("cost", decimal: tally.spent.cost.money?.exactText)
        json.member("lost_cost", decimal: tally.lostCosts.cost.money?.exactText)
        json.member("currency", tally.spent.cost.currency)
        json.member("cost_of_10m_tokens", decimal: result.monthly?.money?.exactText)
        json.key("failures")
        json.array { json in
            for line in tally.failures.lines {
                json.object { json in
                    json.member("label", line.label)
                    json.member("count", line.count)
                    json.member("first", decimal: Text.decimal(line.first.inSeconds, digits: 3))
                    json.member("last", decimal: Text.decimal(line.last.inSeconds, digits: 3))
                    json.member("example", line.example)
                }
            }
        }
        json.key("machine")
        json.object { json in
            json.member("cpu_seconds", decimal: Text.decimal(result.machine.processorSeconds, digits: 3))
            json.member("loop_share", decimal: Text.decimal(result.machine.loopShare, digits: 3))
            json.member("load", decimal: Text.decimal(result.machine.load, digits: 2))
            json.member("cores", result.machine.cores)
            json.member("peak_bytes", result.machine.peakBytes)
            json.member("warning", result.machine.warning)
        }
    }

    /// Seconds; `null` where nothing was recorded.
    private static func write(_ key: StaticString, _ distribution: Distribution, into json: inout JSONWriter) {
        func seconds(_ percent: Double) -> String? {
            distribution.percentile(percent).map { Text.decimal($0.inSeconds, digits: 6) }
        }
        json.key(key)
        json.object { json in
            json.member("count", distribution.count)
            json.member("p50", decimal: seconds(50))
            json.member("p90", decimal: seconds(90))
            json.member("p99", decimal: seconds(99))
            json.member("p99.9", decimal: seconds(99.9))
            json.member("max", decimal: distribution.highest.map { Text.decimal($0.inSeconds, digits: 6) })
        }
    }
}

/// `--csv`: a line for each run, with a header (RFC 4180).
public enum CSVReport {
    public static func text(_ results: [BenchResult]) -> String {
        var header = [
            "target", "conditions", "ending", "seconds", "streams", "replies_planned", "complete", "checked", "exact",
            "requests", "reconnections", "broken", "recovered",
        ]
        let distributions: [(String, KeyPath<BenchTally, Distribution>)] = [
            ("first_token", \.firstToken), ("gap", \.gaps), ("reply", \.durations), ("recovery", \.seams),
        ]
        for (name, _) in distributions {
            header += Distribution.named.map { "\(name)_\($0.name.replacing(".", with: ""))_s" }
        }
        header += ["tokens_per_second_p50", "input_tokens", "output_tokens", "cost", "lost_cost", "currency", "cpu_s"]
        var lines = [header]
        for result in results {
            let tally = result.tally
            var line = [
                tally.target, result.conditions, result.ending.rawValue, Text.decimal(result.seconds, digits: 3),
                "\(result.plan.streams)", "\(tally.planned)", "\(tally.verdicts[.complete] ?? 0)", "\(tally.checked)",
                "\(tally.exact)", "\(tally.requests)", "\(tally.reconnections)", "\(tally.broken)",
                "\(tally.recovered)",
            ]
            for (_, path) in distributions {
                line += Distribution.named.map { named in
                    tally[keyPath: path].percentile(named.percent).map { Text.decimal($0.inSeconds, digits: 6) } ?? ""
                }
            }
            line += [
                tally.speeds.percentile(50).map { Text.decimal($0, digits: 3) } ?? "",
                tally.usage.input.map { "\($0)" } ?? "", tally.usage.output.map { "\($0)" } ?? "",
                tally.spent.cost.money?.exactText ?? "", tally.lostCosts.cost.money?.exactText ?? "",
                tally.spent.cost.currency ?? "", Text.decimal(result.machine.processorSeconds, digits: 3),
            ]
            lines.append(line)
        }
        return lines.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    /// Quoted where it must be. A field that a spreadsheet would take for a formula is made plain text.
    static func field(_ text: String) -> String {
        var text = text
        if let first = text.first, "=+-@\t\r".contains(first), Double(text) == nil { text = "'" + text }
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
