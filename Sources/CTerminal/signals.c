// Signals: flags and a pipe that wakes the loop; and the handlers that give the terminal back when the program dies.
// Handlers call only what is async-signal-safe.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static const struct {
    int number;
    uint32_t flag;
} noted[] = {
    {SIGWINCH, TERMINAL_SIGNAL_SIZE},    {SIGCONT, TERMINAL_SIGNAL_CONTINUED}, {SIGTERM, TERMINAL_SIGNAL_TERMINATE},
    {SIGHUP, TERMINAL_SIGNAL_HANGUP},    {SIGINT, TERMINAL_SIGNAL_INTERRUPT},  {SIGTSTP, TERMINAL_SIGNAL_SUSPEND},
};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};

enum { noted_count = sizeof noted / sizeof *noted, fatal_count = sizeof fatal / sizeof *fatal };

static const uint32_t ending = TERMINAL_SIGNAL_TERMINATE | TERMINAL_SIGNAL_HANGUP | TERMINAL_SIGNAL_INTERRUPT;

static struct sigaction noted_before[noted_count], fatal_before[fatal_count];
static atomic_bool is_installed, is_guarded, ignores_interrupts;
static atomic_uint pending;
static int wake[2] = {-1, -1};
static char alternate_stack[65536];
static bool has_alternate_stack;

static void give_back(void) {
    if (atomic_exchange(&is_guarded, false)) {
        terminal_tty_reset();
        terminal_capture_show();
    }
}

void terminal_guard(bool on) {
    static bool is_registered;
    if (on && !is_registered) {
        is_registered = true;
        atexit(give_back);
    }
    atomic_store(&is_guarded, on);
}

// MARK: Signals that the loop hears of

static void note(int number) {
    int saved_errno = errno;
    uint32_t flag = 0;
    for (int i = 0; i < noted_count; i++) {
        if (noted[i].number == number) flag = noted[i].flag;
    }
    if (!(number == SIGINT && atomic_load(&ignores_interrupts))) {
        uint32_t before = atomic_fetch_or(&pending, flag);
        if (flag & ending & before) {
            // The loop did not even see the first one: it hangs. Die as asked.
            give_back();
            struct sigaction action;
            memset(&action, 0, sizeof action);
            action.sa_handler = SIG_DFL;
            sigaction(number, &action, NULL);
            raise(number);
        }
        if (wake[1] >= 0 && write(wake[1], "!", 1) < 0) {
            // Full: then it is readable already.
        }
    }
    errno = saved_errno;
}

// MARK: Signals that end the program

static void crash(int number, siginfo_t *info, void *context) {
    (void)context;
    give_back();
    for (int i = 0; i < fatal_count; i++) {
        if (fatal[i] == number) sigaction(number, &fatal_before[i], NULL);
    }
    // A fault happens again on return, now under the old handler. One that was sent (abort, kill) does not.
    if (info->si_code <= 0) raise(number);
}

int32_t terminal_signals_install(void) {
    if (atomic_load(&is_installed)) return 0;
    if (wake[0] < 0) {
        if (pipe(wake) != 0) return errno;
        for (int i = 0; i < 2; i++) {
            fcntl(wake[i], F_SETFL, O_NONBLOCK);
            fcntl(wake[i], F_SETFD, FD_CLOEXEC);
        }
    }
    atomic_store(&is_installed, true);

    // A stack overflow has no stack left for a handler.
    stack_t stack, before;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = alternate_stack;
    stack.ss_size = sizeof alternate_stack;
    has_alternate_stack =
        sigaltstack(NULL, &before) == 0 && (before.ss_flags & SS_DISABLE) && sigaltstack(&stack, NULL) == 0;

    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    action.sa_handler = note;
    for (int i = 0; i < noted_count; i++) sigaction(noted[i].number, &action, &noted_before[i]);

    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    action.sa_sigaction = crash;
    for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &action, &fatal_before[i]);
    return 0;
}

void terminal_signals_remove(void) {
    if (!atomic_exchange(&is_installed, false)) return;
    for (int i = 0; i < noted_count; i++) sigaction(noted[i].number, &noted_before[i], NULL);
    for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &fatal_before[i], NULL);
    if (has_alternate_stack) {
        stack_t none;
        memset(&none, 0, sizeof none);
        none.ss_flags = SS_DISABLE;
        sigaltstack(&none, NULL);
        has_alternate_stack = false;
    }
    atomic_store(&pending, 0);
    for (int i = 0; i < 2; i++) {
        int descriptor = wake[i];
        wake[i] = -1;
        close(descriptor);
    }
}

int32_t terminal_signals_descriptor(void) { return wake[0]; }

uint32_t terminal_signals_take(void) {
    char bytes[64];
    while (wake[0] >= 0 && read(wake[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes) continue;
    return atomic_exchange(&pending, 0);
}

void terminal_signals_ignore_interrupts(bool ignore) { atomic_store(&ignores_interrupts, ignore); }

void terminal_stop(void) {
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &action, &before);
    // The whole job, as the tty driver does it: `make demo` stops with us.
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &before, NULL);
}
