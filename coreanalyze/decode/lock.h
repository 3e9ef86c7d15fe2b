/* threading.Lock and RLock: who holds them, and what a thread that waits for one sleeps on. */
#ifndef CPT_DECODE_LOCK_H
#define CPT_DECODE_LOCK_H

#include "coreanalyze/decode/type.h"

struct cpt_lock {
    uint64_t address;  /* of the lock object */
    bool recursive;    /* an RLock */
    bool locked;
    uint64_t owner;    /* ident of the thread that holds an RLock, or 0; a Lock does not know */
    uint64_t count;    /* how often that thread has acquired it */
    uint64_t waits_on; /* address of the semaphore (to 3.12 and in 3.13.0) or of the PyMutex in it */
    bool parks;        /* that is a PyMutex */
};

/* Whether TYPE is that of a lock: _thread.lock or _thread.RLock. */
bool cpt_type_is_lock(const struct cpt_type *type);

/* Reads the lock OBJECT. CPT_ABSENT: it is none, or the layout does not describe it; CPT_FAULT. */
CPT_MUST_USE cpt_status cpt_lock_read(struct cpt_types *types, const struct cpt_object *object, struct cpt_lock *lock,
                                      struct cpt_error *error);

/* The PyMutex that a thread sleeping on the semaphore at FUTEX waits for, where that semaphore is one of the parking
   lot's (3.13+, Python/parking_lot.c), else whatever stands there. */
uint64_t cpt_parked_on(struct cpt_decode *decode, uint64_t futex);

/* The lock object whose PyMutex is at MUTEX. CPT_ABSENT: there is none around it. */
CPT_MUST_USE cpt_status cpt_lock_around(struct cpt_types *types, uint64_t mutex, struct cpt_lock *lock,
                                        struct cpt_error *error);

#endif
