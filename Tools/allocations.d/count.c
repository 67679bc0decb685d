// Counts heap allocations of the program it is preloaded into: how many were made, and how many bytes of each size are
// alive. SIGUSR2 writes the counts to the file that ALLOCATIONS names, replacing what was there.
//
// With ALLOCATION_STACKS=N in the environment, the call stacks of the first N allocations between the first such report
// and the second (the third and the fourth, and so on) go to the file of that name with ".stacks" behind it.
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SIZES = 4096, STEP = 16, DEPTH = 32, PATH = 1024 };

static atomic_long made, freed, live_bytes, live_of_size[SIZES], stacks_due;
static char report_path[PATH];
static long stacks_wanted;
static int stacks_file = -1;
static _Thread_local int is_tracing;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static size_t bucket(size_t size) {
    size_t b = size / STEP;
    return b < SIZES ? b : SIZES - 1;
}

// Writes a line without anything that might allocate.
static void line(int fd, const char *name, long first, long second) {
    char text[96];
    int length = second < 0 ? snprintf(text, sizeof text, "%s %ld\n", name, first)
                            : snprintf(text, sizeof text, "%s %ld %ld\n", name, first, second);
    if (write(fd, text, (size_t)length) < 0) return;
}

static void trace(size_t size) {
    if (atomic_load(&stacks_due) <= 0 || is_tracing || atomic_fetch_sub(&stacks_due, 1) <= 0) return;
    is_tracing = 1;
    void *frames[DEPTH];
    int depth = backtrace(frames, DEPTH);
    line(stacks_file, "allocation of", (long)size, -1);
    backtrace_symbols_fd(frames, depth, stacks_file);
    is_tracing = 0;
}

static void add(void *block) {
    size_t size = malloc_usable_size(block);
    atomic_fetch_add(&live_bytes, (long)size);
    atomic_fetch_add(&live_of_size[bucket(size)], 1);
}

static void subtract(void *block) {
    size_t size = malloc_usable_size(block);
    atomic_fetch_sub(&live_bytes, (long)size);
    atomic_fetch_sub(&live_of_size[bucket(size)], 1);
}

static void *count(void *block) {
    if (!block) return block;
    atomic_fetch_add(&made, 1);
    add(block);
    if (atomic_load(&stacks_due) > 0) trace(malloc_usable_size(block));
    return block;
}

static void *aligned(size_t alignment, size_t size) { return count(__libc_memalign(alignment, size)); }

void *malloc(size_t size) { return count(__libc_malloc(size)); }
void *calloc(size_t n, size_t size) { return count(__libc_calloc(n, size)); }
void *memalign(size_t alignment, size_t size) { return aligned(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return aligned(alignment, size); }
void *valloc(size_t size) { return aligned((size_t)sysconf(_SC_PAGESIZE), size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
    void *block = aligned(alignment, size);
    if (!block) return ENOMEM;
    *out = block;
    return 0;
}

void free(void *block) {
    if (!block) return;
    atomic_fetch_add(&freed, 1);
    subtract(block);
    __libc_free(block);
}

// Growing in place counts like a new block and the end of the old one.
void *realloc(void *old, size_t size) {
    if (!old) return malloc(size);
    subtract(old);
    void *block = __libc_realloc(old, size);
    if (block || size == 0) atomic_fetch_add(&freed, 1);
    if (!block && size > 0) add(old);
    return count(block);
}

void *reallocarray(void *old, size_t n, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(n, size, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, total);
}

static void report(int signal) {
    (void)signal;
    static atomic_long reports;
    int saved = errno;
    int fd = open(report_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd >= 0) {
        line(fd, "made", made, -1);
        line(fd, "freed", freed, -1);
        line(fd, "live", live_bytes, -1);
        for (long i = 0; i < SIZES; i++) {
            if (live_of_size[i] > 0) line(fd, "size", i * STEP, live_of_size[i]);
        }
        line(fd, "end", 0, -1);
        close(fd);
    }
    if (stacks_file >= 0) atomic_store(&stacks_due, atomic_fetch_add(&reports, 1) % 2 ? 0 : stacks_wanted);
    errno = saved;
}

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("ALLOCATIONS"), *stacks = getenv("ALLOCATION_STACKS");
    if (!path) return;
    snprintf(report_path, PATH, "%s", path);
    if (stacks && (stacks_wanted = atol(stacks)) > 0) {
        char name[PATH + 8];
        snprintf(name, sizeof name, "%s.stacks", report_path);
        stacks_file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
        // The first call loads a library, which allocates; better now than inside malloc.
        void *frame[1];
        backtrace(frame, 1);
    }
    struct sigaction action = {.sa_handler = report, .sa_flags = SA_RESTART};
    sigaction(SIGUSR2, &action, NULL);
}
