/// What to do about a certificate that is not accepted, by the words of the TLS library.
enum CertificateHint {
    static func hint(for message: String) -> String {
        if message.contains("expired") { return "Its owner has to renew it, unless this machine's clock is wrong." }
        if message.contains("not yet valid") { return "This machine's clock is probably wrong." }
        if message.contains("subject name") || message.contains("hostname mismatch") {
            return
                "Another server answers than the one in the base URL: check its host, and whether this network has a sign-in page."
        }
        return
            "If it is your own or your company's, name the file of its authority in SSL_CERT_FILE; else somebody reads along."
    }
}
