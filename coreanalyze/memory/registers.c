#include "coreanalyze/memory/registers.h"

#include "coreanalyze/base/bytes.h"

#include <string.h>

/* Words of user_regs_struct (asm/ptrace.h of x86-64, fixed by the kernel's ABI). */
enum {
    REGISTER_R15 = 0, /* then r14, r13, r12, rbp, rbx */
    REGISTER_RBX = 5,
    REGISTER_RAX = 10,
    REGISTER_RDI = 14,
    REGISTER_ORIG_RAX = 15,
    REGISTER_RIP = 16,
    REGISTER_RSP = 19,
    REGISTER_FS_BASE = 21,
};

/* DWARF's numbering (System V ABI, figure 3.36) in words of that structure. */
static const uint8_t dwarf_order[CPT_TASK_REGISTERS] = {10, 12, 11, 5, 13, 14, 4, 19, 9,
                                                        8,  7,  6,  3, 2,  1,  0, 16};

#define SYSCALL_RESTART 219 /* restart_syscall: goes on with a timed wait */

static uint64_t
word(const void *registers, int index)
{
    return cpt_load_u64((const char *)registers + 8 * index);
}

/* A stop breaks a waiting system call off with one of the kernel's restart codes, which only a
   tracer or a core gets to see, or with EINTR where the call is never restarted (epoll_wait). A
   call that merely had just returned shows its result instead. */
static bool
waits_in_syscall(int64_t number, int64_t result)
{
    if (number < 0)
        return false;
    switch (result) {
    case -4:   /* EINTR */
    case -512: /* ERESTARTSYS */
    case -513: /* ERESTARTNOINTR */
    case -514: /* ERESTARTNOHAND */
    case -516: /* ERESTART_RESTARTBLOCK */
        return true;
    default:
        return false;
    }
}

void
cpt_task_set_registers(struct cpt_task *task, const void *registers, size_t size)
{
    int64_t number, result;

    task->syscall = -1;
    if (size < CPT_X86_64_REGISTERS_SIZE)
        return;
    task->has_registers = true;
    task->pc = word(registers, REGISTER_RIP);
    task->sp = word(registers, REGISTER_RSP);
    task->thread_pointer = word(registers, REGISTER_FS_BASE);
    task->kept[0] = word(registers, REGISTER_RDI);
    for (int i = REGISTER_R15; i <= REGISTER_RBX; i++)
        task->kept[1 + i] = word(registers, i);
    for (int i = 0; i < CPT_TASK_REGISTERS; i++)
        task->registers[i] = word(registers, dwarf_order[i]);
    number = (int64_t)word(registers, REGISTER_ORIG_RAX);
    result = (int64_t)word(registers, REGISTER_RAX);
    task->in_syscall = waits_in_syscall(number, result);
    task->may_restart = number >= 0 && (result == number || result == SYSCALL_RESTART);
    if (number >= 0) {
        task->syscall = number;
        task->syscall_argument = word(registers, REGISTER_RDI);
    }
}

void
cpt_task_settle_restart(struct cpt_task *task, size_t (*read)(void *arg, uint64_t address, void *buffer, size_t size),
                        void *arg)
{
    static const uint8_t syscall_instruction[2] = {0x0f, 0x05};
    uint8_t next[2];

    if (!task->has_registers || !task->may_restart)
        return;
    task->may_restart = false;
    task->in_syscall = read(arg, task->pc, next, 2) == 2 && memcmp(next, syscall_instruction, 2) == 0;
}
