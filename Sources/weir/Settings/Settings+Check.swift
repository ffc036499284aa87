import Providers
import StreamEngine

extension Settings {
    /// Whether the model and its provider would take the request, before anything is sent.
    ///
    /// - Parameter parts: how the caller sends a prompt in parts.
    static func check(
        _ request: ChatRequest, of order: StreamOrder, limits: RequestLimits, parts: String
    ) throws(SettingsError) {
        do throws(RequestRefusal) {
            try RequestRefusal.check(
                request, model: order.model, limits: limits, provider: order.endpoint.provider)
        } catch {
            throw SettingsError(message: error.message, hint: error.hint(parts: parts))
        }
    }
}
