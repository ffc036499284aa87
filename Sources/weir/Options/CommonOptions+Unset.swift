/// Options as they are where nothing is said, without the parser. Whatever a command line can say must be named here: what is
/// not may not be read, and ends the program.
extension CommonOptions {
    static var unset: CommonOptions {
        var options = CommonOptions()
        options.model = nil
        options.provider = nil
        options.baseURL = nil
        options.dialect = nil
        options.system = nil
        options.maxTokens = nil
        options.temperature = nil
        options.retry = .unset
        options.clocks = .unset
        options.limits = .unset
        options.budget = .unset
        options.config = nil
        return options
    }
}

extension RetryOptions {
    static var unset: RetryOptions {
        var options = RetryOptions()
        options.maxRetries = nil
        options.baseDelay = nil
        options.maxDelay = nil
        options.jitter = nil
        options.resume = nil
        options.fallbackAfter = nil
        options.retryBudget = nil
        options.holdBack = nil
        return options
    }
}

extension ClockOptions {
    static var unset: ClockOptions {
        var options = ClockOptions()
        options.connectTimeout = nil
        options.firstByteTimeout = nil
        options.idleTimeout = nil
        options.contentTimeout = nil
        options.timeout = nil
        options.wakeTimeout = nil
        return options
    }
}

extension LimitOptions {
    static var unset: LimitOptions {
        var options = LimitOptions()
        options.eventLimit = nil
        options.bodyLimit = nil
        options.headerLimit = nil
        return options
    }
}

extension BudgetOptions {
    static var unset: BudgetOptions {
        var options = BudgetOptions()
        options.budget = nil
        options.conversationBudget = nil
        options.budgetWarning = nil
        return options
    }
}

extension RecordOptions {
    static var unset: RecordOptions {
        var options = RecordOptions()
        options.record = nil
        options.overwrite = false
        return options
    }
}
