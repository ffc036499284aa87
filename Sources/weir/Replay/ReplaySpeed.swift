import ArgumentParser

/// `--speed`: how many times as fast as it was, or as fast as it goes.
enum ReplaySpeed: ExpressibleByArgument, Equatable {
    case times(Double)
    case max

    init?(argument: String) {
        if argument == "max" {
            self = .max
        } else if let times = Double(argument), (0.1...10).contains(times) {
            self = .times(times)
        } else {
            return nil
        }
    }
}
