extension ColorNumbers {
    /// xterm's palette: cube levels 0, 95, 135, 175, 215, 255; greys 8, 18, … 238. The first 16 are the user's, and so
    /// never stand for a given colour.
    static func nearestPalette(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        func level(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
        func value(_ level: Int) -> Int { level == 0 ? 0 : 55 + 40 * level }
        let levels = (level(red), level(green), level(blue))
        let wanted = (Int(red), Int(green), Int(blue))
        let cube = distance(wanted, (value(levels.0), value(levels.1), value(levels.2)))
        let average = (wanted.0 + wanted.1 + wanted.2) / 3
        let step = min(23, max(0, (average - 3) / 10))
        let gray = 8 + 10 * step
        return distance(wanted, (gray, gray, gray)) < cube
            ? UInt8(232 + step) : UInt8(16 + 36 * levels.0 + 6 * levels.1 + levels.2)
    }

    /// The nearest of xterm's default ANSI colours; the user's may differ, but not in what they mean.
    static func nearestANSI(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        let colors = [
            (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
            (229, 229, 229),
            (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
            (255, 255, 255),
        ]
        let wanted = (Int(red), Int(green), Int(blue))
        let nearest = colors.indices.min { distance(wanted, colors[$0]) < distance(wanted, colors[$1]) }
        return UInt8(nearest ?? 7)
    }

    /// Weighted as the eye does, roughly.
    private static func distance(_ a: (Int, Int, Int), _ b: (Int, Int, Int)) -> Int {
        3 * (a.0 - b.0) * (a.0 - b.0) + 6 * (a.1 - b.1) * (a.1 - b.1) + (a.2 - b.2) * (a.2 - b.2)
    }
}
