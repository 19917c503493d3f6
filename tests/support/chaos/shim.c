/*
 * Preloaded into a gateway under test, it plays the machine that it runs on:
 *
 *   power cut   What was synced is copied to a shadow folder, and only that. A test that kills the process and puts the
 *               shadow in the place of the folder has what a power cut would have left: SIGKILL alone leaves the page
 *               cache, so it never shows that a sync was forgotten.
 *   disk full   Writes below the folder fail with ENOSPC while the switch is on.
 *   clock       The wall clock is shifted; the monotonic one is not.
 *
 * CHAOS_ROOT, CHAOS_SHADOW: the two folders. CHAOS_SWITCHES: a file of two 64-bit words, shared with the test:
 * the shift of the clock in ms, and whether the disk is full.
 *
 * Changes of names (rename, unlink) count as durable at once where the file itself was synced before; a rename of a file
 * that never was leaves the old one, as a journaling file system may.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { block = 4096, tables = 4096, longest = 4096 };

struct switches {
  int64_t clock_ms;
  int64_t disk_full;
};

/* The blocks of one file that were written since it was last synced. */
struct dirty {
  ino_t inode;
  /* Whether this process has synced it before; what a killed one wrote and never synced, nobody has noted. */
  int is_known;
  size_t size;
  unsigned char *bits;
  /* Reads it for the copies, never closed: closing any descriptor of a file drops the process's locks on it, SQLite's too.
     Counted from 1; 0 while there is none. */
  int reader;
};

static char root[longest], shadow[longest];
static size_t root_length;
static volatile struct switches *switches;
static struct dirty dirty[tables];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_gettimeofday)(struct timeval *, void *);

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  real_write = real("write");
  real_pwrite = real("pwrite64");
  real_writev = real("writev");
  real_pwritev = real("pwritev64");
  real_fsync = real("fsync");
  real_fdatasync = real("fdatasync");
  real_ftruncate = real("ftruncate64");
  real_rename = real("rename");
  real_unlink = real("unlink");
  real_clock_gettime = real("clock_gettime");
  real_gettimeofday = real("gettimeofday");
  const char *folder = getenv("CHAOS_ROOT"), *copy = getenv("CHAOS_SHADOW"), *file = getenv("CHAOS_SWITCHES");
  if (folder && copy) {
    snprintf(root, sizeof root, "%s", folder);
    snprintf(shadow, sizeof shadow, "%s", copy);
    root_length = strlen(root);
  }
  int fd = file ? open(file, O_RDWR) : -1;
  if (fd >= 0) {
    void *at = mmap(NULL, sizeof(struct switches), PROT_READ, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) switches = at;
    close(fd);
  }
}

static int below_root(const char *path) {
  return root_length > 0 && strncmp(path, root, root_length) == 0 && path[root_length] == '/';
}

/* The path of an open file below the root; 0 for any other. */
static int path_of(int fd, char *path) {
  if (root_length == 0) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, longest - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return below_root(path);
}

static int is_full(int fd) {
  char path[longest];
  return switches && switches->disk_full && path_of(fd, path);
}

static struct dirty *find(ino_t inode) {
  for (size_t i = 0, at = inode % tables; i < tables; i++, at = (at + 1) % tables) {
    if (dirty[at].inode == inode) return &dirty[at];
    if (dirty[at].inode == 0) {
      dirty[at].inode = inode;
      return &dirty[at];
    }
  }
  abort();
}

static void mark(int fd, off_t from, size_t length) {
  struct stat facts;
  if (root_length == 0 || length == 0 || from < 0 || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) return;
  pthread_mutex_lock(&lock);
  struct dirty *file = find(facts.st_ino);
  size_t last = (from + length - 1) / block;
  if (last >= file->size) {
    size_t size = (last + 1) * 2;
    file->bits = realloc(file->bits, size);
    memset(file->bits + file->size, 0, size - file->size);
    file->size = size;
  }
  for (size_t at = from / block; at <= last; at++) file->bits[at] = 1;
  pthread_mutex_unlock(&lock);
}

static void make_parents(char *path) {
  for (char *at = path + strlen(shadow) + 1; (at = strchr(at, '/')); at++) {
    *at = 0;
    mkdir(path, 0700);
    *at = '/';
  }
}

/* Copies what was written since the last sync; the whole file at the first one. */
static void copy_synced(int fd) {
  char path[longest], target[2 * longest];
  struct stat facts;
  if (!path_of(fd, path) || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) return;
  snprintf(target, sizeof target, "%s%s", shadow, path + root_length);
  pthread_mutex_lock(&lock);
  struct dirty *file = find(facts.st_ino);
  int is_whole = !file->is_known || access(target, F_OK) != 0;
  make_parents(target);
  if (!file->reader) file->reader = open(path, O_RDONLY | O_CLOEXEC) + 1;
  int from = file->reader - 1, to = open(target, O_WRONLY | O_CREAT, 0600);
  if (from >= 0 && to >= 0) {
    unsigned char bytes[block];
    size_t blocks = (facts.st_size + block - 1) / block;
    for (size_t at = 0; at < blocks; at++) {
      if (!is_whole && (at >= file->size || !file->bits[at])) continue;
      ssize_t length = pread(from, bytes, block, (off_t)at * block);
      if (length > 0) real_pwrite(to, bytes, length, (off_t)at * block);
    }
    real_ftruncate(to, facts.st_size);
  }
  if (to >= 0) close(to);
  if (file->size) memset(file->bits, 0, file->size);
  file->is_known = 1;
  pthread_mutex_unlock(&lock);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  if (is_full(fd)) return errno = ENOSPC, -1;
  ssize_t written = real_write(fd, bytes, count);
  if (written > 0 && root_length > 0) mark(fd, lseek(fd, 0, SEEK_CUR) - written, written);
  return written;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (is_full(fd)) return errno = ENOSPC, -1;
  ssize_t written = real_writev(fd, parts, count);
  if (written > 0 && root_length > 0) mark(fd, lseek(fd, 0, SEEK_CUR) - written, written);
  return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
  if (is_full(fd)) return errno = ENOSPC, -1;
  ssize_t written = real_pwrite(fd, bytes, count, offset);
  if (written > 0) mark(fd, offset, written);
  return written;
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset) {
  if (is_full(fd)) return errno = ENOSPC, -1;
  ssize_t written = real_pwritev(fd, parts, count, offset);
  if (written > 0) mark(fd, offset, written);
  return written;
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) { return pwritev64(fd, parts, count, offset); }

int fsync(int fd) {
  int result = real_fsync(fd);
  if (result == 0) copy_synced(fd);
  return result;
}

int fdatasync(int fd) {
  int result = real_fdatasync(fd);
  if (result == 0) copy_synced(fd);
  return result;
}

/* What is cut off and grows again is zeros until it is written, so it is dirty. */
int ftruncate64(int fd, off_t size) {
  struct stat before;
  int known = fstat(fd, &before) == 0;
  int result = real_ftruncate(fd, size);
  if (result == 0 && known && before.st_size > size) mark(fd, size, before.st_size - size);
  return result;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *old, const char *new) {
  int result = real_rename(old, new);
  if (result == 0 && below_root(old) && below_root(new)) {
    char from[2 * longest], to[2 * longest];
    snprintf(from, sizeof from, "%s%s", shadow, old + root_length);
    snprintf(to, sizeof to, "%s%s", shadow, new + root_length);
    if (access(from, F_OK) == 0) {
      make_parents(to);
      real_rename(from, to);
    }
  }
  return result;
}

int unlink(const char *path) {
  int result = real_unlink(path);
  if (result == 0 && below_root(path)) {
    char gone[2 * longest];
    snprintf(gone, sizeof gone, "%s%s", shadow, path + root_length);
    real_unlink(gone);
  }
  return result;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  int result = real_clock_gettime(clock, at);
  if (result == 0 && switches && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += switches->clock_ms / 1000;
  return result;
}

int gettimeofday(struct timeval *at, void *zone) {
  int result = real_gettimeofday(at, zone);
  if (result == 0 && switches) at->tv_sec += switches->clock_ms / 1000;
  return result;
}

time_t time(time_t *at) {
  struct timeval now;
  gettimeofday(&now, NULL);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
