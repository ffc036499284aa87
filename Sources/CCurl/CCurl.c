// For ppoll. The rest is inline in the header.
#define _GNU_SOURCE

#include "CCurl.h"

#include <limits.h>
#include <time.h>

int weir_poll(struct pollfd *waits, unsigned long count, long long nanoseconds) {
#ifdef __linux__
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(waits, (nfds_t)count, nanoseconds < 0 ? NULL : &time, NULL);
#else
    // Rounded down, the loop would spin through the last millisecond.
    long long milliseconds = nanoseconds <= 0 ? nanoseconds : (nanoseconds - 1) / 1000000 + 1;
    return poll(waits, (nfds_t)count, milliseconds < 0 ? -1 : milliseconds > INT_MAX ? INT_MAX : (int)milliseconds);
#endif
}
