import Screen

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The C library's words for an errno value.
func systemMessage(_ code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &text, text.count) == 0 || text[0] != 0 else { return "error \(code)" }
    return text.withUnsafeBufferPointer {
        String(decoding: $0.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

func environmentVariable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}

func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1
}

/// Cells are plain data: equal bytes are equal cells. Bytes between fields may differ in equal cells, which costs only time.
func sameBytes(_ a: UnsafeBufferPointer<Cell>, _ b: UnsafeBufferPointer<Cell>) -> Bool {
    guard a.count == b.count, let first = a.baseAddress, let second = b.baseAddress else { return a.count == b.count }
    return memcmp(first, second, a.count * MemoryLayout<Cell>.stride) == 0
}
