// For ppoll and syscall. The rest is inline in the header.
#define _GNU_SOURCE

#include "CCurl.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#define NANOSECONDS_PER_SECOND 1000000000

/// For calls that count whole milliseconds. Rounded down, the loop would spin through the last one.
static inline int milliseconds(long long nanoseconds) {
    if (nanoseconds < 0) return -1;
    long long rounded = nanoseconds / 1000000 + (nanoseconds % 1000000 > 0);
    return rounded > INT_MAX ? INT_MAX : (int)rounded;
}

int weir_poll(struct pollfd *waits, unsigned long count, long long nanoseconds) {
#ifdef __linux__
    struct timespec time = {.tv_sec = nanoseconds / NANOSECONDS_PER_SECOND, .tv_nsec = nanoseconds % NANOSECONDS_PER_SECOND};
    return ppoll(waits, (nfds_t)count, nanoseconds < 0 ? NULL : &time, NULL);
#else
    return poll(waits, (nfds_t)count, milliseconds(nanoseconds));
#endif
}

#ifdef __linux__
int weir_epoll_wait(int epoll, struct epoll_event *events, int count, long long nanoseconds) {
#ifdef SYS_epoll_pwait2
    // Not by the C library's name for it, which is younger than the call (Linux 5.11). The kernel's own layout: 64 bits each.
    struct {
        int64_t seconds, nanoseconds;
    } time = {.seconds = nanoseconds / NANOSECONDS_PER_SECOND, .nanoseconds = nanoseconds % NANOSECONDS_PER_SECOND};
    static atomic_bool is_missing;
    if (!is_missing && nanoseconds > 0) {
        int ready = (int)syscall(SYS_epoll_pwait2, epoll, events, count, &time, NULL, 0);
        // Old filters of containers answer what they have never heard of with EPERM.
        if (ready >= 0 || (errno != ENOSYS && errno != EPERM)) return ready;
        is_missing = true;
    }
#endif
    return epoll_wait(epoll, events, count, milliseconds(nanoseconds));
}
#endif
