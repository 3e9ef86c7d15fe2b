#include "coreanalyze/memory/room.h"

#include "coreanalyze/base/limits.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#define RESERVE (UINT64_C(256) << 20) /* left to others; less on small file systems */

static uint64_t
without_reserve(uint64_t free, uint64_t total)
{
    uint64_t reserve = total / 16 < RESERVE ? total / 16 : RESERVE;

    return free > reserve ? free - reserve : 0;
}

static uint64_t
lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The beginning of a small file of the kernel's. */
static const char *
read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

    if (fd >= 0)
        close(fd);
    if (got <= 0)
        return NULL;
    text[got] = '\0';
    return text;
}

/* A line "NAME:  1234 kB" of /proc/meminfo, in bytes; 0 where it is not. */
static uint64_t
meminfo(const char *text, const char *name)
{
    const char *line = strstr(text, name);

    return line ? strtoull(line + strlen(name), NULL, 10) << 10 : 0;
}

static uint64_t
machine_memory(void)
{
    char text[4096];
    uint64_t available, total;

    if (!read_text("/proc/meminfo", text, sizeof(text)))
        return UINT64_MAX;
    available = meminfo(text, "MemAvailable:");
    total = meminfo(text, "MemTotal:");
    return total ? without_reserve(available, total) : UINT64_MAX;
}

/* A number in FILE of our control group (version 2); UINT64_MAX where there is none, or "max". */
static uint64_t
group_number(const char *group, const char *file)
{
    char path[4352], text[64];

    snprintf(path, sizeof(path), "/sys/fs/cgroup%s/%s", group, file);
    if (!read_text(path, text, sizeof(text)) || text[0] < '0' || text[0] > '9')
        return UINT64_MAX;
    return strtoull(text, NULL, 10);
}

/* Beyond that limit the kernel would kill us, or what runs beside us in a container. */
static uint64_t
group_memory(void)
{
    char text[4096], *group;
    uint64_t most, used;

    if (!read_text("/proc/self/cgroup", text, sizeof(text)) || !(group = strstr(text, "0::")))
        return UINT64_MAX;
    group += 3;
    group[strcspn(group, "\n")] = '\0';
    most = group_number(group, "memory.max");
    used = group_number(group, "memory.current");
    if (most == UINT64_MAX || used == UINT64_MAX)
        return UINT64_MAX;
    return without_reserve(most > used ? most - used : 0, most);
}

uint64_t
cpt_room_in_memory(void)
{
    return lesser(machine_memory(), group_memory());
}

uint64_t
cpt_room_for_decoder(void)
{
    uint64_t most = lesser(cpt_room_in_memory(), CPT_MAX_DECODER_MEMORY);

    return most > CPT_MIN_DECODER_MEMORY ? most : CPT_MIN_DECODER_MEMORY;
}

uint64_t
cpt_room_for(int fd)
{
    struct statvfs space;
    struct statfs kind;
    uint64_t room = UINT64_MAX;

    /* A file system without a size (tmpfs with size=0) has no blocks. */
    if (fstatvfs(fd, &space) == 0 && space.f_blocks)
        room = without_reserve((uint64_t)space.f_bavail * space.f_frsize,
                               (uint64_t)space.f_blocks * space.f_frsize);
    if (fstatfs(fd, &kind) == 0 && (kind.f_type == TMPFS_MAGIC || kind.f_type == RAMFS_MAGIC))
        room = lesser(room, cpt_room_in_memory());
    return room;
}
