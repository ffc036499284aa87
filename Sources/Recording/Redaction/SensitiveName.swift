/// Which headers and query parameters hold secrets, by their names.
enum SensitiveName {
    private static let words: Set<String> = [
        "authorization", "auth", "cookie", "cookie2", "secret", "secrets", "password", "passwd", "credential",
        "credentials", "signature", "sig", "jwt", "token", "key",
    ]
    private static let endings = ["token", "secret", "key", "password", "cookie"]

    /// `authorization`, `x-api-key`, `set-cookie`, `X-Amz-Security-Token`, `apiKey` … The rate limits' `…-tokens` are
    /// numbers and stay.
    static func holds(_ name: String) -> Bool {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return words.contains { word in self.words.contains(word) || endings.contains { word.hasSuffix($0) } }
    }
}
