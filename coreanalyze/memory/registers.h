/* What the decoders need of a thread's registers, out of the block that ptrace and NT_PRSTATUS
   share. */
#ifndef CPT_MEMORY_REGISTERS_H
#define CPT_MEMORY_REGISTERS_H

#include "coreanalyze/memory/memory.h"

#define CPT_X86_64_REGISTERS_SIZE 216 /* user_regs_struct: 27 words */

/* Fills TASK's register fields from SIZE bytes of x86-64's user_regs_struct, wherever they were
   taken; with fewer than CPT_X86_64_REGISTERS_SIZE bytes the task stays without registers. */
void cpt_task_set_registers(struct cpt_task *task, const void *registers, size_t size);

/* A thread that was held before and has not run since stands in front of the call that it waits in, about to repeat it:
   settles whether TASK, whose registers allow that, does so. READ, with ARG, copies from its memory. */
void cpt_task_settle_restart(struct cpt_task *task,
                             size_t (*read)(void *arg, uint64_t address, void *buffer, size_t size), void *arg);

#endif
