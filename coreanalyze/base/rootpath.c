#include "coreanalyze/base/rootpath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_DEPTH 128 /* directories between the root and the file, when walking */
#define MAX_LINKS 40  /* as the kernel's MAXSYMLINKS */
#define MAX_TRIES 16  /* of openat2, which gives up with EAGAIN while the tree is being renamed */

/* The system call has one number on all architectures; headers of before Linux 5.6 lack it. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#define RESOLVE_IN_ROOT 0x10

struct open_how {
    uint64_t flags, mode, resolve;
};

/* Keeps errno, so that the reason of a failure survives the clearing up. */
static void
close_quietly(int fd)
{
    int saved = errno;

    close(fd);
    errno = saved;
}

/* The walk below keeps every directory that it is in open, the root first. ".." drops the last one
   instead of asking the file system for a parent, so a directory that is moved meanwhile cannot
   lead outside. */
struct walk {
    int dirs[MAX_DEPTH];
    int depth;
    int links;
    char todo[2 * PATH_MAX]; /* what is still to be resolved; a link's target is put in front */
};

static void
drop_to(struct walk *walk, int depth)
{
    while (walk->depth > depth)
        close_quietly(walk->dirs[--walk->depth]);
}

/* The next component of the path into NAME. False at its end, and with errno if it is too long. */
static bool
take_component(struct walk *walk, char name[NAME_MAX + 1])
{
    size_t slashes = strspn(walk->todo, "/");
    size_t length = strcspn(walk->todo + slashes, "/");

    errno = length > NAME_MAX ? ENAMETOOLONG : 0;
    if (!length || length > NAME_MAX)
        return false;
    memcpy(name, walk->todo + slashes, length);
    name[length] = '\0';
    memmove(walk->todo, walk->todo + slashes + length, strlen(walk->todo + slashes + length) + 1);
    return true;
}

/* Puts the target of the symbolic link FD in front of what is left of the path. */
static int
follow_link(struct walk *walk, int fd)
{
    size_t left = strlen(walk->todo);
    char target[PATH_MAX];
    ssize_t length;

    if (++walk->links > MAX_LINKS) {
        errno = ELOOP;
        return -1;
    }
    length = readlinkat(fd, "", target, sizeof(target));
    if (length < 0)
        return -1;
    if (!length || (size_t)length == sizeof(target) ||
        (size_t)length + left >= sizeof(walk->todo)) {
        errno = length ? ENAMETOOLONG : ENOENT;
        return -1;
    }
    memmove(walk->todo + length, walk->todo, left + 1);
    memcpy(walk->todo, target, (size_t)length);
    if (target[0] == '/')
        drop_to(walk, 1);
    return 0;
}

static int
enter_directory(struct walk *walk, int fd)
{
    if (walk->depth == MAX_DEPTH) {
        errno = ENAMETOOLONG;
        return -1;
    }
    walk->dirs[walk->depth++] = fd;
    return 0;
}

/* Resolves one component. Returns -1 on failure, 0 when there is more to resolve, and 1 when NAME
   in the last directory is the end of the path. */
static int
take_step(struct walk *walk, const char *name)
{
    struct stat st;
    int fd, result;

    if (!strcmp(name, "."))
        return 0;
    if (!strcmp(name, "..")) {
        drop_to(walk, walk->depth > 1 ? walk->depth - 1 : 1);
        return 0;
    }
    fd = openat(walk->dirs[walk->depth - 1], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) < 0) {
        result = -1;
    } else if (S_ISDIR(st.st_mode)) {
        result = enter_directory(walk, fd);
        if (!result)
            return 0;
    } else if (S_ISLNK(st.st_mode)) {
        result = follow_link(walk, fd);
    } else {
        errno = ENOTDIR;
        result = walk->todo[0] ? -1 : 1;
    }
    close_quietly(fd);
    return result;
}

/* What openat2 does with RESOLVE_IN_ROOT, for kernels before 5.6 and sandboxes that refuse it. */
static int
open_walking(int root, const char *path, int flags)
{
    struct walk walk;
    char name[NAME_MAX + 1];
    int fd = -1, step = 0;

    if (strlen(path) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    walk.depth = 1;
    walk.links = 0;
    strcpy(walk.todo, path);
    walk.dirs[0] = fcntl(root, F_DUPFD_CLOEXEC, 0);
    if (walk.dirs[0] < 0)
        return -1;
    while (!step && take_component(&walk, name))
        step = take_step(&walk, name);
    if (step > 0)
        fd = openat(walk.dirs[walk.depth - 1], name, flags | O_NOFOLLOW);
    else if (!step && !errno)
        errno = *path ? EISDIR : ENOENT; /* the path ended in a directory */
    drop_to(&walk, 0);
    return fd;
}

static int
open_below(int root, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)flags, .resolve = RESOLVE_IN_ROOT};
    long fd = -1;

    errno = EAGAIN;
    for (int i = 0; i < MAX_TRIES && fd < 0 && errno == EAGAIN; i++)
        fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
    /* EPERM is what some sandboxes answer to a system call that they do not know. */
    if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
        fd = open_walking(root, path, flags);
    return (int)fd;
}

/* FD if it is a regular file; else closes it and fails. */
static int
keep_regular(int fd)
{
    struct stat st;

    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0) {
        if (S_ISREG(st.st_mode))
            return fd;
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    }
    close_quietly(fd);
    return -1;
}

/* Looks first, with O_PATH: merely opening a device or a FIFO can have effects. ROOT AT_FDCWD
   stands for a plain open. */
static int
open_looking(int root, const char *path, int flags)
{
    bool plain = root == AT_FDCWD;
    int look = O_PATH | O_CLOEXEC, fd;

    fd = keep_regular(plain ? open(path, look) : open_below(root, path, look));
    if (fd < 0)
        return -1;
    close(fd);
    return keep_regular(plain ? open(path, flags) : open_below(root, path, flags));
}

int
cpt_open_in_root(const char *root, const char *path, int flags)
{
    int dir, fd;

    if (flags & (O_CREAT | O_TRUNC | O_DIRECTORY | O_PATH)) {
        errno = EINVAL;
        return -1;
    }
    flags |= O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    if (!root || !strcmp(root, "/"))
        return open_looking(AT_FDCWD, path, flags);
    /* "/proc/PID/root" is a magic link: RESOLVE_IN_ROOT would refuse it as a part of the path. */
    dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -1;
    fd = open_looking(dir, path, flags);
    close_quietly(dir);
    return fd;
}
