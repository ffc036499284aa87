// ncursesw as a renderer. It writes into an anonymous file instead of the terminal: so a frame is one write of ours, it
// is known whether a frame had any bytes, synchronized output can enclose it, and a terminal that is gone or slow is
// seen, all of which curses would hide.

#define _GNU_SOURCE
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include "internal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#undef columns  // one of term.h's many macros

// Shown by curses where an overlay is to come: looks like a space, and differs from one, so that curses erases it.
#define PLACEHOLDER 0xA0

static SCREEN *screen;
static FILE *sink, *source;
static char *entry, **entries;  // an environment of ours, see `start_described`
static cchar_t *line;  // one row, as long as the screen is wide
static int32_t line_capacity;
static bool strikes;
static int32_t cursor_row = -1, cursor_column;

static uint8_t *output;
static size_t output_count, output_capacity;
static bool output_is_taken;

// MARK: Output

static void reserve_output(size_t count) {
    if (output_is_taken) {
        output_count = 0;
        output_is_taken = false;
    }
    if (output_count + count <= output_capacity) return;
    size_t capacity = (output_count + count) * 2;
    uint8_t *grown = realloc(output, capacity);
    if (!grown) abort();  // a few kilobytes
    output = grown;
    output_capacity = capacity;
}

static void append_text(const void *bytes, size_t count) {
    reserve_output(count);
    memcpy(output + output_count, bytes, count);
    output_count += count;
}

static int append_char(int byte) {
    uint8_t value = (uint8_t)byte;
    append_text(&value, 1);
    return byte;
}

static void append_capability(const char *capability) {
    if (capability) tputs(capability, 1, append_char);
}

static void append_address(int32_t row, int32_t column) { append_capability(tiparm(cursor_address, row, column)); }

// Moves what curses wrote into `output`; returns how many bytes.
static size_t collect(void) {
    fflush(sink);
    int descriptor = fileno(sink);
    off_t size = lseek(descriptor, 0, SEEK_CUR);
    if (size <= 0) return 0;
    reserve_output((size_t)size);
    size_t done = 0;
    while (done < (size_t)size) {
        ssize_t count = pread(descriptor, output + output_count + done, (size_t)size - done, (off_t)done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        done += (size_t)count;
    }
    output_count += done;
    lseek(descriptor, 0, SEEK_SET);
    if (ftruncate(descriptor, 0) != 0) return done;
    return done;
}

const uint8_t *terminal_take(size_t *count) {
    reserve_output(0);
    *count = output_count;
    output_is_taken = true;
    return output;
}

// MARK: Start and end

// Weir speaks UTF-8, whatever the locale says: in the C locale the C library knows no width of anything beyond ASCII.
static void use_utf8(void) {
    if (setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return;
    if (setlocale(LC_CTYPE, "C.UTF-8")) return;
    setlocale(LC_CTYPE, "en_US.UTF-8");
}

int32_t terminal_look_up(const char *type, int32_t descriptor, terminal_traits *traits) {
    // Curses takes a long name for a missing database.
    if (strlen(type) > 128) return TERMINAL_UNKNOWN_TYPE;
    int status = 0;
    TERMINAL *before = cur_term;
    if (setupterm(type, descriptor, &status) != OK) {
        return status == -1 ? TERMINAL_NO_DATABASE : status == 1 ? TERMINAL_GENERIC_TYPE : TERMINAL_UNKNOWN_TYPE;
    }
    const char *address = tigetstr("cup"), *clear = tigetstr("clear");
    const char *color = tigetstr("setaf"), *strike = tigetstr("smxx");
    bool is_addressable = address && address != (char *)-1 && clear && clear != (char *)-1;
    int32_t colors = tigetnum("colors");
    traits->colors = colors < 8 ? 0 : colors;
    traits->has_direct_color = tigetflag("RGB") == 1;
    traits->has_strikethrough = strike && strike != (char *)-1;
    traits->is_xterm_like = tigetflag("XT") == 1;
    traits->has_ansi_colors = color && color != (char *)-1 && strncmp(color, "\033[", 2) == 0;
    bool is_generic = tigetflag("gn") == 1;
    TERMINAL *mine = cur_term;
    set_curterm(before);
    del_curterm(mine);
    return is_addressable && !is_generic ? TERMINAL_OK : TERMINAL_GENERIC_TYPE;
}

// `newterm` with a description of ours in TERMINFO. The environment is exchanged for a longer copy while it runs, which is
// freed only at the end: `setenv` would move the array under the feet of a thread that reads it.
static SCREEN *start_described(const char *type, char *description) {
    extern char **environ;
    static const char name[] = "TERMINFO=";
    size_t count = 0, kept = 0;
    while (environ[count]) count++;
    entry = malloc(sizeof name + strlen(description));
    entries = malloc((count + 2) * sizeof *entries);
    if (!entry || !entries) return NULL;
    strcpy(entry, name);
    strcat(entry, description);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], name, sizeof name - 1) != 0) entries[kept++] = environ[i];
    }
    entries[kept++] = entry;
    entries[kept] = NULL;
    char **before = environ;
    environ = entries;
    SCREEN *found = newterm(type, sink, source);
    environ = before;
    return found;
}

static void close_files(void) {
    if (sink) fclose(sink);
    if (source) fclose(source);
    sink = source = NULL;
}

int32_t terminal_start(
    const char *type, int32_t rows, int32_t columns, bool direct_color, terminal_screen *result) {
    use_utf8();
    // LINES and COLUMNS in the environment would win over the real size. The second call is for entries without a size
    // (linux), which curses refuses otherwise.
    use_env(FALSE);
    use_tioctl(TRUE);
    int descriptor = terminal_anonymous_file();
    sink = descriptor < 0 ? NULL : fdopen(descriptor, "w+");
    source = fopen("/dev/null", "re");
    if (!sink || !source) {
        if (!sink && descriptor >= 0) close(descriptor);
        close_files();
        return TERMINAL_FAILED;
    }

    terminal_traits traits;
    int32_t status = terminal_look_up(type, descriptor, &traits);
    if (status != TERMINAL_OK) {
        close_files();
        return status;
    }
    direct_color = direct_color && !traits.has_direct_color && traits.has_ansi_colors;
    strikes = false;
    if (direct_color || traits.has_strikethrough) {
        TERMINAL *before = cur_term;
        int ignored = 0;
        char *description = NULL;
        if (setupterm(type, descriptor, &ignored) == OK) {
            description = terminal_describe(type, direct_color, traits.has_strikethrough);
            TERMINAL *mine = cur_term;
            set_curterm(before);
            del_curterm(mine);
        }
        screen = description ? start_described(type, description) : NULL;
        // A curses that does not know descriptions in TERMINFO finds the terminal's own entry instead, `smxx` and all.
        const char *strike = screen ? tigetstr("smxx") : NULL;
        strikes = screen && traits.has_strikethrough && (!strike || strike == (char *)-1);
        free(description);
    }
    if (!screen) screen = newterm(type, sink, source);
    if (!screen) {
        close_files();
        return TERMINAL_FAILED;
    }

    typeahead(-1);  // or curses stops drawing whenever it thinks that a key waits
    nonl();
    noecho();
    idcok(stdscr, FALSE);  // overlays are not where curses thinks that they are
    bool has_colors_now = has_colors() && start_color() == OK && use_default_colors() == OK;
    result->colors = has_colors_now ? COLORS : 0;
    result->pairs = has_colors_now ? COLOR_PAIRS : 0;
    result->has_direct_color = direct_color && result->colors == TERMINAL_DIRECT_COLOR_BASE + 0x1000000;
    result->has_strikethrough = strikes;
    terminal_set_size(rows, columns);
    return TERMINAL_OK;
}

void terminal_end(void) {
    if (!screen) return;
    if (!isendwin()) endwin();
    collect();
    delscreen(screen);
    screen = NULL;
    close_files();
    free(entry);
    free(entries);
    entry = NULL;
    entries = NULL;
    free(line);
    line = NULL;
    line_capacity = 0;
    cursor_row = -1;
}

void terminal_set_size(int32_t rows, int32_t columns) {
    resize_term(rows, columns);
    if (columns > line_capacity) {
        cchar_t *grown = realloc(line, (size_t)columns * sizeof *line);
        if (!grown) abort();
        line = grown;
        line_capacity = columns;
    }
    terminal_forget();
    if (isendwin() || !change_scroll_region) return;
    // Curses set the scrolling region when it started, to the size in the terminal's description, for the sink has none of
    // its own. What it holds back goes first; then the cursor is at home, where the new region leaves it too.
    wnoutrefresh(stdscr);
    doupdate();
    collect();
    append_capability(tiparm(change_scroll_region, 0, rows - 1));
    terminal_forget();
}

void terminal_forget(void) {
    werase(stdscr);
    clearok(stdscr, TRUE);
}

void terminal_leave(void) {
    if (!isendwin()) endwin();
    collect();
}

// MARK: Cells

void terminal_define_pair(int32_t pair, int32_t foreground, int32_t background) {
#ifdef NCURSES_EXT_COLORS
    init_extended_pair(pair, foreground, background);
#else
    init_pair((short)pair, (short)foreground, (short)background);
#endif
}

static attr_t curses_attributes(uint8_t attributes) {
    attr_t result = A_NORMAL;
    if (attributes & TERMINAL_BOLD) result |= A_BOLD;
    if (attributes & TERMINAL_DIM) result |= A_DIM;
    if (attributes & TERMINAL_ITALIC) result |= A_ITALIC;
    if (attributes & TERMINAL_UNDERLINE) result |= A_UNDERLINE;
    if (attributes & TERMINAL_REVERSE) result |= A_REVERSE;
    if (strikes && (attributes & TERMINAL_STRIKETHROUGH)) result |= A_BLINK;
    return result;
}

static void set_cell(cchar_t *target, const wchar_t *text, attr_t attributes, int32_t pair) {
#ifdef NCURSES_EXT_COLORS
    int extended = pair;
    setcchar(target, text, attributes, 0, &extended);
#else
    setcchar(target, text, attributes, (short)pair, NULL);
#endif
}

bool terminal_needs_overlay(const terminal_cell *cell) {
    if (cell->base < 0x300 && !cell->mark1) return false;
    if (cell->width == 0) return false;
    return wcwidth((wchar_t)cell->base) != cell->width || (cell->mark1 && wcwidth((wchar_t)cell->mark1) != 0)
        || (cell->mark2 && wcwidth((wchar_t)cell->mark2) != 0);
}

void terminal_put(int32_t row, int32_t column, const terminal_cell *cells, int32_t count) {
    if (row < 0 || row >= LINES || column < 0 || column >= COLS) return;
    if (count > COLS - column) count = COLS - column;
    int32_t made = 0;
    for (int32_t i = 0; i < count;) {
        const terminal_cell *cell = &cells[i];
        attr_t attributes = curses_attributes(cell->attributes);
        wchar_t text[4] = {0};
        int32_t width = cell->width == 2 ? 2 : 1;
        if (i + width > count || cell->width == 0 || cell->base == PLACEHOLDER) {
            // Half of a wide cell has nothing to show.
            width = 1;
            text[0] = L' ';
        } else if (terminal_needs_overlay(cell)) {
            text[0] = PLACEHOLDER;
            if (width == 2) set_cell(&line[made++], text, attributes, cell->pair);
        } else {
            text[0] = (wchar_t)cell->base;
            text[1] = (wchar_t)cell->mark1;
            text[2] = (wchar_t)cell->mark2;
        }
        set_cell(&line[made++], text, attributes, cell->pair);
        i += width;
    }
    mvadd_wchnstr(row, column, line, made);
}

void terminal_place_cursor(int32_t row, int32_t column) {
    bool is_shown = row >= 0 && row < LINES && column >= 0 && column < COLS;
    curs_set(is_shown ? 1 : 0);
    cursor_row = is_shown ? row : -1;
    cursor_column = column;
    if (is_shown) move(row, column);
}

bool terminal_update(void) {
    if (cursor_row >= 0) move(cursor_row, cursor_column);
    wnoutrefresh(stdscr);
    doupdate();
    return collect() > 0;
}

// MARK: Overlays

// Curses leaves the terminal without attributes and the cursor at its place, and finds both so again.
void terminal_overlay(int32_t row, int32_t column, const terminal_cell *cell, int32_t foreground, int32_t background) {
    if (row < 0 || row >= LINES || column < 0 || column + cell->width > COLS) return;
    char text[3 * MB_LEN_MAX];
    size_t count = 0;
    const uint32_t scalars[] = {cell->base, cell->mark1, cell->mark2};
    for (int i = 0; i < 3 && scalars[i]; i++) {
        mbstate_t state = {0};
        size_t size = wcrtomb(text + count, (wchar_t)scalars[i], &state);
        if (size == (size_t)-1) return;
        count += size;
    }
    append_address(row, column);
    append_capability(exit_attribute_mode);
    static const struct {
        uint8_t attribute;
        const char *name;
    } capabilities[] = {
        {TERMINAL_BOLD, "bold"}, {TERMINAL_DIM, "dim"}, {TERMINAL_ITALIC, "sitm"}, {TERMINAL_UNDERLINE, "smul"},
        {TERMINAL_REVERSE, "rev"},
    };
    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++) {
        if (!(cell->attributes & capabilities[i].attribute)) continue;
        const char *capability = tigetstr((char *)capabilities[i].name);
        if (capability != (char *)-1) append_capability(capability);
    }
    if (strikes && (cell->attributes & TERMINAL_STRIKETHROUGH)) append_capability(enter_blink_mode);
    if (foreground >= 0 && set_a_foreground) append_capability(tiparm(set_a_foreground, foreground));
    if (background >= 0 && set_a_background) append_capability(tiparm(set_a_background, background));
    // First both columns are cleared: a terminal that takes the character for a narrow one leaves the second alone.
    if (cell->width == 2) {
        append_text("  ", 2);
        append_address(row, column);
    }
    append_text(text, count);
}

void terminal_end_overlays(void) {
    append_capability(exit_attribute_mode);
    int row = cursor_row, column = cursor_column;
    if (row < 0) getyx(curscr, row, column);
    append_address(row, column);
}
