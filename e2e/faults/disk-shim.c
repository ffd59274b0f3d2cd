/*
 * Stands between a program and its disk (LD_PRELOAD) where a real disk cannot be made to misbehave on command.
 * Only files below LINESIDE_SHIM_FOLDER are touched. LINESIDE_SHIM_RULES names a file that is read at every call:
 *   sync-delay-ms N      every flush takes N ms longer
 *   write-errno N        every write, truncation and flush fails with this errno (30 = read-only, 5 = disk error)
 *   kill-at-main-write N the process dies at the Nth write into the database itself, which only a checkpoint does
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct rules { long sync_delay_ms, write_errno, kill_at_main_write; };

static struct rules read_rules(void) {
  struct rules rules = {0, 0, 0};
  const char *path = getenv("LINESIDE_SHIM_RULES");
  FILE *file = path ? fopen(path, "re") : NULL;
  char key[32];
  long value;
  while (file && fscanf(file, "%31s %ld", key, &value) == 2) {
    if (!strcmp(key, "sync-delay-ms")) rules.sync_delay_ms = value;
    if (!strcmp(key, "write-errno")) rules.write_errno = value;
    if (!strcmp(key, "kill-at-main-write")) rules.kill_at_main_write = value;
  }
  if (file) fclose(file);
  return rules;
}

static int is_ours(int fd, char *path, size_t size) {
  const char *folder = getenv("LINESIDE_SHIM_FOLDER");
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (!folder || length < 0) return 0;
  path[length] = 0;
  return strncmp(path, folder, strlen(folder)) == 0;
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), wanted = strlen(end);
  return length >= wanted && !strcmp(text + length - wanted, end);
}

/* 0 when the call may go on; -1 with errno set when the disk refuses it. */
static int before_write(int fd) {
  static atomic_long main_writes;
  char path[4096];
  int saved = errno;
  if (!is_ours(fd, path, sizeof path)) return errno = saved, 0;
  struct rules rules = read_rules();
  if (rules.kill_at_main_write && ends_with(path, ".sqlite") && ++main_writes >= rules.kill_at_main_write)
    kill(getpid(), SIGKILL);
  if (rules.write_errno) return errno = (int)rules.write_errno, -1;
  return errno = saved, 0;
}

static int before_sync(int fd) {
  char path[4096];
  int saved = errno;
  if (!is_ours(fd, path, sizeof path)) return errno = saved, 0;
  struct rules rules = read_rules();
  struct timespec pause = {rules.sync_delay_ms / 1000, rules.sync_delay_ms % 1000 * 1000000};
  if (rules.sync_delay_ms) nanosleep(&pause, NULL);
  if (rules.write_errno) return errno = (int)rules.write_errno, -1;
  return errno = saved, 0;
}

#define NEXT(type, name) \
  static __typeof__(type) next; \
  if (!next) next = (__typeof__(type))dlsym(RTLD_NEXT, name)

#define SHIM_WRITE(name, offset_type) \
  ssize_t name(int fd, const void *data, size_t size, offset_type offset) { \
    NEXT(ssize_t (*)(int, const void *, size_t, offset_type), #name); \
    return before_write(fd) ? -1 : next(fd, data, size, offset); \
  }
SHIM_WRITE(pwrite, off_t)
SHIM_WRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t size) {
  NEXT(ssize_t (*)(int, const void *, size_t), "write");
  return before_write(fd) ? -1 : next(fd, data, size);
}

#define SHIM_TRUNCATE(name, offset_type) \
  int name(int fd, offset_type size) { \
    NEXT(int (*)(int, offset_type), #name); \
    return before_write(fd) ? -1 : next(fd, size); \
  }
SHIM_TRUNCATE(ftruncate, off_t)
SHIM_TRUNCATE(ftruncate64, off64_t)

#define SHIM_SYNC(name) \
  int name(int fd) { \
    NEXT(int (*)(int), #name); \
    return before_sync(fd) ? -1 : next(fd); \
  }
SHIM_SYNC(fsync)
SHIM_SYNC(fdatasync)
