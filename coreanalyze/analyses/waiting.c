#include "coreanalyze/analyses/waiting.h"

#include "coreanalyze/analyses/deadlock.h"
#include "coreanalyze/analyses/lock_owner.h"
#include "coreanalyze/analyses/stack.h"
#include "coreanalyze/analyses/stack_status.h"
#include "coreanalyze/decode/instance.h"
#include "coreanalyze/decode/lock.h"
#include "coreanalyze/decode/slots.h"
#include "coreanalyze/decode/str.h"

#include <stdlib.h>
#include <string.h>

/* What many threads ask about the others: native ids by threading.get_ident(), and by the interpreter whose GIL a thread
   has. */
static cpt_status
index_threads(struct cpt_stack_work *work, struct cpt_error *error)
{
    bool fits = true;

    for (size_t i = 0; fits && i < work->stack->thread_count; i++) {
        const struct cpt_stack_thread *thread = &work->stack->threads[i];
        void *native_id = (void *)(uintptr_t)thread->native_id;

        if (!native_id)
            continue;
        if (thread->ident && !cpt_hash_get(&work->native_ids, thread->ident))
            fits = cpt_hash_set(&work->native_ids, thread->ident, native_id);
        if (fits && (thread->status & CPT_THREAD_HOLDS_GIL))
            fits = cpt_hash_set(&work->gil_holders, thread->interpreter_address, native_id);
    }
    return fits ? CPT_OK : cpt_error_set(error, CPT_NOMEM, "out of memory");
}

static int32_t
native_id_of(const struct cpt_stack_work *work, uint64_t ident)
{
    return ident ? (int32_t)(uintptr_t)cpt_hash_get(&work->native_ids, ident) : 0;
}

/* Objects that a frame refers to. */

/* Whether the thread that sleeps on the semaphore at FUTEX waits inside the object, of a C type: its semaphore is the
   one, or the mutex it is parked on lies in it. */
static bool
is_waited_in(struct cpt_stack_work *work, const struct cpt_object *object, uint64_t futex, uint64_t parked)
{
    struct cpt_error ignored;
    struct cpt_struct s;
    size_t size = (size_t)object->type->basicsize;

    if (size > CPT_STRUCT_MAX)
        return false;
    if (parked >= object->address && parked - object->address < size)
        return true;
    if (cpt_struct_read(&work->decode, &s, object->address, size, &ignored))
        return false;
    for (size_t i = (size_t)work->decode.at->object.size; i + 8 <= size; i += 8) {
        if (cpt_load_u64(s.bytes + i) == futex)
            return true;
    }
    return false;
}

/* Fills WAITING where ADDRESS is a lock or a SimpleQueue that the thread sleeps in, or a bound method of one. */
static bool
try_object(struct cpt_stack_work *work, uint64_t address, uint64_t futex, uint64_t parked,
           struct cpt_waiting *waiting)
{
    struct cpt_types *types = &work->values.types;
    struct cpt_object object;
    struct cpt_error ignored;
    struct cpt_lock lock;
    uint64_t bound;

    address = cpt_cell_content(&work->values, address);
    if (!address || cpt_object_open(types, address, &object, &ignored))
        return false;
    bound = cpt_bound_self(&work->decode, &object);
    if (bound && cpt_object_open(types, bound, &object, &ignored))
        return false;
    if (!cpt_lock_read(types, &object, &lock, &ignored)) {
        if (lock.waits_on != (lock.parks ? parked : futex))
            return false;
        waiting->kind = lock.recursive ? "rlock" : "lock";
        waiting->address = lock.address;
        waiting->owner = native_id_of(work, lock.owner);
        return true;
    }
    if (!cpt_text_is(&object.type->name, "_queue.SimpleQueue") || !is_waited_in(work, &object, futex, parked))
        return false;
    waiting->kind = "queue";
    waiting->address = object.address;
    return true;
}

/* The slots of FRAME, variables first; the caller frees. NULL where they cannot be read. */
static uint64_t *
all_slots(struct cpt_stack_work *work, const struct cpt_frame *frame, size_t *count)
{
    const struct cpt_variables *variables = frame->code ? cpt_code_variables(&work->decode, frame->code) : NULL;
    struct cpt_error ignored;
    uint64_t *slots = NULL;

    if (!variables)
        return NULL;
    *count = (size_t)variables->slots + variables->stack_slots;
    return cpt_frame_slots(&work->decode, frame, 0, *count, &slots, &ignored) ? NULL : slots;
}

/* The lock or queue among what the innermost frame refers to; from the top of its stack down, where the call is. */
static bool
search_frame(struct cpt_stack_work *work, const struct cpt_frame *frame, uint64_t futex, uint64_t parked,
             struct cpt_waiting *waiting)
{
    size_t count = 0;
    uint64_t *slots = all_slots(work, frame, &count);
    bool found = false;

    for (size_t i = slots ? count : 0; !found && i-- > 0;) {
        found = cpt_pointer_is_plausible(slots[i]) && try_object(work, slots[i], futex, parked, waiting);
    }
    free(slots);
    return found;
}

static bool
find_lock(struct cpt_stack_work *work, const struct cpt_stack_thread *thread, struct cpt_waiting *waiting)
{
    uint64_t futex = thread->task->syscall_argument, parked = cpt_parked_on(&work->decode, futex);
    struct cpt_error ignored;
    struct cpt_lock lock;

    if (parked && !cpt_lock_around(&work->values.types, parked, &lock, &ignored))
        return try_object(work, lock.address, futex, parked, waiting);
    return thread->frame_count && search_frame(work, &thread->frames[0], futex, parked, waiting);
}

/* What the frames are doing. */

/* Waits of the standard library that are built on locks: a function in FILE called FUNCTION, as a method of an instance
   of CLASS or of a class that inherits from it. */
static const struct {
    const char *file, *function, *class, *kind;
} library_waits[] = {
    {"/threading.py", "wait", "threading.Condition", "condition"},
    {"/threading.py", "wait_for", "threading.Condition", "condition"},
    {"/threading.py", "wait", "threading.Event", "event"},
    {"/threading.py", "acquire", "threading.Semaphore", "semaphore"},
    {"/threading.py", "wait", "threading.Barrier", "barrier"},
    {"/threading.py", "_wait", "threading.Barrier", "barrier"},
    {"/threading.py", "_enter", "threading.Barrier", "barrier"},
    {"/threading.py", "join", "threading.Thread", "thread"},
    {"/threading.py", "_wait_for_tstate_lock", "threading.Thread", "thread"},
    {"/queue.py", "get", "queue.Queue", "queue"},
    {"/queue.py", "put", "queue.Queue", "queue"},
    {"/queue.py", "join", "queue.Queue", "queue"},
    {"/_base.py", "result", "concurrent.futures._base.Future", "future"},
    {"/_base.py", "exception", "concurrent.futures._base.Future", "future"},
};

#define LIBRARY_WAITS (sizeof(library_waits) / sizeof(library_waits[0]))

static bool
inherits(struct cpt_stack_work *work, const struct cpt_type *type, const char *class)
{
    const struct cpt_type *entry = type;

    for (size_t i = 0; entry; entry = cpt_type_mro(&work->values.types, type, ++i)) {
        if (cpt_text_is(&entry->name, class))
            return true;
    }
    return false;
}

static bool
ends_with(const struct cpt_text *text, const char *end)
{
    size_t size = strlen(end);

    return text->data && text->size >= size && memcmp(text->data + text->size - size, end, size) == 0;
}

/* The first argument of FRAME, `self` of a method. */
static bool
open_self(struct cpt_stack_work *work, const struct cpt_frame *frame, struct cpt_object *object)
{
    const struct cpt_variables *variables = cpt_code_variables(&work->decode, frame->code);
    struct cpt_error ignored;
    size_t count = 0;
    uint64_t *slots = all_slots(work, frame, &count), first = 0;

    if (slots && variables->count && variables->items[0].slot < count)
        first = slots[variables->items[0].slot];
    free(slots);
    if (first)
        first = cpt_cell_content(&work->values, first);
    return first && !cpt_object_open(&work->values.types, first, object, &ignored);
}

/* The kind of library wait that FRAME is, with its object; NULL: none. */
static const char *
library_wait(struct cpt_stack_work *work, const struct cpt_frame *frame, struct cpt_object *object)
{
    const struct cpt_code *code = frame->code;
    bool opened = false;

    for (size_t i = 0; code && code->name.data && i < LIBRARY_WAITS; i++) {
        if (strcmp(code->name.data, library_waits[i].function) != 0 || !ends_with(&code->file, library_waits[i].file))
            continue;
        if (!opened && !open_self(work, frame, object))
            return NULL;
        opened = true;
        if (inherits(work, object->type, library_waits[i].class))
            return library_waits[i].kind;
    }
    return NULL;
}

/* Thread.join: the native id of the Thread object at ADDRESS. */
static int32_t
thread_object_id(struct cpt_stack_work *work, uint64_t address)
{
    struct cpt_error ignored;
    uint64_t object, ident;

    if (cpt_instance_find(&work->decode, address, "_ident", &object, &ignored) ||
        cpt_int_read_u64(&work->decode, object, &ident, &ignored))
        return 0;
    return native_id_of(work, ident);
}

/* A queue waits for a condition, which waits for a lock: the outermost is what a person asks for. */
static void
look_at_frames(struct cpt_stack_work *work, const struct cpt_stack_thread *thread, struct cpt_waiting *waiting)
{
    for (size_t i = 0; i < thread->frame_count; i++) {
        struct cpt_object object;
        const char *kind = library_wait(work, &thread->frames[i], &object);

        if (!kind)
            return;
        waiting->kind = kind;
        waiting->address = object.address;
        waiting->owner = strcmp(kind, "thread") == 0 ? thread_object_id(work, object.address) : 0;
    }
}

static void
find_waiting(struct cpt_stack_work *work, struct cpt_stack_thread *thread)
{
    const struct cpt_task *task = thread->task;
    struct cpt_waiting *waiting = &thread->waiting;

    if (thread->status & CPT_THREAD_WAITS_FOR_GIL) {
        waiting->kind = "gil";
        waiting->owner = (int32_t)(uintptr_t)cpt_hash_get(&work->gil_holders, thread->interpreter_address);
        return;
    }
    if (!(thread->status & CPT_THREAD_IDLE) || !cpt_task_is_in_futex(task))
        return;
    find_lock(work, thread, waiting);
    /* Whoever wakes up in Condition.wait has to get its RLock again: that wait is one for the RLock. */
    if (!waiting->kind || strcmp(waiting->kind, "lock") == 0)
        look_at_frames(work, thread, waiting);
}

cpt_status
cpt_stack_find_waiting(struct cpt_stack_work *work, struct cpt_error *error)
{
    struct cpt_stack *stack = work->stack;
    cpt_status status = index_threads(work, error);
    bool any = false;

    for (size_t i = 0; !status && i < stack->thread_count; i++) {
        find_waiting(work, &stack->threads[i]);
        any |= stack->threads[i].waiting.kind != NULL;
    }
    cpt_hash_free(&work->native_ids);
    cpt_hash_free(&work->gil_holders);
    if (status || !any)
        return status;
    status = cpt_lock_owners_infer(work, error);
    return status ? status : cpt_deadlocks_find(stack, error);
}
