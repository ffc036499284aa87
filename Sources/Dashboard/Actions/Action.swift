import Screen
import StreamEngine

/// A part of the screen that keys can go to.
public enum Pane: String, Sendable, CaseIterable {
    case input, transcript, streams, events

    var title: String {
        switch self {
        case .input: "Prompt"
        case .transcript: "Transcript"
        case .streams: "Streams"
        case .events: "Events"
        }
    }
}

/// Everything that the user can do by name: it has a place in the palette, in the help, and a key.
enum Action: String, Sendable, CaseIterable {
    // Prompt
    case send, newline, clearDraft, openEditor, searchHistory, undo
    // Streams
    case cancel, retry, retryNow, waitLonger, giveUp, otherWay, otherModel, regenerate, editPrompt
    case selectNext, selectPrevious, showReply, markStream, markAll, sortStreams, lanes, keepReply
    case previousAttempt, nextAttempt
    // Conversations and models
    case chooseModel, newConversation, switchConversation, nextTab, previousTab, closeTab
    case copyReply, copyCode, copyConversation, saveConversation
    // What went on
    case inspect, saveReport, previewPolicy
    // The flight recorder
    case record, pauseReplay, stepReplay
    // The demo's provider
    case faults, faultDrop, faultReset, faultStall, faultSlow, faultRateLimit, faultOverload, faultCorrupt, faultHeal
    case faultTarget, faultRetryLater, faultRetrySooner
    case tour
    // Reading
    case pageUp, pageDown, halfPageUp, halfPageDown, lineUp, lineDown, toTop, toBottom, toggleFold
    case search, nextMatch, previousMatch, previousMessage, nextMessage, previousCode, nextCode, showLateness
    case holdDisplay
    // Screen
    case focusNext, focusPrevious, help, palette, notices, chooseTheme, toggleMouse, reloadKeys, redraw, suspend, quit
    // Over the panes: lists, pages, searches, suggestions
    case take, complete, close
    // Within a line that is written: the prompt, a search, a filter
    case lineStart, lineEnd, characterLeft, characterRight, wordLeft, wordRight, textStart, textEnd
    case deleteBefore, deleteAfter, killLine, killLineBefore, killWordBefore, killWordAfter, yank, redo

    /// What an ``Editor`` does by itself. `kill-line` and `yank` are readline's words: what is killed can be put back.
    var isEditing: Bool { Self.editing.contains(self) }

    private static let editing: Set<Action> = [
        .lineStart, .lineEnd, .characterLeft, .characterRight, .wordLeft, .wordRight, .textStart, .textEnd,
        .deleteBefore, .deleteAfter, .killLine, .killLineBefore, .killWordBefore, .killWordAfter, .yank, .redo,
    ]

    /// It is done only over the panes, where what lies there says what it means.
    var isOverPanes: Bool { Self.overPanes.contains(self) }

    private static let overPanes: Set<Action> = [
        .take, .complete, .close, .faultTarget, .faultRetryLater, .faultRetrySooner,
    ]

    /// As a file of keys calls it: `retry-now`.
    var name: String {
        rawValue.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
    }

    init?(name: String) {
        guard let action = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = action
    }

    /// What it does, as the palette and the help say it.
    var title: String {
        switch self {
        case .send: "Send the prompt"
        case .newline: "New line in the prompt"
        case .clearDraft: "Clear the prompt (undo brings it back)"
        case .openEditor: "Write the prompt in $EDITOR"
        case .searchHistory: "Search what was sent before"
        case .undo: "Undo"
        case .cancel: "Cancel the selected stream"
        case .retry: "Retry the selected stream"
        case .retryNow: "Retry now, without waiting"
        case .waitLonger: "Wait 10 s longer"
        case .giveUp: "Give up; what was received stays"
        case .otherWay: "Choose another way to go on"
        case .otherModel: "Go on with another model, or ask it too"
        case .editPrompt: "Edit the prompt of this reply, and send it in its place"
        case .markStream: "Mark it, and go to the next: keys act on all marked"
        case .markAll: "Mark all streams, or none"
        case .sortStreams: "Sort the streams: newest, state, rate, cost, model"
        case .previousAttempt: "Tell of the attempt before"
        case .nextAttempt: "Tell of the next attempt, or of the last"
        case .lanes: "Replies to one prompt side by side, by one clock"
        case .keepReply: "Keep this reply: the conversation goes on from it"
        case .regenerate: "Ask the same again, beside this reply"
        case .selectNext: "Select the next stream"
        case .selectPrevious: "Select the previous stream"
        case .showReply: "Show the selected stream's reply"
        case .chooseModel: "Choose the model for the next prompt"
        case .newConversation: "New conversation"
        case .switchConversation: "Switch conversation"
        case .copyReply: "Copy what is selected, or the reply"
        case .copyCode: "Copy the last block of code"
        case .copyConversation: "Copy the whole conversation"
        case .saveConversation: "Write the conversation to a file"
        case .nextTab: "Next conversation"
        case .previousTab: "Previous conversation"
        case .closeTab: "Close this conversation's tab"
        case .inspect: "Inspect what goes over the wire, event by event"
        case .saveReport: "Save a report of the selected stream (secrets blacked out)"
        case .previewPolicy: "Preview the retries: waits and cost at worst"
        case .record: "Record what goes over the wire, or end the recording"
        case .pauseReplay: "Pause the replay, or go on"
        case .stepReplay: "Play the replay's next event"
        case .faults: "Break something: the fault console"
        case .faultDrop, .faultReset, .faultStall, .faultSlow, .faultRateLimit, .faultOverload, .faultCorrupt,
            .faultHeal:
            "Break: " + (fault?.title ?? "")
        case .faultTarget: "Break one stream or all (in the fault console)"
        case .faultRetryLater: "Let the next 429 ask for a second more (in the fault console)"
        case .faultRetrySooner: "Let the next 429 ask for a second less (in the fault console)"
        case .tour: "Play the tour"
        case .pageUp: "Page up"
        case .pageDown: "Page down"
        case .halfPageUp: "Half a page up"
        case .halfPageDown: "Half a page down"
        case .lineUp: "Up"
        case .lineDown: "Down"
        case .toTop: "To the beginning"
        case .toBottom: "To the end, and follow"
        case .toggleFold: "Fold or open thinking and failed takes"
        case .search: "Search the conversation"
        case .nextMatch: "To the next place found"
        case .previousMatch: "To the place found before"
        case .previousMessage: "Select the message before"
        case .nextMessage: "Select the next message"
        case .previousCode: "Select the block of code before"
        case .nextCode: "Select the next block of code"
        case .showLateness: "Show how late each piece of text came"
        case .holdDisplay: "Hold the display still, or let it go on"
        case .focusNext: "Next pane"
        case .focusPrevious: "Previous pane"
        case .help: "Help"
        case .palette: "All actions"
        case .notices: "Notices of this session"
        case .chooseTheme: "Choose a theme"
        case .toggleMouse: "Mouse on or off (off: the terminal selects text)"
        case .reloadKeys: "Read keys.toml anew"
        case .redraw: "Draw the screen anew"
        case .suspend: "Suspend to the shell"
        case .quit: "Quit"
        case .take: "Take or open what is chosen"
        case .complete: "Complete what is typed"
        case .close: "Close what lies over the panes"
        case .lineStart: "To the line's start"
        case .lineEnd: "To the line's end"
        case .characterLeft: "One character back"
        case .characterRight: "One character on"
        case .wordLeft: "One word back"
        case .wordRight: "One word on"
        case .textStart: "To the prompt's start"
        case .textEnd: "To the prompt's end"
        case .deleteBefore: "Delete the character before"
        case .deleteAfter: "Delete the character after"
        case .killLine: "Cut to the line's end"
        case .killLineBefore: "Cut to the line's start"
        case .killWordBefore: "Cut the word before"
        case .killWordAfter: "Cut the word after"
        case .yank: "Put back what was cut"
        case .redo: "Do again what was undone"
        }
    }

    /// One word or two for the footer.
    var short: String {
        switch self {
        case .send: "send"
        case .newline: "newline"
        case .clearDraft: "clear"
        case .openEditor: "editor"
        case .searchHistory: "history"
        case .undo: "undo"
        case .cancel: "cancel"
        case .retry: "retry"
        case .retryNow: "retry now"
        case .waitLonger: "wait 10 s"
        case .giveUp: "give up"
        case .otherWay: "other way"
        case .otherModel: "other model"
        case .editPrompt: "edit"
        case .markStream: "mark"
        case .markAll: "mark all"
        case .sortStreams: "sort"
        case .previousAttempt, .nextAttempt: "attempt"
        case .lanes: "lanes"
        case .keepReply: "keep"
        case .regenerate: "ask again"
        case .selectNext, .selectPrevious: "select"
        case .showReply: "show reply"
        case .chooseModel: "model"
        case .newConversation: "new"
        case .switchConversation: "switch"
        case .nextTab: "next tab"
        case .previousTab: "previous tab"
        case .closeTab: "close tab"
        case .copyReply, .copyConversation: "copy"
        case .copyCode: "copy code"
        case .saveConversation: "to a file"
        case .inspect: "inspect"
        case .saveReport: "report"
        case .previewPolicy: "policy"
        case .record: "record"
        case .pauseReplay: "pause"
        case .stepReplay: "step"
        case .faults: "break"
        case .faultDrop, .faultReset, .faultStall, .faultSlow, .faultRateLimit, .faultOverload, .faultCorrupt,
            .faultHeal:
            fault?.short ?? ""
        case .faultTarget: "one or all"
        case .faultRetryLater, .faultRetrySooner: "Retry-After"
        case .tour: "tour"
        case .pageUp, .pageDown: "page"
        case .halfPageUp, .halfPageDown: "half page"
        case .lineUp, .lineDown: "scroll"
        case .toTop: "top"
        case .toBottom: "follow"
        case .toggleFold: "fold"
        case .search: "search"
        case .nextMatch: "next"
        case .previousMatch: "before"
        case .previousMessage, .nextMessage: "message"
        case .previousCode, .nextCode: "code"
        case .showLateness: "how late"
        case .holdDisplay: "hold"
        case .focusNext, .focusPrevious: "focus"
        case .help: "help"
        case .palette: "actions"
        case .notices: "notices"
        case .chooseTheme: "theme"
        case .toggleMouse: "mouse"
        case .reloadKeys: "keys"
        case .redraw: "redraw"
        case .suspend: "suspend"
        case .quit: "quit"
        case .take: "take"
        case .complete: "complete"
        case .close: "close"
        case .lineStart, .lineEnd: "line"
        case .characterLeft, .characterRight: "character"
        case .wordLeft, .wordRight: "word"
        case .textStart, .textEnd: "text"
        case .deleteBefore, .deleteAfter: "delete"
        case .killLine, .killLineBefore, .killWordBefore, .killWordAfter: "cut"
        case .yank: "put back"
        case .redo: "redo"
        }
    }
}
