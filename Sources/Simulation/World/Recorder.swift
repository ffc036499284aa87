import Pricing
import Recording
import StreamEngine

/// The flight recorder beside a run.
struct Recorder: Sendable {
    private var writer: RecordingWriter
    private(set) var bytes: [UInt8] = []

    init(of engine: StreamEngine, at now: Now) {
        writer = RecordingWriter(
            Recording.Header(program: "simulation", start: now, origin: engine.origin), secrets: [])
    }

    mutating func append(_ calls: [CallRecord]) {
        writer.append(calls)
        bytes += writer.takeBytes()
    }

    mutating func finish(at now: Now) {
        writer.finish(at: now)
        bytes += writer.takeBytes()
    }
}

extension Simulator {
    /// The run of a seed, recorded: the file's bytes.
    public func recording(seed: UInt64) -> [UInt8] { recorded(seed).bytes }

    private func recorded(_ seed: UInt64) -> (world: World, bytes: [UInt8]) {
        var world = World(choices: Choices(seed: seed), setting: setting, keepsTrace: false, isRecorded: true)
        world.run()
        world.recording?.append(world.engine.takeJournal())
        world.recording?.finish(at: world.now)
        return (world, world.recording?.bytes ?? [])
    }

    /// The run of a seed is recorded, read and played: every text, every thought, every request and every end must be what
    /// they were. What was not; `nil` = everything was.
    public func replayed(seed: UInt64) -> Violation? {
        let (world, bytes) = recorded(seed)
        if let failure = world.violation { return failure }
        var parser = RecordingParser()
        let recording: Recording
        do throws(RecordingError) {
            try parser.receive(bytes)
            recording = try parser.finish()
        } catch {
            return Violation(.sameSeedSameTrace, "its recording is not read: \(error)")
        }
        if let shortfall = recording.shortfall {
            return Violation(.sameSeedSameTrace, "its recording is short: \(shortfall)")
        }
        var playback = Playback(recording, prices: setting.prices)
        _ = playback.run()
        if let divergence = playback.divergences.first {
            return Violation(.sameSeedSameTrace, "its recording, line \(divergence.line): \(divergence.problem)")
        }
        for client in world.clients {
            guard playback.engine.text(of: client.id) == world.engine.text(of: client.id),
                playback.engine.thinking(of: client.id) == world.engine.thinking(of: client.id),
                playback.engine.state(of: client.id) == world.engine.state(of: client.id)
            else { return Violation(.sameSeedSameTrace, "its recording plays otherwise in stream \(client.id)") }
        }
        return nil
    }
}
