#include "coreanalyze/analyses/lock_owner.h"

#include "coreanalyze/analyses/stack.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/evalstack.h"
#include "coreanalyze/decode/str.h"

#include <stdlib.h>
#include <string.h>

/* builtin_method is that of methods that want to know their class, from 3.9. */
uint64_t
cpt_bound_self(struct cpt_decode *decode, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_error ignored;
    uint64_t bound;

    if (!CPT_HAS(at->cfunction.m_self) ||
        (!cpt_text_is(&object->type->name, "builtin_function_or_method") && !cpt_text_is(&object->type->name, "builtin_method")) ||
        cpt_memory_read_u64(decode->memory, object->address + (uint64_t)at->cfunction.m_self, &bound, &ignored))
        return 0;
    return bound;
}

/* Whether the C string at ADDRESS is "__exit__". */
static bool
names_exit(struct cpt_stack_work *work, uint64_t address)
{
    struct cpt_error ignored;
    char text[16];

    return !cpt_memory_read_string(work->decode.memory, address, text, sizeof(text), &ignored) &&
           strcmp(text, "__exit__") == 0;
}

static bool
is_bound_exit(struct cpt_stack_work *work, const struct cpt_object *object, uint64_t lock)
{
    const struct cpt_layout_fields *at = work->decode.at;
    struct cpt_error ignored;
    uint64_t definition, name;

    return CPT_HAS(at->cfunction.m_ml) && CPT_HAS(at->methoddef.ml_name) && cpt_bound_self(&work->decode, object) == lock &&
           !cpt_memory_read_u64(work->decode.memory, object->address + (uint64_t)at->cfunction.m_ml, &definition,
                                &ignored) &&
           !cpt_memory_read_u64(work->decode.memory, definition + (uint64_t)at->methoddef.ml_name, &name, &ignored) &&
           names_exit(work, name);
}

static bool
is_descriptor_of(struct cpt_stack_work *work, uint64_t address, const char *method)
{
    const struct cpt_layout_fields *at = work->decode.at;
    struct cpt_object object;
    struct cpt_error ignored;
    uint64_t name;

    return address && CPT_HAS(at->descr.d_name) && !cpt_object_open(&work->values.types, address, &object, &ignored) &&
           cpt_text_is(&object.type->name, "method_descriptor") &&
           !cpt_memory_read_u64(work->decode.memory, address + (uint64_t)at->descr.d_name, &name, &ignored) &&
           cpt_str_equals(&work->decode, name, method);
}

/* Whether slot I of the LIVE ones is what a with statement keeps to call __exit__ of LOCK: a bound method, or (3.14+) the
   lock itself behind the method's descriptor. The latter is there, and __enter__ behind it, while the statement is still
   being entered; before 3.14 nothing keeps it alive then. */
static bool
is_exit_of(struct cpt_stack_work *work, const uint64_t *slots, size_t live, size_t i, uint64_t lock)
{
    struct cpt_object object;
    struct cpt_error ignored;

    if (slots[i] == lock)
        return i > 0 && is_descriptor_of(work, slots[i - 1], "__exit__") &&
               !(i + 1 < live && is_descriptor_of(work, slots[i + 1], "__enter__"));
    return slots[i] && !cpt_object_open(&work->values.types, slots[i], &object, &ignored) &&
           is_bound_exit(work, &object, lock);
}

static bool
is_inside_with(struct cpt_stack_work *work, const struct cpt_stack_thread *thread, uint64_t lock)
{
    bool found = false;

    for (size_t i = 0; !found && i < thread->frame_count; i++) {
        struct cpt_error ignored;
        size_t count, live = 0;
        uint64_t *slots = NULL;

        if (work->with_frames++ >= CPT_MAX_WITH_FRAMES ||
            cpt_evalstack_read(&work->decode, &thread->frames[i], &slots, &count, &live, &ignored))
            continue;
        for (size_t slot = 0; !found && slot < live; slot++)
            found = is_exit_of(work, slots, live, slot, lock);
        free(slots);
    }
    return found;
}

/* That can be the thread that waits: a Lock is not to be taken twice. */
static void
infer_owner(struct cpt_stack_work *work, struct cpt_waiting *waiting)
{
    const struct cpt_stack_thread *owner = NULL;

    for (size_t i = 0; i < work->stack->thread_count; i++) {
        const struct cpt_stack_thread *thread = &work->stack->threads[i];

        if (!is_inside_with(work, thread, waiting->address))
            continue;
        if (owner)
            return;
        owner = thread;
    }
    waiting->owner = owner ? owner->native_id : 0;
    waiting->inferred = owner && owner->native_id;
}

/* The same lock is looked for once, however many threads wait for it. */
cpt_status
cpt_lock_owners_infer(struct cpt_stack_work *work, struct cpt_error *error)
{
    struct cpt_stack *stack = work->stack;
    struct cpt_hash known = {0}; /* lock -> what the first thread waits for */
    bool fits = true;

    for (size_t i = 0; fits && i < stack->thread_count; i++) {
        struct cpt_waiting *waiting = &stack->threads[i].waiting;
        const struct cpt_waiting *first;

        if (!waiting->kind || strcmp(waiting->kind, "lock") != 0)
            continue;
        first = cpt_hash_get(&known, waiting->address);
        if (first) {
            *waiting = *first;
            continue;
        }
        infer_owner(work, waiting);
        fits = cpt_hash_set(&known, waiting->address, waiting);
    }
    cpt_hash_free(&known);
    return fits ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
}
