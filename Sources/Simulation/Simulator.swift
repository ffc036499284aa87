import Providers
import StreamEngine

/// Runs worlds, and makes small what it finds.
public struct Simulator: Sendable {
    let setting: World.Setting

    /// - Throws: an error of the simulation's own data.
    public init() throws {
        setting = try World.Setting()
    }

    /// The run of a seed.
    public func run(seed: UInt64, keepsTrace: Bool = false) -> World {
        run(Choices(seed: seed), keepsTrace: keepsTrace)
    }

    /// A run that was written down.
    public func run(replaying list: [UInt16], keepsTrace: Bool = false) -> World {
        run(Choices(replaying: list), keepsTrace: keepsTrace)
    }

    private func run(_ choices: Choices, keepsTrace: Bool) -> World {
        var world = World(choices: choices, setting: setting, keepsTrace: keepsTrace)
        world.run()
        world.tally.seeds = 1
        world.tally.steps = world.steps
        world.tally.healed = world.clients.count { $0.heals > 0 && $0.verdict == .complete }
        return world
    }

    func run(_ forced: World.Forced, keepsTrace: Bool = false) -> World {
        var world = World(choices: Choices(replaying: []), setting: setting, keepsTrace: keepsTrace, forced: forced)
        world.run()
        return world
    }
}

extension World {
    /// What did not hold; `nil` = everything did.
    public var failure: Violation? { violation }
}
