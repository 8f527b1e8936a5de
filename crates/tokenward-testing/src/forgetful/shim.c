/* A disk that forgets what was never synced, as a library to be preloaded.
 *
 * kill -9 alone proves nothing about durability: the kernel still writes what the dead process left in the
 * page cache. So, before a process writes to a file in the watched folder, this library notes what stood
 * there; when the process syncs the file, it notes that. After the kill the harness puts back what stood
 * wherever a write was never synced, which is what a power cut may leave.
 *
 * The log is a sequence of records in the order in which things happened:
 *
 *   magic kind path_len 0 | offset  data_len  size  covers | path | data        (little-endian, see struct)
 *
 *   WRITE   `data` stood at `offset`, and the file had `size` bytes
 *   SYNC    every record of this file before position `covers` of the log is durable
 *   CREATE  the name did not exist
 *   DIRSYNC the names created in this folder before position `covers` are durable
 *
 * A write's record is in the log before the write happens, and a sync's record after the sync has
 * returned: a kill between the two only makes the harness take back more, never less.
 *
 * Not modelled: renames, unlinks, shared memory maps (SQLite makes its own anew after a crash).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, CREATE = 3, DIRSYNC = 4 };

struct record {
    uint32_t magic, kind, path_len, zero;
    uint64_t offset, data_len, size, covers;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static uint64_t log_end, notes, die_at;
static char watched[PATH_MAX], full_file[PATH_MAX + 16], deaf_file[PATH_MAX + 16];
static size_t watched_len;

static void die(const char *what) {
    /* A harness that cannot log would prove nothing: stop. */
    dprintf(2, "forgetful: %s: %s\n", what, strerror(errno));
    abort();
}

__attribute__((constructor)) static void start(void) {
    const char *folder = getenv("FORGETFUL_FOLDER"), *state = getenv("FORGETFUL_STATE");
    char path[PATH_MAX + 16];
    if (!folder || !state) return;
    if (!realpath(folder, watched)) die("FORGETFUL_FOLDER");
    watched_len = strlen(watched);
    if (getenv("FORGETFUL_DIE_AT")) die_at = strtoull(getenv("FORGETFUL_DIE_AT"), NULL, 10);
    snprintf(path, sizeof path, "%s/log", state);
    snprintf(full_file, sizeof full_file, "%s/full", state);
    snprintf(deaf_file, sizeof deaf_file, "%s/deaf", state);
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0) die("log");
    log_end = (uint64_t)lseek(log_fd, 0, SEEK_END);
}

static int exists(const char *path) { return syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0; }

static int inside(const char *path) {
    return strncmp(path, watched, watched_len) == 0 &&
           (path[watched_len] == '/' || path[watched_len] == 0);
}

/* The path of a watched file or folder; 0 if `fd` is none. */
static int watch(int fd, char *path, struct stat *st) {
    char link[64];
    ssize_t len;
    int saved = errno;
    if (log_fd < 0 || fd == log_fd) return 0;
    if (fstat(fd, st) != 0 || !(S_ISREG(st->st_mode) || S_ISDIR(st->st_mode))) {
        errno = saved;
        return 0;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = readlink(link, path, PATH_MAX - 1);
    errno = saved;
    if (len <= 0) return 0;
    path[len] = 0;
    return inside(path);
}

static void put(const void *data, size_t len) {
    const char *at = data;
    while (len > 0) {
        long done = syscall(SYS_write, log_fd, at, len);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) die("write to the log");
        at += done;
        len -= (size_t)done;
        log_end += (uint64_t)done;
    }
}

static void note(uint32_t kind, const char *path, uint64_t offset, const void *data, uint64_t len,
                 uint64_t size, uint64_t covers) {
    struct record r = {0x54474f46, kind, (uint32_t)strlen(path), 0, offset, len, size, covers};
    int saved = errno;
    /* One buffer, one write: a kill leaves a whole record or none (the reader stops at a torn one). */
    char *all = malloc(sizeof r + r.path_len + len);
    if (!all) die("memory");
    memcpy(all, &r, sizeof r);
    memcpy(all + sizeof r, path, r.path_len);
    if (len) memcpy(all + sizeof r + r.path_len, data, len);
    put(all, sizeof r + r.path_len + len);
    free(all);
    /* The log has it, the file has not: the worst moment. */
    if (++notes == die_at) kill(getpid(), SIGKILL);
    errno = saved;
}

/* Notes what stands in [offset, offset + len) of the file. The lock is held. */
static void note_before(int fd, const char *path, const struct stat *st, uint64_t offset, uint64_t len) {
    uint64_t size = (uint64_t)st->st_size, have = 0;
    char *old = NULL;
    if (offset < size) {
        have = size - offset < len ? size - offset : len;
        old = malloc(have);
        if (!old) die("memory");
        /* The program's own handle may be write-only. */
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        int in = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC);
        if (in < 0) die("read what stands");
        uint64_t got = 0;
        while (got < have) {
            long n = syscall(SYS_pread64, in, old + got, have - got, offset + got);
            if (n <= 0) break;
            got += (uint64_t)n;
        }
        have = got;
        syscall(SYS_close, in);
    }
    note(WRITE, path, offset, old, have, size, 0);
    free(old);
}

/* A full disk still lets what exists be overwritten. */
static int refused(const struct stat *st, uint64_t offset, uint64_t len) {
    return offset + len > (uint64_t)st->st_size && exists(full_file);
}

static ssize_t do_write(int fd, uint64_t offset, uint64_t len, long (*go)(void *), void *arg) {
    char path[PATH_MAX];
    struct stat st;
    ssize_t done;
    if (!watch(fd, path, &st) || !S_ISREG(st.st_mode)) return go(arg);
    pthread_mutex_lock(&mutex);
    fstat(fd, &st);
    if (offset == UINT64_MAX) {
        int flags = fcntl(fd, F_GETFL);
        offset = (flags & O_APPEND) ? (uint64_t)st.st_size : (uint64_t)lseek(fd, 0, SEEK_CUR);
    }
    if (refused(&st, offset, len)) {
        pthread_mutex_unlock(&mutex);
        errno = ENOSPC;
        return -1;
    }
    note_before(fd, path, &st, offset, len);
    done = go(arg);
    pthread_mutex_unlock(&mutex);
    return done;
}

struct call { int fd; const void *buf; size_t len; off_t offset; const struct iovec *iov; int count; };

static long go_write(void *p) { struct call *c = p; return syscall(SYS_write, c->fd, c->buf, c->len); }
static long go_pwrite(void *p) { struct call *c = p; return syscall(SYS_pwrite64, c->fd, c->buf, c->len, c->offset); }
static long go_writev(void *p) { struct call *c = p; return syscall(SYS_writev, c->fd, c->iov, c->count); }
static long go_pwritev(void *p) { struct call *c = p; return syscall(SYS_pwritev, c->fd, c->iov, c->count, c->offset, 0L); }
static long go_truncate(void *p) { struct call *c = p; return syscall(SYS_ftruncate, c->fd, c->offset); }

static uint64_t total(const struct iovec *iov, int count) {
    uint64_t sum = 0;
    for (int i = 0; i < count; i++) sum += iov[i].iov_len;
    return sum;
}

ssize_t write(int fd, const void *buf, size_t len) {
    struct call c = {.fd = fd, .buf = buf, .len = len};
    return do_write(fd, UINT64_MAX, len, go_write, &c);
}
ssize_t pwrite(int fd, const void *buf, size_t len, off_t offset) {
    struct call c = {.fd = fd, .buf = buf, .len = len, .offset = offset};
    return do_write(fd, (uint64_t)offset, len, go_pwrite, &c);
}
ssize_t pwrite64(int fd, const void *buf, size_t len, off64_t offset) { return pwrite(fd, buf, len, offset); }
ssize_t writev(int fd, const struct iovec *iov, int count) {
    struct call c = {.fd = fd, .iov = iov, .count = count};
    return do_write(fd, UINT64_MAX, total(iov, count), go_writev, &c);
}
ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t offset) {
    struct call c = {.fd = fd, .iov = iov, .count = count, .offset = offset};
    return do_write(fd, (uint64_t)offset, total(iov, count), go_pwritev, &c);
}
ssize_t pwritev64(int fd, const struct iovec *iov, int count, off64_t offset) { return pwritev(fd, iov, count, offset); }

int ftruncate(int fd, off_t size) {
    struct call c = {.fd = fd, .offset = size};
    struct stat st;
    uint64_t cut = 0;
    if (fstat(fd, &st) == 0 && st.st_size > size) cut = (uint64_t)(st.st_size - size);
    if (cut == 0) {
        /* Growing: nothing stands there, but a full disk refuses. */
        uint64_t grow = (uint64_t)(size - st.st_size);
        return (int)do_write(fd, (uint64_t)st.st_size, grow, go_truncate, &c);
    }
    return (int)do_write(fd, (uint64_t)size, cut, go_truncate, &c);
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int posix_fallocate(int fd, off_t offset, off_t len) {
    struct stat st;
    /* The same effect on what is read, by a call that is watched. */
    if (fstat(fd, &st) != 0) return errno;
    if (offset + len > st.st_size && ftruncate(fd, offset + len) != 0) return errno;
    return 0;
}
int posix_fallocate64(int fd, off64_t offset, off64_t len) { return posix_fallocate(fd, offset, len); }
int fallocate(int fd, int mode, off_t offset, off_t len) {
    char path[PATH_MAX];
    struct stat st;
    if (!watch(fd, path, &st)) return (int)syscall(SYS_fallocate, fd, mode, offset, len);
    errno = EOPNOTSUPP;
    return -1;
}
int fallocate64(int fd, int mode, off64_t offset, off64_t len) { return fallocate(fd, mode, offset, len); }

/* Kernel-side copies would go past us; every program falls back to writes. */
ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t len, unsigned flags) {
    char path[PATH_MAX];
    struct stat st;
    if (!watch(out, path, &st)) return syscall(SYS_copy_file_range, in, in_at, out, out_at, len, flags);
    errno = EXDEV;
    return -1;
}

static int do_sync(int fd, long number) {
    char path[PATH_MAX];
    struct stat st;
    uint64_t covers;
    int watching = watch(fd, path, &st);
    pthread_mutex_lock(&mutex);
    covers = log_end;
    pthread_mutex_unlock(&mutex);
    int result = (int)syscall(number, fd);
    if (!watching || result != 0 || exists(deaf_file)) return result;
    pthread_mutex_lock(&mutex);
    note(S_ISDIR(st.st_mode) ? DIRSYNC : SYNC, path, 0, NULL, 0, 0, covers);
    pthread_mutex_unlock(&mutex);
    return result;
}
int fsync(int fd) { return do_sync(fd, SYS_fsync); }
int fdatasync(int fd) { return do_sync(fd, SYS_fdatasync); }

static int do_open(int at, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    struct stat st;
    int fd, fresh = 0;
    if (log_fd < 0 || !(flags & (O_CREAT | O_TRUNC))) return (int)syscall(SYS_openat, at, name, flags, mode);
    fresh = fstatat(at, name, &st, 0) != 0;
    /* What O_TRUNC cuts off is noted, too: by our own ftruncate, after the open. */
    if (!fresh && !(flags & O_TRUNC)) return (int)syscall(SYS_openat, at, name, flags, mode);
    pthread_mutex_lock(&mutex);
    fd = (int)syscall(SYS_openat, at, name, flags & ~O_TRUNC, mode);
    if (fd >= 0 && fresh && watch(fd, path, &st)) note(CREATE, path, 0, NULL, 0, 0, 0);
    pthread_mutex_unlock(&mutex);
    if (fd >= 0 && (flags & O_TRUNC) && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        int cut = watch(fd, path, &st) ? ftruncate(fd, 0) : (int)syscall(SYS_ftruncate, fd, 0L);
        if (cut != 0) {
            int saved = errno;
            syscall(SYS_close, fd);
            errno = saved;
            return -1;
        }
    }
    return fd;
}

static mode_t mode_of(int flags, va_list args) {
    return (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(args, mode_t) : 0;
}
#define OPEN(name, params, at, path)                      \
    int name params {                                     \
        va_list args;                                     \
        va_start(args, flags);                            \
        mode_t mode = mode_of(flags, args);               \
        va_end(args);                                     \
        return do_open(at, path, flags, mode);            \
    }
OPEN(open, (const char *path, int flags, ...), AT_FDCWD, path)
OPEN(open64, (const char *path, int flags, ...), AT_FDCWD, path)
OPEN(openat, (int at, const char *path, int flags, ...), at, path)
OPEN(openat64, (int at, const char *path, int flags, ...), at, path)
int creat(const char *path, mode_t mode) { return do_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
