extension ReplyMachine {
    /// What an ended reply received is wanted no more: the buffers go, the verdict stays.
    mutating func discarded() {
        guard isOver else { return }
        text = []
        thinking = []
        seams = []
        records = []
        log = EventLog()
        meter = DeltaMeter()
        order.request.messages = []
    }
}
