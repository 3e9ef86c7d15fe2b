/* repr() of the classes of the threading module. */
#include "coreanalyze/decode/attribute.h"
#include "coreanalyze/decode/repr_items.h"
#include "coreanalyze/decode/repr_parts.h"
#include "coreanalyze/decode/repr_python.h"

/* Whether the lock at ADDRESS, which a thread holds as long as it lives (to 3.12), is free. */
static cpt_status
is_free(struct cpt_repr *repr, uint64_t address, bool *is)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    uint8_t locked;
    cpt_status status = cpt_repr_needs(repr, at->lock.locked);

    if (!status)
        status = cpt_memory_read(repr->decode->memory, address + (uint64_t)at->lock.locked, &locked, 1, &repr->error);
    *is = !status && !locked;
    return status;
}

/* The handle (3.13+) is told when its thread ends. */
static cpt_status
handle_is_done(struct cpt_repr *repr, uint64_t object, bool *is)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    uint64_t handle;
    uint8_t exiting = 0;
    cpt_status status = cpt_repr_needs(repr, at->threadhandle.handle);

    if (!status)
        status = cpt_repr_needs(repr, at->oshandle.thread_is_exiting);
    if (!status)
        status = cpt_memory_read_u64(repr->decode->memory, object + (uint64_t)at->threadhandle.handle, &handle,
                                     &repr->error);
    if (!status)
        status = cpt_memory_read(repr->decode->memory, handle + (uint64_t)at->oshandle.thread_is_exiting, &exiting, 1,
                                 &repr->error);
    *is = exiting != 0;
    return status;
}

static cpt_status
is_stopped(struct cpt_repr *repr, const struct cpt_object *object, bool started, bool *stopped)
{
    uint64_t part;
    cpt_status status = cpt_attribute_own(repr, object, "_os_thread_handle", &part);

    if (status == CPT_ABSENT)
        status = cpt_attribute_own(repr, object, "_handle", &part);
    if (!status)
        return handle_is_done(repr, part, stopped);
    status = cpt_attribute_bool(repr, object, "_is_stopped", stopped);
    if (status || *stopped || !started)
        return status;
    /* is_alive() finds out that the thread has ended. */
    status = cpt_attribute_own(repr, object, "_tstate_lock", &part);
    return status || cpt_is_none(repr->values, part) ? status : is_free(repr, part, stopped);
}

static cpt_status
is_started(struct cpt_repr *repr, const struct cpt_object *object, bool *started)
{
    struct cpt_object event;
    uint64_t address;
    cpt_status status = cpt_attribute_own(repr, object, "_started", &address);

    if (!status)
        status = cpt_object_open(&repr->values->types, address, &event, &repr->error);
    return status ? status : cpt_attribute_bool(repr, &event, "_flag", started);
}

/* <Thread(worker, started daemon 140…)> */
cpt_status
cpt_write_thread(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t name, ident;
    bool started, stopped, daemon;
    cpt_status status = is_started(repr, object, &started);

    if (!status)
        status = is_stopped(repr, object, started, &stopped);
    if (!status)
        status = cpt_attribute_bool(repr, object, "_daemonic", &daemon);
    if (!status)
        status = cpt_attribute_own(repr, object, "_ident", &ident);
    if (!status)
        status = cpt_attribute_own(repr, object, "_name", &name);
    if (status)
        return status;
    cpt_repr_text(repr, "<");
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = cpt_repr_str_plain(repr, name);
    cpt_repr_printf(repr, ", %s%s", stopped ? "stopped" : started ? "started" : "initial", daemon ? " daemon" : "");
    if (!status && !cpt_is_none(repr->values, ident)) {
        cpt_repr_text(repr, " ");
        status = cpt_repr_object(repr, ident);
    }
    cpt_repr_text(repr, ")>");
    return status;
}

/* <Condition(<unlocked _thread.RLock object …>, 0)>: the lock and how many wait. */
cpt_status
cpt_write_condition(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_object waiters;
    uint64_t lock, address, count;
    cpt_status status = cpt_attribute_own(repr, object, "_lock", &lock);

    if (!status)
        status = cpt_attribute_own(repr, object, "_waiters", &address);
    if (!status)
        status = cpt_object_open(&repr->values->types, address, &waiters, &repr->error);
    if (!status && !cpt_type_is(waiters.type, "collections.deque"))
        status = cpt_repr_fail(repr, CPT_ABSENT, 0, "the waiters are no deque");
    if (!status)
        status = cpt_memory_read_u64(repr->decode->memory, address + (uint64_t)repr->decode->at->var.ob_size, &count,
                                     &repr->error);
    if (status)
        return status;
    /* As str(): a class with one of its own would have to be asked. */
    if (!cpt_object_open(&repr->values->types, lock, &waiters, &repr->error) &&
        cpt_type_find(&repr->values->types, waiters.type, "__str__", &address, NULL, &repr->error) != CPT_ABSENT)
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "the lock has a __str__ of its own");
    cpt_repr_text(repr, "<Condition(");
    status = cpt_repr_object(repr, lock);
    cpt_repr_printf(repr, ", %" PRIu64 ")>", count);
    return status;
}

/* <threading.Event at 0x…: */
static void
begin(struct cpt_repr *repr, const struct cpt_object *object)
{
    cpt_repr_text(repr, "<");
    cpt_repr_bytes(repr, object->type->name.data, object->type->name.size);
    cpt_repr_printf(repr, " at 0x%" PRIx64 ": ", object->address);
}

cpt_status
cpt_write_event(struct cpt_repr *repr, const struct cpt_object *object)
{
    bool set;
    cpt_status status = cpt_attribute_bool(repr, object, "_flag", &set);

    if (status)
        return status;
    begin(repr, object);
    cpt_repr_text(repr, set ? "set>" : "unset>");
    return CPT_OK;
}

/* One that is bounded says its bound too. */
cpt_status
cpt_write_semaphore(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t value, bound;
    bool bounded;
    cpt_status status = cpt_attribute_own(repr, object, "_value", &value);

    if (status)
        return status;
    bounded = !cpt_attribute_own(repr, object, "_initial_value", &bound);
    begin(repr, object);
    cpt_repr_text(repr, "value=");
    status = cpt_repr_object(repr, value);
    if (!status && bounded) {
        cpt_repr_text(repr, "/");
        status = cpt_repr_object(repr, bound);
    }
    cpt_repr_text(repr, ">");
    return status;
}

#define BARRIER_FILLING 0
#define BARRIER_BROKEN (-2)

cpt_status
cpt_write_barrier(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t address, parties, count;
    int64_t state;
    cpt_status status = cpt_attribute_own(repr, object, "_state", &address);

    if (!status)
        status = cpt_attribute_i64(repr, address, &state);
    if (!status)
        status = cpt_attribute_own(repr, object, "_parties", &parties);
    if (!status)
        status = cpt_attribute_own(repr, object, "_count", &count);
    if (status)
        return status;
    begin(repr, object);
    if (state == BARRIER_BROKEN) {
        cpt_repr_text(repr, "broken>");
        return CPT_OK;
    }
    cpt_repr_text(repr, "waiters=");
    if (state == BARRIER_FILLING)
        status = cpt_repr_object(repr, count);
    else
        cpt_repr_text(repr, "0");
    cpt_repr_text(repr, "/");
    if (!status)
        status = cpt_repr_object(repr, parties);
    cpt_repr_text(repr, ">");
    return status;
}
