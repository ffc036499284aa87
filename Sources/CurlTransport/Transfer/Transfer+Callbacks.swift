import CCurl

extension Transfer {
    /// Makes libcurl call the transfer's methods. The pointer is the transfer, not retained; see ``setUp(_:_:)``.
    func setCallbacks(_ this: UnsafeMutableRawPointer) {
        weir_easy_set_connected_callback(
            easy.raw,
            { this, _, _, _, _ in
                Transfer.from(this)?.connected()
                return 0
            }, this)
        easy.set(CURLOPT_WRITEDATA, pointer: this)
        weir_easy_set_write_callback(easy.raw, CURLOPT_WRITEFUNCTION) { bytes, _, count, this in
            guard let this else { return 0 }
            // Not retained for the call, as the others are: the transport holds it, and this one comes with every piece.
            return Unmanaged<Transfer>.fromOpaque(this)._withUnsafeGuaranteedRef { transfer in
                // Any number but `count` makes libcurl give up.
                transfer.receiveBody(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : count &+ 1
            }
        }
        easy.set(CURLOPT_HEADERDATA, pointer: this)
        weir_easy_set_write_callback(easy.raw, CURLOPT_HEADERFUNCTION) { bytes, _, count, this in
            guard let transfer = Transfer.from(this) else { return 0 }
            return transfer.receiveHeaderLine(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : count &+ 1
        }
        easy.set(CURLOPT_READDATA, pointer: this)
        weir_easy_set_read_callback(easy.raw) { buffer, size, count, this in
            guard let transfer = Transfer.from(this) else { return Int(CURL_READFUNC_ABORT) }
            return transfer.readBody(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        easy.set(CURLOPT_SEEKDATA, pointer: this)
        weir_easy_set_seek_callback(easy.raw) { this, offset, origin in
            guard let transfer = Transfer.from(this), origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
            return transfer.seekBody(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK
        }
    }

    private static func from(_ pointer: UnsafeMutableRawPointer?) -> Transfer? {
        pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }
}
