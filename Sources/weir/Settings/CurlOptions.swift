import CurlTransport

extension CurlTransport.Options {
    static var weir: CurlTransport.Options {
        var options = CurlTransport.Options(userAgent: "weir/\(Weir.version)")
        options.allowsInsecureHTTP = environment("WEIR_INSECURE_HTTP") == "1"
        // What the curl tool and OpenSSL's programs go by, and libcurl does not: companies with a proxy set them.
        options.certificateAuthorities = environment("CURL_CA_BUNDLE") ?? environment("SSL_CERT_FILE")
        return options
    }
}
