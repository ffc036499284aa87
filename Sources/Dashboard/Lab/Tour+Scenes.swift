extension Tour {
    /// Five lines at most in a window of 80 columns; the short ones three in one of 40. Keys stand in them by their
    /// actions' names, see ``Keymap/spelled(_:in:)``.
    static let scenes = [
        Scene(
            title: "An unreliable provider",
            told: (
                "The provider inside this program breaks when it is told to. Four times, each said before it happens; "
                    + "then look where the arrow points. No key, no network; the dollars are play money.",
                "The provider in this program breaks on order: four times, each time told before."
            )),
        Scene(
            title: "A connection is reset",
            told: (
                "A question is asked, and in the middle of the answer its connection is reset, perhaps within a word: "
                    + "what a Wi-Fi does that changes its mind.",
                "A question is asked; in mid-answer its connection is reset."
            ),
            question: "How do rivers shape the land?", during: [.reset], holds: true,
            shown: (
                "Gone, and what had come is kept. The panel tells what happens now: a bar to the next attempt, how long "
                    + "it is and why (ten seconds are added here, so that you can look), and how the answer will go on.",
                "Gone; what had come is kept. The bar runs to the next attempt."
            ), pointer: .wait),
        Scene(
            title: "Nothing lost, nothing twice",
            told: (
                "The next attempt takes with it the part that was here, and goes on behind it. The dotted line in the "
                    + "text is the seam; words that came twice are trimmed there.",
                "The next attempt takes the part along. The dotted line is the seam."
            ), pointer: .seam),
        Scene(
            title: "Too many requests",
            told: (
                "Next, the question is answered with 429 and Retry-After: 8. The wait is then no guess of ours: the "
                    + "server has said when.",
                "Next: 429, Retry-After 8. The server says when to come back."
            ),
            question: "Why is the sea salt?", before: [.rateLimit(retryAfter: 8)],
            shown: (
                "The wait is the server's own eight seconds, and nothing is added to it. {focus-next} to the streams: "
                    + "{retry-now} asks at once, {wait-longer} waits longer, {give-up} gives up, {other-model} takes "
                    + "another model.",
                "The server's own eight seconds. {focus-next}, then {retry-now}: ask at once; {wait-longer}: later."
            ), pointer: .wait),
        Scene(
            title: "Silence",
            told: (
                "Next, an answer falls silent for twelve seconds, and nobody closes anything. Slow is not broken, but who "
                    + "waits wants to know.",
                "Next, an answer falls silent for twelve seconds. Nothing is closed."
            ),
            question: "What is a weir for?", during: [.stall(seconds: 12)], effect: .ordered,
            shown: (
                "The lamp tells text, thinking, keep-alives and silence apart, and since when. Below it are the clocks "
                    + "that end an attempt. Here it goes on by itself.",
                "The lamp tells text, keep-alives and silence apart, and since when."
            ), pointer: .lamp),
        Scene(
            title: "Overload",
            told: (
                "Last, the provider is overloaded: twice 529, come back some time. Each wait is twice the last, with some "
                    + "chance in it, so that not all come back at once.",
                "Last: twice 529. Each wait is twice the last, and a little chance."
            ),
            question: "Why do clouds not fall?", before: [.overload(count: 2)],
            effect: .waiting(after: 2),
            shown: (
                "The first line counts the attempts, the line below it draws them: each with its wait and its end. What "
                    + "broken attempts cost is never forgotten.",
                "The attempts are counted, and drawn with their waits."
            ), pointer: .state),
        Scene(
            title: "Now you",
            told: (
                "That was all of it. Type a question: the demo's own story begins with it. {faults} breaks what you like, "
                    + "for one stream or for all, and {tour} plays this again.",
                "Type a question. {faults} breaks what you like; {tour} plays this again."
            )),
    ]
}
