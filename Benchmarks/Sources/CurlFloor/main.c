// The floor: what libcurl itself takes for many event streams at once, in one thread. Its multi interface by sockets, the
// way that costs least, and nothing that is done with the bytes but counting the events' ends.
//
//   CurlFloor URL STREAMS BODY_FILE
//
// Prints one JSON object: events, failures, seconds, seconds of processor, and memory.

#ifdef __linux__

#define _GNU_SOURCE
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum { BATCH = 256 };

typedef struct {
    long events;
    // Line feeds at the end of what has come so far: an event may end at the edge of a piece.
    bool after_line_feed;
} Stream;

static int loop;
static int64_t deadline = -1;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static double processor_time(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
           + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static long resident(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    if (file) fclose(file);
    return pages * 4096;
}

static size_t received(char *bytes, size_t size, size_t count, void *context) {
    (void)size;
    Stream *stream = context;
    const char *place = bytes, *end = bytes + count;
    if (stream->after_line_feed && *place == '\n') stream->events++;
    while ((place = memchr(place, '\n', (size_t)(end - place)))) {
        if (++place < end && *place == '\n') {
            stream->events++;
            place++;
        }
        if (place >= end) break;
    }
    stream->after_line_feed = end[-1] == '\n' && !(count > 1 && end[-2] == '\n');
    return count;
}

static int socket_changed(CURL *easy, curl_socket_t socket, int what, void *context, void *known) {
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(loop, EPOLL_CTL_DEL, socket, NULL);
        return 0;
    }
    struct epoll_event event = {.data.fd = socket};
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    if (epoll_ctl(loop, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0)
        epoll_ctl(loop, EPOLL_CTL_MOD, socket, &event);
    if (!known) curl_multi_assign(context, socket, &loop);
    return 0;
}

static int timer_changed(CURLM *multi, long milliseconds, void *context) {
    (void)multi, (void)context;
    deadline = milliseconds < 0 ? -1 : now() + milliseconds * 1000000;
    return 0;
}

static char *read_file(const char *path, long *length) {
    FILE *file = fopen(path, "r");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *length = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)*length + 1);
    if (bytes && fread(bytes, 1, (size_t)*length, file) != (size_t)*length) *length = 0;
    fclose(file);
    return bytes;
}

int main(int count, char **arguments) {
    long length = 0;
    char *body = count == 4 ? read_file(arguments[3], &length) : NULL;
    if (!body) {
        fprintf(stderr, "usage: CurlFloor URL STREAMS BODY_FILE\n");
        return 64;
    }
    long stream_count = atol(arguments[2]);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    loop = epoll_create1(EPOLL_CLOEXEC);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");

    long before = resident();
    double used = processor_time();
    int64_t start = now();
    Stream *streams = calloc((size_t)stream_count, sizeof *streams);
    for (long index = 0; index < stream_count; index++) {
        CURL *easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_URL, arguments[1]);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, received);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &streams[index]);
        curl_multi_add_handle(multi, easy);
    }

    long failures = 0, finished = 0;
    long highest = 0;
    struct epoll_event events[BATCH];
    while (finished < stream_count) {
        int64_t wait = deadline < 0 ? -1 : deadline - now();
        int timeout = deadline < 0 ? -1 : wait <= 0 ? 0 : (int)((wait - 1) / 1000000 + 1);
        int ready = epoll_wait(loop, events, BATCH, timeout);
        int running;
        if (deadline >= 0 && deadline <= now()) {
            deadline = -1;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        for (int index = 0; index < ready; index++) {
            int actions = 0;
            if (events[index].events & (EPOLLIN | EPOLLHUP)) actions |= CURL_CSELECT_IN;
            if (events[index].events & EPOLLOUT) actions |= CURL_CSELECT_OUT;
            if (events[index].events & EPOLLERR) actions |= CURL_CSELECT_ERR;
            curl_multi_socket_action(multi, events[index].data.fd, actions, &running);
        }
        int left;
        CURLMsg *message;
        while ((message = curl_multi_info_read(multi, &left))) {
            if (message->msg != CURLMSG_DONE) continue;
            // Before the first goes away: all of them are there.
            if (finished == 0) highest = resident();
            finished++;
            if (message->data.result != CURLE_OK) failures++;
            CURL *easy = message->easy_handle;
            curl_multi_remove_handle(multi, easy);
            curl_easy_cleanup(easy);
        }
    }
    double seconds = (double)(now() - start) * 1e-9;
    used = processor_time() - used;
    long total = 0;
    for (long index = 0; index < stream_count; index++) total += streams[index].events;
    printf("{\"events\": %ld, \"failures\": %ld, \"seconds\": %.6f, \"processor\": %.6f, \"bytesPerStream\": %ld}\n", total,
           failures, seconds, used, (highest - before) / stream_count);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    free(streams);
    free(body);
    return failures == 0 ? 0 : 1;
}

#else

#include <stdio.h>

int main(void) {
    fputs("CurlFloor needs Linux: it is built on epoll\n", stderr);
    return 69;
}

#endif
