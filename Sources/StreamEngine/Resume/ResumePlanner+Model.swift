import Providers

extension ResumePlanner {
    /// The plan with the model's preferred strategy, see ``plan(setting:preferred:request:partial:hasParts:)``.
    public func plan(
        setting: ResumeSetting, model: Model, request: ChatRequest, partial: [UInt8], hasParts: Bool
    ) -> ResumePlan? {
        plan(setting: setting, preferred: model.resume, request: request, partial: partial, hasParts: hasParts)
    }
}
