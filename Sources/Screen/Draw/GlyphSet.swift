/// The characters that lines, bars and graphs are made of.
public struct GlyphSet: Sendable, Hashable {
    public var horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight: String
    public var teeLeft, teeRight, teeTop, teeBottom, crossing: String
    public var ellipsis: String
    /// A dashed horizontal line, for seams and rules.
    public var dashed: String
    public var isASCII: Bool

    public static let unicode = GlyphSet(
        horizontal: "─", vertical: "│", topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯", teeLeft: "├",
        teeRight: "┤", teeTop: "┬", teeBottom: "┴", crossing: "┼", ellipsis: "…", dashed: "┄", isASCII: false)

    /// For locales and terminals without anything else.
    public static let ascii = GlyphSet(
        horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", teeLeft: "+",
        teeRight: "+", teeTop: "+", teeBottom: "+", crossing: "+", ellipsis: "~", dashed: "-", isASCII: true)
}
