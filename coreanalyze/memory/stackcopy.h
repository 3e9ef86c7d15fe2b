/* The C stacks of a held process, copied, so that it can go on while they are unwound.
 *
 * The copy is a source of its own: it answers reads of the stacks from the copies, and of memory that the process
 * cannot write (code and its unwind tables) from the process itself. All else is unreadable to it, since it may have
 * changed.
 */
#ifndef CPT_MEMORY_STACKCOPY_H
#define CPT_MEMORY_STACKCOPY_H

#include "coreanalyze/memory/memory.h"

struct cpt_stackcopy;

/* Makes room for the stacks of as many tasks as MEMORY has now, in touched memory: what can be done before the process
   is held. MEMORY must outlive the copy. */
CPT_MUST_USE cpt_status cpt_stackcopy_open(struct cpt_stackcopy **copy, struct cpt_memory *memory,
                                           struct cpt_error *error);
void cpt_stackcopy_close(struct cpt_stackcopy *copy);

/* While the process is held: copies the tasks with registers (or ONLY_THREAD alone, if not 0), and of each the stack
   from a little below its stack pointer to the end of the mapping, at most CPT_MAX_STACK_COPY bytes, of all at most
   CPT_MAX_STACK_COPIES. What was copied before is forgotten. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_stackcopy_take(struct cpt_stackcopy *copy, int32_t only_thread,
                                           struct cpt_error *error);

/* The source; its tasks are the copied ones. Valid until close or the next take. */
struct cpt_memory *cpt_stackcopy_memory(struct cpt_stackcopy *copy);

/* How many bytes of stacks were copied. */
uint64_t cpt_stackcopy_size(const struct cpt_stackcopy *copy);

#endif
