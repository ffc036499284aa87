// A terminfo description made from the terminal's own, so that curses can draw what the entry does not say:
//
// - 24-bit colour. Curses has it only for entries with the extended capability `RGB` (the `-direct` ones, which are in
//   packages that are seldom installed). Theirs give the colours 0 to 7 two meanings; ours keeps 0 to 15 for the
//   palette and puts 0xRRGGBB at 16 and up.
// - Strikethrough, for which curses has no attribute: it takes the place of blinking, which nobody wants.
//
// The compiled form is that of term(5), "extended number format". Curses reads it from TERMINFO=hex:… (since 6.1), so no
// file is written.

#define _GNU_SOURCE
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include "internal.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

#define SET_COLOR(plane, bright) \
    "\033[%?%p1%{8}%<%t" plane "%p1%d%e%p1%{16}%<%t" bright "%p1%{8}%-%d%e" plane \
    "8;2;%p1%{16}%-%{65536}%/%d;%p1%{16}%-%{256}%/%{255}%&%d;%p1%{16}%-%{255}%&%d%;m"

typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
    bool failed;
} buffer;

static void append(buffer *target, const void *bytes, size_t count) {
    if (target->count + count > target->capacity) {
        size_t capacity = (target->count + count) * 2;
        uint8_t *grown = realloc(target->bytes, capacity);
        if (!grown) {
            target->failed = true;
            return;
        }
        target->bytes = grown;
        target->capacity = capacity;
    }
    memcpy(target->bytes + target->count, bytes, count);
    target->count += count;
}

static void append_byte(buffer *target, uint8_t byte) { append(target, &byte, 1); }

static void append16(buffer *target, int32_t value) {
    append_byte(target, (uint8_t)(value & 0xFF));
    append_byte(target, (uint8_t)(value >> 8 & 0xFF));
}

static void append32(buffer *target, int32_t value) {
    append16(target, value & 0xFFFF);
    append16(target, value >> 16 & 0xFFFF);
}

static void pad_even(buffer *target) {
    if (target->count % 2) append_byte(target, 0);
}

static int32_t names_count(NCURSES_CONST char *const *names) {
    int32_t count = 0;
    while (names[count]) count++;
    return count;
}

static bool is(const char *name, const char *const *list) {
    for (; *list; list++) {
        if (strcmp(name, *list) == 0) return true;
    }
    return false;
}

// `sgr` with blinking replaced. NULL if blinking cannot be found: curses then uses the single capabilities.
static char *strikethrough_sgr(const char *sgr) {
    static const char blink[] = "%?%p4%t;5%;";
    const char *found = strstr(sgr, blink);
    char *result = found ? strdup(sgr) : NULL;
    if (result) result[found - sgr + 8] = '9';
    return result;
}

char *terminal_describe(const char *type, bool direct_color, bool strikethrough) {
    // Changing palette entries makes no sense with direct colour. We decode keys ourselves, and nobody draws long runs
    // of one ASCII character, while terminals exist that say `rep` and do not know it.
    static const char *const dropped[] = {"ccc", "hls", "initc", "initp", "oc", "scp", "rep", NULL};
    int32_t booleans = names_count(boolnames), numbers = names_count(numnames), strings = names_count(strnames);
    buffer entry = {0}, table = {0};

    append16(&entry, 01036);
    append16(&entry, (int32_t)strlen(type) + 1);
    append16(&entry, booleans);
    append16(&entry, numbers);
    append16(&entry, strings);
    size_t table_size_at = entry.count;
    append16(&entry, 0);
    append(&entry, type, strlen(type) + 1);

    for (int32_t i = 0; i < booleans; i++) {
        NCURSES_CONST char *name = boolnames[i];
        append_byte(&entry, !is(name, dropped) && tigetflag(name) == 1);
    }
    pad_even(&entry);

    for (int32_t i = 0; i < numbers; i++) {
        NCURSES_CONST char *name = numnames[i];
        int32_t value = tigetnum(name);
        if (direct_color && strcmp(name, "colors") == 0) value = TERMINAL_DIRECT_COLOR_BASE + 0x1000000;
        if (direct_color && strcmp(name, "pairs") == 0) value = 0x10000;
        append32(&entry, value < 0 ? -1 : value);
    }

    for (int32_t i = 0; i < strings; i++) {
        NCURSES_CONST char *name = strnames[i];
        const char *value = name[0] == 'k' || is(name, dropped) ? NULL : tigetstr(name);
        if (value == (char *)-1) value = NULL;
        char *owned = NULL;
        if (direct_color && strcmp(name, "setaf") == 0) value = SET_COLOR("3", "9");
        if (direct_color && strcmp(name, "setab") == 0) value = SET_COLOR("4", "10");
        if (strikethrough && strcmp(name, "blink") == 0) value = tigetstr("smxx");
        if (strikethrough && value && strcmp(name, "sgr") == 0) value = owned = strikethrough_sgr(value);
        append16(&entry, value ? (int32_t)table.count : -1);
        if (value) append(&table, value, strlen(value) + 1);
        free(owned);
    }
    append(&entry, table.bytes, table.count);
    if (!entry.failed) {
        entry.bytes[table_size_at] = table.count & 0xFF;
        entry.bytes[table_size_at + 1] = table.count >> 8 & 0xFF;
    }
    pad_even(&entry);

    if (direct_color) {
        // The extended part: one boolean, no numbers, no strings, one item in a table of four bytes.
        static const int16_t header[] = {1, 0, 0, 1, 4};
        for (int i = 0; i < 5; i++) append16(&entry, header[i]);
        append_byte(&entry, 1);
        pad_even(&entry);
        append16(&entry, 0);
        append(&entry, "RGB", 4);
    }

    // 32 KiB is the most that curses reads; the offsets are 16 bits too.
    bool usable = !entry.failed && !table.failed && entry.count < 32768;
    char *text = usable ? malloc(4 + 2 * entry.count + 1) : NULL;
    if (text) {
        memcpy(text, "hex:", 4);
        for (size_t i = 0; i < entry.count; i++) {
            static const char digits[] = "0123456789ABCDEF";
            text[4 + 2 * i] = digits[entry.bytes[i] >> 4];
            text[5 + 2 * i] = digits[entry.bytes[i] & 15];
        }
        text[4 + 2 * entry.count] = 0;
    }
    free(entry.bytes);
    free(table.bytes);
    return text;
}
