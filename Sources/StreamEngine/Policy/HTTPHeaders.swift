import Providers

extension [HTTPHeader] {
    /// The value of the first field of that name (in small letters), without white space around it. Names are compared
    /// without regard to case (RFC 9110, 5.1).
    func field(_ name: String) -> ArraySlice<UInt8>? {
        for header in self {
            // The lengths first: most names differ there.
            guard header.name.utf8.count == name.utf8.count else { continue }
            guard header.name.utf8.elementsEqual(name.utf8, by: { $0.lowercased == $1 }) else { continue }
            return [UInt8](header.value.utf8)[...].trimmingSpace()
        }
        return nil
    }
}
