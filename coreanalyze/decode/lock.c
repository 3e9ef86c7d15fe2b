#include "coreanalyze/decode/lock.h"

#include <string.h>

#define MUTEX_LOCKED 1 /* _Py_LOCKED of pycore_lock.h */

bool
cpt_type_is_lock(const struct cpt_type *type)
{
    return cpt_type_is(type, "_thread.lock") || cpt_type_is(type, "_thread.RLock");
}

/* The Lock of 3.13 became a PyMutex, and smaller, in a patch release: the type's own size tells, where the layout is not
   of just this one. */
static cpt_status
read_plain(const struct cpt_layout_fields *at, const struct cpt_object *object, const struct cpt_struct *s,
           struct cpt_lock *lock)
{
    bool semaphore = CPT_HAS(at->lock.lock_lock) && object->type->basicsize >= (uint64_t)at->lock.size;

    if (semaphore) {
        lock->waits_on = cpt_struct_u64(s, at->lock.lock_lock);
        lock->locked = cpt_struct_u8(s, at->lock.locked) != 0;
        return CPT_OK;
    }
    if (!CPT_HAS(at->lock.mutex))
        return CPT_ABSENT;
    lock->parks = true;
    lock->waits_on = object->address + (uint64_t)at->lock.mutex;
    lock->locked = cpt_struct_u8(s, at->lock.mutex) & MUTEX_LOCKED;
    return CPT_OK;
}

static cpt_status
read_recursive(const struct cpt_layout_fields *at, const struct cpt_object *object, const struct cpt_struct *s,
               struct cpt_lock *lock)
{
    if (!CPT_HAS(at->rlock.owner) || !CPT_HAS(at->rlock.count))
        return CPT_ABSENT;
    lock->recursive = true;
    lock->owner = cpt_struct_u64(s, at->rlock.owner);
    lock->count = cpt_struct_u64(s, at->rlock.count);
    if (CPT_HAS(at->rlock.mutex)) {
        lock->parks = true;
        lock->waits_on = object->address + (uint64_t)at->rlock.mutex;
        lock->locked = cpt_struct_u8(s, at->rlock.mutex) & MUTEX_LOCKED;
        /* 3.14+: the level counts from 0. */
        lock->count += lock->locked;
    } else {
        lock->waits_on = cpt_struct_u64(s, at->rlock.rlock_lock);
        lock->locked = lock->count != 0;
    }
    if (!lock->locked)
        lock->owner = 0;
    return CPT_OK;
}

cpt_status
cpt_lock_read(struct cpt_types *types, const struct cpt_object *object, struct cpt_lock *lock, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = types->decode->at;
    struct cpt_struct s;
    cpt_status status;

    memset(lock, 0, sizeof(*lock));
    lock->address = object->address;
    if (!cpt_type_is_lock(object->type))
        return cpt_error_set(error, CPT_ABSENT, "no lock");
    if (object->type->basicsize < (uint64_t)at->object.size || object->type->basicsize > CPT_STRUCT_MAX)
        return cpt_error_set(error, CPT_CORRUPT, "a lock of an odd size");
    status = cpt_struct_read(types->decode, &s, object->address, (size_t)object->type->basicsize, error);
    if (status)
        return status;
    status = cpt_type_is(object->type, "_thread.lock") ? read_plain(at, object, &s, lock)
                                                    : read_recursive(at, object, &s, lock);
    return status ? cpt_error_set(error, status, "the layout does not describe locks") : CPT_OK;
}

/* struct wait_entry, on the C stack of the thread that waits: park_arg, addr, then the semaphore. */
#define ADDR_BEFORE_SEMAPHORE 8

uint64_t
cpt_parked_on(struct cpt_decode *decode, uint64_t futex)
{
    struct cpt_error ignored;
    uint64_t address = 0;

    if (futex < ADDR_BEFORE_SEMAPHORE ||
        cpt_memory_read_u64(decode->memory, futex - ADDR_BEFORE_SEMAPHORE, &address, &ignored))
        return 0;
    return address;
}

cpt_status
cpt_lock_around(struct cpt_types *types, uint64_t mutex, struct cpt_lock *lock, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = types->decode->at;
    const int32_t places[] = {at->lock.mutex, at->rlock.mutex};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct cpt_object object;

        if (!CPT_HAS(places[i]) || mutex < (uint64_t)places[i] ||
            cpt_object_open(types, mutex - (uint64_t)places[i], &object, error) ||
            cpt_lock_read(types, &object, lock, error))
            continue;
        if (lock->parks && lock->waits_on == mutex)
            return CPT_OK;
    }
    return cpt_error_set(error, CPT_ABSENT, "no lock is there");
}
