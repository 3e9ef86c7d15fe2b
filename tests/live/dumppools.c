/* What pymalloc's arenas and pools hold, for tests: writes "WAY POOL-SIZE ARENA-SIZE ARENAS POOLS FREE-POOLS HOOKS DAMAGED",
   then for each size of blocks with pools "SIZE POOLS USED FREE", and at last the holes on standard error.

   Usage: dumppools [--ways=BITS] [--sysroot=DIR] [--blocks] [--repeat=N] CORE

   --blocks: also the address of every block in use. --repeat: reads all pools N times more, and tells how fast. */
#include "coreanalyze/commands/target.h"
#include "coreanalyze/heap/obmalloc.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EXIT_TROUBLE = 2, CLASSES = 32 };

struct totals {
    uint64_t pools, used, free;
};

struct wishes {
    unsigned ways;
    bool blocks;
    unsigned long repeat;
};

static int
fail(const struct cpt_error *error)
{
    fprintf(stderr, "dumppools: %s\n", error->what);
    return EXIT_TROUBLE;
}

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
write_blocks(const struct cpt_pool *pool)
{
    for (uint32_t i = 0; i < pool->carved; i++) {
        if (pool->used_blocks[i / 64] >> i % 64 & 1)
            printf("0x%" PRIx64 " %u\n", pool->address + CPT_POOL_HEAD + (uint64_t)i * pool->size, pool->size);
    }
}

static void
add_pool(struct totals *totals, const struct cpt_pool *pool, bool blocks)
{
    struct totals *total = &totals[pool->size / CPT_POOL_ALIGNMENT - 1];

    total->pools++;
    total->used += pool->used;
    total->free += pool->capacity - pool->used;
    if (pool->damaged)
        fprintf(stderr, "dumppools: 0x%" PRIx64 ": damaged\n", pool->address);
    if (blocks)
        write_blocks(pool);
}

static void
read_pools(const struct cpt_obmalloc *obmalloc, struct totals *totals, bool blocks)
{
    for (size_t i = 0; i < obmalloc->arena_count; i++) {
        const struct cpt_arena_object *arena = &obmalloc->arenas[i];
        uint64_t address = cpt_arena_first_pool(obmalloc, arena);

        for (; address < arena->pool_address; address += UINT64_C(1) << obmalloc->pool_shift) {
            struct cpt_pool pool;

            if (cpt_pool_read(obmalloc, arena, address, &pool))
                add_pool(totals, &pool, blocks);
        }
    }
}

static void
measure(const struct cpt_obmalloc *obmalloc, unsigned long repeat)
{
    struct totals totals[CLASSES] = {0};
    double start = now(), taken;
    uint64_t used = 0, all = 0;

    for (unsigned long i = 0; i < repeat; i++)
        read_pools(obmalloc, totals, false);
    taken = now() - start;
    for (unsigned i = 0; i < CLASSES; i++) {
        used += totals[i].used;
        all += totals[i].used + totals[i].free;
    }
    fprintf(stderr, "dumppools: %.3f s, %.1f million blocks in use a second, %.1f with free ones\n", taken,
            (double)used / taken / 1e6, (double)all / taken / 1e6);
}

static void
write_result(const struct cpt_obmalloc *obmalloc, const struct wishes *wishes)
{
    struct totals totals[CLASSES] = {0};

    printf("%s %u %" PRIu64 " %zu %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
           cpt_obmalloc_way_name(obmalloc->way), 1u << obmalloc->pool_shift, obmalloc->arena_size,
           obmalloc->arena_count, obmalloc->pools, obmalloc->free_pools, obmalloc->hooks, obmalloc->damaged);
    read_pools(obmalloc, totals, wishes->blocks);
    for (unsigned i = 0; i < CLASSES; i++) {
        if (totals[i].pools)
            printf("%u %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", (i + 1) * CPT_POOL_ALIGNMENT, totals[i].pools,
                   totals[i].used, totals[i].free);
    }
    if (wishes->repeat)
        measure(obmalloc, wishes->repeat);
}

/* The image that holds the runtime. */
static struct cpt_run
image_of(const struct cpt_regions *regions, uint64_t runtime)
{
    struct cpt_run none = {0};

    for (size_t i = 0; i < regions->image_count; i++) {
        if (runtime >= regions->images[i].start && runtime < regions->images[i].end)
            return regions->images[i];
    }
    return none;
}

static cpt_status
read_allocator(struct cpt_target *target, struct cpt_decode *decode, struct cpt_regions *regions,
               const struct wishes *wishes, struct cpt_error *error)
{
    struct cpt_interpreter *interpreters;
    struct cpt_obmalloc obmalloc;
    struct cpt_runtime runtime;
    double start = now();
    cpt_status status;
    size_t count;

    status = cpt_runtime_read(decode, target->found.runtime, &runtime, error);
    if (!status)
        status = cpt_runtime_interpreters(decode, &runtime, &interpreters, &count, error);
    if (!status)
        status = cpt_regions_open(regions, target->memory, error);
    if (status)
        return status;
    if (wishes->repeat)
        fprintf(stderr, "dumppools: regions in %.4f s\n", now() - start);
    start = now();
    status = cpt_obmalloc_open(&obmalloc, decode, regions, interpreters, count,
                               image_of(regions, target->found.runtime), wishes->ways, error);
    if (wishes->repeat)
        fprintf(stderr, "dumppools: arenas in %.4f s\n", now() - start);
    if (!status)
        write_result(&obmalloc, wishes);
    cpt_obmalloc_close(&obmalloc);
    return status;
}

static int
dump(const struct cpt_options *options, const struct wishes *wishes)
{
    const struct cpt_target_host host = {0};
    struct cpt_regions regions = {0};
    struct cpt_arena arena = {0};
    struct cpt_target target;
    struct cpt_decode decode;
    struct cpt_error error;
    cpt_status status = cpt_target_open(&target, options, &host, &error);

    if (status)
        return fail(&error);
    cpt_decode_init(&decode, target.memory, &target.found.layout.at, &arena, &target.holes);
    status = read_allocator(&target, &decode, &regions, wishes, &error);
    for (size_t i = 0; i < target.holes.count; i++)
        fprintf(stderr, "dumppools: 0x%" PRIx64 ": %s\n", target.holes.items[i].address, target.holes.items[i].message);
    cpt_regions_close(&regions);
    cpt_decode_free(&decode);
    cpt_arena_free(&arena);
    cpt_target_close(&target);
    return status ? fail(&error) : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    static const struct option known[] = {{"ways", required_argument, NULL, 'w'},
                                          {"sysroot", required_argument, NULL, 's'},
                                          {"blocks", no_argument, NULL, 'b'},
                                          {"repeat", required_argument, NULL, 'r'},
                                          {0}};
    struct cpt_options options = {
        .no_pause = true, .layout = CPT_LAYOUT_AUTO, .find_ways = (1u << CPT_FIND_WAYS) - 1};
    struct wishes wishes = {0};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 'w')
            wishes.ways = (unsigned)strtoul(optarg, NULL, 0);
        else if (option == 's')
            options.sysroot = optarg;
        else if (option == 'b')
            wishes.blocks = true;
        else if (option == 'r')
            wishes.repeat = strtoul(optarg, NULL, 0);
        else
            return EXIT_TROUBLE;
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "usage: dumppools [--ways=BITS] [--sysroot=DIR] [--blocks] [--repeat=N] CORE\n");
        return EXIT_TROUBLE;
    }
    options.core = argv[optind];
    return dump(&options, &wishes);
}
