// The tty itself: its modes, bytes in and out, and the reset that every way out goes through.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "internal.h"

static int input = -1, output = -1;
static bool owns_input, owns_output;
static struct termios saved;
static volatile bool has_saved;

// A description of our own, so that O_NONBLOCK does not stay behind in the shell's. -1 where the tty has no name here
// (another mount namespace).
static int reopen(int descriptor) {
    char name[256];
    if (ttyname_r(descriptor, name, sizeof name) != 0) return -1;
    int opened = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0) return -1;
    struct stat a, b;
    if (fstat(descriptor, &a) != 0 || fstat(opened, &b) != 0 || a.st_rdev != b.st_rdev) {
        close(opened);
        return -1;
    }
    return opened;
}

int32_t terminal_tty_open(int32_t in, int32_t out) {
    if (has_saved) return TERMINAL_BUSY;
    if (tcgetattr(in, &saved) != 0) return errno;
    has_saved = true;
    input = reopen(in);
    owns_input = input >= 0;
    if (!owns_input) input = in;
    output = reopen(out);
    owns_output = output >= 0;
    if (!owns_output) output = out;
    return 0;
}

void terminal_tty_close(void) {
    if (owns_input) close(input);
    if (owns_output) close(output);
    input = output = -1;
    owns_input = owns_output = has_saved = false;
}

int32_t terminal_tty_input(void) { return input; }

int32_t terminal_tty_output(void) { return output; }

static int32_t set_modes(const struct termios *modes) {
    // Not TCSADRAIN: a terminal that is held (Ctrl-S) would hold us too.
    while (tcsetattr(input, TCSANOW, modes) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

// Keys arrive as they are: Ctrl-C, Ctrl-Z, Ctrl-S and Ctrl-V as bytes, CR and LF apart. Curses expects no output
// processing either.
int32_t terminal_tty_raw(void) {
    struct termios modes = saved;
    modes.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON | PARMRK);
    modes.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
    modes.c_oflag &= ~(tcflag_t)OPOST;
    modes.c_cflag = (modes.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    return set_modes(&modes);
}

int32_t terminal_tty_cooked(void) { return has_saved ? set_modes(&saved) : 0; }

void terminal_tty_discard_input(void) { tcflush(input, TCIFLUSH); }

void terminal_tty_size(int32_t *rows, int32_t *columns) {
    struct winsize size;
    memset(&size, 0, sizeof size);
    if (ioctl(output, TIOCGWINSZ, &size) != 0) memset(&size, 0, sizeof size);
    *rows = size.ws_row;
    *columns = size.ws_col;
}

int64_t terminal_tty_read(uint8_t *bytes, size_t capacity) {
    // A hang-up is only in `revents`; and a descriptor that is not ours may block.
    struct pollfd entry = {.fd = input, .events = POLLIN};
    int ready = poll(&entry, 1, 0);
    if (ready <= 0) return ready < 0 && errno != EINTR && errno != EAGAIN ? -1 : 0;
    if (!(entry.revents & POLLIN)) return -1;
    ssize_t count = read(input, bytes, capacity);
    if (count > 0) return count;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0;
    return -1;
}

int64_t terminal_tty_write(const uint8_t *bytes, size_t count, int32_t timeout) {
    size_t done = 0;
    while (done < count) {
        struct pollfd entry = {.fd = output, .events = POLLOUT};
        int ready = poll(&entry, 1, timeout);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0 || (ready > 0 && !(entry.revents & POLLOUT))) return -1;
        if (ready == 0) break;
        ssize_t written = write(output, bytes + done, count - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (written < 0 && errno != EINTR) {
            if (errno != EAGAIN && errno != EWOULDBLOCK) return -1;
            // Room for too little: not now.
            if (timeout == 0) break;
        }
    }
    return (int64_t)done;
}

// All that any of our modes could have left behind, whatever was half sent.
static const char reset[] =
    "\030\033\\"                          // CAN and ST end a sequence or string under way
    "\033[?2026l"                         // synchronized output
    "\033[?1006l\033[?1002l\033[?1000l"   // mouse
    "\033[?1004l\033[?2004l"              // focus, bracketed paste
    "\033[0m\033(B\017"                   // attributes, character sets
    "\033[?7h\033[?25h"                   // wrapping, cursor
    "\033[999;1H\r\n"                     // below everything, where there is no alternate screen
    "\033[?1049l\033[23;2t";              // alternate screen, title

// Async-signal-safe. Not through `terminal_tty_write`, which is for a terminal that may be slow for long.
void terminal_tty_reset(void) {
    if (output < 0) return;
    size_t done = 0;
    for (int tries = 0; done < sizeof reset - 1 && tries < 20; tries++) {
        ssize_t written = write(output, reset + done, sizeof reset - 1 - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            struct pollfd entry = {.fd = output, .events = POLLOUT};
            poll(&entry, 1, 50);
        } else if (written < 0 && errno != EINTR) {
            break;
        }
    }
    if (!has_saved) return;
    // Mouse reports that are still under way are not for the shell.
    tcflush(input, TCIFLUSH);
    tcsetattr(input, TCSANOW, &saved);
}
