/// What replies are built from. In a text `%t` stands for the beginning of the prompt and `%w` for one of its words.
enum Stock {
    /// The first paragraph.
    static let openings = [
        """
        You asked: “%t”. This reply knows little of that, but it knows how a long answer travels from there to here, and \
        what can happen to it on the way.
        """,
        """
        “%t” makes a good test for a stream: long enough to be cut in the middle, and plain enough that you would notice \
        if a word went missing.
        """,
        """
        Take “%t” as the water and this reply as the river. Somewhere between the spring and your screen there is a weir, \
        and today somebody is playing with its gates.
        """,
        """
        Let us look at “%t” the way a hydrologist would: not at the water, but at what the water does when something \
        stands in its way.
        """,
        """
        Every question deserves an answer that arrives whole. Yours was “%t”, so here is one that was made to be \
        interrupted, and to survive it.
        """,
        """
        There is a short answer to “%t” and a long one. The short one fits into a single packet and teaches nothing; here \
        is the long one, word by word.
        """,
        """
        Before we come to “%t”, a word about how you are reading this: not as a page, but as a few hundred small events, \
        each of which could have been the last.
        """,
        """
        “%t” — an answer to that could simply be sent as one block. It is sent as a stream instead, because people like \
        to read while others are still writing.
        """,
    ]

    static let headings = [
        "What a weir does", "From the spring to the screen", "Where the stream breaks", "Silence is not the end",
        "Waiting well", "Picking up the thread", "Why order matters", "What the client remembers",
        "The arithmetic of patience", "Reading the water", "Slow is not broken", "A word about %w",
        "How %w gets here", "What to watch for",
    ]

    /// Two or three sentences that belong together.
    static let passages = [
        """
        A weir does not stop a river; it steadies it, so that what comes over the crest can be measured. Upstream the \
        water may rise and fall, but below the weir a reader sees one even sheet.
        """,
        """
        The level above the crest tells how much is flowing, and that is all the instrument there is. When the flow \
        stops, the first question is whether the river is dry or the gate is shut.
        """,
        """
        Whatever there is to say of **%w**, it comes one token at a time, and every token could be the last. Think of it \
        as a leaf on the water: you do not see the current, only where the leaf is now.
        """,
        """
        A reply about *%w* is no different from any other: it begins, it flows, and with luck it ends. Each event carries \
        a word or two, a comma, sometimes only a line end.
        """,
        """
        The bytes arrive in whatever pieces the network likes, and a character may well be cut in two. A careful client \
        keeps the half it has and waits for the rest before it shows anything.
        """,
        """
        A connection can end politely, with a final chunk, or rudely, with a reset in the middle of a word. The polite \
        end is the more dangerous one, because it looks exactly like success.
        """,
        """
        Only a stop reason says that the writer has finished; a closed socket says that the line is dead. Nothing is lost \
        as long as somebody remembers the last byte that was safe.
        """,
        """
        After a failure the worst thing to do is to knock again at once, together with everybody else. So the client \
        waits a second, then two, then four, and adds a little chance to each wait.
        """,
        """
        That bit of chance in every wait keeps a thousand clients from coming back in the same instant. And if the server \
        says when to return, one does not return earlier.
        """,
        """
        A wait with a number on it is easy to bear; a wait without one feels like a fault. So let the seconds be counted \
        down where everyone can see them.
        """,
        """
        When the stream comes back it may repeat its last words, as a speaker does who was interrupted. The reader should \
        see them once, so the end of the old text is laid over the beginning of the new.
        """,
        """
        The seam stays visible to those who look for it, and the sentence still reads as one. Half of *%w* is worth \
        keeping: it was paid for, and somebody has already read it.
        """,
        """
        Pings prove that the line is alive, not that anyone is writing on it. A clock that is reset by every ping will \
        wait for ever beside a spring that has run dry.
        """,
        """
        There are five clocks in a patient client, and each of them answers a different question. The one that counts for \
        the reader starts with the request and stops at the first word.
        """,
        """
        Slow water is still water: three words in a second are better than an error message. What looks like a stall is \
        often only thought, and a minute of it can be well spent.
        """,
        """
        If **%w** were a barrel of apples, the stream would hand them over one by one and count aloud. The count matters, \
        because tokens cost money even when the reply never arrives.
        """,
        """
        An attempt that failed is not erased; it is put aside, dimmed, with its price beside it. Nobody minds a broken \
        stream half as much as a broken stream that pretends to be whole.
        """,
        """
        In the end the text is the same, to the byte, whether it came in one piece or in five. That is the promise: %w, \
        complete, or an honest word that it is not.
        """,
        """
        Good engineering here is mostly bookkeeping: what was sent, what came, what is still owed. The keeper of the gate \
        writes everything down, for the river remembers nothing.
        """,
        """
        There is an old rule on the river: never open two gates at once. The same holds for a client that reconnects \
        while the first stream, with half of %w in it, may still be running.
        """,
    ]

    /// Lists, one item a line.
    static let lists = [
        [
            "- **Reset.** The peer is gone in mid-word; what came before is yours to keep.",
            "- **Silence.** The line is open and nothing moves; only a clock can tell.",
            "- **Overload.** The server says so itself, at times in the middle of `%w`.",
            "- **A clean end.** The quietest fault of all: no stop reason, no error, no more text.",
        ],
        [
            "1. Keep every byte that was shown.",
            "2. Wait as long as you were told to, or a little longer than last time.",
            "3. Ask again, and say where you stopped.",
            "4. Lay the new text over the old one and trim what is said twice.",
        ],
        [
            "- *Connecting* takes milliseconds, unless it takes seconds.",
            "- *Waiting* ends with the first token, and that is the number people remember.",
            "- *Streaming* has a rate, and the gaps between the words have a tail.",
            "- *Backing off* has a deadline; a good panel counts it down.",
        ],
        [
            "- Headers first: they say how many requests are left, and until when.",
            "- Then the role, then %w, then the rest of the words.",
            "- Last the usage, if nothing went wrong on the way.",
        ],
        [
            "1. **Measure** the level above the crest.",
            "2. **Open** the gate a little, not all at once.",
            "3. **Watch** what comes downstream, above all about %w.",
            "4. **Write** it down, with the time.",
        ],
    ]

    static let tables = [
        [
            "| sign | meaning | what to do |", "| --- | --- | --- |", "| `429` | too many requests | wait as told |",
            "| `529` | overloaded | wait, then try again |", "| reset | the line broke | continue from the last word |",
        ],
        [
            "| clock | started by | stopped by |", "| --- | --- | ---: |", "| connect | the request | the handshake |",
            "| first byte | the handshake | the headers |", "| idle | any byte | the next byte |",
        ],
        [
            "| attempt | wait | after that |", "| :---: | ---: | --- |", "| 1 | 0 s | broken in mid-word |",
            "| 2 | 1.3 s | told to wait |", "| 3 | 3.0 s | %w, to the end |",
        ],
        [
            "| weir | stream |", "| --- | --- |", "| crest | last safe byte |", "| pool | buffer |",
            "| gate | back-pressure |", "| flood | %w, all at once |",
        ],
    ]

    /// Introduces a block of code.
    static let codeIntroductions = [
        "In code the idea is small enough to fit on a card:", "Written down, with the names that a client would use:",
        "Here is the heart of it, without the plumbing:",
    ]

    static let code = [
        [
            "```swift", "func delay(attempt: Int, base: Double = 1) -> Double {",
            "    let wait = base * Double(1 << min(attempt, 6))", "    return min(60, wait + .random(in: 0...0.5))",
            "}",
            "```",
        ],
        [
            "```swift", "var kept = \"\"", "for try await delta in stream {", "    kept += delta.text",
            "    if delta.stopReason != nil { return kept }", "}", "throw StreamError.incomplete(kept)", "```",
        ],
        [
            "```swift", "/// The longest end of `old` that `new` begins with.",
            "func overlap(_ old: [UInt8], _ new: [UInt8]) -> Int {",
            "    stride(from: min(old.count, new.count), through: 0, by: -1)",
            "        .first { new.starts(with: old.suffix($0)) } ?? 0", "}", "```",
        ],
        [
            "```swift", "switch failure {", "case .reset, .overloaded: retry(after: backoff.next())",
            "case .tooManyRequests(let wait): retry(after: wait)", "case .badKey: giveUp(\"check the key\")", "}",
            "```",
        ],
    ]

    /// What a byte is not a character in.
    static let foreign = [
        "In Japanese one says 七転び八起き — fall seven times, rise eight 🌊 — and every one of those signs is three bytes long.",
        "A Chinese proverb puts it as 水滴石穿: dripping water wears through stone 💧. A slow stream is a stream.",
        "Engineers call it 재연결, reconnecting; the ferryman 🚣🏽‍♀️ just calls it Tuesday.",
        "Three families 👨‍👩‍👧‍👦 read this at once, one of them in 日本語, and none may see half a sign.",
        "The keeper 👩‍🔧 of the weir writes 今日は水が多い (“much water today”) and opens the second gate 🌊.",
        "Mind the little ones: é is one sign, 川 is one sign, and 🧑‍🚒 is three that hold hands.",
    ]

    static let closings = [
        "How retries are meant to be spaced is written in [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#name-retry-after), and the rest is practice.",
        "If you want the rules of the stream itself, they are in the [standard](https://html.spec.whatwg.org/multipage/server-sent-events.html); they fit on two pages.",
        "That is all there is to “%t”, and if you read it without a gap, the weir has done its work. More on [weirs](https://en.wikipedia.org/wiki/Weir).",
        "So much for %w. Break the stream once more, if you like, and read this [again](https://en.wikipedia.org/wiki/Exponential_backoff): it will say the same.",
    ]

    /// What comes before the text where thinking is asked for.
    static let thoughts = [
        "The user wants to know about “%t”.", "Let me see what is really being asked here.",
        "I could begin with %w, but a picture would help more.",
        "A weir is a good picture: it measures by letting through.",
        "I should say what breaks before I say how it is mended.", "A short table would make the cases plain.",
        "Code, too, but only a few lines.", "The order should be: the river, the break, the wait, the seam.",
        "I must not promise what the network cannot keep.",
        "Some signs of other scripts would show whether bytes get lost.",
        "That should be enough; now to write it down.",
    ]
}
