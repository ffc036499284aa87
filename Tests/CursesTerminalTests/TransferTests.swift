import CursesTerminal
import Screen
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension CursesTerminalTests {
    /// Bytes between the terminal and us.
    @Suite struct Transfer {
        @Test func `input is read without waiting`() throws {
            let test = try TestTerminal()
            #expect(try test.terminal.readInput() == [])
            let bytes = Array("a\r\n\u{3}\u{1A}\u{13}\u{1B}[A".utf8)
            test.pty.send(bytes)
            var read: [UInt8] = []
            test.pty.read { _ in
                read += (try? test.terminal.readInput()) ?? []
                return read.count >= bytes.count
            }
            #expect(read == bytes, "raw: no key is a signal, CR and LF differ")
        }

        @Test func `a large paste arrives whole`() throws {
            let test = try TestTerminal()
            var random = SeededRandom(seed: 1)
            let sent = (0..<300_000).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) }
            var rest = sent[...]
            var read: [UInt8] = []
            while read.count < sent.count {
                // A pseudo-terminal holds a few kilobytes.
                test.pty.send(Array(rest.prefix(1024)))
                rest = rest.dropFirst(1024)
                var entry = pollfd(fd: test.terminal.fileDescriptor, events: Int16(POLLIN), revents: 0)
                try #require(poll(&entry, 1, 20_000) == 1)
                read += try test.terminal.readInput()
            }
            #expect(read == sent)
        }

        @Test func `a terminal that went away is noticed`() throws {
            let test = try TestTerminal()
            try test.render(test.frame(["hello"]))
            test.pty.hangUp()
            #expect(throws: TerminalError.lost) { try test.terminal.readInput() }
            #expect(throws: TerminalError.lost) { try test.terminal.render(test.frame(["other"])) }
            test.terminal.close()
        }

        @Test func `while the terminal takes nothing, the last frame waits`() throws {
            let test = try TestTerminal()
            try test.render(test.frame(["before"]))
            // What Ctrl-S does on a terminal that honours it: nothing is taken, and nothing may block.
            tcflow(test.pty.slaveDescriptor, TCOOFF)
            try test.terminal.render(test.frame(["first"]))
            #expect(test.terminal.wantsToWrite)
            #expect(try test.terminal.render(test.frame(["second"])) == 0)
            #expect(try test.terminal.render(test.frame(["third"])) == 0)
            try test.terminal.flush()
            #expect(test.terminal.wantsToWrite)
            tcflow(test.pty.slaveDescriptor, TCOON)
            let bytes = try test.output { try test.terminal.flush() }
            #expect(bytes.holds("first") && !bytes.holds("second"))
            #expect(test.seen.lines[0] == "third")
            #expect(test.seen.unknown == [])
        }

        @Test func `more than the terminal takes at once is written in pieces`() throws {
            let test = try TestTerminal(columns: 500, rows: 200)
            for letter in ["a", "b", "c"] {
                try test.render(test.frame(Array(repeating: String(repeating: letter, count: 500), count: 200)))
                #expect(test.seen.lines.allSatisfy { $0 == String(repeating: letter, count: 500) })
            }
            #expect(test.seen.unknown == [])
        }

        @Test func `a frame that waits is ended before the terminal is given back`() throws {
            let test = try TestTerminal()
            try test.render(test.frame(["before"]))
            tcflow(test.pty.slaveDescriptor, TCOOFF)
            try test.terminal.render(test.frame(["after"], style: Style(attributes: .bold)))
            #expect(test.terminal.wantsToWrite)
            tcflow(test.pty.slaveDescriptor, TCOON)
            let bytes = try test.output { test.terminal.close() }
            #expect(bytes.holds("after"))
            #expect(test.seen.unknown == [])
            #expect(!test.seen.modes.contains(1049))
            #expect(test.pty.isCooked)
        }

        @Test func `a terminal that stays stuck does not keep us from ending`() throws {
            let test = try TestTerminal()
            tcflow(test.pty.slaveDescriptor, TCOOFF)
            try test.terminal.render(test.frame(["never seen"]))
            test.terminal.close()
            #expect(test.pty.isCooked)
            tcflow(test.pty.slaveDescriptor, TCOON)
        }

        @Test func `queries, and what their answers change`() throws {
            let test = try TestTerminal()
            try test.render(test.frame(["hello"]))
            try test.output { try test.terminal.queryTerminal() }
            #expect(test.seen.queries == ["CSI ?2026$p", "OSC 11;?", "CSI c"])
            #expect(!test.terminal.synchronizes)
            let other = try test.render(test.frame(["other"]))
            #expect(!other.holds("2026"))

            test.terminal.received(.privateMode(2026, status: 2))
            #expect(test.terminal.synchronizes)
            // A few bytes are read in one piece anyway.
            let few = try test.render(test.frame(["third"]))
            #expect(!few.isEmpty && !few.holds("2026"))
            let line = String(repeating: "long ", count: 15)
            let bytes = try test.render(test.frame([line, line, line, line]))
            #expect(bytes.count > 256)
            #expect(bytes.starts(with: Array("\u{1B}[?2026h".utf8)))
            #expect(bytes.suffix(8).elementsEqual("\u{1B}[?2026l".utf8))
            #expect(try test.render(test.frame([line, line, line, line])) == [])
            // Only the cursor's place, or only a mode: nothing to synchronise but the first.
            var frame = test.frame([line, line, line, line])
            frame.modes.mouse = true
            #expect(try test.render(frame).holds("2026") == false)
            try test.output { test.terminal.close() }
            #expect(!test.seen.modes.contains(2026))
        }

        @Test(arguments: [0, 3, 4])
        func `an answer that it is not known is no yes`(status: Int) throws {
            let test = try TestTerminal()
            test.terminal.received(.privateMode(2026, status: status))
            #expect(!test.terminal.synchronizes)
        }

        @Test func `plain terminals are only asked what they understand`() throws {
            let test = try TestTerminal(type: "linux")
            try test.output { try test.terminal.queryTerminal() }
            #expect(test.seen.queries == ["CSI c"])
            #expect(try test.terminal.copyToClipboard("x") == .unsupported)
        }

        @Test func `the clipboard`() throws {
            let test = try TestTerminal()
            try test.output { try #require(try test.terminal.copyToClipboard("foobar") == .sent) }
            #expect(test.seen.clipboard == ["Zm9vYmFy"])
            try test.output {
                let long = String(repeating: "x", count: 80_000)
                try #require(try test.terminal.copyToClipboard(long) == .tooLong(limit: 74_994))
            }
            #expect(test.seen.clipboard.count == 1)
        }
    }
}
