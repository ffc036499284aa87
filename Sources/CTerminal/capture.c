// stderr while the screen is drawn: kept in a file without a name, shown when the screen is gone. Swift prints "Fatal
// error: …" before the signal, and libraries print what they like.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

#include "internal.h"

enum { shown_limit = 64 << 10, kept_limit = 1 << 20 };

static atomic_int kept = -1;
static int real_stderr = -1;

int terminal_anonymous_file(void) {
#ifdef __linux__
    int made = memfd_create("weir", MFD_CLOEXEC);
    if (made >= 0) return made;
#endif
    char name[] = "/tmp/weir.XXXXXX";
    int descriptor = mkstemp(name);
    if (descriptor < 0) return -1;
    unlink(name);
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
}

void terminal_capture_begin(void) {
    if (atomic_load(&kept) >= 0 || !isatty(STDERR_FILENO)) return;
    int file = terminal_anonymous_file();
    if (file < 0) return;
    // Appending, so that emptying it is enough to start over.
    fcntl(file, F_SETFL, O_APPEND);
    real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (real_stderr < 0 || dup2(file, STDERR_FILENO) < 0) {
        if (real_stderr >= 0) close(real_stderr);
        close(file);
        return;
    }
    atomic_store(&kept, file);
}

static void write_all(int descriptor, const char *bytes, size_t count) {
    for (int tries = 0; count > 0 && tries < 100;) {
        ssize_t written = write(descriptor, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            struct pollfd entry = {.fd = descriptor, .events = POLLOUT};
            poll(&entry, 1, 10);
            tries++;
        } else if (!(written < 0 && errno == EINTR)) {
            return;
        }
    }
}

// Errors quote what came from outside, and this goes to a terminal.
static void make_harmless(char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        bool is_c1 = byte == 0xC2 && i + 1 < count && (unsigned char)bytes[i + 1] < 0xA0;
        if (is_c1) bytes[i + 1] = '?';
        if (is_c1 || (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) bytes[i] = '?';
    }
}

// Async-signal-safe.
void terminal_capture_show(void) {
    int file = atomic_exchange(&kept, -1);
    if (file < 0) return;
    dup2(real_stderr, STDERR_FILENO);
    static char bytes[4096];
    struct stat status;
    off_t size = fstat(file, &status) == 0 ? status.st_size : 0;
    off_t offset = size > shown_limit ? size - shown_limit : 0;
    if (offset > 0) {
        static const char notice[] = "[earlier messages left out]\n";
        write_all(STDERR_FILENO, notice, sizeof notice - 1);
    }
    while (offset < size) {
        ssize_t count = pread(file, bytes, sizeof bytes, offset);
        if (count <= 0) break;
        make_harmless(bytes, (size_t)count);
        write_all(STDERR_FILENO, bytes, (size_t)count);
        offset += count;
    }
    close(file);
    close(real_stderr);
}

void terminal_capture_end(void) {
    fflush(stderr);
    terminal_capture_show();
}

void terminal_capture_trim(void) {
    int file = atomic_load(&kept);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0 || status.st_size <= kept_limit) return;
    static char end[shown_limit];
    ssize_t count = pread(file, end, sizeof end, status.st_size - (off_t)sizeof end);
    if (ftruncate(file, 0) != 0 || count <= 0) return;
    // Best effort: the same text again, at the start.
    if (write(file, end, (size_t)count) < 0) return;
}
