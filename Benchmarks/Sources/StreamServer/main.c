// A provider on loopback that is faster than every client: the bytes of a reply are made once, one thread sends them to
// everybody by epoll. Every event is an HTTP chunk of its own, as providers send them.
//
//   StreamServer [--dialect anthropic|openai] [--deltas N] [--rate R] [--gate N] [--stamped]
//
// Prints its address, answers every POST with the same reply, and ends when its standard input is closed.
//   --rate R   deltas a second of each stream, the streams spread evenly over the time between two; 0 = at once
//   --gate N   answers begin when N requests are there, so that N streams are open at the same time
//   --stamped  the text of each delta is the monotonic time of its sending, in nanoseconds, 19 digits and a space

#ifdef __linux__

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { TICK_NS = 1000000, BATCH = 512, STAMP_DIGITS = 19 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// Bytes that grow ------------------------------------------------------------------------------------------------------

typedef struct {
    char *bytes;
    size_t count, room;
} Bytes;

static void append(Bytes *to, const void *bytes, size_t count) {
    if (to->count + count > to->room) {
        to->room = (to->count + count) * 2;
        to->bytes = realloc(to->bytes, to->room);
        if (!to->bytes) fail("realloc");
    }
    memcpy(to->bytes + to->count, bytes, count);
    to->count += count;
}

static void append_chunk(Bytes *to, const char *event) {
    char length[16];
    append(to, length, (size_t)snprintf(length, sizeof length, "%zx\r\n", strlen(event)));
    append(to, event, strlen(event));
    append(to, "\r\n", 2);
}

// The reply ------------------------------------------------------------------------------------------------------------

typedef struct {
    const char *head, *delta, *tail;
} Dialect;

#define CHUNK_START                                                                                                    \
    "data: {\"id\":\"chatcmpl-B8Z5oo6uDh67AD85p73ksdT1KxhE0\",\"object\":\"chat.completion.chunk\","                 \
    "\"created\":1770933892,\"model\":\"gpt-4.1-2025-04-14\",\"service_tier\":\"default\","                          \
    "\"system_fingerprint\":\"fp_de604bd877\",\"choices\":[{\"index\":0,\"delta\":"

// %s is the delta's text.
static const Dialect anthropic = {
    "event: message_start\n"
    "data: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
    "\"content\":[],\"model\":\"bench\",\"stop_reason\":null,\"stop_sequence\":null,"
    "\"usage\":{\"input_tokens\":11,\"output_tokens\":1}}}\n\n"
    "event: content_block_start\n"
    "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
    "event: content_block_delta\n"
    "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}\n\n",
    "event: content_block_stop\n"
    "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\n"
    "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
    "\"usage\":{\"output_tokens\":1000}}\n\n"
    "event: message_stop\n"
    "data: {\"type\":\"message_stop\"}\n\n",
};

static const Dialect openai = {
    CHUNK_START "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"logprobs\":null,"
                "\"finish_reason\":null}],\"usage\":null}\n\n",
    CHUNK_START "{\"content\":\"%s\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null,"
                "\"obfuscation\":\"Qup1BsQ3\"}\n\n",
    CHUNK_START "{},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":11,"
                "\"completion_tokens\":1000,\"total_tokens\":1011}}\n\n"
                "data: [DONE]\n\n",
};

static const char *const words[] = {" the", " state", " of", " a", " particle", ",", " and", " measure", "ment", "."};

typedef struct {
    // The response's head with the first events; one delta, with the digits of its stamp at `stamp`; the end.
    Bytes head, delta, tail;
    size_t stamp;
    // All of it, for streams without a rate.
    Bytes whole;
} Reply;

static Reply make_reply(const Dialect *dialect, long deltas, bool stamped) {
    static const char response[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\n";
    Reply reply = {0};
    char event[1024];
    append(&reply.head, response, sizeof response - 1);
    append_chunk(&reply.head, dialect->head);
    append_chunk(&reply.tail, dialect->tail);
    append(&reply.tail, "0\r\n\r\n", 5);
    if (stamped) {
        snprintf(event, sizeof event, dialect->delta, "0000000000000000000 ");
        append_chunk(&reply.delta, event);
        reply.stamp = (size_t)((char *)memmem(reply.delta.bytes, reply.delta.count, "0000000000000000000", STAMP_DIGITS)
                               - reply.delta.bytes);
        return reply;
    }
    append(&reply.whole, reply.head.bytes, reply.head.count);
    for (long index = 0; index < deltas; index++) {
        snprintf(event, sizeof event, dialect->delta, words[index % 10]);
        append_chunk(&reply.whole, event);
        if (index == 0) append_chunk(&reply.delta, event);
    }
    append(&reply.whole, reply.tail.bytes, reply.tail.count);
    return reply;
}

// Clients --------------------------------------------------------------------------------------------------------------

typedef struct Client {
    int socket;
    // What has come of a request.
    Bytes request;
    // An answer under way: sent as far as `offset` (of `pending`, where the reply is paced).
    bool is_answering;
    size_t offset;
    Bytes pending;
    long deltas_left;
    // The next of those that get their deltas in the same tick.
    struct Client *next;
} Client;

static int loop;
static Reply reply;
static long deltas = 500, rate, gate = 1;
static bool stamped;
// Requests that wait for the gate.
static Client **waiting;
static long waiting_count;
// The paced streams by the tick of their turn.
static Client **turns;
static long turn_count = 1, turn, dealt;
static Client *gone;

static void watch(Client *client, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.ptr = client};
    if (epoll_ctl(loop, operation, client->socket, &event) != 0) fail("epoll_ctl");
}

static void leave_turn(Client *client) {
    if (!turns) return;
    for (long index = 0; index < turn_count; index++)
        for (Client **place = &turns[index]; *place; place = &(*place)->next)
            if (*place == client) {
                *place = client->next;
                return;
            }
}

static void drop(Client *client) {
    leave_turn(client);
    for (long index = 0; index < waiting_count; index++)
        if (waiting[index] == client) waiting[index--] = waiting[--waiting_count];
    close(client->socket);
    client->socket = -1;
    client->next = gone;
    gone = client;
}

// Only after the events of a turn: a later one of them may be a client's that is gone.
static void free_gone(void) {
    while (gone) {
        Client *client = gone;
        gone = client->next;
        free(client->request.bytes);
        free(client->pending.bytes);
        free(client);
    }
}

// Sends `bytes` from the client's offset on. 1 = all of it, 0 = the rest when the socket takes more, -1 = gone.
static int send_from(Client *client, const Bytes *bytes) {
    while (client->offset < bytes->count) {
        ssize_t sent = send(client->socket, bytes->bytes + client->offset, bytes->count - client->offset, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
        client->offset += (size_t)sent;
    }
    return 1;
}

static void answered(Client *client) {
    client->is_answering = false;
    client->offset = 0;
    client->pending.count = 0;
}

// Sends what is due; a paced client that does not read fast enough gets the rest when it does.
static void go_on(Client *client) {
    bool is_paced = rate > 0;
    int state = send_from(client, is_paced ? &client->pending : &reply.whole);
    if (state < 0) return drop(client);
    if (state == 0) return watch(client, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    if (is_paced && client->deltas_left >= 0) {
        client->pending.count = client->offset = 0;
        return;
    }
    answered(client);
}

static void begin(Client *client) {
    client->is_answering = true;
    client->offset = 0;
    if (rate > 0) {
        client->deltas_left = deltas;
        append(&client->pending, reply.head.bytes, reply.head.count);
        long place = dealt++ % turn_count;
        client->next = turns[place];
        turns[place] = client;
    }
    go_on(client);
}

static void requested(Client *client) {
    client->request.count = 0;
    if (gate <= 1) return begin(client);
    waiting[waiting_count++] = client;
    if (waiting_count < gate) return;
    long count = waiting_count;
    waiting_count = 0;
    for (long index = 0; index < count; index++) begin(waiting[index]);
}

static void receive(Client *client) {
    char buffer[65536];
    ssize_t count = recv(client->socket, buffer, sizeof buffer, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return drop(client);
    if (count < 0) return;
    Bytes *request = &client->request;
    append(request, buffer, (size_t)count);
    char *end = memmem(request->bytes, request->count, "\r\n\r\n", 4);
    if (!end) return;
    *end = 0;
    char *length = strcasestr(request->bytes, "\r\ncontent-length:");
    size_t body = length ? (size_t)atol(length + 17) : 0;
    *end = '\r';
    if (request->count >= (size_t)(end + 4 - request->bytes) + body && !client->is_answering) requested(client);
}

static void stamp(char *digits) {
    int64_t time = now();
    for (int place = STAMP_DIGITS - 1; place >= 0; place--, time /= 10) digits[place] = (char)('0' + time % 10);
}

static void tick(void) {
    Client *following;
    for (Client *client = turns[turn]; client; client = following) {
        following = client->next;
        if (client->deltas_left == 0) {
            leave_turn(client);
            client->deltas_left = -1;
            append(&client->pending, reply.tail.bytes, reply.tail.count);
        } else {
            client->deltas_left--;
            if (stamped) stamp(reply.delta.bytes + reply.stamp);
            append(&client->pending, reply.delta.bytes, reply.delta.count);
        }
        go_on(client);
    }
    turn = (turn + 1) % turn_count;
}

static void join(int listener) {
    int socket;
    while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Client *client = calloc(1, sizeof *client);
        if (!client) fail("calloc");
        client->socket = socket;
        watch(client, EPOLLIN, EPOLL_CTL_ADD);
    }
}

// Start ----------------------------------------------------------------------------------------------------------------

static int listen_on_loopback(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 4096) != 0
        || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        fail("listen");
    printf("http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static int start_ticking(void) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct itimerspec interval = {{0, TICK_NS}, {0, TICK_NS}};
    if (timer < 0 || timerfd_settime(timer, 0, &interval, NULL) != 0) fail("timerfd");
    return timer;
}

int main(int count, char **arguments) {
    const Dialect *dialect = &anthropic;
    for (int index = 1; index < count; index++) {
        const char *name = arguments[index], *value = index + 1 < count ? arguments[index + 1] : "";
        if (strcmp(name, "--stamped") == 0) {
            stamped = true;
            continue;
        }
        index++;
        if (strcmp(name, "--dialect") == 0) dialect = strcmp(value, "openai") == 0 ? &openai : &anthropic;
        else if (strcmp(name, "--deltas") == 0) deltas = atol(value);
        else if (strcmp(name, "--rate") == 0) rate = atol(value);
        else if (strcmp(name, "--gate") == 0) gate = atol(value);
        else {
            fprintf(stderr, "StreamServer: no option %s\n", name);
            return 64;
        }
    }
    if (stamped && rate <= 0) {
        fprintf(stderr, "StreamServer: --stamped needs --rate\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    reply = make_reply(dialect, deltas, stamped);
    waiting = calloc((size_t)gate + 1, sizeof *waiting);
    if (rate > 0) turn_count = 1000000000 / TICK_NS / rate;
    if (turn_count < 1) turn_count = 1;
    turns = calloc((size_t)turn_count, sizeof *turns);

    loop = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on_loopback();
    int timer = rate > 0 ? start_ticking() : -1;
    // Those that are no client are told by the address of their descriptor.
    int input = STDIN_FILENO;
    int *others[] = {&listener, &timer, &input};
    for (int index = 0; index < 3; index++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = others[index]};
        if (*others[index] >= 0) epoll_ctl(loop, EPOLL_CTL_ADD, *others[index], &event);
    }

    struct epoll_event events[BATCH];
    for (;;) {
        int ready = epoll_wait(loop, events, BATCH, -1);
        for (int index = 0; index < ready; index++) {
            void *who = events[index].data.ptr;
            if (who == &listener) join(listener);
            else if (who == &timer) {
                uint64_t ticks = 0;
                if (read(timer, &ticks, sizeof ticks) != sizeof ticks) continue;
                while (ticks-- > 0) tick();
            } else if (who == &input) {
                char byte;
                if (read(input, &byte, 1) <= 0) return 0;
            } else {
                Client *client = who;
                if (client->socket < 0) continue;
                if (events[index].events & EPOLLOUT) {
                    watch(client, EPOLLIN, EPOLL_CTL_MOD);
                    go_on(client);
                } else receive(client);
            }
        }
        free_gone();
    }
}

#else

#include <stdio.h>

int main(void) {
    fputs("StreamServer needs Linux: it is built on epoll\n", stderr);
    return 69;
}

#endif
