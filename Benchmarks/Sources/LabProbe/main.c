// Reads from the fault lab as fast as it can, and says when what came. In C, so that it is never the slower end.
//
//   LabProbe drain PORT TOKENS            one stream; prints deltas and bytes
//   LabProbe pace PORT STREAMS RATE N     so many streams of N tokens at RATE tokens a second; prints how late tokens
//                                         are, in milliseconds: median, 99th percentile, latest, and the share of all
//                                         tokens that came when all streams had begun: of them the others speak
//
// A token's plan is absolute: the i-th is due i / RATE after the stream's first. What a stream's earliest token says of
// its plan is taken for it. It is late when it is read here: what this program itself takes is in it. It waits for
// sockets and for nothing else, so that at this rate nearly every token wakes it: the dearest client that a server can
// have.

#if defined(__linux__)

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char mark[] = "\"text_delta\"";
static const char last[] = "\n0\r\n\r\n";

struct stream {
    int descriptor;
    size_t matched;
    /// Of the end of a body in chunks, by which one knows it where the server keeps the connection.
    size_t ended;
    int tokens;
    double *at;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    fprintf(stderr, "LabProbe: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int ask(int port, int number, int tokens) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (descriptor < 0) fail("socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    char body[256], request[768];
    int length = snprintf(body, sizeof body,
                          "{\"model\":\"lab-claude\",\"max_tokens\":1000000,\"stream\":true,\"messages\":"
                          "[{\"role\":\"user\",\"content\":\"Stream %d --tokens %d\"}]}",
                          number, tokens);
    int total = snprintf(request, sizeof request,
                         "POST /v1/messages HTTP/1.1\r\nHost: lab\r\nanthropic-version: 2023-06-01\r\n"
                         "Content-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
                         length, body);
    if (send(descriptor, request, (size_t)total, MSG_NOSIGNAL) != total) fail("send");
    return descriptor;
}

/// Counts the deltas of a piece, also one whose mark is cut. True at the end of the body.
static bool take(struct stream *stream, const char *bytes, size_t count, int room) {
    double time = stream->at ? now() : 0;
    for (size_t index = 0; index < count; index++) {
        stream->ended = bytes[index] == last[stream->ended] ? stream->ended + 1 : bytes[index] == '\n';
        if (stream->ended == sizeof last - 1) return true;
        if (bytes[index] != mark[stream->matched]) {
            stream->matched = bytes[index] == mark[0];
            continue;
        }
        if (++stream->matched < sizeof mark - 1) continue;
        stream->matched = 0;
        if (stream->at && stream->tokens < room) stream->at[stream->tokens] = time;
        stream->tokens++;
    }
    return false;
}

static int drain(int port, int tokens) {
    static char buffer[1 << 20];
    struct stream stream = {.descriptor = ask(port, 0, tokens)};
    long long bytes = 0;
    ssize_t count;
    while ((count = recv(stream.descriptor, buffer, sizeof buffer, 0)) > 0) {
        bytes += count;
        take(&stream, buffer, (size_t)count, 0);
    }
    printf("%d %lld\n", stream.tokens, bytes);
    return count < 0;
}

static int compare(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

static int pace(int port, int streams, double rate, int tokens) {
    static char buffer[1 << 16];
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct stream *all = calloc((size_t)streams, sizeof *all);
    int set = epoll_create1(0);
    if (!all || set < 0) fail("no room");
    for (int number = 0; number < streams; number++) {
        all[number].at = calloc((size_t)tokens, sizeof(double));
        if (!all[number].at) fail("no room");
        all[number].descriptor = ask(port, number, tokens);
        fcntl(all[number].descriptor, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)number};
        if (epoll_ctl(set, EPOLL_CTL_ADD, all[number].descriptor, &event) != 0) fail("epoll_ctl");
    }
    int open = streams;
    while (open > 0) {
        struct epoll_event events[1024];
        int ready = epoll_wait(set, events, 1024, 60000);
        if (ready <= 0) fail("nothing came for a minute");
        for (int index = 0; index < ready; index++) {
            struct stream *stream = &all[events[index].data.u32];
            ssize_t count = recv(stream->descriptor, buffer, sizeof buffer, 0);
            bool is_over = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
            if (count > 0) is_over = take(stream, buffer, (size_t)count, tokens);
            if (!is_over) continue;
            close(stream->descriptor);
            open--;
        }
    }
    double begun = 0;
    for (int number = 0; number < streams; number++) {
        if (all[number].tokens != tokens) {
            fprintf(stderr, "LabProbe: a stream of %d tokens, not %d\n", all[number].tokens, tokens);
            return 1;
        }
        if (all[number].at[0] > begun) begun = all[number].at[0];
    }
    double *late = calloc((size_t)streams * (size_t)tokens, sizeof(double));
    if (!late) fail("no room");
    size_t count = 0;
    for (int number = 0; number < streams; number++) {
        double first = all[number].at[0];
        for (int token = 0; token < tokens; token++) {
            double plan = all[number].at[token] - token / rate;
            if (plan < first) first = plan;
        }
        for (int token = 0; token < tokens; token++) {
            double at = all[number].at[token];
            if (at > begun) late[count++] = at - token / rate - first;
        }
    }
    if (count == 0) fail("no token came after all had begun");
    qsort(late, count, sizeof *late, compare);
    double share = (double)count / ((double)streams * tokens);
    printf("%.3f %.3f %.3f %.3f\n", late[count / 2] * 1e3, late[count * 99 / 100] * 1e3, late[count - 1] * 1e3, share);
    return 0;
}

int main(int count, char **arguments) {
    if (count == 4 && strcmp(arguments[1], "drain") == 0) return drain(atoi(arguments[2]), atoi(arguments[3]));
    if (count == 6 && strcmp(arguments[1], "pace") == 0)
        return pace(atoi(arguments[2]), atoi(arguments[3]), atof(arguments[4]), atoi(arguments[5]));
    fprintf(stderr, "usage: LabProbe drain PORT TOKENS | pace PORT STREAMS RATE TOKENS\n");
    return 2;
}

#else

#include <stdio.h>

int main(void) {
    fprintf(stderr, "LabProbe: needs epoll\n");
    return 3;
}

#endif
