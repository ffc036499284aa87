#ifndef CCURL_H
#define CCURL_H

// curl.h can turn curl_easy_setopt and its kin into type-checking macros, which hide the functions that we wrap.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <poll.h>

// Swift's Glibc module leaves epoll out.
#ifdef __linux__
#include <sys/epoll.h>
#endif

/// `poll` for so many nanoseconds; less than 0 = without limit. Where the system's counts whole milliseconds, rounded up.
int weir_poll(struct pollfd *waits, unsigned long count, long long nanoseconds);

#ifdef __linux__
/// `epoll_wait` for so many nanoseconds; less than 0 = without limit. Where the kernel counts whole milliseconds, rounded
/// up.
int weir_epoll_wait(int epoll, struct epoll_event *events, int count, long long nanoseconds);
#endif

// Swift cannot call a variadic C function, and a variadic call converts nothing: an int where libcurl reads a long is
// undefined. So there is one wrapper for each argument type that libcurl distinguishes (CURLOPTTYPE_*).

static inline CURLcode weir_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode weir_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

/// libcurl copies the string; NULL restores the option's default.
static inline CURLcode weir_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

/// For callback data, buffers and lists: libcurl keeps the pointer and copies nothing.
static inline CURLcode weir_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

/// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION, which have one signature.
static inline CURLcode weir_easy_set_write_callback(CURL *easy, CURLoption option, curl_write_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

/// Copies as many bytes as CURLOPT_POSTFIELDSIZE_LARGE, which must be set before, says.
static inline CURLcode weir_easy_set_copied_body(CURL *easy, const void *bytes) {
    return curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes);
}

static inline CURLcode weir_easy_set_read_callback(CURL *easy, curl_read_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, callback);
}

static inline CURLcode weir_easy_set_seek_callback(CURL *easy, curl_seek_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callback);
}

static inline CURLcode weir_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode weir_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

/// The string belongs to libcurl and lives until the handle's next transfer.
static inline CURLcode weir_easy_get_string(CURL *easy, CURLINFO info, const char **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode weir_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode weir_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode weir_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode weir_multi_set_socket_callback(CURLM *multi, curl_socket_callback callback) {
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
}

static inline CURLMcode weir_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback callback) {
    return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
}

/// The result of a finished transfer: it lies in a union, and unions of pointers and enums read badly from Swift.
static inline CURLcode weir_message_result(const CURLMsg *message) {
    return message->data.result;
}

// Options that are younger than the libcurl of some systems that we build on (Ubuntu 22.04 has 7.81).

/// Nothing but HTTP, whatever a URL or a proxy variable says.
static inline CURLcode weir_easy_set_http_only(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/// Without this, removing a transfer whose name is still being looked up waits for the resolver's thread: a cancel
/// would hang for as long as a dead name server makes getaddrinfo hang.
static inline void weir_easy_set_quick_exit(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)easy;
#endif
}

/// Called when a connection stands, TLS included, and before the request is sent on it. Older libraries do not tell.
static inline void weir_easy_set_connected_callback(
    CURL *easy, int (*callback)(void *data, char *peer, char *local, int peer_port, int local_port), void *data) {
#if LIBCURL_VERSION_NUM >= 0x075000
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, data);
#else
    (void)easy, (void)callback, (void)data;
#endif
}

/// The file of certificate authorities that libcurl was built to use; NULL where it has none or is too old to tell.
static inline const char *weir_easy_default_authorities(CURL *easy) {
    char *file = NULL;
#if LIBCURL_VERSION_NUM >= 0x075400
    curl_easy_getinfo(easy, CURLINFO_CAINFO, &file);
#else
    (void)easy;
#endif
    return file;
}

#endif
