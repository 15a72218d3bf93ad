/* Preloaded into a process, it records what the process does to the files below a folder, in the order in which it was
 * done and with the bytes that were written: for playing back a power cut.
 *
 * RECORDER_ROOT names the folder, RECORDER_LOG the file that records are appended to. A record is
 *   time (double, epoch seconds when the call had returned) · kind (char) · three lengths (uint32) · offset (int64)
 *   path · second path · bytes
 * Calls on these files are made one at a time, so the order of the records is the order of the calls.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int is_below_root(const char *full) {
    const char *root = getenv("RECORDER_ROOT");
    size_t length = root ? strlen(root) : 0;
    return length && !strncmp(full, root, length) && (full[length] == '/' || !full[length]);
}

/* Whether a path is below the root; relative paths are resolved against `folder` or the working directory. */
static int is_ours(int folder, const char *path, char *full) {
    if (!path) return 0;
    if (path[0] == '/') {
        snprintf(full, PATH_MAX, "%s", path);
    } else {
        char base[PATH_MAX], link[64];
        if (folder == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) return 0;
        } else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
            ssize_t length = readlink(link, base, sizeof base - 1);
            if (length < 0) return 0;
            base[length] = 0;
        }
        snprintf(full, PATH_MAX, "%.2000s/%.2000s", base, path);
    }
    return is_below_root(full);
}

static int is_our_file(int file, char *full) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, full, PATH_MAX - 1);
    if (length <= 0) return 0;
    full[length] = 0;
    return is_below_root(full);
}

static void record(char kind, const char *path, const char *second, int64_t offset, const void *bytes, size_t count) {
    int saved = errno;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    double time = now.tv_sec + now.tv_nsec / 1e9;
    uint32_t lengths[3] = {strlen(path), second ? strlen(second) : 0, count};
    struct iovec parts[] = {
        {&time, sizeof time}, {&kind, 1}, {lengths, sizeof lengths}, {&offset, sizeof offset},
        {(void *)path, lengths[0]}, {(void *)(second ? second : ""), lengths[1]}, {(void *)bytes, count},
    };
    int log = REAL(open)(getenv("RECORDER_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log < 0 || REAL(writev)(log, parts, 7) < 0) abort();
    REAL(close)(log);
    errno = saved;
}

#define LOCK pthread_mutex_lock(&one_at_a_time)
#define UNLOCK pthread_mutex_unlock(&one_at_a_time)

static void record_open(int folder, const char *path, int flags, int was_there) {
    char full[PATH_MAX];
    if (!is_ours(folder, path, full)) return;
    if ((flags & O_CREAT) && !was_there) record('c', full, NULL, 0, NULL, 0);
    else if (flags & O_TRUNC) record('t', full, NULL, 0, NULL, 0);
    /* What is written through O_SYNC would be durable at once: nothing here does, and it must not go unnoticed. */
    if (flags & (O_SYNC | O_DSYNC) & ~O_LARGEFILE) abort();
}

static int open_recorded(const char *called, int folder, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    if (!(flags & (O_CREAT | O_TRUNC)) || !is_ours(folder, path, full))
        return ((int (*)(int, const char *, int, ...))real(called))(folder, path, flags, mode);
    LOCK;
    int was_there = !REAL(faccessat)(AT_FDCWD, full, F_OK, AT_SYMLINK_NOFOLLOW);
    int file = ((int (*)(int, const char *, int, ...))real(called))(folder, path, flags, mode);
    if (file >= 0) record_open(folder, path, flags, was_there);
    UNLOCK;
    return file;
}

#define MODE_OF(flags, mode) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) { MODE_OF(flags, mode) return open_recorded("openat", AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags, mode) return open_recorded("openat64", AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE_OF(flags, mode) return open_recorded("openat", folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE_OF(flags, mode) return open_recorded("openat64", folder, path, flags, mode); }
int creat(const char *path, mode_t mode) { return open_recorded("openat", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

FILE *fopen(const char *path, const char *how) {
    char full[PATH_MAX];
    if (strpbrk(how, "wa+") && is_ours(AT_FDCWD, path, full)) abort();
    return REAL(fopen)(path, how);
}
FILE *fopen64(const char *path, const char *how) { return fopen(path, how); }

ssize_t write(int file, const void *bytes, size_t count) {
    char full[PATH_MAX];
    if (!is_our_file(file, full)) return REAL(write)(file, bytes, count);
    LOCK;
    ssize_t written = REAL(write)(file, bytes, count);
    /* Behind the call, so that it holds for files that are appended to as well. */
    if (written > 0) record('w', full, NULL, lseek(file, 0, SEEK_CUR) - written, bytes, written);
    UNLOCK;
    return written;
}

static ssize_t write_at(int file, const void *bytes, size_t count, int64_t offset) {
    char full[PATH_MAX];
    if (!is_our_file(file, full)) return REAL(pwrite64)(file, bytes, count, offset);
    LOCK;
    ssize_t written = REAL(pwrite64)(file, bytes, count, offset);
    if (written > 0) record('w', full, NULL, offset, bytes, written);
    UNLOCK;
    return written;
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { return write_at(file, bytes, count, offset); }
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return write_at(file, bytes, count, offset); }

ssize_t writev(int file, const struct iovec *parts, int count) {
    char full[PATH_MAX];
    if (is_our_file(file, full)) abort();
    return REAL(writev)(file, parts, count);
}

static int sync_recorded(const char *called, int file) {
    char full[PATH_MAX];
    if (!is_our_file(file, full)) return ((int (*)(int))real(called))(file);
    LOCK;
    int failed = ((int (*)(int))real(called))(file);
    if (!failed) record('s', full, NULL, 0, NULL, 0);
    UNLOCK;
    return failed;
}
int fsync(int file) { return sync_recorded("fsync", file); }
int fdatasync(int file) { return sync_recorded("fdatasync", file); }

static int cut_recorded(int file, int64_t size) {
    char full[PATH_MAX];
    if (!is_our_file(file, full)) return REAL(ftruncate64)(file, size);
    LOCK;
    int failed = REAL(ftruncate64)(file, size);
    if (!failed) record('t', full, NULL, size, NULL, 0);
    UNLOCK;
    return failed;
}
int ftruncate(int file, off_t size) { return cut_recorded(file, size); }
int ftruncate64(int file, off64_t size) { return cut_recorded(file, size); }

static int rename_recorded(int from_folder, const char *from, int to_folder, const char *to) {
    char source[PATH_MAX], target[PATH_MAX];
    int is_source = is_ours(from_folder, from, source), is_target = is_ours(to_folder, to, target);
    if (!is_source && !is_target) return REAL(renameat)(from_folder, from, to_folder, to);
    LOCK;
    int failed = REAL(renameat)(from_folder, from, to_folder, to);
    if (!failed) record('r', source, target, 0, NULL, 0);
    UNLOCK;
    return failed;
}
int rename(const char *from, const char *to) { return rename_recorded(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    return rename_recorded(from_folder, from, to_folder, to);
}

static int change_recorded(char kind, int folder, const char *path, int result_flag, mode_t mode) {
    char full[PATH_MAX];
    int ours = is_ours(folder, path, full);
    if (ours) LOCK;
    int failed = kind == 'm' ? REAL(mkdirat)(folder, path, mode) : REAL(unlinkat)(folder, path, result_flag);
    if (ours && !failed) record(kind, full, NULL, 0, NULL, 0);
    if (ours) UNLOCK;
    return failed;
}
int mkdir(const char *path, mode_t mode) { return change_recorded('m', AT_FDCWD, path, 0, mode); }
int mkdirat(int folder, const char *path, mode_t mode) { return change_recorded('m', folder, path, 0, mode); }
int unlink(const char *path) { return change_recorded('u', AT_FDCWD, path, 0, 0); }
int unlinkat(int folder, const char *path, int flags) { return change_recorded('u', folder, path, flags, 0); }
int remove(const char *path) {
    struct stat found;
    return change_recorded('u', AT_FDCWD, path, !lstat(path, &found) && S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0, 0);
}
int rmdir(const char *path) { return change_recorded('u', AT_FDCWD, path, AT_REMOVEDIR, 0); }
