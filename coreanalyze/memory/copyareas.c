#include "coreanalyze/memory/copyareas.h"

#include "coreanalyze/base/vec.h"
#include "coreanalyze/base/workers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

#define PAGE 4096
#define HUGE (UINT64_C(2) << 20)
#define DENSE (HUGE / 8 * 7)           /* used bytes that make a huge page worth its while */
#define AROUND (UINT64_C(256) << 20)   /* address space on both sides of what there is now */
#define CLOSE (UINT64_C(1) << 30)      /* pieces as near as that share an area */
#define STEP (UINT64_C(16) << 20)      /* bytes that a thread takes at once */
#define MOST_HUGE_RUNS 8192
#define FILLERS 2

static bool
add_area(struct cpt_copy_areas *areas, uint64_t start, uint64_t end)
{
    struct cpt_copy_area *area;
    uintptr_t base;
    size_t size;
    void *memory;

    start &= ~(HUGE - 1);
    end = (end + HUGE - 1) & ~(HUGE - 1);
    size = end - start + HUGE;
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    area = cpt_vec_add(areas);
    if (!area) {
        munmap(memory, size);
        return false;
    }
    /* A few pages of something shall not take a huge one. */
    (void)madvise(memory, size, MADV_NOHUGEPAGE);
    base = ((uintptr_t)memory + HUGE - 1) & ~(uintptr_t)(HUGE - 1);
    *area = (struct cpt_copy_area){
        .start = start, .end = end, .bytes = (uint8_t *)base, .base = memory, .size = size};
    return true;
}

static bool
reserve(struct cpt_copy_areas *areas, const struct cpt_run_list *pieces, uint64_t close, uint64_t around)
{
    for (size_t i = 0, next; i < pieces->count; i = next) {
        uint64_t start = pieces->items[i].start, end = pieces->items[i].end;

        for (next = i + 1; next < pieces->count && pieces->items[next].start - end < close; next++)
            end = pieces->items[next].end;
        if (!add_area(areas, start > around ? start - around : 0, end + around))
            return false;
    }
    return true;
}

bool
cpt_copy_areas_reserve(struct cpt_copy_areas *areas, const struct cpt_run_list *pieces)
{
    if (!reserve(areas, pieces, CLOSE, AROUND)) {
        /* Address space is limited (RLIMIT_AS), or counted as memory (vm.overcommit_memory 2). */
        cpt_copy_areas_free(areas);
        if (!reserve(areas, pieces, 1, 0))
            return false;
    }
    areas->sorted = areas->count;
    return true;
}

/* The first area that ends above START; those that came late are asked for one by one. */
static const struct cpt_copy_area *
find_area(const struct cpt_copy_areas *areas, uint64_t start, uint64_t end)
{
    size_t low = 0, high = areas->sorted;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (areas->items[middle].end <= start)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < areas->count; low++) {
        if (areas->items[low].start <= start && end <= areas->items[low].end)
            return &areas->items[low];
        if (low < areas->sorted && areas->items[low].start > start)
            low = areas->sorted - 1;
    }
    return NULL;
}

static uint8_t *
find(const struct cpt_copy_areas *areas, uint64_t start, uint64_t end)
{
    const struct cpt_copy_area *area = find_area(areas, start, end);

    return area ? area->bytes + (start - area->start) : NULL;
}

uint8_t *
cpt_copy_areas_place(struct cpt_copy_areas *areas, uint64_t start, uint64_t end)
{
    uint8_t *bytes = find(areas, start, end);

    if (bytes)
        return bytes;
    if (!add_area(areas, start > AROUND ? start - AROUND : 0, end + AROUND) && !add_area(areas, start, end))
        return NULL;
    return find(areas, start, end);
}

void
cpt_copy_areas_free(struct cpt_copy_areas *areas)
{
    for (size_t i = 0; i < areas->count; i++)
        munmap(areas->items[i].base, areas->items[i].size);
    cpt_vec_free(areas);
    areas->sorted = 0;
}

/* --- memory for them */

/* Neighbours of the process's memory, of STEP bytes at most, that become memory of ours in one call. */
struct step {
    uint64_t start, end;
    bool huge;
};

struct fill {
    const struct cpt_copy_areas *areas;
    struct {
        struct step *items;
        size_t count, capacity;
    } steps;
    uint64_t total, done;
    size_t next;
    pthread_t shower; /* the one thread that shows how far it is */
    struct cpt_progress *progress;
};

/* Calls EACH with what PARTS need: whole huge pages where most of one is used, else the parts. */
static void
each_need(const struct cpt_run_list *parts, void (*each)(void *arg, uint64_t start, uint64_t end, bool huge), void *arg)
{
    for (size_t i = 0, next; i < parts->count; i = next) {
        uint64_t block = parts->items[i].start & ~(HUGE - 1), used = 0;

        for (next = i; next < parts->count && parts->items[next].start < block + HUGE; next++)
            used += parts->items[next].end - parts->items[next].start;
        if (used >= DENSE)
            each(arg, block, block + HUGE, true);
        for (size_t k = i; used < DENSE && k < next; k++)
            each(arg, parts->items[k].start, parts->items[k].end, false);
    }
}

static void
add_up(void *arg, uint64_t start, uint64_t end, bool huge)
{
    (void)huge;
    *(uint64_t *)arg += end - start;
}

uint64_t
cpt_copy_areas_need(const struct cpt_run_list *parts)
{
    uint64_t need = 0;

    each_need(parts, add_up, &need);
    return need;
}

/* A step that cannot be added is memory that is taken later. */
static void
add_step(void *arg, uint64_t start, uint64_t end, bool huge)
{
    struct fill *fill = arg;
    struct step *last = fill->steps.count ? &fill->steps.items[fill->steps.count - 1] : NULL;

    fill->total += end - start;
    if (last && last->end == start && last->huge == huge && end - last->start <= STEP) {
        last->end = end;
        return;
    }
    last = cpt_vec_add(&fill->steps);
    if (last)
        *last = (struct step){.start = start, .end = end, .huge = huge};
}

/* Each run of huge pages is a mapping of ours for the kernel, and it allows a number of those. */
static void
advise(const struct fill *fill)
{
    size_t runs = 0;

    for (size_t i = 0; i < fill->steps.count && runs < MOST_HUGE_RUNS; i++) {
        const struct step *step = &fill->steps.items[i];
        uint8_t *bytes = step->huge ? find(fill->areas, step->start, step->end) : NULL;

        if (!bytes)
            continue;
        runs += i == 0 || !step[-1].huge || step[-1].end != step->start;
        (void)madvise(bytes, step->end - step->start, MADV_HUGEPAGE);
    }
}

static void
populate(uint8_t *bytes, size_t size)
{
    if (madvise(bytes, size, MADV_POPULATE_WRITE) == 0 || errno != EINVAL)
        return;
    for (size_t i = 0; i < size; i += PAGE)
        ((volatile uint8_t *)bytes)[i] = 0;
}

static void
fill_steps(void *arg)
{
    struct fill *fill = arg;
    size_t at;

    while (!cpt_progress_is_cancelled(fill->progress) &&
           (at = __atomic_fetch_add(&fill->next, 1, __ATOMIC_RELAXED)) < fill->steps.count) {
        const struct step *step = &fill->steps.items[at];
        uint8_t *bytes = find(fill->areas, step->start, step->end);
        uint64_t done;

        if (bytes)
            populate(bytes, step->end - step->start);
        done = __atomic_add_fetch(&fill->done, step->end - step->start, __ATOMIC_RELAXED);
        if (pthread_equal(pthread_self(), fill->shower))
            cpt_progress_update(fill->progress, done, fill->total);
    }
}

void
cpt_copy_areas_fill(const struct cpt_copy_areas *areas, const struct cpt_run_list *parts, struct cpt_progress *progress)
{
    struct fill fill = {.areas = areas, .shower = pthread_self(), .progress = progress};

    each_need(parts, add_step, &fill);
    advise(&fill);
    cpt_workers_run(cpt_workers_available(FILLERS), fill_steps, &fill);
    cpt_vec_free(&fill.steps);
}
