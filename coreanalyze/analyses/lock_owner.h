/* Who has a plain threading.Lock, which does not know it itself. */
#ifndef CPT_ANALYSES_LOCK_OWNER_H
#define CPT_ANALYSES_LOCK_OWNER_H

#include "coreanalyze/decode/type.h"

struct cpt_stack_work;

/* Fills in the owners of the plain locks that WORK's threads wait for: the one thread that is inside a with statement
   on the lock. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_lock_owners_infer(struct cpt_stack_work *work, struct cpt_error *error);

/* The object that OBJECT, a bound method of C such as lock.acquire, belongs to; 0 where it is none. */
uint64_t cpt_bound_self(struct cpt_decode *decode, const struct cpt_object *object);

#endif
