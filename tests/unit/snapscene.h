/* A child process with memory of all kinds at known addresses, for tests that copy it. */
#ifndef CPT_TESTS_SNAPSCENE_H
#define CPT_TESTS_SNAPSCENE_H

#include "tests/unit/victim.h"

#include <stddef.h>

#define SCENE_PAGE UINT64_C(4096)
#define SCENE_BASE UINT64_C(0x200000000000)

/* 64 pages of anonymous memory: the first 16 and the last 15 written to, one only read, the others untouched. */
#define SCENE_MIXED SCENE_BASE
#define SCENE_MIXED_PAGES 64
#define SCENE_WRITTEN_LOW 16
#define SCENE_WRITTEN_HIGH 49
#define SCENE_READ 48
/* Right behind it a mapping by itself, 4 pages, all written to; then one that cannot be read, 4 pages. */
#define SCENE_NEIGHBOUR (SCENE_MIXED + SCENE_MIXED_PAGES * SCENE_PAGE)
#define SCENE_NEIGHBOUR_PAGES 4
#define SCENE_NONE (SCENE_NEIGHBOUR + SCENE_NEIGHBOUR_PAGES * SCENE_PAGE)
/* A private mapping of a file with 80 MiB, of which page 2 was changed, page 5 only read. */
#define SCENE_FILE (SCENE_BASE + (UINT64_C(1) << 32))
#define SCENE_FILE_SIZE (UINT64_C(80) << 20)
/* The same of a file with 8 pages. */
#define SCENE_SMALL_FILE (SCENE_BASE + (UINT64_C(2) << 32))
#define SCENE_SMALL_FILE_PAGES 8
/* Shared memory, 4 pages, and memory that can be read alone, 2 pages, written to before. */
#define SCENE_SHARED (SCENE_BASE + (UINT64_C(3) << 32))
#define SCENE_CONSTANT (SCENE_SHARED + (UINT64_C(1) << 30))
/* A gigabyte that nobody has touched. */
#define SCENE_UNTOUCHED (SCENE_BASE + (UINT64_C(4) << 32))
#define SCENE_UNTOUCHED_SIZE (UINT64_C(1) << 30)
/* 768 gigabytes with three pages, of which the first two are near to one another; only where asked for. */
#define SCENE_VAST (SCENE_BASE + (UINT64_C(1) << 42))
#define SCENE_VAST_SIZE (UINT64_C(768) << 30)
#define SCENE_VAST_FIRST (SCENE_VAST + 1000 * SCENE_PAGE)
#define SCENE_VAST_SECOND (SCENE_VAST + 1020 * SCENE_PAGE)
#define SCENE_VAST_THIRD (SCENE_VAST + (UINT64_C(512) << 30))
/* As many mappings of one page as asked for, every other page of the address space. */
#define SCENE_MANY (SCENE_BASE + (UINT64_C(1) << 44))

/* Mapped with the first scene_again: 16 pages right below SCENE_MIXED, and 3 MiB far from all else. */
#define SCENE_LATE_PAGES 16
#define SCENE_LATE (SCENE_MIXED - SCENE_LATE_PAGES * SCENE_PAGE)
#define SCENE_FAR (SCENE_BASE + (UINT64_C(1) << 43))
#define SCENE_FAR_PAGES 768

struct scene_plan {
    bool vast;
    size_t many;
    size_t changing; /* bytes of memory behind SCENE_MANY, filled, that the child goes on changing */
};

/* The byte at ADDRESS of memory that was filled, in the ROUND-th round: see scene_again. */
uint8_t scene_byte(uint64_t address, unsigned round);

/* PLAN may be NULL. Ends with victim_end. */
struct victim *scene_start(const struct scene_plan *plan);

/* Lets the child fill SCENE_NEIGHBOUR and SCENE_SHARED with the bytes of the next round (SCENE_LATE and SCENE_FAR with
   those of round 0), and waits until it has. */
void scene_again(void);

/* Of the mappings of process PID that lie in [START, END): bytes in memory, as /proc/PID/smaps counts them. PRIVATE: of
   private ones alone. */
uint64_t scene_resident(pid_t pid, uint64_t start, uint64_t end, bool private);

#endif
