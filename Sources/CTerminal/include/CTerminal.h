// The terminal for Swift: ncursesw as a renderer, and the parts that must be C (signals, terminal modes, crash restore).
//
// No curses header here: its macros, variadics and globals do not import, and SwiftPM drops the feature macros that its
// wide-character half needs. One process has one terminal; all calls are made on the thread that opened it, except the
// handlers that this installs itself.
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: What is known of a terminal type

enum {
    TERMINAL_OK = 0,
    TERMINAL_UNKNOWN_TYPE = 1,  // no entry in the terminfo database
    TERMINAL_GENERIC_TYPE = 2,  // an entry for a family (dumb, unknown), or one that cannot place the cursor
    TERMINAL_NO_DATABASE = 3,
    TERMINAL_FAILED = 4,  // curses did not start: out of memory, usually
};

typedef struct {
    int32_t colors;          // 0 where it has none
    bool has_direct_color;   // the entry itself is one of the `-direct` kind
    bool has_strikethrough;  // `smxx`
    bool is_xterm_like;      // `XT`: takes xterm's titles and queries
    bool has_ansi_colors;    // its colours are SGR sequences
} terminal_traits;

int32_t terminal_look_up(const char *type, int32_t output, terminal_traits *traits);

// MARK: Drawing (drawing.c)

enum {
    TERMINAL_BOLD = 1,
    TERMINAL_DIM = 2,
    TERMINAL_ITALIC = 4,
    TERMINAL_UNDERLINE = 8,
    TERMINAL_REVERSE = 16,
    TERMINAL_STRIKETHROUGH = 32,
};

typedef struct {
    uint32_t base;  // 0 in the right half of a wide cell
    uint32_t mark1, mark2;
    int32_t pair;
    uint8_t attributes;
    uint8_t width;
} terminal_cell;

typedef struct {
    int32_t colors;  // 0 where it draws without
    int32_t pairs;   // usable pair numbers are 1 ..< pairs
    bool has_direct_color;
    bool has_strikethrough;
} terminal_screen;

// In a screen with direct colour the numbers below this are the palette's, and a colour is this + 0xRRGGBB.
#define TERMINAL_DIRECT_COLOR_BASE 16

// Starts curses for a terminal of this type. Nothing is sent: what curses writes is collected, see `terminal_take`.
// `direct_color` asks for 24-bit colour beyond what the type's entry says.
int32_t terminal_start(
    const char *type, int32_t rows, int32_t columns, bool direct_color, terminal_screen *screen);
void terminal_end(void);
void terminal_set_size(int32_t rows, int32_t columns);
// Colours: -1 is the terminal's own.
void terminal_define_pair(int32_t pair, int32_t foreground, int32_t background);
void terminal_put(int32_t row, int32_t column, const terminal_cell *cells, int32_t count);
// Negative = hidden.
void terminal_place_cursor(int32_t row, int32_t column);
// Makes the next update draw everything.
void terminal_forget(void);
// Makes the screen's bytes for what changed; returns whether there were any.
bool terminal_update(void);
// True for a cell whose columns curses would get wrong (it asks the C library). `terminal_put` leaves room for it; it is
// drawn after the update by `terminal_overlay`, whenever its row was touched.
bool terminal_needs_overlay(const terminal_cell *cell);
void terminal_overlay(int32_t row, int32_t column, const terminal_cell *cell, int32_t foreground, int32_t background);
// After the last overlay of an update.
void terminal_end_overlays(void);
// Leaves the alternate screen; the next update enters it again and draws everything.
void terminal_leave(void);
// The bytes made since the last call, valid until the next call of any of these.
const uint8_t *terminal_take(size_t *count);

// MARK: The tty, signals and the way back (tty.c, signals.c, capture.c)

// A process has one terminal at a time.
#define TERMINAL_BUSY 16

// All return 0, or an errno value; `terminal_tty_open` also TERMINAL_BUSY.
int32_t terminal_tty_open(int32_t input, int32_t output);
void terminal_tty_close(void);
int32_t terminal_tty_input(void);
int32_t terminal_tty_output(void);
int32_t terminal_tty_raw(void);
int32_t terminal_tty_cooked(void);
void terminal_tty_discard_input(void);
// 0 × 0 where the terminal does not say.
void terminal_tty_size(int32_t *rows, int32_t *columns);
// Bytes read, 0 = nothing there now, -1 = the terminal is gone. Does not wait.
int64_t terminal_tty_read(uint8_t *bytes, size_t capacity);
// Bytes written (0 = it takes none now), -1 = the terminal is gone. Waits at most `timeout` milliseconds for each piece.
int64_t terminal_tty_write(const uint8_t *bytes, size_t count, int32_t timeout);

enum {
    TERMINAL_SIGNAL_SIZE = 1,        // SIGWINCH
    TERMINAL_SIGNAL_CONTINUED = 2,   // SIGCONT
    TERMINAL_SIGNAL_TERMINATE = 4,   // SIGTERM
    TERMINAL_SIGNAL_HANGUP = 8,      // SIGHUP
    TERMINAL_SIGNAL_INTERRUPT = 16,  // SIGINT, from outside: no key makes it
    TERMINAL_SIGNAL_SUSPEND = 32,    // SIGTSTP, likewise
};

int32_t terminal_signals_install(void);
void terminal_signals_remove(void);
// Readable when a signal came.
int32_t terminal_signals_descriptor(void);
// The signals since the last call; empties the descriptor.
uint32_t terminal_signals_take(void);
// While an external program has the terminal, an interrupt is its own and not ours.
void terminal_signals_ignore_interrupts(bool ignore);
// Stops the process group as Ctrl-Z does; returns when it goes on.
void terminal_stop(void);

// From here on, until `false`, every way out (exit, a crash, a second SIGTERM) resets the terminal first.
void terminal_guard(bool on);

// What is written to stderr is kept instead of tearing the screen (only where stderr is a terminal).
void terminal_capture_begin(void);
// Gives stderr back and writes what was kept there: the end of it if it is long, without control characters.
void terminal_capture_end(void);
// Keeps the kept text bounded; cheap.
void terminal_capture_trim(void);

#endif
