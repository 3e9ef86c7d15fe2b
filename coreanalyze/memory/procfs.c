#include "coreanalyze/memory/procfs.h"

#include "coreanalyze/base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_SLURP 65536
#define STATUS_SIZE 16384 /* the list of groups can be long */

static int
open_file(int directory, const char *name)
{
    return openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

ptrdiff_t
cpt_proc_read(int directory, const char *name, char *buffer, size_t size)
{
    int fd = open_file(directory, name), saved;
    size_t done = 0;
    ssize_t got = 0;

    if (fd < 0)
        return -1;
    while (done < size - 1 && (got = read(fd, buffer + done, size - 1 - done)) > 0)
        done += (size_t)got;
    saved = errno;
    close(fd);
    errno = saved;
    buffer[done] = '\0';
    return got < 0 ? -1 : (ptrdiff_t)done;
}

static int
slurp(int fd, char **text, size_t *size)
{
    size_t capacity = FIRST_SLURP;
    char *larger;
    ssize_t got;

    for (;;) {
        if (!*text || *size + FIRST_SLURP / 2 > capacity) {
            capacity *= *text ? 2 : 1;
            larger = realloc(*text, capacity);
            if (!larger)
                return ENOMEM;
            *text = larger;
        }
        got = read(fd, *text + *size, capacity - *size - 1);
        if (got < 0)
            return errno;
        *size += (size_t)got;
        if (!got)
            break;
    }
    (*text)[*size] = '\0';
    return 0;
}

int
cpt_proc_slurp(int directory, const char *name, char **text, size_t *size)
{
    int fd = open_file(directory, name), failure;

    *text = NULL;
    *size = 0;
    if (fd < 0)
        return errno;
    failure = slurp(fd, text, size);
    close(fd);
    if (failure) {
        free(*text);
        *text = NULL;
    }
    return failure;
}

/* The fields after the command, which is in parentheses and may itself contain blanks and
   parentheses. */
bool
cpt_proc_read_stat(int directory, struct cpt_proc_stat *stat)
{
    char text[2048], *p;
    unsigned long long start_time, start_stack;

    if (cpt_proc_read(directory, "stat", text, sizeof(text)) <= 0)
        return false;
    p = strrchr(text, ')');
    if (!p ||
        sscanf(p + 1,
               " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu"
               " %*s %*s %*s %*s %*s %llu",
               &stat->state, &start_time, &start_stack) != 3)
        return false;
    stat->start_time = start_time;
    stat->start_stack = start_stack;
    return true;
}

/* The text behind "\nKEY:\t", or NULL. */
static const char *
find_field(const char *text, const char *key)
{
    const char *found = strstr(text, key);

    return found ? found + strlen(key) : NULL;
}

static int32_t
number_field(const char *text, const char *key)
{
    const char *p = find_field(text, key);

    return p ? (int32_t)strtol(p, NULL, 10) : 0;
}

/* "NSpid:\t4711\t12": the ids in each namespace, the innermost one last. */
static void
parse_namespaces(const char *text, struct cpt_proc_status *status)
{
    const char *p = find_field(text, "\nNSpid:");
    int count = 0;

    while (p && *p == '\t') {
        char *end;

        status->ns_pid = (int32_t)strtol(p, &end, 10);
        p = end;
        count++;
    }
    status->nested = count > 1;
}

bool
cpt_proc_read_status(int directory, struct cpt_proc_status *status)
{
    char text[STATUS_SIZE];
    size_t length;

    memset(status, 0, sizeof(*status));
    if (cpt_proc_read(directory, "status", text, sizeof(text)) <= 0 ||
        strncmp(text, "Name:\t", 6) != 0)
        return false;
    length = strcspn(text + 6, "\n");
    if (length >= sizeof(status->name))
        length = sizeof(status->name) - 1;
    memcpy(status->name, text + 6, length);
    status->tgid = number_field(text, "\nTgid:");
    status->tracer = number_field(text, "\nTracerPid:");
    status->uid = (uint32_t)number_field(text, "\nUid:");
    parse_namespaces(text, status);
    return true;
}

/* linux_dirent64. The C library's readdir would allocate. */
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

static bool
add_tids(struct cpt_tid_list *list, const char *entries, size_t size)
{
    for (size_t at = 0; at < size;) {
        const struct directory_entry *entry = (const void *)(entries + at);
        int32_t tid = (int32_t)strtol(entry->name, NULL, 10), *added;

        at += entry->length;
        if (tid <= 0)
            continue;
        added = cpt_vec_add(list);
        if (!added)
            return false;
        *added = tid;
    }
    return true;
}

int
cpt_proc_list_tids(int task_directory, struct cpt_tid_list *list)
{
    char entries[8192] __attribute__((aligned(8)));
    long got;

    list->count = 0;
    if (lseek(task_directory, 0, SEEK_SET) < 0)
        return errno;
    while ((got = syscall(SYS_getdents64, task_directory, entries, sizeof(entries))) > 0) {
        if (!add_tids(list, entries, (size_t)got))
            return ENOMEM;
    }
    return got < 0 ? errno : 0;
}

/* /proc/PID/task counts a link for each thread besides the usual two. */
size_t
cpt_proc_count_tids(int task_directory)
{
    struct stat attributes;

    if (fstat(task_directory, &attributes) < 0 || attributes.st_nlink < 2)
        return 0;
    return (size_t)attributes.st_nlink - 2;
}
