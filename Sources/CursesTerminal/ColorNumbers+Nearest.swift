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

    /// The ANSI colour that means the same: by the hue, where there is one. By nearness alone the soft greens and reds of a
    /// theme would all become yellow or grey, and states look alike.
    static func nearestANSI(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        let (high, low) = (Int(max(red, green, blue)), Int(min(red, green, blue)))
        // What is so dark is a surface, and so is black.
        guard high >= 96 else { return high < 64 || high - low >= 16 ? 0 : 8 }
        guard (high - low) * 4 >= high, high - low >= 40 else {
            return high < 160 ? 8 : high < 240 ? 7 : 15
        }
        // Above the middle or not: thirty degrees of hue to each side of the six colours.
        func bit(_ value: UInt8) -> UInt8 { 2 * Int(value) > high + low ? 1 : 0 }
        return bit(red) | bit(green) << 1 | bit(blue) << 2 | (high > 230 ? 8 : 0)
    }

    /// Weighted as the eye does, roughly.
    private static func distance(_ a: (Int, Int, Int), _ b: (Int, Int, Int)) -> Int {
        3 * (a.0 - b.0) * (a.0 - b.0) + 6 * (a.1 - b.1) * (a.1 - b.1) + (a.2 - b.2) * (a.2 - b.2)
    }
}
