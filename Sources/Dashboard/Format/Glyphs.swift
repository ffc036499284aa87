import Providers
import Screen
import StreamEngine

/// The signs of the panel, and their stand-ins where the terminal or the locale has only ASCII.
struct Glyphs: Sendable, Equatable {
    var isASCII: Bool

    /// Graphs are drawn in dots, two numbers to a cell.
    var isBraille: Bool

    init(ascii: Bool, braille: Bool = false) {
        isASCII = ascii
        isBraille = braille && !ascii
    }

    private func pick(_ sign: String, _ ascii: String) -> String { isASCII ? ascii : sign }

    /// Every state has a sign of its own, so that colour is never needed to tell them apart.
    func state(_ state: StreamState) -> String {
        switch state {
        case .idle: pick("○", ".")
        case .connecting: pick("◌", "~")
        case .waiting: pick("◐", "o")
        case .thinking: pick("✻", "*")
        case .streaming: pick("●", ">")
        case .stalled: pick("‖", "!")
        case .backingOff: pick("◔", "@")
        case .fallingBack: pick("▣", "#")
        case .asking: "?"
        case .complete: pick("✓", "+")
        case .truncated: pick("⇥", "]")
        case .refused: pick("⊘", "/")
        case .cancelled: pick("■", "-")
        case .failed: pick("✗", "X")
        }
    }

    func verdict(_ verdict: Verdict) -> String {
        switch verdict {
        case .complete: state(.complete)
        case .truncated: state(.truncated)
        case .incomplete: pick("◒", "?")
        case .refused: state(.refused)
        case .cancelled: state(.cancelled)
        case .failed: state(.failed)
        }
    }

    var selected: String { pick("▸", ">") }
    /// Points at a line from its left. Nothing else looks so.
    var pointer: String { pick("►", ">") }
    var prompt: String { "> " }
    var dot: String { pick("·", "-") }
    var ellipsis: String { pick("…", "~") }
    var down: String { pick("↓", "v") }
    var up: String { pick("↑", "^") }
    var selectionBar: String { pick("▎", "|") }
    /// Nothing at the cell's left edge: many fonts draw such blocks a pixel wider, and that pixel would stay in the cell before.
    var caret: String { pick("▐", "_") }
    var lamp: String { pick("●", "*") }
    var lampOff: String { pick("○", "o") }
    var scrollThumb: String { pick("┃", "#") }
    var folded: String { pick("▸", "+") }
    var unfolded: String { pick("▾", "-") }
    var attention: String { pick("▲", "!") }
    var information: String { pick("●", "*") }
    var times: String { pick("×", "x") }
    var none: String { pick("–", "-") }
    /// Left of a seam line and right of it.
    var seam: String { pick("┄", "-") }
    var mark: String { pick("◆", "*") }
    var bar: String { pick("│", "|") }
    var lineEnd: String { pick("↵", "\\n") }
    var attachment: String { pick("▤", "#") }
    var engineEvent: String { pick("▪", "*") }
    var approximately: String { "~" }

    // The timeline: before the first token, text, a wait, and how it ended or goes on.
    var attemptWaiting: String { pick("╌", "-") }
    var attemptText: String { pick("━", "=") }
    var attemptHalf: String { pick("╸", "=") }
    var attemptBackoff: String { pick("┄", ".") }
    var attemptFailed: String { pick("✗", "x") }
    var attemptRunning: String { pick("▶", ">") }

    var gaugeFull: String { pick("█", "#") }
    /// A line: what is left of the cell that a gauge ends in does not look like a hole, as it does beside a shaded block.
    var gaugeEmpty: String { pick("─", ".") }
    var meterFull: String { pick("━", "#") }
    /// Heavy at its left half only.
    var meterHead: String { pick("╾", "#") }
    /// Eight heights, lowest first.
    var bars: [String] {
        isASCII
            ? ["_", ".", ":", "-", "=", "+", "*", "#"]
            : ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    }
}

extension Glyphs {
    /// Signs that texts of the engine, of Markdown and of money bring along. Letters stay what they are.
    static func makeASCII(_ frame: inout Frame) {
        for index in frame.cells.indices where frame.cells[index].base >= 0x80 {
            if let ascii = ascii(frame.cells[index].base) { frame.cells[index].base = ascii }
        }
    }

    private static func ascii(_ scalar: UInt32) -> UInt32? {
        let sign: Unicode.Scalar
        switch scalar {
        case 0xA5: sign = "Y"
        case 0xB7, 0x2010...0x2015, 0x2500, 0x2501, 0x2504, 0x2505, 0x254C, 0x2574...0x257A: sign = "-"
        case 0x2018, 0x2019: sign = "'"
        case 0x201C, 0x201D: sign = "\""
        case 0x2022, 0x25AA, 0x25CF: sign = "*"
        case 0x2026: sign = "~"
        case 0x2039, 0x2264, 0x2190: sign = "<"
        case 0x203A, 0x2265, 0x2192, 0x25B8: sign = ">"
        case 0x2502, 0x2503, 0x258C, 0x258E, 0x258F: sign = "|"
        case 0x2506...0x254B, 0x2550...0x256F: sign = "+"
        case 0x2588...0x2593: sign = "#"
        case 0x2610: sign = "o"
        case 0x2611, 0x2612, 0x2713: sign = "x"
        case 0x2000...0x2BFF: sign = "?"
        default: return nil
        }
        return sign.value
    }
}

extension StreamState {
    /// The word of the panel.
    public var word: String {
        switch self {
        case .backingOff: "backing off"
        case .fallingBack: "falling back"
        default: rawValue
        }
    }

    /// The theme's role for it.
    public var role: Role {
        switch self {
        case .idle: .idle
        case .connecting: .connecting
        case .waiting: .waiting
        case .thinking: .thinkingState
        case .streaming: .streaming
        case .stalled: .stalled
        case .backingOff: .backingOff
        case .fallingBack: .fallingBack
        case .asking: .warning
        case .complete: .complete
        case .truncated: .truncated
        case .refused: .refused
        case .cancelled: .cancelled
        case .failed: .failed
        }
    }
}
