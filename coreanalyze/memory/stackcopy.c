#include "coreanalyze/memory/stackcopy.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <string.h>
#include <sys/mman.h>

#define LATEST 8                   /* pieces in which an address is looked for while they are added */
#define SEARCHED (256u << 10)      /* bytes of a signal stack that are searched for the interrupted one */
#define RED_ZONE 128               /* below the stack pointer, in use by a function that calls no other */
#define UNLISTED (1u << 20)        /* of a stack whose mapping is not known */
#define ROOM_PER_TASK (64u << 10)  /* as much as most stacks take */
#define MOST_ROOM (16u << 20)

/* One stack's bytes. */
struct piece {
    uint64_t start, end;
    uint8_t *bytes;
    bool is_own; /* allocated for it: not part of the room */
};

struct cpt_stackcopy {
    struct cpt_memory memory;
    struct cpt_memory *behind;
    CPT_VEC(struct piece) pieces; /* by address, once taken */
    CPT_VEC(struct cpt_task) tasks;
    uint8_t *room;
    size_t room_size, room_used;
    uint64_t copied;
    size_t last; /* the piece found last */
};

static bool
is_in(const struct piece *piece, uint64_t address)
{
    return address >= piece->start && address < piece->end;
}

/* While pieces are added they are in no order. What is missed here costs a second copy. */
static const struct piece *
find_added(const struct cpt_stackcopy *copy, uint64_t address)
{
    size_t count = copy->pieces.count;

    for (size_t i = count; i-- > 0 && count - i < LATEST;) {
        if (is_in(&copy->pieces.items[i], address))
            return &copy->pieces.items[i];
    }
    return NULL;
}

static const struct piece *
find_piece(struct cpt_stackcopy *copy, uint64_t address)
{
    size_t low = 0, high = copy->pieces.count;

    if (copy->last < high && is_in(&copy->pieces.items[copy->last], address))
        return &copy->pieces.items[copy->last];
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (copy->pieces.items[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == copy->pieces.count || address < copy->pieces.items[low].start)
        return NULL;
    copy->last = low;
    return &copy->pieces.items[low];
}

static size_t
read_copy(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size)
{
    struct cpt_stackcopy *copy = (struct cpt_stackcopy *)memory;
    const struct piece *piece = find_piece(copy, address);
    const struct cpt_mapping *mapping;

    if (piece) {
        if (size > piece->end - address)
            size = (size_t)(piece->end - address);
        memcpy(buffer, piece->bytes + (address - piece->start), size);
        return size;
    }
    mapping = cpt_memory_mapping(copy->behind, address);
    if (!mapping || mapping->writable)
        return 0;
    if (size > mapping->end - address)
        size = (size_t)(mapping->end - address);
    return cpt_memory_read_some(copy->behind, address, buffer, size);
}

static const struct cpt_memory_ops copy_ops = {.read = read_copy};

cpt_status
cpt_stackcopy_open(struct cpt_stackcopy **result, struct cpt_memory *memory, struct cpt_error *error)
{
    struct cpt_stackcopy *copy = calloc(1, sizeof(*copy));
    size_t room = (memory->task_count + 4) * ROOM_PER_TASK;
    void *bytes;

    if (!copy)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    copy->memory = *memory;
    copy->memory.ops = &copy_ops;
    copy->memory.tasks = NULL;
    copy->memory.task_count = 0;
    copy->behind = memory;
    if (room > MOST_ROOM)
        room = MOST_ROOM;
    /* Pages that had to be made first would make the hold longer. */
    bytes = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (bytes != MAP_FAILED) {
        copy->room = bytes;
        copy->room_size = room;
    }
    *result = copy;
    return CPT_OK;
}

static void
forget(struct cpt_stackcopy *copy)
{
    for (size_t i = 0; i < copy->pieces.count; i++) {
        if (copy->pieces.items[i].is_own)
            free(copy->pieces.items[i].bytes);
    }
    copy->pieces.count = copy->tasks.count = 0;
    copy->room_used = 0;
    copy->copied = 0;
    copy->last = 0;
}

void
cpt_stackcopy_close(struct cpt_stackcopy *copy)
{
    if (!copy)
        return;
    forget(copy);
    cpt_vec_free(&copy->pieces);
    cpt_vec_free(&copy->tasks);
    if (copy->room)
        munmap(copy->room, copy->room_size);
    free(copy);
}

/* What there is of a stack whose pointer is SP. */
static bool
bound_stack(const struct cpt_stackcopy *copy, uint64_t sp, struct piece *piece)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(copy->behind, sp);

    if (mapping && !mapping->readable)
        return false;
    /* A stack that has grown, or was made, since the mappings were listed. */
    piece->start = sp < RED_ZONE ? 0 : sp - RED_ZONE;
    piece->end = sp > UINT64_MAX - UNLISTED ? UINT64_MAX : sp + UNLISTED;
    if (mapping) {
        piece->start = sp - mapping->start > RED_ZONE ? sp - RED_ZONE : mapping->start;
        piece->end = mapping->end;
    }
    if (piece->end - piece->start > CPT_MAX_STACK_COPY)
        piece->end = piece->start + CPT_MAX_STACK_COPY;
    if (piece->end - piece->start > CPT_MAX_STACK_COPIES - copy->copied)
        piece->end = piece->start + (CPT_MAX_STACK_COPIES - copy->copied);
    return piece->end > piece->start;
}

static bool
copy_stack(struct cpt_stackcopy *copy, uint64_t sp)
{
    struct piece piece = {.bytes = NULL}, *added;
    size_t size;

    if (find_added(copy, sp) || !bound_stack(copy, sp, &piece))
        return true;
    size = (size_t)(piece.end - piece.start);
    piece.is_own = size > copy->room_size - copy->room_used;
    piece.bytes = piece.is_own ? malloc(size) : copy->room + copy->room_used;
    if (!piece.bytes)
        return false;
    /* One of a pile of stacks in one mapping ends at the guard page of the next. */
    size = cpt_memory_read_some(copy->behind, piece.start, piece.bytes, size);
    piece.end = piece.start + size;
    added = size ? cpt_vec_add(&copy->pieces) : NULL;
    if (!added) {
        if (piece.is_own)
            free(piece.bytes);
        return !size;
    }
    *added = piece;
    copy->room_used += piece.is_own ? 0 : size;
    copy->copied += size;
    return true;
}

/* The stack that TASK was started with: glibc and musl have the thread's own structure at its upper end. */
static const struct cpt_mapping *
own_stack(const struct cpt_stackcopy *copy, const struct cpt_task *task)
{
    const struct cpt_memory *behind = copy->behind;

    if (task->tid != behind->pid)
        return cpt_memory_mapping(behind, task->thread_pointer);
    for (size_t i = behind->mapping_count; i-- > 0;) {
        if (behind->mappings[i].path && strcmp(behind->mappings[i].path, "[stack]") == 0)
            return &behind->mappings[i];
    }
    return NULL;
}

/* The lowest of the addresses in MAPPING that stand on the stack at SP. */
static uint64_t
lowest_pointer(struct cpt_stackcopy *copy, uint64_t sp, const struct cpt_mapping *mapping)
{
    const struct piece *piece = find_added(copy, sp);
    uint64_t lowest = mapping->end;

    if (!piece)
        return lowest;
    for (uint64_t at = (sp + 7) & ~UINT64_C(7); at - sp < SEARCHED && piece->end - at >= 8 && at < piece->end; at += 8) {
        uint64_t word = cpt_load_u64(piece->bytes + (at - piece->start));

        if (word >= mapping->start && word < lowest)
            lowest = word;
    }
    return lowest;
}

/* A signal handler may run on a stack of its own, where the kernel has put the interrupted one's pointer. */
static bool
copy_interrupted(struct cpt_stackcopy *copy, const struct cpt_task *task)
{
    const struct cpt_mapping *own = own_stack(copy, task);
    uint64_t lowest;

    if (!own || (task->sp >= own->start && task->sp < own->end))
        return true;
    lowest = lowest_pointer(copy, task->sp, own);
    return lowest == own->end || copy_stack(copy, lowest);
}

static bool
copy_task(struct cpt_stackcopy *copy, const struct cpt_task *task)
{
    return !task->has_registers || (copy_stack(copy, task->sp) && copy_interrupted(copy, task));
}

static int
by_start(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;

    return (x->start > y->start) - (x->start < y->start);
}

/* By address, and each byte in one piece only: threads may have their stacks in one mapping. */
static void
settle(struct cpt_stackcopy *copy)
{
    struct piece *pieces = copy->pieces.items;
    size_t kept = 0;

    if (!copy->pieces.count)
        return;
    qsort(pieces, copy->pieces.count, sizeof(*pieces), by_start);
    for (size_t i = 0; i < copy->pieces.count; i++) {
        struct piece piece = pieces[i];

        if (kept && piece.end <= pieces[kept - 1].end) {
            if (piece.is_own)
                free(piece.bytes);
            continue;
        }
        if (kept && piece.start < pieces[kept - 1].end)
            pieces[kept - 1].end = piece.start;
        pieces[kept++] = piece;
    }
    copy->pieces.count = kept;
}

cpt_status
cpt_stackcopy_take(struct cpt_stackcopy *copy, int32_t only_thread, struct cpt_error *error)
{
    const struct cpt_memory *behind = copy->behind;

    forget(copy);
    for (size_t i = 0; i < behind->task_count; i++) {
        const struct cpt_task *task = &behind->tasks[i];
        struct cpt_task *added;

        if (only_thread && task->tid != only_thread)
            continue;
        added = cpt_vec_add(&copy->tasks);
        if (!added || !copy_task(copy, task))
            return cpt_error_set(error, CPT_NOMEM, "no memory for a copy of the stacks");
        *added = *task;
    }
    settle(copy);
    copy->memory.mappings = behind->mappings;
    copy->memory.mapping_count = behind->mapping_count;
    copy->memory.tasks = copy->tasks.items;
    copy->memory.task_count = copy->tasks.count;
    return CPT_OK;
}

struct cpt_memory *
cpt_stackcopy_memory(struct cpt_stackcopy *copy)
{
    return &copy->memory;
}

uint64_t
cpt_stackcopy_size(const struct cpt_stackcopy *copy)
{
    return copy->copied;
}
