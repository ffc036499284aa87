// Shared between the .c files of this module; no curses here either.
#ifndef CTERMINAL_INTERNAL_H
#define CTERMINAL_INTERNAL_H

#include "CTerminal.h"

// description.c. A terminfo description in the form that the TERMINFO variable takes (`hex:…`): the current terminal's,
// changed. NULL if it cannot be made; the caller frees it.
char *terminal_describe(const char *type, bool direct_color, bool strikethrough);

// tty.c. Async-signal-safe: the fixed reset string and the terminal modes.
void terminal_tty_reset(void);

// capture.c. Async-signal-safe half of `terminal_capture_end`.
void terminal_capture_show(void);

// An unlinked file in memory, or on disk where there is none such; -1 on failure.
int terminal_anonymous_file(void);

#endif
