import CurlTransport

extension CurlTransport.Options {
    static var weir: CurlTransport.Options {
        var options = CurlTransport.Options(userAgent: "weir/\(Weir.version)")
        // Which addresses may be asked in plain text is a provider's setting, and its endpoint has held to it.
        options.allowsInsecureHTTP = true
        // What the curl tool and OpenSSL's programs go by, and libcurl does not: companies with a proxy set them.
        options.certificateAuthorities = environment("CURL_CA_BUNDLE") ?? environment("SSL_CERT_FILE")
        return options
    }
}
