/* What execve left on the main thread's stack, of a process that nothing else tells it of. */
#ifndef CPT_MEMORY_STARTSTACK_H
#define CPT_MEMORY_STARTSTACK_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/memory/memory.h"

/* Writes the executable's path as the target sees it ("": not found) into EXECUTABLE of SIZE bytes, and adds the
   arguments, each with a NUL, to COMMAND_LINE. */
void cpt_start_stack_read(struct cpt_memory *memory, char *executable, size_t size, struct cpt_buffer *command_line);

#endif
