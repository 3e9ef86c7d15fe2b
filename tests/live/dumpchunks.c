/* The blocks of malloc, for tests: after a line "RUN START END" (hexadecimal) for each run of chunks a line
   "BLOCK SIZE used|free" for each of its chunks, and "damaged" where the run ended before its end. pymalloc's arenas
   are not looked for. With --repeat=N nothing but how long the search took, and each of N walks, in nanoseconds for
   each chunk.

   Usage: dumpchunks [--repeat=N] PID|CORE */
#include "coreanalyze/heap/chunks.h"
#include "tests/live/dumptarget.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXIT_TROUBLE = 2 };

static long repeat;

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time); /* others may be busy */
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void
write_chunk(void *arg, uint64_t block, uint64_t size, bool used)
{
    (void)arg;
    printf("%" PRIx64 " %" PRIx64 " %s\n", block, size, used ? "used" : "free");
}

static void
count_chunk(void *arg, uint64_t block, uint64_t size, bool used)
{
    uint64_t *counts = arg;

    (void)block;
    counts[used]++;
    counts[2] += size;
}

static void
measure(const struct cpt_chunks *chunks, double opened)
{
    for (long i = 0; i < repeat; i++) {
        uint64_t counts[3] = {0};
        double begin = now(), chunk_count;

        for (size_t j = 0; j < chunks->count; j++)
            (void)!cpt_chunks_each(chunks, j, count_chunk, counts);
        chunk_count = (double)(counts[0] + counts[1]);
        printf("%zu runs, %.0f chunks, %" PRIu64 " used, %zu in lists: found in %.1f ns each, walked in %.1f\n",
               chunks->count, chunk_count, counts[1], chunks->free.count, opened / chunk_count,
               (now() - begin) / chunk_count);
    }
}

static cpt_status
write_all(struct cpt_memory *memory, struct cpt_error *error)
{
    const struct cpt_obmalloc none = {0};
    struct cpt_regions regions;
    struct cpt_chunks chunks = {0};
    cpt_status status = cpt_regions_open(&regions, memory, error);
    double begin = now();

    if (!status)
        status = cpt_chunks_open(&chunks, &regions, &none, error);
    if (repeat)
        measure(&chunks, now() - begin);
    for (size_t i = 0; !repeat && i < chunks.count; i++) {
        printf("RUN %" PRIx64 " %" PRIx64 "\n", chunks.items[i].start, chunks.items[i].end);
        if (!cpt_chunks_each(&chunks, i, write_chunk, NULL))
            printf("damaged\n");
    }
    cpt_chunks_close(&chunks);
    cpt_regions_close(&regions);
    return status;
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strncmp(argv[1], "--repeat=", 9) == 0) {
        repeat = strtol(argv[1] + 9, NULL, 10);
        argv++;
        argc--;
    }
    if (argc != 2 || repeat < 0) {
        fprintf(stderr, "usage: dumpchunks [--repeat=N] PID|CORE\n");
        return EXIT_TROUBLE;
    }
    return dump_target("dumpchunks", argv[1], write_all);
}
