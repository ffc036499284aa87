import Providers
import Screen

extension Attachment {
    /// What the transcript shows of it: `cat.png · image/png · 800 × 600 · 1.2 MB`. Never what is in it.
    func placeholder(_ glyphs: Glyphs = Glyphs(ascii: false)) -> String {
        var words = [Clean.line(name), mediaType]
        if case .image(let type, let bytes) = content, let size = ImageSize(type, bytes) {
            words.append("\(size.width) \(glyphs.times) \(size.height)")
        }
        words.append(Format.bytes(size))
        return words.joined(separator: " \(glyphs.dot) ")
    }
}
