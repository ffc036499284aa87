import ArgumentParser
import StreamEngine

/// `--resume`.
struct ResumeArgument: ExpressibleByArgument {
    let setting: ResumeSetting

    init?(argument: String) {
        guard let setting = ResumeSetting(argument) else { return nil }
        self.setting = setting
    }
}
