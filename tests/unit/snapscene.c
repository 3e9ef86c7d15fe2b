#include "tests/unit/snapscene.h"

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Between the test and the child. */
struct control {
    volatile unsigned asked, done; /* rounds */
};

static struct control *control;

uint8_t
scene_byte(uint64_t address, unsigned round)
{
    return (uint8_t)(address * 7 + address / SCENE_PAGE * 13 + round * 101 + 1) | 1;
}

static void
fill(uint64_t start, uint64_t pages, unsigned round)
{
    uint8_t *bytes = (uint8_t *)(uintptr_t)start;

    for (uint64_t i = 0; i < pages * SCENE_PAGE; i++)
        bytes[i] = scene_byte(start + i, round);
}

static void
map(uint64_t start, uint64_t size, int protection, int flags, int fd)
{
    void *memory = mmap((void *)(uintptr_t)start, size, protection, flags | MAP_FIXED_NOREPLACE, fd, 0);

    if (memory != (void *)(uintptr_t)start) {
        perror("scene");
        _exit(1);
    }
}

static void
map_anonymous(uint64_t start, uint64_t size)
{
    map(start, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
    madvise((void *)(uintptr_t)start, size, MADV_NOHUGEPAGE);
}

static void
touch(uint64_t address)
{
    (void)*(volatile uint8_t *)(uintptr_t)address;
}

/* Contents of the file: the bytes of round 0, as they stand at its address. */
static void
map_file(uint64_t start, uint64_t size)
{
    int fd = memfd_create("scene", MFD_CLOEXEC);
    uint8_t page[SCENE_PAGE];

    if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
        _exit(1);
    for (uint64_t i = 0; i < 8 * SCENE_PAGE; i++) {
        page[i % SCENE_PAGE] = scene_byte(start + i, 0);
        if ((i + 1) % SCENE_PAGE == 0 &&
            pwrite(fd, page, SCENE_PAGE, (off_t)(i + 1 - SCENE_PAGE)) != (ssize_t)SCENE_PAGE)
            _exit(1);
    }
    map(start, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
    close(fd);
    fill(start + 2 * SCENE_PAGE, 1, 1);
    touch(start + 5 * SCENE_PAGE);
}

static void
map_all(void)
{
    map_anonymous(SCENE_MIXED, SCENE_MIXED_PAGES * SCENE_PAGE);
    fill(SCENE_MIXED, SCENE_WRITTEN_LOW, 0);
    fill(SCENE_MIXED + SCENE_WRITTEN_HIGH * SCENE_PAGE, SCENE_MIXED_PAGES - SCENE_WRITTEN_HIGH, 0);
    touch(SCENE_MIXED + SCENE_READ * SCENE_PAGE);
    map_anonymous(SCENE_NEIGHBOUR, SCENE_NEIGHBOUR_PAGES * SCENE_PAGE);
    madvise((void *)(uintptr_t)SCENE_NEIGHBOUR, SCENE_NEIGHBOUR_PAGES * SCENE_PAGE, MADV_DONTFORK);
    fill(SCENE_NEIGHBOUR, SCENE_NEIGHBOUR_PAGES, 0);
    map(SCENE_NONE, 4 * SCENE_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    map_file(SCENE_FILE, SCENE_FILE_SIZE);
    map_file(SCENE_SMALL_FILE, SCENE_SMALL_FILE_PAGES * SCENE_PAGE);
    map(SCENE_SHARED, 4 * SCENE_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
    fill(SCENE_SHARED, 4, 0);
    map_anonymous(SCENE_CONSTANT, 2 * SCENE_PAGE);
    fill(SCENE_CONSTANT, 2, 0);
    mprotect((void *)(uintptr_t)SCENE_CONSTANT, 2 * SCENE_PAGE, PROT_READ);
    map_anonymous(SCENE_UNTOUCHED, SCENE_UNTOUCHED_SIZE);
}

static void
map_vast(void)
{
    map_anonymous(SCENE_VAST, SCENE_VAST_SIZE);
    fill(SCENE_VAST_FIRST, 1, 0);
    fill(SCENE_VAST_SECOND, 1, 0);
    fill(SCENE_VAST_THIRD, 1, 0);
}

static void
map_late(void)
{
    map_anonymous(SCENE_LATE, SCENE_LATE_PAGES * SCENE_PAGE);
    fill(SCENE_LATE, SCENE_LATE_PAGES, 0);
    map_anonymous(SCENE_FAR, SCENE_FAR_PAGES * SCENE_PAGE);
    fill(SCENE_FAR, SCENE_FAR_PAGES, 0);
}

static struct scene_plan plan;

/* Rounds, for ever. */
static void *
change(void *arg)
{
    void *changing = (void *)(uintptr_t)(SCENE_MANY + 2 * plan.many * SCENE_PAGE);

    (void)arg;
    for (int value = 2;; value++) {
        if (plan.changing)
            memset(changing, value, plan.changing);
        else
            usleep(500);
        if (control->asked == control->done)
            continue;
        if (control->asked == 1)
            map_late();
        fill(SCENE_NEIGHBOUR, SCENE_NEIGHBOUR_PAGES, control->asked);
        fill(SCENE_SHARED, 4, control->asked);
        control->done = control->asked;
    }
    return NULL;
}

static void
live(void *arg)
{
    pthread_t thread;

    (void)arg;
    map_all();
    if (plan.vast)
        map_vast();
    for (size_t i = 0; i < plan.many; i++) {
        map_anonymous(SCENE_MANY + 2 * i * SCENE_PAGE, SCENE_PAGE);
        fill(SCENE_MANY + 2 * i * SCENE_PAGE, 1, 0);
    }
    if (plan.changing) {
        map_anonymous(SCENE_MANY + 2 * plan.many * SCENE_PAGE, plan.changing);
        memset((void *)(uintptr_t)(SCENE_MANY + 2 * plan.many * SCENE_PAGE), 1, plan.changing);
    }
    pthread_create(&thread, NULL, change, NULL);
}

struct victim *
scene_start(const struct scene_plan *wanted)
{
    const struct victim_plan child = {.become = live};

    plan = wanted ? *wanted : (struct scene_plan){0};
    if (!control)
        control = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(control != MAP_FAILED);
    control->asked = control->done = 0;
    return victim_start(&child);
}

void
scene_again(void)
{
    control->asked++;
    victim_await(control->done == control->asked);
}

uint64_t
scene_resident(pid_t pid, uint64_t start, uint64_t end, bool private)
{
    uint64_t from = 0, to = 0, sum = 0;
    char path[64], line[4352], permissions[8];
    unsigned long kilobytes;
    FILE *smaps;

    snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
    smaps = fopen(path, "r");
    assert_non_null(smaps);
    permissions[3] = '\0';
    while (fgets(line, sizeof(line), smaps)) {
        if (sscanf(line, "Rss: %lu kB", &kilobytes) == 1) {
            if (start <= from && to <= end && (!private || permissions[3] == 'p'))
                sum += kilobytes * 1024;
            continue;
        }
        if (strspn(line, "0123456789abcdef") >= 8)
            (void)sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &from, &to, permissions);
    }
    fclose(smaps);
    return sum;
}
