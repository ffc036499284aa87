import Foundation
import Simulation

// `make simulate`, `make fuzz`, `make mutants`: runs of the simulation from the command line.

let options = Options(CommandLine.arguments.dropFirst())
let simulator = try Simulator()

switch options.mode {
case .seeds: exit(Seeds(options).run())
case .worker: Worker(simulator, options).run()
case .one:
    let seed = options.choices == nil ? options.from : nil
    exit(One(simulator).run(options.choices ?? [], seed: seed, isRaw: options.isRaw))
case .exhaustive: exit(All(simulator).run())
case .fuzz: exit(Fuzzing(simulator, options).run())
}
