import Foundation
import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// A TLS server with a certificate of its own making, from the `openssl` command.
final class TLSServer {
    let port: Int
    /// The certificate, which signs itself.
    let certificate: String
    private let folder: URL
    private let process = Process()
    private let input = Pipe()

    static let openssl = ["/usr/bin/openssl", "/opt/homebrew/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    struct NotStarted: Error {}

    /// - Parameter isExpired: it ended yesterday.
    init(isExpired: Bool = false) throws {
        guard let openssl = TLSServer.openssl else { throw NotStarted() }
        folder = FileManager.default.temporaryDirectory.appending(path: "weir-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (key, file) = (folder.appending(path: "key.pem").path, folder.appending(path: "certificate.pem").path)
        certificate = file
        let maker = Process()
        maker.executableURL = URL(filePath: openssl)
        maker.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=weir test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file,
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        if isExpired {
            let renewer = Process()
            renewer.executableURL = URL(filePath: openssl)
            renewer.arguments = ["x509", "-in", file, "-signkey", key, "-days", "-1", "-out", file]
            renewer.standardError = FileHandle.nullDevice
            try renewer.run()
            renewer.waitUntilExit()
        }

        process.executableURL = URL(filePath: openssl)
        process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", file, "-key", key, "-www"]
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // ACCEPT 127.0.0.1:40000
        var text = ""
        while !text.contains("\n") || !text.contains("ACCEPT") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw NotStarted() }
            text += String(decoding: data, as: UTF8.self)
        }
        guard
            let port = text.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix("ACCEPT") })
                .flatMap({ Int($0.split(separator: ":").last ?? "") })
        else { throw NotStarted() }
        self.port = port
    }

    deinit {
        // Not SIGTERM: the process has the signal mask of the test runner's thread, which blocks it.
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }
}

@Suite(.enabled(if: TLSServer.openssl != nil, "no openssl command here")) struct TLSTests {
    @Test func aCertificateThatNobodySignedIsRefused() throws {
        let server = try TLSServer()
        let heard = try Loop().fetch(.get("https://127.0.0.1:\(server.port)/"))
        let failure = try #require(heard.failure)
        #expect(failure.kind == .tlsCertificate)
        #expect(failure.message.hasPrefix("The certificate of 127.0.0.1:\(server.port) is not accepted (SSL"))
        #expect(heard.status == nil)
    }

    @Test func itIsAcceptedOnceItsAuthorityIs() throws {
        let server = try TLSServer()
        var options = CurlTransport.Options()
        options.certificateAuthorities = server.certificate
        let heard = try Loop(options).fetch(.get("https://127.0.0.1:\(server.port)/"))
        #expect(heard.status == 200)
        let phases = try #require(heard.finishedPhases)
        #expect(phases.tls != nil)
        #expect((phases.tls ?? .zero) >= (phases.connect ?? .zero))
    }

    @Test func aCertificateForAnotherNameIsRefused() throws {
        let server = try TLSServer()
        var options = CurlTransport.Options()
        options.certificateAuthorities = server.certificate
        let failure = try #require(Loop(options).fetch(.get("https://localhost:\(server.port)/")).failure)
        #expect(failure.kind == .tlsCertificate)
    }

    /// Its authority is trusted: only the date is wrong.
    @Test func anExpiredCertificateIsRefused() throws {
        let server = try TLSServer(isExpired: true)
        var options = CurlTransport.Options()
        options.certificateAuthorities = server.certificate
        let failure = try #require(Loop(options).fetch(.get("https://127.0.0.1:\(server.port)/")).failure)
        #expect(failure.kind == .tlsCertificate)
        #expect(failure.message.contains("expired"))
    }

    @Test func aMissingFileOfAuthoritiesIsNamedAsSuch() throws {
        let server = try TLSServer()
        var options = CurlTransport.Options()
        options.certificateAuthorities = "/nowhere/ca.pem"
        let failure = try #require(Loop(options).fetch(.get("https://127.0.0.1:\(server.port)/")).failure)
        #expect(failure.kind == .tlsFailed)
        #expect(failure.message.contains("/nowhere/ca.pem"))
    }
}
