/// Turns the raw bytes of a terminal into events. A pure machine: no clock and no I/O, and any split of the same bytes
/// gives the same events.
///
/// Only time tells a lone Esc key from the start of an escape sequence. While ``isPending`` is true the driver keeps a
/// deadline (25 ms is usual) after the last byte and calls ``flush()`` when it passes.
///
/// - One event per Unicode scalar: a grapheme of several scalars arrives as several characters, each at once, and is
///   joined by the text it is inserted into. Ill-formed UTF-8 becomes U+FFFD, one per maximal subpart.
/// - CR is Enter; LF is Ctrl-J, `.key(.character("j"), .control)`. Tab, Backspace and Enter swallow Ctrl-I, -H and -M.
/// - A sequence that is not known is swallowed whole and never shows up as text.
///
/// Sources: ECMA-48 (grammar), xterm's ctlseqs (keys, mouse, replies), the kitty keyboard protocol (`CSI u`), and
/// urxvt's and the Linux console's function keys.
public struct InputDecoder: Sendable {
    /// The size in bytes of the largest paste that is handed on; what goes beyond it is dropped and counted in
    /// ``droppedPasteBytes``.
    public let pasteLimit: Int
    /// Bytes of pastes beyond the limit that were dropped since ``takeDroppedPasteBytes()``. Never silent: tell the user.
    public var droppedPasteBytes: Int { paste.dropped }

    var state = State.ground
    /// The parameters of a control sequence, or the text of a control string, so far; bounded.
    var sequence: [UInt8] = []
    var scalars = ScalarAssembler()
    var paste: PasteCollector

    /// Longer sequences are swallowed without being stored: no key and no answer that we ask for is near these.
    static let sequenceLimit = 64
    static let stringLimit = 1024

    enum State: Sendable, Equatable {
        /// Text and control characters. → escape
        case ground
        /// ESC, or ESC ESC. → ground, control, singleShift, string, paste
        case escape(doubled: Bool)
        /// `ESC [`. → ground, escape, linuxFunction, mouse, paste
        case control(alt: Bool)
        /// `ESC [ [`: the Linux console's F1 to F5. → ground
        case linuxFunction(alt: Bool)
        /// `ESC [ M`, and three bytes. → ground
        case mouse
        /// `ESC O`. → ground, escape
        case singleShift(alt: Bool)
        /// OSC, DCS, SOS, PM or APC, until BEL or ST. → ground, stringEscape
        case string(introducer: UInt8)
        /// ESC within a string: ST, or a new sequence. → ground, escape's successors
        case stringEscape(introducer: UInt8)
        /// Between `CSI 200~` and `CSI 201~`. → ground
        case paste
    }

    public init(pasteLimit: Int = 16 << 20) {
        self.pasteLimit = pasteLimit
        paste = PasteCollector(limit: pasteLimit)
    }

    /// True while the bytes so far are a key if nothing follows, and the start of something else if it does.
    public var isPending: Bool {
        switch state {
        case .escape, .stringEscape: true
        case .control, .singleShift, .string: sequence.isEmpty
        case .ground, .linuxFunction, .mouse, .paste: false
        }
    }

    /// The events that these bytes complete, in order.
    public mutating func decode(_ bytes: [UInt8]) -> [InputEvent] {
        var events: [InputEvent] = []
        var index = 0
        while index < bytes.count {
            if state == .paste {
                index += paste.collect(bytes[index...])
                guard paste.isComplete else { continue }
                events.append(.paste(paste.take()))
                state = .ground
            } else {
                received(bytes[index], &events)
                index += 1
            }
        }
        return events
    }

    /// No byte came within the deadline: what is pending is keys. Nothing happens where nothing is pending.
    public mutating func flush() -> [InputEvent] {
        guard isPending else { return [] }
        var events: [InputEvent] = []
        switch state {
        case .escape(let doubled):
            events = Array(repeating: .key(.escape, []), count: doubled ? 2 : 1)
        case .stringEscape:
            events = [.key(.escape, [])]
        case .control(let alt):
            events = Self.alt("[", afterEscape: alt)
        case .singleShift(let alt):
            events = Self.alt("O", afterEscape: alt)
        case .string(let introducer):
            events = Self.alt(Character(Unicode.Scalar(introducer)), afterEscape: false)
        case .ground, .linuxFunction, .mouse, .paste:
            break
        }
        enter(.ground)
        return events
    }

    /// Takes the count of dropped bytes and sets it to 0.
    public mutating func takeDroppedPasteBytes() -> Int {
        defer { paste.dropped = 0 }
        return paste.dropped
    }

    private static func alt(_ character: Character, afterEscape: Bool) -> [InputEvent] {
        (afterEscape ? [.key(.escape, [])] : []) + [.key(.character(character), .alt)]
    }

    mutating func enter(_ next: State) {
        state = next
        sequence.removeAll(keepingCapacity: true)
    }
}

extension InputDecoder {
    private mutating func received(_ byte: UInt8, _ events: inout [InputEvent]) {
        switch state {
        case .ground: receivedPlain(byte, alt: false, &events)
        case .escape(let doubled): receivedAfterEscape(byte, doubled: doubled, &events)
        case .control(let alt): receivedInControl(byte, alt: alt, &events)
        case .linuxFunction(let alt):
            enter(.ground)
            if (0x41...0x45).contains(byte) {
                events.append(.key(.function(Int(byte) - 0x40), alt ? .alt : []))
            }
        case .mouse:
            sequence.append(byte)
            guard sequence.count == 3 else { return }
            events += Self.x10Mouse(sequence)
            enter(.ground)
        case .singleShift(let alt): receivedInSingleShift(byte, alt: alt, &events)
        case .string(let introducer): receivedInString(byte, introducer: introducer, &events)
        case .stringEscape(let introducer):
            guard byte == 0x5C else {
                enter(.escape(doubled: false))
                return receivedAfterEscape(byte, doubled: false, &events)
            }
            finishString(introducer: introducer, &events)
        case .paste:
            break  // `decode` hands the bytes of a paste to its collector.
        }
    }

    /// Text, a control character, or the start of a sequence; with Alt if an ESC went before.
    private mutating func receivedPlain(_ byte: UInt8, alt: Bool, _ events: inout [InputEvent]) {
        scalars.receive(byte, alt: alt, &events)
        guard !scalars.took else { return }
        if byte == 0x1B {
            enter(.escape(doubled: false))
        } else {
            events.append(.key(control: byte, alt: alt))
        }
    }

    private mutating func receivedAfterEscape(_ byte: UInt8, doubled: Bool, _ events: inout [InputEvent]) {
        switch byte {
        case 0x1B:
            // Esc pressed again and again: each is a key of its own once another ESC follows.
            if doubled { events.append(.key(.escape, [])) }
            enter(.escape(doubled: true))
        case UInt8(ascii: "["): enter(.control(alt: doubled))
        case UInt8(ascii: "O"): enter(.singleShift(alt: doubled))
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            if doubled { events.append(.key(.escape, [])) }
            enter(.string(introducer: byte))
        default:
            if doubled { events.append(.key(.escape, [])) }
            enter(.ground)
            receivedPlain(byte, alt: true, &events)
        }
    }

    private mutating func receivedInControl(_ byte: UInt8, alt: Bool, _ events: inout [InputEvent]) {
        switch byte {
        case UInt8(ascii: "[") where sequence.isEmpty:
            enter(.linuxFunction(alt: alt))
        case UInt8(ascii: "M") where sequence.isEmpty:
            enter(.mouse)
        case UInt8(ascii: "$") where ControlSequence.isNumber(sequence):
            // urxvt ends shifted keys with `$`, which by ECMA-48 would be an intermediate byte.
            events += ControlSequence(parameters: sequence, final: byte, alt: alt).events
            enter(.ground)
        case 0x20...0x3F:
            // One more than the limit is kept, so that the end knows that it went over.
            if sequence.count <= Self.sequenceLimit { sequence.append(byte) }
        case 0x40...0x7E:
            let isOver = sequence.count > Self.sequenceLimit
            let control = ControlSequence(parameters: sequence, final: byte, alt: alt)
            enter(.ground)
            guard !isOver else { return }
            if control.startsPaste {
                state = .paste
            } else {
                events += control.events
            }
        default:
            receivedAbort(byte, &events)
        }
    }

    private mutating func receivedInSingleShift(_ byte: UInt8, alt: Bool, _ events: inout [InputEvent]) {
        switch byte {
        case 0x30...0x3B:
            if sequence.count <= Self.sequenceLimit { sequence.append(byte) }
        case 0x3C...0x7E:
            events += ControlSequence(parameters: sequence, final: byte, alt: alt).singleShiftEvents
            enter(.ground)
        default:
            receivedAbort(byte, &events)
        }
    }

    private mutating func receivedInString(_ byte: UInt8, introducer: UInt8, _ events: inout [InputEvent]) {
        switch byte {
        case 0x07: finishString(introducer: introducer, &events)
        case 0x1B: state = .stringEscape(introducer: introducer)
        case 0x03, 0x0A, 0x0D, 0x18, 0x1A:
            // No answer holds these: the end got lost, and the keyboard must not be swallowed for ever.
            receivedAbort(byte, &events)
        default:
            if sequence.count <= Self.stringLimit { sequence.append(byte) }
        }
    }

    private mutating func finishString(introducer: UInt8, _ events: inout [InputEvent]) {
        if introducer == UInt8(ascii: "]"), sequence.count <= Self.stringLimit,
            let color = TerminalReply.backgroundColor(operatingSystemCommand: sequence)
        {
            events.append(.reply(color))
        }
        enter(.ground)
    }

    /// A byte that cannot be part of the sequence ends it, and counts by itself. CAN and SUB only end it (ECMA-48).
    private mutating func receivedAbort(_ byte: UInt8, _ events: inout [InputEvent]) {
        enter(.ground)
        guard byte != 0x18, byte != 0x1A else { return }
        receivedPlain(byte, alt: false, &events)
    }
}
