import EventStream
import Providers
import TOML

/// What reads bytes from outside, with what must hold whatever they are. Besides: no target may stop the program.
public enum FuzzTarget: String, Sendable, CaseIterable {
    case eventStream = "event-stream"
    case reply
    case toml
    case recording

    /// What did not hold for these bytes, cut at `cuts` (ascending); `nil` = everything did.
    public func check(_ bytes: [UInt8], cuts: [Int]) -> String? {
        switch self {
        case .eventStream: Self.checkEventStream(bytes, cuts)
        case .reply: Self.checkReply(bytes, cuts)
        case .toml: Self.checkTOML(bytes)
        case .recording: Self.checkRecording(bytes, cuts)
        }
    }

    static func pieces(_ bytes: [UInt8], _ cuts: [Int]) -> [ArraySlice<UInt8>] {
        var start = 0
        var pieces: [ArraySlice<UInt8>] = []
        for cut in cuts + [bytes.count] {
            pieces.append(bytes[start..<cut])
            start = cut
        }
        return pieces
    }

    // MARK: Event streams

    private static func checkEventStream(_ bytes: [UInt8], _ cuts: [Int]) -> String? {
        events(of: [bytes[...]]) == events(of: pieces(bytes, cuts)) ? nil : "another split gives other events"
    }

    private static func events(of pieces: [ArraySlice<UInt8>]) -> [[UInt8]] {
        var parser = EventStreamParser(maximumEventSize: 1 << 14)
        var events: [[UInt8]] = []
        for piece in pieces {
            let isWhole = piece.withUnsafeBytes { bytes in
                do throws(EventStreamError) {
                    try parser.receive(bytes) { element in
                        switch element {
                        case .event(let event): events.append([1] + event.type + [0] + event.data)
                        case .comment(let text): events.append([2] + text)
                        }
                    }
                    return true
                } catch {
                    return false
                }
            }
            if !isWhole {
                events.append([3])
                break
            }
        }
        return events
    }

    // MARK: Replies

    private static func checkReply(_ bytes: [UInt8], _ cuts: [Int]) -> String? {
        for format in [BodyFormat.eventStream, .json, .other(contentType: "text/plain")] {
            let whole = reply(of: [bytes[...]], format)
            let cut = reply(of: pieces(bytes, cuts), format)
            if whole.text != cut.text || whole.thinking != cut.thinking { return "another split gives another text" }
            if whole.others != cut.others { return "another split gives other items" }
            if whole.isTorn || cut.isTorn { return "the items and the text disagree" }
            if String(validating: whole.text, as: UTF8.self) == nil { return "the text is not UTF-8" }
        }
        return nil
    }

    private struct Found: Equatable {
        var text: [UInt8] = []
        var thinking: [UInt8] = []
        /// What is neither.
        var others: [ReplyItem] = []
        var isTorn = false
    }

    private static func reply(of pieces: [ArraySlice<UInt8>], _ format: BodyFormat) -> Found {
        var decoder = ReplyDecoder(format: format, maximumEventSize: 1 << 14)
        var batch = ReplyBatch()
        var found = Found()
        // What came before an error counts all the same.
        var isWhole = true
        for piece in pieces where isWhole {
            isWhole = piece.withUnsafeBytes { bytes in
                do throws(ReplyDecodingError) {
                    try decoder.receive(bytes, into: &batch)
                    return true
                } catch {
                    return false
                }
            }
        }
        if isWhole { try? decoder.finish(into: &batch) }
        found.text = Array(batch.text)
        found.thinking = Array(batch.thinking)
        var (text, thinking) = (0, 0)
        for item in batch.items {
            switch item {
            case .text(let bytes): text += bytes
            case .thinking(let bytes): thinking += bytes
            case .keepAlive: break
            default: found.others.append(item)
            }
        }
        found.isTorn = text != found.text.count || thinking != found.thinking.count
        return found
    }

    // MARK: TOML

    private static func checkTOML(_ bytes: [UInt8]) -> String? {
        do throws(TOMLError) {
            _ = try TOMLDocument(bytes: bytes, source: "fuzz.toml")
        } catch {
            if error.line > bytes.count(where: { $0 == 0x0A }) + 1 { return "an error on line \(error.line)" }
        }
        return nil
    }
}
