import Foundation
import Screen

/// How people see: a test's own calculations, from the standards.
struct RGB: Sendable {
    var values: [Double]

    init(_ red: Int, _ green: Int, _ blue: Int) { values = [red, green, blue].map { Double($0) / 255 } }

    init(hex: Int) { self.init(hex >> 16 & 255, hex >> 8 & 255, hex & 255) }

    /// `nil` for the terminal's own colours.
    init?(_ color: Color) {
        guard case .rgb(let red, let green, let blue) = color.kind else { return nil }
        self.init(Int(red), Int(green), Int(blue))
    }

    /// IEC 61966-2-1.
    private var linear: [Double] { values.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) } }

    /// WCAG 2.1, relative luminance and contrast ratio.
    func contrast(to other: RGB) -> Double {
        func luminance(_ color: RGB) -> Double {
            zip([0.2126, 0.7152, 0.0722], color.linear).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let (one, two) = (luminance(self), luminance(other))
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    func lab(seenWith vision: ColorVision) -> Lab {
        let seen = vision.matrix.map { row in
            min(1, max(0, zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 }))
        }
        return Lab(linear: seen)
    }
}

/// CIE 1976 L*a*b*, D65.
struct Lab {
    var values: [Double]

    init(linear: [Double]) {
        let rows = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
        let white = [0.95047, 1, 1.08883]
        let f = zip(rows, white).map { row, white in
            let share = zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 } / white
            return share > 0.008856 ? pow(share, 1.0 / 3) : 7.787 * share + 16.0 / 116
        }
        values = [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }

    func distance(to other: Lab) -> Double {
        zip(values, other.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
}

/// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009): the
/// matrices for whole deficiency, on linear RGB.
enum ColorVision: String, CaseIterable, Sendable {
    case usual, deuteranopia, protanopia, tritanopia

    var matrix: [[Double]] {
        switch self {
        case .usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        case .deuteranopia:
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        case .protanopia:
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        case .tritanopia:
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        }
    }
}
