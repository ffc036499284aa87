/// What a piece of the screen means; a theme gives each role a style. The raw value is the key in `themes/*.toml`.
public enum Role: String, Sendable, CaseIterable {
    // Surfaces and lines
    case text, muted, faint, emphasis, title, border
    case borderFocused = "border-focused"
    case selection, header, footer
    case footerKey = "footer-key"
    case badge, scrollbar, cursor
    // Who speaks
    case user, assistant, system, thinking, seam
    case failedAttempt = "failed-attempt"
    // Markdown
    case heading, code
    case codeBlock = "code-block"
    case codeBorder = "code-border"
    case quote, link
    case listMarker = "list-marker"
    case table, strong
    case emphasised
    // States of a stream
    case idle, connecting, waiting
    case thinkingState = "thinking-state"
    case streaming, stalled
    case backingOff = "backing-off"
    case fallingBack = "falling-back"
    case complete, truncated, refused, cancelled, failed
    // Diagnostics
    case label, value, good, warning, critical, info, money
    case graph
    case graphLow = "graph-low"
    case graphHigh = "graph-high"
    case gauge
    case gaugeEmpty = "gauge-empty"
    // Toasts
    case toastInfo = "toast-info"
    case toastWarning = "toast-warning"
    case toastError = "toast-error"
    case unsafe
    // Inside code
    case codeKeyword = "code-keyword"
    case codeString = "code-string"
    case codeComment = "code-comment"
    case codeNumber = "code-number"
    case codeType = "code-type"
    case codeLanguage = "code-language"
    // More of Markdown
    case headingMinor = "heading-minor"
    case linkURL = "link-url"
    case tableHeader = "table-header"
    case rule
    case struck
    // Search
    case match
    case matchCurrent = "match-current"
    // How late text came, from at once to very late
    case late0 = "late-0"
    case late1 = "late-1"
    case late2 = "late-2"
    case late3 = "late-3"
    case late4 = "late-4"
}
