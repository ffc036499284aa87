import Foundation
import Screen
import TestSupport

/// What the tests of the border share: the attacks, and what may never come out of it.
struct HostileCase: Sendable {
    var name: String
    var bytes: [UInt8]
    var never: [[UInt8]]

    static func all() throws -> [HostileCase] {
        try Conformance.lines("term_cases.jsonl").map { line in
            let never = (line["never_bytes_b64"] as? [String] ?? []).compactMap { Data(base64Encoded: $0) }
            return HostileCase(
                name: line["name"] as? String ?? "?", bytes: Array((line["text"] as? String ?? "").utf8),
                never: never.map { Array($0) })
        }
    }

    /// All two-way splits of a short text; of a long one those near its ends and some within.
    func splits() -> [Int] {
        if bytes.count <= 600 { return Array(0...bytes.count) }
        var random = SeededRandom(seed: 7)
        let within = (0..<20).map { _ in Int.random(in: 0...bytes.count, using: &random) }
        return Array(0...40) + within + Array(bytes.count - 10...bytes.count)
    }
}

extension Frame {
    /// The scalars of all cells as the terminal would get them, row by row.
    var emitted: [UInt8] {
        var bytes: [UInt8] = []
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                let cell = self[column: column, row: row]
                guard cell.width > 0 else { continue }
                for value in [cell.base, cell.mark1, cell.mark2] where value != 0 {
                    if let scalar = Unicode.Scalar(value) { bytes.append(contentsOf: UTF8.encode(scalar) ?? .init([])) }
                }
            }
            bytes.append(0x0A)
        }
        return bytes
    }

    /// What is wrong with the cells, if anything: each holds what takes its columns, and nothing that a terminal obeys.
    var fault: String? {
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                let cell = self[column: column, row: row]
                let place = "\(column),\(row): U+\(String(cell.base, radix: 16))"
                if cell.width == 0 {
                    let isHalf = column > 0 && self[column: column - 1, row: row].width == 2
                    if !isHalf || cell.base != 0 { return "stray half at \(place)" }
                    continue
                }
                if Width.columns(of: cell.base) != Int(cell.width) { return "width at \(place)" }
                if (0x10FE00...0x10FEFF).contains(cell.base) { return "mark at \(place)" }
                if cell.width == 2, column + 1 >= size.columns || self[column: column + 1, row: row].width != 0 {
                    return "no half at \(place)"
                }
                for mark in [cell.mark1, cell.mark2] where mark != 0 && Width.columns(of: mark) != 0 {
                    return "U+\(String(mark, radix: 16)) is no mark at \(place)"
                }
            }
        }
        return nil
    }
}

extension [UInt8] {
    func contains(bytes pattern: [UInt8]) -> Bool {
        guard let first = pattern.first, pattern.count <= count else { return false }
        var start = 0
        while let index = self[start...].firstIndex(of: first), index + pattern.count <= count {
            if self[index..<index + pattern.count].elementsEqual(pattern) { return true }
            start = index + 1
        }
        return false
    }
}
