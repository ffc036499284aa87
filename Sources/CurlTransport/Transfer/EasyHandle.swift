import CCurl

/// One libcurl easy handle with the buffer for its error text. Reused from transfer to transfer: an easy handle of its
/// own for every request would be allocated and set up each time.
final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    /// `nil` when memory has run out.
    init?() {
        guard let raw = curl_easy_init() else { return nil }
        self.raw = raw
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(raw)
        errorText.deallocate()
    }

    /// Back to libcurl's defaults, with an empty error buffer.
    func reset() {
        curl_easy_reset(raw)
        errorText.pointee = 0
        weir_easy_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText)
    }

    func set(_ option: CURLoption, _ value: Int) {
        weir_easy_set_long(raw, option, value)
    }

    func set(_ option: CURLoption, _ value: String) {
        weir_easy_set_string(raw, option, value)
    }

    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        weir_easy_set_pointer(raw, option, pointer)
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        weir_easy_get_long(raw, info, &value)
        return value
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        weir_easy_get_offset(raw, info, &value)
        return Int64(value)
    }

    func string(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        weir_easy_get_string(raw, info, &value)
        return value.map { String(cString: $0) }
    }

    /// What libcurl says of the failure, in its own words; empty when it says nothing.
    var errorDetail: String { String(cString: errorText) }
}
