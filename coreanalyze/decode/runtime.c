#include "coreanalyze/decode/runtime.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <inttypes.h>
#include <string.h>

/* Reads the pointer FIELD of the structure at BASE where the layout has it; *VALUE stays 0 where not. */
static cpt_status
read_field(struct cpt_decode *decode, uint64_t base, int32_t field, uint64_t *value,
           struct cpt_error *error)
{
    *value = 0;
    if (!CPT_HAS(field))
        return CPT_OK;
    return cpt_memory_read_u64(decode->memory, base + (uint64_t)field, value, error);
}

static void
hole(struct cpt_decode *decode, const struct cpt_error *error, const char *what)
{
    cpt_holes_add_error(decode->holes, error, "%s", what);
}

/* A field without which the rest can still be told: 0 and a hole where it cannot be read. */
static uint64_t
read_or_hole(struct cpt_decode *decode, uint64_t base, int32_t field, const char *what)
{
    struct cpt_error error;
    uint64_t value;

    if (read_field(decode, base, field, &value, &error)) {
        hole(decode, &error, what);
        return 0;
    }
    return value;
}

static uint32_t
read_u32_or_hole(struct cpt_decode *decode, uint64_t base, int32_t field, const char *what)
{
    struct cpt_error error;
    uint32_t value = 0;

    if (CPT_HAS(field) &&
        cpt_memory_read_u32(decode->memory, base + (uint64_t)field, &value, &error)) {
        hole(decode, &error, what);
        return 0;
    }
    return value;
}

cpt_status
cpt_runtime_read(struct cpt_decode *decode, uint64_t address, struct cpt_runtime *runtime,
                 struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    cpt_status status;

    memset(runtime, 0, sizeof(*runtime));
    runtime->address = address;
    status = read_field(decode, address, at->runtime.interpreters_head,
                        &runtime->interpreters_head, error);
    if (status)
        return status;
    runtime->main_interpreter =
        read_or_hole(decode, address, at->runtime.interpreters_main, "main interpreter");
    runtime->main_thread = read_or_hole(decode, address, at->runtime.main_thread, "main thread");
    runtime->finalizing =
        read_or_hole(decode, address, at->runtime.finalizing, "finalization of the runtime");
    runtime->collecting =
        read_u32_or_hole(decode, address, at->runtime.gc_collecting, "garbage collector") != 0;
    runtime->allocator =
        read_u32_or_hole(decode, address, at->runtime.preconfig_allocator, "allocator");
    if (CPT_HAS(at->runtime.ceval_gil))
        runtime->gil = address + (uint64_t)at->runtime.ceval_gil;
    return CPT_OK;
}

static void
read_collector(struct cpt_decode *decode, struct cpt_interpreter *interpreter)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t gc = interpreter->address + (uint64_t)at->interp.gc;

    if (!CPT_HAS(at->interp.gc) || !CPT_HAS(at->gc.collecting))
        return;
    interpreter->collecting =
        read_u32_or_hole(decode, gc, at->gc.collecting, "garbage collector") != 0;
    interpreter->gc_frame = read_or_hole(decode, gc, at->gc.frame, "frame of the garbage collector");
}

cpt_status
cpt_interpreter_read(struct cpt_decode *decode, const struct cpt_runtime *runtime, uint64_t address,
                     struct cpt_interpreter *interpreter, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    cpt_status status;

    memset(interpreter, 0, sizeof(*interpreter));
    interpreter->address = address;
    interpreter->collecting = runtime->collecting;
    status = read_field(decode, address, at->interp.next, &interpreter->next, error);
    if (!status)
        status = read_field(decode, address, at->interp.threads_head, &interpreter->threads_head,
                            error);
    if (status)
        return status;
    interpreter->id = (int64_t)read_or_hole(decode, address, at->interp.id, "interpreter's id");
    interpreter->modules = read_or_hole(decode, address, at->interp.modules, "sys.modules");
    interpreter->builtins = read_or_hole(decode, address, at->interp.builtins, "builtins");
    interpreter->finalizing =
        read_or_hole(decode, address, at->interp.finalizing, "finalization of the interpreter");
    interpreter->gil = read_or_hole(decode, address, at->interp.ceval_gil, "interpreter's GIL");
    if (!interpreter->gil)
        interpreter->gil = runtime->gil;
    read_collector(decode, interpreter);
    return CPT_OK;
}

cpt_status
cpt_thread_read(struct cpt_decode *decode, uint64_t address, struct cpt_thread *thread,
                struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    size_t span = cpt_struct_cover(0, at->tstate.next, 8);
    struct cpt_struct s;
    cpt_status status;

    span = cpt_struct_cover(span, at->tstate.interp, 8);
    span = cpt_struct_cover(span, at->tstate.thread_id, 8);
    span = cpt_struct_cover(span, at->tstate.native_thread_id, 8);
    status = cpt_struct_read(decode, &s, address, span, error);
    if (status)
        return status;
    thread->address = address;
    thread->next = cpt_struct_u64(&s, at->tstate.next);
    thread->interp = cpt_struct_u64(&s, at->tstate.interp);
    thread->ident = cpt_struct_u64(&s, at->tstate.thread_id);
    thread->native_id = cpt_struct_u64(&s, at->tstate.native_thread_id);
    return CPT_OK;
}

static void
no_memory(struct cpt_decode *decode, const char *list)
{
    cpt_holes_add(decode->holes, cpt_status_code(CPT_NOMEM), 0, "no memory for all %s", list);
}

/* Whether a linked list may be followed to ADDRESS: not when it was there before, or goes on for too long. What is
   wrong becomes a hole. */
static bool
may_follow(struct cpt_decode *decode, struct cpt_hash *seen, uint64_t address, size_t limit,
           const char *list)
{
    if (!address)
        return false;
    if (!cpt_pointer_is_plausible(address) || cpt_hash_get(seen, address))
        cpt_holes_add(decode->holes, cpt_status_code(CPT_CORRUPT), address,
                      "the list of %s leads to 0x%" PRIx64 ", %s", list, address,
                      cpt_hash_get(seen, address) ? "where it was before" : "no object");
    else if (seen->count >= limit)
        cpt_holes_add(decode->holes, cpt_status_code(CPT_LIMIT), address,
                      "more than %zu %s: the rest is left out", limit, list);
    else if (cpt_hash_set(seen, address, decode))
        return true;
    else
        no_memory(decode, list);
    return false;
}

/* Moves COUNT items that were collected on the heap into the arena. */
static cpt_status
keep(struct cpt_decode *decode, void *items, size_t count, size_t size, void **kept,
     struct cpt_error *error)
{
    *kept = cpt_arena_array(decode->arena, count, size);
    if (*kept && count)
        memcpy(*kept, items, count * size);
    free(items);
    return *kept ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
}

cpt_status
cpt_runtime_interpreters(struct cpt_decode *decode, const struct cpt_runtime *runtime,
                         struct cpt_interpreter **interpreters, size_t *count,
                         struct cpt_error *error)
{
    CPT_VEC(struct cpt_interpreter) found = {0};
    struct cpt_hash seen = {0};
    uint64_t address = runtime->interpreters_head;
    struct cpt_error broken;
    void *kept;
    cpt_status status;

    for (;;) {
        struct cpt_interpreter *next;

        if (!may_follow(decode, &seen, address, CPT_MAX_INTERPRETERS, "interpreters")) {
            /* A list that breaks off has not come to the main one, which is its last. */
            address = runtime->main_interpreter;
            if (!address || cpt_hash_get(&seen, address) || !cpt_hash_set(&seen, address, decode))
                break;
        }
        next = cpt_vec_add(&found);
        if (!next) {
            no_memory(decode, "interpreters");
            break;
        }
        if (cpt_interpreter_read(decode, runtime, address, next, &broken)) {
            cpt_holes_add_error(decode->holes, &broken, "interpreter at 0x%" PRIx64, address);
            found.count--;
            address = 0;
            continue;
        }
        address = next->next;
    }
    cpt_hash_free(&seen);
    *count = found.count;
    status = keep(decode, found.items, found.count, sizeof(*found.items), &kept, error);
    *interpreters = kept;
    return status;
}

cpt_status
cpt_interpreter_threads(struct cpt_decode *decode, const struct cpt_interpreter *interpreter,
                        struct cpt_thread **threads, size_t *count, struct cpt_error *error)
{
    CPT_VEC(struct cpt_thread) found = {0};
    struct cpt_hash seen = {0};
    uint64_t address = interpreter->threads_head;
    struct cpt_error broken;
    void *kept;
    cpt_status status;

    while (may_follow(decode, &seen, address, CPT_MAX_THREADS, "thread states")) {
        struct cpt_thread *next = cpt_vec_add(&found);

        if (!next) {
            no_memory(decode, "thread states");
            break;
        }
        if (cpt_thread_read(decode, address, next, &broken)) {
            cpt_holes_add_error(decode->holes, &broken, "thread state at 0x%" PRIx64, address);
            found.count--;
            break;
        }
        if (next->interp != interpreter->address)
            cpt_holes_add(decode->holes, cpt_status_code(CPT_CORRUPT), address,
                          "the thread state at 0x%" PRIx64 " belongs to another interpreter",
                          address);
        address = next->next;
    }
    cpt_hash_free(&seen);
    *count = found.count;
    status = keep(decode, found.items, found.count, sizeof(*found.items), &kept, error);
    *threads = kept;
    return status;
}

cpt_status
cpt_gil_holder(struct cpt_decode *decode, uint64_t gil, uint64_t *holder, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint32_t locked;
    cpt_status status;

    *holder = 0;
    if (!gil || !CPT_HAS(at->gil.locked) || !CPT_HAS(at->gil.last_holder))
        return CPT_OK;
    status = cpt_memory_read_u32(decode->memory, gil + (uint64_t)at->gil.locked, &locked, error);
    /* -1: not created yet; 0: free; last_holder stays what it was then. */
    if (status || locked != 1)
        return status;
    return cpt_memory_read_u64(decode->memory, gil + (uint64_t)at->gil.last_holder, holder, error);
}
