/// Text from outside to text that is safe to draw. A state machine over a whole message that is fed as it arrives: an
/// escape sequence or a scalar may be split over any two calls.
///
/// What goes through as it is: printable text, LF, combining marks, and joiners and variation selectors where a script or
/// an emoji needs them. TAB becomes blanks up to the next stop, CR LF becomes LF. Everything else is shown, marked (see
/// ``MarkedScalar``), and nothing is swallowed:
///
/// - control characters as their pictures (`␛`, `␇`, `␡`), and with them the whole escape sequence that they begin
/// - C1 controls, bidi controls, zero-width and tag characters, other invisible ones, and unassigned scalars by their
///   number (`‹U+202E›`)
/// - each ill-formed piece of UTF-8 as one U+FFFD
///
/// A control sequence is followed for at most ``longestSequence`` bytes, a control string (OSC, DCS, APC, PM, SOS) to its
/// end, a line end, or ``longestString`` bytes; what comes after is ordinary text again.
public struct Sanitiser: Sendable {
    public static let longestSequence = 64
    public static let longestString = 256

    /// How line ends are treated.
    public enum Lines: Sendable {
        /// LF goes through.
        case many
        /// LF is shown as a control picture: for titles, names, header values and log records.
        case one
    }

    enum State: Sendable, Equatable {
        /// Ordinary text. → escape, sequence, string, return
        case ground
        /// ESC was seen, and so many intermediate bytes. → any
        case escape(Int)
        /// In the parameters of a control sequence. → ground
        case sequence(Int)
        /// In a control string. → ground, escape
        case string(Int)
        /// CR was seen: LF makes it a line end. → ground
        case carriageReturn
    }

    var state = State.ground
    let lines: Lines
    let tabStop: Int
    /// The bytes of a scalar whose end has not come yet.
    var partial: [UInt8] = []
    /// The last scalar that went through; 0 after a mark or at a line's start. Joiners and selectors depend on it.
    var previous: UInt32 = 0
    /// Tags taken after a black flag, as in the flag of Scotland.
    var tags = 0
    /// Columns since the last line end, for TAB.
    var column = 0
    var rawCount = 0
    var cleanCount = 0
    /// Kept only where asked for.
    var offsets: OffsetMap?

    public init(lines: Lines = .many, tabStop: Int = 4) {
        self.lines = lines
        self.tabStop = max(1, tabStop)
    }

    init(recordingOffsets: Bool) {
        self.init()
        offsets = recordingOffsets ? OffsetMap() : nil
    }

    /// Appends the sanitised form of the next bytes to `output`. The end of a split scalar, or a CR whose LF may follow,
    /// is held back until the next call.
    public mutating func sanitise(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        var index = 0
        if !partial.isEmpty { index = completePartial(bytes, into: &output) }
        while index < bytes.count {
            let byte = bytes[index]
            if state == .ground, byte >= 0x20, byte < 0x7F {
                var end = index + 1
                while end < bytes.count, bytes[end] >= 0x20, bytes[end] < 0x7F { end += 1 }
                output.append(contentsOf: bytes[index..<end])
                previous = UInt32(bytes[end - 1])
                let count = end - index
                column += count
                rawCount += count
                cleanCount += count
                index = end
            } else if byte < 0x80 {
                rawCount += 1
                takeASCII(byte, into: &output)
                index += 1
            } else if let length = UTF8Bytes.missing(bytes, at: index), length > 0 {
                partial.append(contentsOf: bytes[index...])
                return
            } else {
                let (scalar, length) = UTF8Bytes.decode(bytes, at: index)
                let isIllFormed = scalar == 0xFFFD && !(length == 3 && bytes[index] == 0xEF)
                rawCount += length
                takeScalar(scalar, isIllFormed: isIllFormed, into: &output)
                index += length
            }
        }
    }

    public mutating func sanitise(_ bytes: [UInt8], into output: inout [UInt8]) {
        bytes.withUnsafeBufferPointer { sanitise($0, into: &output) }
    }

    /// Nothing more comes: gives out what was held back.
    public mutating func finish(into output: inout [UInt8]) {
        if !partial.isEmpty {
            let rest = partial
            partial = []
            rest.withUnsafeBufferPointer { bytes in
                var index = 0
                while index < bytes.count {
                    let (scalar, length) = UTF8Bytes.decode(bytes, at: index)
                    rawCount += length
                    takeScalar(scalar, isIllFormed: true, into: &output)
                    index += length
                }
            }
        }
        if state == .carriageReturn {
            state = .ground
            mark(0x0D, into: &output)
        }
    }

    /// A whole text at once.
    public static func text(_ raw: some StringProtocol, lines: Lines = .many) -> String {
        var raw = String(raw)
        return raw.withUTF8 { text($0, lines: lines) }
    }

    public static func text(_ raw: UnsafeBufferPointer<UInt8>, lines: Lines = .many) -> String {
        var sanitiser = Sanitiser(lines: lines)
        var output: [UInt8] = []
        output.reserveCapacity(raw.count)
        sanitiser.sanitise(raw, into: &output)
        sanitiser.finish(into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// A whole text for one line, as titles, model ids, header values and file names need it.
    public static func line(_ raw: some StringProtocol) -> String {
        text(raw, lines: .one)
    }

    /// Joins the held-back start of a scalar with what came. Returns how many of the new bytes were used.
    private mutating func completePartial(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Int {
        var taken = 0
        while taken < bytes.count, partial.count < 4 {
            partial.append(bytes[taken])
            taken += 1
            let missing = partial.withUnsafeBufferPointer { UTF8Bytes.missing($0, at: 0) }
            if missing == nil { break }
        }
        let (scalar, length, stillMissing) = partial.withUnsafeBufferPointer { whole in
            let (scalar, length) = UTF8Bytes.decode(whole, at: 0)
            return (scalar, length, UTF8Bytes.missing(whole, at: 0) != nil)
        }
        if stillMissing { return taken }
        let isIllFormed = scalar == 0xFFFD && !(length == 3 && partial[0] == 0xEF)
        // Bytes that turned out not to belong to it are read again.
        taken -= partial.count - length
        partial.removeAll(keepingCapacity: true)
        rawCount += length
        takeScalar(scalar, isIllFormed: isIllFormed, into: &output)
        return taken
    }
}
