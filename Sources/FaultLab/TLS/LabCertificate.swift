/// The certificates that a lab's TLS port can show: one that holds, and those that do not, each for one reason. All but
/// `self-signed` are signed by the ``authority``, and all have the key that is in the repository: for tests, and nothing
/// else. `scripts/lab-certificates` makes them.
public enum LabCertificate: String, Sendable, CaseIterable {
    /// For `localhost`, `127.0.0.1` and `::1`.
    case good
    /// Its time is over.
    case expired
    /// Its time has not begun.
    case notYetValid = "not-yet-valid"
    /// For another host.
    case wrongHost = "wrong-host"
    /// Nobody vouches for it.
    case selfSigned = "self-signed"

    /// What a client must trust to accept the good one, as PEM. Nobody has its key any more.
    public static let authority = PackageResources.test_authority_pem

    static let key = PackageResources.test_key_pem

    /// As PEM.
    var chain: [UInt8] {
        switch self {
        case .good: PackageResources.test_good_pem
        case .expired: PackageResources.test_expired_pem
        case .notYetValid: PackageResources.test_not_yet_valid_pem
        case .wrongHost: PackageResources.test_wrong_host_pem
        case .selfSigned: PackageResources.test_self_signed_pem
        }
    }
}
