import CMD4C

extension MarkdownBuilder {
    func enter(_ type: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) -> Int32 {
        leaveSpans()
        switch type {
        case MD_BLOCK_DOC: return 0
        case MD_BLOCK_QUOTE:
            let bar = Flow.Lead.Part(text: "┃ ", look: context.look.adding(.quote), copy: "> ")
            enter(Container(kind: .quote, first: bar, rest: bar))
            looks.append(look.adding(.quote))
        case MD_BLOCK_UL:
            let list = detail?.assumingMemoryBound(to: MD_BLOCK_UL_DETAIL.self).pointee
            enter(Container(kind: .list, isTight: list?.is_tight != 0))
        case MD_BLOCK_OL:
            let list = detail?.assumingMemoryBound(to: MD_BLOCK_OL_DETAIL.self).pointee
            let isOutermost = containers.isEmpty
            enter(
                Container(
                    kind: .list, isTight: list?.is_tight != 0,
                    number: isOutermost ? context.number ?? Int(list?.start ?? 1) : Int(list?.start ?? 1),
                    delimiter: UInt8(bitPattern: list?.mark_delimiter ?? 0x2E)))
        case MD_BLOCK_LI: enterItem(detail?.assumingMemoryBound(to: MD_BLOCK_LI_DETAIL.self).pointee)
        case MD_BLOCK_HR:
            isPieceOpen = false
            begin(.rule)
            isPieceOpen = false
            isGapDue = true
        case MD_BLOCK_H:
            isPieceOpen = false
            let level = detail?.assumingMemoryBound(to: MD_BLOCK_H_DETAIL.self).pointee.level ?? 1
            looks.append(look.adding(level <= 2 ? .heading : .headingMinor))
        case MD_BLOCK_CODE: enterCode(detail?.assumingMemoryBound(to: MD_BLOCK_CODE_DETAIL.self).pointee)
        case MD_BLOCK_P, MD_BLOCK_HTML: isPieceOpen = false
        case MD_BLOCK_TABLE:
            begin(.table)
            flow.pieces[flow.pieces.count - 1].table = UInt32(flow.tables.count)
            flow.tables.append(Flow.Table(alignments: [], hidesHeader: context.hidesHeader))
            isInTable = true
        case MD_BLOCK_TH, MD_BLOCK_TD: return enterCell(type, detail)
        default: break
        }
        return containers.count > Self.mostContainers ? -1 : 0
    }

    func leave(_ type: MD_BLOCKTYPE) -> Int32 {
        leaveSpans()
        switch type {
        case MD_BLOCK_QUOTE:
            looks.removeLast()
            leaveContainer()
            isGapDue = true
        case MD_BLOCK_UL, MD_BLOCK_OL:
            let isTight = containers.last?.isTight ?? true
            leaveContainer()
            // What follows a list in its item stands close where the item's other blocks do.
            isGapDue = !isTight || !containers.contains { $0.kind == .item }
        case MD_BLOCK_LI:
            // An item without any text.
            if containers.last?.isBegun == false { begin(.words) }
            leaveContainer()
            isGapDue = containers.last?.isTight == false
        case MD_BLOCK_H:
            looks.removeLast()
            isPieceOpen = false
            isGapDue = true
        case MD_BLOCK_P, MD_BLOCK_HTML:
            isPieceOpen = false
            isGapDue = true
        case MD_BLOCK_CODE:
            if let code, !code.line.isEmpty { endCodeLine() }
            if let code { flow.endCode(lead: code.lead, source: code.source) }
            code = nil
            isGapDue = true
        case MD_BLOCK_TABLE:
            flow.tables[flow.tables.count - 1].cells.append(UInt32(flow.bytes.count))
            isInTable = false
            isPieceOpen = false
            isGapDue = true
        case MD_BLOCK_TH: looks.removeLast()
        default: break
        }
        return 0
    }

    private func enter(_ container: Container) {
        isPieceOpen = false
        containers.append(container)
    }

    private func leaveContainer() {
        isPieceOpen = false
        containers.removeLast()
    }

    private func enterItem(_ item: MD_BLOCK_LI_DETAIL?) {
        let isFirstOfAll = containers.last?.isBegun == false
        let list = containers.count - 1
        if !isFirstOfAll, containers[list].isTight { isGapDue = false }
        var marker = ["• ", "◦ ", "‣ "][(containers.count { $0.kind == .list } - 1) % 3]
        var copy = "- "
        if let number = containers[list].number {
            marker = "\(number)\(containers[list].delimiter == 0x29 ? ")" : ".") "
            copy = marker
            containers[list].number = number + 1
        }
        if let item, item.is_task != 0 {
            let isDone = item.task_mark != 0x20
            marker = isDone ? "☑ " : "☐ "
            copy = isDone ? "- [x] " : "- [ ] "
        }
        containers[list].isBegun = true
        let blanks = String(repeating: " ", count: Width.columns(of: marker))
        let look = context.look.adding(.listMarker)
        enter(
            Container(
                kind: .item, first: Flow.Lead.Part(text: marker, look: look, copy: copy),
                rest: Flow.Lead.Part(text: blanks, look: look, copy: blanks)))
    }

    private func enterCode(_ detail: MD_BLOCK_CODE_DETAIL?) {
        isPieceOpen = false
        var language = ""
        if let lang = detail?.lang, let text = lang.text, lang.size > 0 {
            let bytes = UnsafeBufferPointer(
                start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: Int(lang.size))
            language = Flow.language(bytes)
        }
        begin(.codeHead)
        append(language)
        // The head's own lead may have a list's marker; the lines below it have not.
        let last = flow.pieces.count - 1
        let source = Int(flow.pieces[last].source)
        code = ([], source, lead(), Highlighter(language: language))
    }

    private func enterCell(_ type: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) -> Int32 {
        let table = flow.tables.count - 1
        if type == MD_BLOCK_TH {
            let alignment: Alignment =
                switch detail?.assumingMemoryBound(to: MD_BLOCK_TD_DETAIL.self).pointee.align {
                case MD_ALIGN_CENTER: .center
                case MD_ALIGN_RIGHT: .right
                default: .left
                }
            flow.tables[table].alignments.append(alignment)
            looks.append(look.adding(.tableHeader))
        }
        flow.tables[table].cells.append(UInt32(flow.bytes.count))
        return flow.tables[table].cells.count > Self.mostCells ? -1 : 0
    }
}
