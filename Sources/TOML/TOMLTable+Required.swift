/// The same getters for keys that must be there.
extension TOMLTable {
    public func requireString(_ key: String) throws(TOMLError) -> String {
        try required(key, string(key))
    }

    public func requireInt(_ key: String) throws(TOMLError) -> Int {
        try required(key, int(key))
    }

    public func requireDouble(_ key: String) throws(TOMLError) -> Double {
        try required(key, double(key))
    }

    public func requireBool(_ key: String) throws(TOMLError) -> Bool {
        try required(key, bool(key))
    }

    public func requireStrings(_ key: String) throws(TOMLError) -> [String] {
        try required(key, strings(key))
    }

    public func requireTable(_ key: String) throws(TOMLError) -> TOMLTable {
        try required(key, table(key))
    }

    public func requireTables(_ key: String) throws(TOMLError) -> [TOMLTable] {
        try required(key, tables(key))
    }

    public func requireDecimalText(_ key: String) throws(TOMLError) -> String {
        try required(key, decimalText(key))
    }

    public func requireDate(_ key: String) throws(TOMLError) -> String {
        try required(key, date(key))
    }

    private func required<Value>(_ key: String, _ value: Value?) throws(TOMLError) -> Value {
        guard let value else { throw error(key, "is required") }
        return value
    }
}
