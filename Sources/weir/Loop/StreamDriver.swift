import StreamClient
import StreamEngine

/// What the dashboard's loop drives: the engine at work, or a recording.
protocol StreamDriver: AnyObject {
    var engine: StreamEngine { get }
    /// What time it is where the streams are.
    func now() -> Now
    /// When the system's clock will be there; `nil` = not before something else happens.
    func systemInstant(_ instant: Instant) -> Instant?
    func act<Result>(_ body: (inout StreamEngine, Now, inout EngineActions) -> Result) -> Result
    /// - Parameters:
    ///   - deadline: on the system's clock.
    ///   - gathering: until when pieces of bodies may wait for each other; on the system's clock.
    func turn(waitingFor descriptors: [Int32], until deadline: Instant?, gatheringUntil gathering: Instant?) -> [Int32]
    func takeEvents() -> [EngineEvent]
    func text(of id: StreamID) -> [UInt8]
    func snapshot(_ id: StreamID) -> StreamSnapshot?
    /// Lets what providers are being told reach them before the program ends.
    func finishTelling()
}

extension Driver: StreamDriver {
    func now() -> Now { SystemClock.now() }
    func systemInstant(_ instant: Instant) -> Instant? { instant }
}
