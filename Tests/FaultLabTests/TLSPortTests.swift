import Foundation
import Testing

@testable import FaultLab

/// The port with TLS. What clients make of its certificates and of HTTP/2: StreamClientTests/FaultTable.
@Suite struct TLSPortTests {
    @Test func theAuthorityIsGivenToWhoWantsToTrustIt() throws {
        try withLab(configure: { $0.tlsPort = 0 }) { lab throws in
            let response = try lab.get("/lab/ca.pem")
            let authority = String(decoding: LabCertificate.authority, as: UTF8.self)
            #expect(response.status == 200)
            #expect(response.text.isExactly(authority))
            let port = try #require(lab.tlsPort)
            #expect(port != lab.port)
            #expect(lab.tlsBaseURL == "https://127.0.0.1:\(port)")
        }
    }

    @Test func whatItShowsIsChosenByName() throws {
        try withLab(configure: { $0.tlsPort = 0 }) { lab throws in
            for name in LabCertificate.allCases.map(\.rawValue) {
                #expect(try lab.post("/lab/certificate", #"{"name":"\#(name)"}"#).status == 200)
            }
            let refused = try lab.post("/lab/certificate", #"{"name":"worn"}"#)
            #expect(
                refused.status == 400 && refused.text.contains("good, expired, not-yet-valid, wrong-host, self-signed"))
        }
        try withLab { lab throws in
            let refused = try lab.post("/lab/certificate", #"{"name":"expired"}"#)
            #expect(refused.status == 400 && refused.text.contains("--tls-port"))
            #expect(lab.tlsPort == nil && lab.tlsBaseURL == nil)
        }
    }

    /// Plain HTTP to it, and silence: answered by a close, with a reason in the journal.
    @Test func whoSpeaksNoTLSIsClosed() throws {
        try withLab(configure: {
            $0.tlsPort = 0
            $0.patience = 0.2
        }) { lab throws in
            let client = try TestClient(port: lab.tlsPort ?? 0)
            client.send("GET", "/")
            #expect(lab.wait { $0.kind == .refused && $0.text.hasPrefix("no TLS connection: ") })
            let silent = try TestClient(port: lab.tlsPort ?? 0)
            #expect(lab.wait { $0.kind == .refused && $0.text == "no TLS handshake in 0.2 s" })
            #expect(silent.receive() != nil)
        }
    }

    /// Who has yet to shake hands is counted as well, and no longer than that.
    @Test func silentConnectionsTakePlaces() throws {
        try withLab(configure: {
            $0.tlsPort = 0
            $0.maximumConnections = 2
        }) { lab throws in
            let port = lab.tlsPort ?? 0
            var silent = [try TestClient(port: port), try TestClient(port: port)]
            // They are taken in their order, so the third finds no place.
            let third = try TestClient(port: port)
            #expect(lab.wait { $0.kind == .refused && $0.text == "more than 2 connections" })
            #expect(third.receive() != nil)
            // Those who leave make room.
            silent.removeAll()
            var reply = try? lab.get("/lab/journal")
            while reply?.status != 200 { reply = try? lab.get("/lab/journal") }
            #expect(reply?.status == 200)
        }
    }

    @Test func aPortInUseIsNamed() throws {
        try withLab { lab throws in
            var configuration = LabConfiguration()
            configuration.tlsPort = lab.port
            do {
                try FaultLab.start(configuration).shutdown()
                Issue.record("it started")
            } catch let error as LabError {
                #expect(error == .portInUse(host: "127.0.0.1", port: lab.port))
            }
        }
    }

    /// Without HTTP/2 there is no word for it: the connection breaks.
    @Test(arguments: [#"fault = "rst_stream", after_tokens = 3"#, #"fault = "goaway", processed = false"#])
    func overHTTP1TheConnectionBreaks(_ step: String) throws {
        try withLab(always(step)) { lab throws in
            let response = try lab.ask(.openai, ["Weirs"])
            #expect(response.end != .complete)
            #expect(lab.wait { $0.fault == "rst_stream" || $0.fault == "goaway" })
        }
    }
}
