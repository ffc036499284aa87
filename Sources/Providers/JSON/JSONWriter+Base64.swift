extension JSONWriter {
    /// A string of `prefix` and the bytes in Base64 (RFC 4648, 4), written into the document piece by piece: an image of
    /// 20 MB is not copied on its way.
    ///
    /// - Parameter prefix: needs no escape.
    public mutating func member(_ key: StaticString, prefix: String = "", base64 data: [UInt8]) {
        self.key(key)
        beginString()
        append(prefix.utf8)
        // Whole groups of three to a piece.
        let piece = 3 * 1024
        data.withUnsafeBufferPointer { data in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: piece / 3 * 4) { buffer in
                var start = 0
                while start < data.count {
                    let end = min(start + piece, data.count)
                    let count = Base64.encode(UnsafeBufferPointer(rebasing: data[start..<end]), into: buffer)
                    append(UnsafeBufferPointer(rebasing: buffer[..<count]))
                    start = end
                }
            }
        }
        endString()
    }
}

/// RFC 4648, 4: with padding, without line ends.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// How many bytes so many become, padding included.
    public static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// - Returns: how many bytes were written: ``encodedCount(_:)`` of them.
    static func encode(_ data: UnsafeBufferPointer<UInt8>, into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        alphabet.withUnsafeBufferPointer { alphabet in
            var written = 0
            var index = 0
            while index + 2 < data.count {
                let group = UInt32(data[index]) << 16 | UInt32(data[index + 1]) << 8 | UInt32(data[index + 2])
                buffer[written] = alphabet[Int(group >> 18)]
                buffer[written + 1] = alphabet[Int(group >> 12 & 63)]
                buffer[written + 2] = alphabet[Int(group >> 6 & 63)]
                buffer[written + 3] = alphabet[Int(group & 63)]
                index += 3
                written += 4
            }
            let rest = data.count - index
            guard rest > 0 else { return written }
            let group = UInt32(data[index]) << 16 | (rest == 2 ? UInt32(data[index + 1]) << 8 : 0)
            buffer[written] = alphabet[Int(group >> 18)]
            buffer[written + 1] = alphabet[Int(group >> 12 & 63)]
            buffer[written + 2] = rest == 2 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
            buffer[written + 3] = UInt8(ascii: "=")
            return written + 4
        }
    }
}
