#ifndef SWIFT_WS_CSYSTEM_H
#define SWIFT_WS_CSYSTEM_H

// What Swift's libc module does not export (epoll, eventfd, accept4) or imports badly (flexible socket addresses,
// message headers, packed events), as static inline shims. No logic lives here.
//
// Every shim that can fail answers as the kernel does: zero or more, or the negated errno. So errno is read right after
// the call that set it, on the same thread, before Swift's runtime can make a call of its own.
//
// _GNU_SOURCE stays undefined. Swift compiles its own libc module without it, and some types are then other types
// (fd_set, for one): a file that sees both modules would not compile.

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef __USE_GNU
/// Declared by sys/socket.h under _GNU_SOURCE only.
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
#endif

#define CSYS_RESULT(call)                    \
    do {                                     \
        long csys_value = (long)(call);      \
        return csys_value < 0 ? -(long)errno : csys_value; \
    } while (0)

// MARK: Sockets

/// A stream socket that is closed on exec.
static inline long csys_socket(int domain, int flags) {
    CSYS_RESULT(socket(domain, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
}

static inline long csys_bind(int fd, const struct sockaddr_storage *address, socklen_t length) {
    CSYS_RESULT(bind(fd, (const struct sockaddr *)address, length));
}

static inline long csys_listen(int fd, int backlog) {
    CSYS_RESULT(listen(fd, backlog));
}

static inline long csys_connect(int fd, const struct sockaddr_storage *address, socklen_t length) {
    CSYS_RESULT(connect(fd, (const struct sockaddr *)address, length));
}

static inline long csys_accept(int fd, int flags) {
    CSYS_RESULT(accept4(fd, NULL, NULL, SOCK_CLOEXEC | flags));
}

static inline long csys_shutdown_writing(int fd) {
    CSYS_RESULT(shutdown(fd, SHUT_WR));
}

static inline long csys_close(int fd) {
    CSYS_RESULT(close(fd));
}

static inline long csys_getsockname(int fd, struct sockaddr_storage *address, socklen_t *length) {
    *length = sizeof(*address);
    CSYS_RESULT(getsockname(fd, (struct sockaddr *)address, length));
}

static inline long csys_getpeername(int fd, struct sockaddr_storage *address, socklen_t *length) {
    *length = sizeof(*address);
    CSYS_RESULT(getpeername(fd, (struct sockaddr *)address, length));
}

// MARK: Socket options

static inline long csys_setsockopt_int(int fd, int level, int name, int value) {
    CSYS_RESULT(setsockopt(fd, level, name, &value, sizeof(value)));
}

/// The pending error of a socket (zero or more, as errno counts), which this also clears.
static inline long csys_getsockopt_int(int fd, int level, int name) {
    int value = 0;
    socklen_t length = sizeof(value);
    if (getsockopt(fd, level, name, &value, &length) < 0) return -(long)errno;
    return value;
}

/// Makes close() send RST and drop unsent bytes.
static inline long csys_setsockopt_linger_zero(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    CSYS_RESULT(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
}

/// `name` is SO_RCVTIMEO or SO_SNDTIMEO; zero microseconds means no limit.
static inline long csys_setsockopt_timeout(int fd, int name, int64_t microseconds) {
    struct timeval limit = {.tv_sec = microseconds / 1000000, .tv_usec = microseconds % 1000000};
    CSYS_RESULT(setsockopt(fd, SOL_SOCKET, name, &limit, sizeof(limit)));
}

/// One call where fcntl needs two.
static inline long csys_set_nonblocking(int fd, int value) {
    CSYS_RESULT(ioctl(fd, FIONBIO, &value));
}

// MARK: Bytes. No send may raise SIGPIPE.

static inline long csys_recv(int fd, void *bytes, size_t count, int flags) {
    CSYS_RESULT(recv(fd, bytes, count, flags));
}

static inline long csys_send(int fd, const void *bytes, size_t count, int flags) {
    CSYS_RESULT(send(fd, bytes, count, flags | MSG_NOSIGNAL));
}

static inline long csys_send_two(
    int fd, const void *first, size_t first_count, const void *second, size_t second_count, int flags) {
    struct iovec parts[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    CSYS_RESULT(sendmsg(fd, &message, flags | MSG_NOSIGNAL));
}

// MARK: Waiting

static inline long csys_epoll_create(void) {
    CSYS_RESULT(epoll_create1(EPOLL_CLOEXEC));
}

static inline long csys_epoll_ctl(int ep, int operation, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    CSYS_RESULT(epoll_ctl(ep, operation, fd, &event));
}

static inline long csys_epoll_wait(int ep, struct epoll_event *events, int capacity, int milliseconds) {
    CSYS_RESULT(epoll_wait(ep, events, capacity, milliseconds));
}

static inline long csys_poll(struct pollfd *descriptors, size_t count, int milliseconds) {
    CSYS_RESULT(poll(descriptors, count, milliseconds));
}

static inline long csys_eventfd(void) {
    CSYS_RESULT(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

static inline long csys_eventfd_write(int fd) {
    uint64_t one = 1;
    CSYS_RESULT(write(fd, &one, sizeof(one)));
}

static inline long csys_eventfd_read(int fd) {
    uint64_t count = 0;
    CSYS_RESULT(read(fd, &count, sizeof(count)));
}

/// Nanoseconds since the machine started; never goes back.
static inline int64_t csys_monotonic_nanoseconds(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// A mutex and a condition whose time-outs follow the monotonic clock.
static inline int csys_lock_init(pthread_mutex_t *mutex, pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    int code = pthread_mutex_init(mutex, NULL);
    if (code == 0) code = pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return code;
}

/// Sleeps on the condition until an instant of the monotonic clock.
static inline int csys_lock_sleep(pthread_mutex_t *mutex, pthread_cond_t *condition, int64_t nanoseconds) {
    if (nanoseconds < 0) nanoseconds = 0;
    struct timespec deadline = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return pthread_cond_timedwait(condition, mutex, &deadline);
}

// MARK: Names and files

/// Zero, one of the EAI_ codes (negative), or a positive errno where the resolver says EAI_SYSTEM.
static inline int csys_getaddrinfo(
    const char *host, const char *service, int family, int flags, struct addrinfo **list) {
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = flags};
    int code = getaddrinfo(host, service, &hints, list);
    return code == EAI_SYSTEM ? errno : code;
}

/// Which file a path names now, without following a final link.
static inline long csys_file_identity(const char *path, uint64_t *device, uint64_t *inode) {
    struct stat file;
    if (lstat(path, &file) < 0) return -(long)errno;
    *device = file.st_dev;
    *inode = file.st_ino;
    return 0;
}

static inline long csys_unlink(const char *path) {
    CSYS_RESULT(unlink(path));
}

// MARK: Fault injection

/// The plan a test installed for its own thread, NULL everywhere else. Local to the thread, so tests that run at the
/// same time leave each other alone; initial-exec, so that asking costs one load.
extern _Thread_local void *csys_fault_plan_of_thread __attribute__((tls_model("initial-exec")));

static inline void *csys_fault_plan(void) {
    return csys_fault_plan_of_thread;
}

static inline void csys_set_fault_plan(void *plan) {
    csys_fault_plan_of_thread = plan;
}

#undef CSYS_RESULT
#endif
