/* Allocates and frees in several threads, then says which blocks are used and which were freed:

     used ADDRESS BYTES     BYTES: malloc_usable_size()
     freed ADDRESS          it may be part of a used block again
     info ARENA MAPPED-BLOCKS MAPPED-BYTES FREE-BYTES     mallinfo2(), where there is one
     ready

   and waits for the end of its input. Usage: chunks [foreign] [blocked] [seed=N]

   foreign    somebody else moves the program break now and then
   blocked    after a while the break cannot be moved any more */
#define _GNU_SOURCE
#include <inttypes.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { THREADS = 6, ENDING = 2, BLOCKS = 3000, ROUNDS = 6 };

struct worker {
    unsigned seed;
    int number;
    void *blocks[BLOCKS];
    void *freed[BLOCKS * ROUNDS];
    size_t freed_count;
    pthread_t thread;
};

static struct worker workers[THREADS + 1];
static pthread_barrier_t barrier;
static bool foreign, blocked;
static char output[1 << 16];
static size_t filled;

static void
flush(void)
{
    for (size_t done = 0; done < filled;) {
        ssize_t written = write(STDOUT_FILENO, output + done, filled - done);

        if (written <= 0)
            _exit(1);
        done += (size_t)written;
    }
    filled = 0;
}

#define SAY(...)                                                                                                       \
    do {                                                                                                               \
        if (filled + 200 > sizeof(output))                                                                             \
            flush();                                                                                                   \
        filled += (size_t)snprintf(output + filled, sizeof(output) - filled, __VA_ARGS__);                             \
    } while (0)

/* Mostly small ones; some are mapped for themselves. */
static size_t
any_size(struct worker *worker)
{
    int kind = rand_r(&worker->seed) % 1000;
    size_t any = (size_t)rand_r(&worker->seed);

    if (kind < 600)
        return any % 120;
    if (kind < 900)
        return any % 1100;
    if (kind < 985)
        return any % 10000;
    if (kind < 998)
        return any % 130000;
    return 100000 + any % 900000;
}

static void *
allocate(struct worker *worker)
{
    size_t size = any_size(worker);
    void *block = rand_r(&worker->seed) % 50 ? malloc(size) : memalign(1u << (4 + rand_r(&worker->seed) % 10), size);

    if (!block)
        _exit(1);
    memset(block, 0x5a, malloc_usable_size(block));
    return block;
}

static void
free_one(struct worker *worker, int i)
{
    worker->freed[worker->freed_count++] = worker->blocks[i];
    free(worker->blocks[i]);
    worker->blocks[i] = NULL;
}

static void
disturb(int round)
{
    uintptr_t end = (uintptr_t)sbrk(0);

    if (foreign)
        (void)!sbrk(1000 + 4096 * round);
    if (blocked && round == 1)
        mmap((void *)((end + 4095) & ~(uintptr_t)4095), 4096, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void *
work(void *arg)
{
    struct worker *worker = arg;

    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < BLOCKS; i++) {
            if (!worker->blocks[i])
                worker->blocks[i] = allocate(worker);
        }
        if (worker == workers)
            disturb(round);
        for (int i = 0; i < BLOCKS; i++) {
            if (rand_r(&worker->seed) % 3 == 0)
                free_one(worker, i);
        }
    }
    if (worker->number <= 0 || worker->number > ENDING) {
        pthread_barrier_wait(&barrier);
        if (worker->number)
            pause();
    }
    return NULL;
}

/* Blocks that other threads have allocated. */
static void
free_others(void)
{
    for (int i = 1; i <= THREADS; i++) {
        for (int j = 0; j < BLOCKS / 20; j++) {
            if (workers[i].blocks[j]) {
                workers[0].freed[workers[0].freed_count++] = workers[i].blocks[j];
                free(workers[i].blocks[j]);
                workers[i].blocks[j] = NULL;
            }
        }
    }
}

static void
tell(void)
{
    for (int i = 0; i <= THREADS; i++) {
        for (int j = 0; j < BLOCKS; j++) {
            if (workers[i].blocks[j])
                SAY("used %" PRIxPTR " %zx\n", (uintptr_t)workers[i].blocks[j],
                    malloc_usable_size(workers[i].blocks[j]));
        }
        for (size_t j = 0; j < workers[i].freed_count; j++)
            SAY("freed %" PRIxPTR "\n", (uintptr_t)workers[i].freed[j]);
    }
#if __GLIBC_PREREQ(2, 33)
    struct mallinfo2 info = mallinfo2();

    SAY("info %zx %zx %zx %zx\n", info.arena, info.hblks, info.hblkhd, info.fordblks);
#endif
    SAY("ready\n");
    flush();
}

int
main(int argc, char **argv)
{
    unsigned seed = 1;
    char byte;

    for (int i = 1; i < argc; i++) {
        foreign |= strcmp(argv[i], "foreign") == 0;
        blocked |= strcmp(argv[i], "blocked") == 0;
        if (strncmp(argv[i], "seed=", 5) == 0)
            seed = (unsigned)atoi(argv[i] + 5);
    }
    pthread_barrier_init(&barrier, NULL, THREADS + 1 - ENDING);
    for (int i = 0; i <= THREADS; i++) {
        workers[i].seed = seed * 100 + (unsigned)i;
        workers[i].number = i;
        if (i && pthread_create(&workers[i].thread, NULL, work, &workers[i]))
            return 1;
    }
    work(&workers[0]);
    for (int i = 1; i <= ENDING; i++)
        pthread_join(workers[i].thread, NULL);
    free_others();
    tell();
    return read(STDIN_FILENO, &byte, 1) != 0;
}
