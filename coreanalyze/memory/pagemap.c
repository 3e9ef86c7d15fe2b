#include "coreanalyze/memory/pagemap.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define USER_END (UINT64_C(1) << 56) /* with page tables of five levels */

static int
add(struct cpt_pages_list *list, uint64_t start, uint64_t end, unsigned flags)
{
    struct cpt_pages *last = list->count ? &list->items[list->count - 1] : NULL;

    if (last && last->end == start && last->flags == flags) {
        last->end = end;
        return 0;
    }
    last = cpt_vec_add(list);
    if (!last)
        return ENOMEM;
    *last = (struct cpt_pages){.start = start, .end = end, .flags = flags};
    return 0;
}

/* --- the ioctl PAGEMAP_SCAN of Linux 6.7 (include/uapi/linux/fs.h), not yet in every distribution's headers */

struct scanned {
    uint64_t start, end, categories;
};

struct scan {
    uint64_t size, flags;
    uint64_t start, end, walk_end;
    uint64_t vec, vec_len;
    uint64_t max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define SCAN_IOCTL _IOWR('f', 16, struct scan)
#define SCAN_FILE (1u << 2)
#define SCAN_PRESENT (1u << 3)
#define SCAN_SWAPPED (1u << 4)
#define SCAN_ZERO (1u << 5)
#define SCAN_GUARD (1u << 8) /* Linux 6.15 */
#define SCANNED 2048

static int
add_scanned(struct cpt_pages_list *list, const struct scanned *found, long count)
{
    int failure = 0;

    for (long i = 0; i < count && !failure; i++) {
        unsigned flags = 0;

        if (found[i].categories & SCAN_PRESENT)
            flags |= CPT_PAGES_PRESENT;
        if (found[i].categories & SCAN_SWAPPED)
            flags |= CPT_PAGES_SWAPPED;
        if (found[i].categories & SCAN_FILE)
            flags |= CPT_PAGES_FILE;
        failure = add(list, found[i].start, found[i].end, flags);
    }
    return failure;
}

int
cpt_pagemap_scan(struct cpt_pages_list *list, int fd, uint64_t start, uint64_t end, bool files)
{
    struct scanned found[SCANNED];
    struct scan scan = {
        .size = sizeof(scan),
        .start = start,
        .end = end,
        .vec = (uint64_t)(uintptr_t)found,
        .vec_len = SCANNED,
        .category_inverted = SCAN_ZERO | SCAN_GUARD,
        .category_mask = SCAN_ZERO | SCAN_GUARD,
        .category_anyof_mask = SCAN_PRESENT | SCAN_SWAPPED,
        .return_mask = SCAN_PRESENT | SCAN_SWAPPED | (files ? SCAN_FILE : 0),
    };
    int failure = 0;

    list->tells_guards = true;
    while (!failure && scan.start < end) {
        long count = ioctl(fd, SCAN_IOCTL, &scan);

        if (count < 0 && errno == EINVAL && list->tells_guards) {
            list->tells_guards = false;
            scan.category_inverted = scan.category_mask = SCAN_ZERO;
            continue;
        }
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            failure = count < 0 ? errno : 0;
            break;
        }
        failure = add_scanned(list, found, count);
        /* The kernel leaves walk_end where it first emptied a buffer of its own, though it came further. */
        scan.start = scan.walk_end > found[count - 1].end ? scan.walk_end : found[count - 1].end;
    }
    return failure;
}

/* --- the file: 64 bits for each page (Documentation/admin-guide/mm/pagemap.rst) */

#define ENTRY_FRAME ((UINT64_C(1) << 55) - 1)
#define ENTRY_GUARD (UINT64_C(1) << 58) /* Linux 6.15 */
#define ENTRY_FILE (UINT64_C(1) << 61)
#define ENTRY_SWAPPED (UINT64_C(1) << 62)
#define ENTRY_PRESENT (UINT64_C(1) << 63)
#define ENTRIES 65536

/* The frame of the page of zeros that stands for all those that were only ever read, by one of our own. 0: frames are
   not shown to us, which takes CAP_SYS_ADMIN. */
static uint64_t
zero_frame(void)
{
    char *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    uint64_t entry = 0;

    if (page != MAP_FAILED && fd >= 0) {
        (void)*(volatile char *)page;
        if (pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)page / PAGE * sizeof(entry))) != sizeof(entry))
            entry = 0;
    }
    if (page != MAP_FAILED)
        munmap(page, PAGE);
    if (fd >= 0)
        close(fd);
    return entry & ENTRY_FRAME;
}

static unsigned
flags_of_entry(uint64_t entry, uint64_t zero)
{
    unsigned flags = 0;

    if (entry & ENTRY_GUARD)
        return 0;
    if (entry & ENTRY_PRESENT)
        flags |= CPT_PAGES_PRESENT;
    if (entry & ENTRY_SWAPPED)
        flags |= CPT_PAGES_SWAPPED;
    if (flags == CPT_PAGES_PRESENT && zero && (entry & ENTRY_FRAME) == zero)
        return 0;
    if (flags && (entry & ENTRY_FILE))
        flags |= CPT_PAGES_FILE;
    return flags;
}

static int
add_entries(struct cpt_pages_list *list, uint64_t address, const uint64_t *entries, size_t count, uint64_t zero)
{
    int failure = 0;

    for (size_t i = 0; i < count && !failure; i++) {
        unsigned flags = flags_of_entry(entries[i], zero);

        if (flags)
            failure = add(list, address + i * PAGE, address + (i + 1) * PAGE, flags);
    }
    return failure;
}

int
cpt_pagemap_entries(struct cpt_pages_list *list, int fd, uint64_t start, uint64_t end)
{
    uint64_t *entries = malloc(ENTRIES * sizeof(*entries)), zero = zero_frame();
    int failure = entries ? 0 : ENOMEM;

    while (!failure && start < end) {
        uint64_t wanted = (end - start) / PAGE < ENTRIES ? (end - start) / PAGE : ENTRIES;
        ssize_t got = pread(fd, entries, wanted * sizeof(*entries), (off_t)(start / PAGE * sizeof(*entries)));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < (ssize_t)sizeof(*entries)) { /* 0: the process has ended, and all of its pages are gone */
            failure = got < 0 ? errno : 0;
            break;
        }
        wanted = (uint64_t)got / sizeof(*entries);
        failure = add_entries(list, start, entries, wanted, zero);
        start += wanted * PAGE;
    }
    free(entries);
    return failure;
}

/* A reservation of many terabytes (a sanitizer's shadow, say) would take minutes to go through entry by entry: it is
   left out, and read where it lies. */
static int
read_entries(struct cpt_pages_list *list, int fd, const struct cpt_mapping_list *mappings)
{
    int failure = 0;

    for (size_t i = 0; i < mappings->count && !failure; i++) {
        const struct cpt_mapping *mapping = &mappings->items[i];

        if (!mapping->shared && mapping->end <= USER_END && mapping->end - mapping->start <= list->largest)
            failure = cpt_pagemap_entries(list, fd, mapping->start, mapping->end);
    }
    return failure;
}

bool
cpt_pagemap_tells_files(const struct cpt_mapping *mapping)
{
    return !mapping->shared && mapping->writable && mapping->inode &&
           mapping->end - mapping->start > CPT_MAX_COPIED_FILE;
}

/* The fewest calls: all mappings at once, but for those few whose files matter. */
static int
scan_all(struct cpt_pages_list *list, int fd, const struct cpt_mapping *mappings, size_t count)
{
    int failure = 0;

    for (size_t i = 0, next; i < count && !failure; i = next) {
        bool files = cpt_pagemap_tells_files(&mappings[i]);

        for (next = i + 1; next < count && !files && !cpt_pagemap_tells_files(&mappings[next]); next++)
            continue;
        failure = cpt_pagemap_scan(list, fd, mappings[i].start, mappings[next - 1].end, files);
    }
    return failure;
}

int
cpt_pagemap_read(struct cpt_pages_list *list, int directory, const struct cpt_mapping_list *mappings)
{
    int fd = openat(directory, "pagemap", O_RDONLY | O_CLOEXEC), failure;
    size_t count = mappings->count;

    list->count = 0;
    list->largest = UINT64_MAX;
    if (fd < 0)
        return errno;
    while (count && mappings->items[count - 1].end > USER_END) /* [vsyscall] */
        count--;
    failure = scan_all(list, fd, mappings->items, count);
    if (failure && failure != ENOMEM) {
        list->count = 0;
        list->largest = CPT_MAX_PAGEMAP;
        list->tells_guards = false;
        failure = read_entries(list, fd, mappings);
    }
    close(fd);
    return failure;
}
