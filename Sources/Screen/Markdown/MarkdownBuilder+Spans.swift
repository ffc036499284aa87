import CMD4C

extension MarkdownBuilder {
    func enter(span type: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?) -> Int32 {
        if !isPieceOpen, !isInTable { begin(.words) }
        spans.append(type)
        switch type {
        case MD_SPAN_EM: looks.append(look.adding(.emphasised))
        case MD_SPAN_STRONG: looks.append(look.adding(.strong))
        case MD_SPAN_CODE: looks.append(look.adding(.code))
        case MD_SPAN_DEL: looks.append(look.adding(.struck))
        case MD_SPAN_A:
            looks.append(look.adding(.link))
            let target = detail.map { Self.text($0.assumingMemoryBound(to: MD_SPAN_A_DETAIL.self).pointee.href) }
            links.append((flow.bytes.count, target ?? []))
        case MD_SPAN_IMG:
            looks.append(look.adding(.linkURL))
            append("image: ")
            looks[looks.count - 1] = looks[looks.count - 2].adding(.link)
            let target = detail.map { Self.text($0.assumingMemoryBound(to: MD_SPAN_IMG_DETAIL.self).pointee.src) }
            links.append((flow.bytes.count, target ?? []))
        default: looks.append(look)
        }
        return 0
    }

    func leave(span type: MD_SPANTYPE) -> Int32 {
        // md4c is known to leave a span that it never entered where a bare link stands within another link.
        guard spans.last == type else { return 0 }
        spans.removeLast()
        looks.removeLast()
        if type == MD_SPAN_A || type == MD_SPAN_IMG, let link = links.popLast() { showTarget(link) }
        return 0
    }

    /// Spans end with their block, whether they were left or not.
    func leaveSpans() {
        while let span = spans.last { _ = leave(span: span) }
    }

    /// Where a link leads stands behind it, unless that is its text: nobody follows what he cannot read.
    private func showTarget(_ link: (start: Int, target: [UInt8])) {
        // No slice of the flow's bytes may live while text is appended, or all would be copied.
        let start = min(link.start, flow.bytes.count)
        let isBare = start == flow.bytes.count
        guard !link.target.isEmpty, !flow.bytes[start...].elementsEqual(link.target) else { return }
        let target = String(decoding: link.target, as: UTF8.self)
        looks.append(look.adding(.linkURL))
        append(isBare ? target : " (\(target))")
        looks.removeLast()
    }

    /// An attribute's text, with its character references resolved and sanitised.
    private static func text(_ attribute: MD_ATTRIBUTE) -> [UInt8] {
        guard let start = attribute.text, attribute.size > 0 else { return [] }
        let bytes = UnsafeBufferPointer(
            start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: Int(attribute.size))
        guard let types = attribute.substr_types, let offsets = attribute.substr_offsets else { return Array(bytes) }
        var result: [UInt8] = []
        var index = 0
        while offsets[index] < attribute.size {
            let part = UnsafeBufferPointer(rebasing: bytes[Int(offsets[index])..<Int(offsets[index + 1])])
            if types[index] == MD_TEXT_ENTITY, let meant = Entities.text(part) {
                result.append(contentsOf: meant.utf8)
            } else {
                result.append(contentsOf: part)
            }
            index += 1
        }
        return result
    }
}
