#include "symbols/native_internal.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <stdlib.h>
#include <string.h>

#define DWARF_RSP 7
#define DWARF_RIP 16
#define MAX_EXCEPTIONS 64 /* to the rule that a caller is further up: see goes_up */
#define MAX_GUESSES 1000  /* frames in a row that have no unwind information */

/* What the unwind information says of a code address; as values of a hash, hence never 0. */
enum {
    RULE_KNOWN = 1 << 0, /* always set */
    RULE_NONE = 1 << 1,  /* there is none */
    RULE_SIGNAL = 1 << 2,
    RULE_OUTERMOST = 1 << 3, /* it says that nothing called this */
};

/* One unwinding. */
struct walk {
    struct cpt_native *native;
    struct cpt_native_stack *stack;
    uint64_t registers[CPT_TASK_REGISTERS];
    unsigned last_rule;
    int exceptions, guesses;
    bool stepped; /* over a call to where no code is */
    bool out_of_memory;
};

static pid_t
next_thread(Dwfl *dwfl, void *arg, void **thread)
{
    (void)dwfl;
    (void)arg;
    (void)thread;
    return 0;
}

static bool
get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread)
{
    struct cpt_native *native = arg;

    (void)dwfl;
    (void)tid;
    *thread = native->walk;
    return true;
}

static bool
read_word(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *word, void *arg)
{
    struct cpt_native *native = arg;
    struct cpt_error ignored;
    uint64_t value;

    (void)dwfl;
    if (cpt_memory_read_u64(native->query.memory, address, &value, &ignored))
        return false;
    *word = value;
    return true;
}

static bool
set_registers(Dwfl_Thread *thread, void *arg)
{
    const struct walk *walk = arg;
    Dwarf_Word words[CPT_TASK_REGISTERS];

    for (int i = 0; i < CPT_TASK_REGISTERS; i++)
        words[i] = walk->registers[i];
    return dwfl_thread_state_registers(thread, 0, CPT_TASK_REGISTERS, words);
}

const Dwfl_Thread_Callbacks cpt_native_callbacks = {
    .next_thread = next_thread,
    .get_thread = get_thread,
    .memory_read = read_word,
    .set_initial_registers = set_registers,
};

static bool
is_undefined(Dwarf_Frame *frame, int reg)
{
    Dwarf_Op memory[3], *ops = NULL;
    size_t count = 0;

    return dwarf_frame_register(frame, reg, memory, &ops, &count) == 0 && ops == memory && count == 0;
}

static unsigned
look_rule_up(Dwarf_CFI *cfi, uint64_t address)
{
    Dwarf_Frame *frame = NULL;
    unsigned rule = RULE_KNOWN;
    bool is_signal = false;
    int return_register;

    if (!cfi || dwarf_cfi_addrframe(cfi, address, &frame) || !frame)
        return 0;
    return_register = dwarf_frame_info(frame, NULL, NULL, &is_signal);
    if (is_signal)
        rule |= RULE_SIGNAL;
    if (return_register >= 0 && is_undefined(frame, return_register))
        rule |= RULE_OUTERMOST;
    free(frame);
    return rule;
}

static unsigned
rule_of(struct cpt_native *native, uint64_t address)
{
    unsigned rule = (unsigned)(uintptr_t)cpt_hash_get(&native->rules, address);
    struct cpt_native_module *module;
    Dwarf_Addr bias = 0;
    Dwarf_CFI *cfi;

    if (rule)
        return rule;
    module = cpt_native_module_at(native, address);
    if (module) {
        cfi = dwfl_module_eh_cfi(module->dwfl, &bias);
        rule = look_rule_up(cfi, address - bias);
        if (!rule) {
            cfi = dwfl_module_dwarf_cfi(module->dwfl, &bias);
            rule = look_rule_up(cfi, address - bias);
        }
    }
    if (!rule)
        rule = RULE_KNOWN | RULE_NONE;
    /* Without memory for it, it is looked up again. */
    cpt_hash_set(&native->rules, address, (void *)(uintptr_t)rule);
    return rule;
}

bool
cpt_native_is_signal_return(struct cpt_native *native, uint64_t address)
{
    return rule_of(native, address) & RULE_SIGNAL;
}

static int
stop(struct walk *walk, uint64_t address, const char *reason)
{
    walk->stack->end = address;
    walk->stack->reason = reason;
    return DWARF_CB_ABORT;
}

/* Whether a frame with the stack pointer SP can have called the last one: the stack only ever grows downwards, except
   where a signal handler runs on a stack of its own, or where a function keeps even its return address off the stack,
   as glibc's vfork does while the child uses it. */
static bool
goes_up(struct walk *walk, uint64_t sp)
{
    const struct cpt_native_stack *stack = walk->stack;
    const struct cpt_native_frame *last = stack->count ? &stack->items[stack->count - 1] : NULL;

    if (!last || sp > last->sp)
        return true;
    return (walk->last_rule & RULE_SIGNAL || (last->exact && sp == last->sp)) && walk->exceptions++ < MAX_EXCEPTIONS;
}

static bool
is_code(struct cpt_native *native, uint64_t address)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(native->query.memory, address);

    /* Cores do not always tell whether what is mapped can be run. */
    return mapping && (mapping->executable || (!mapping->writable && cpt_native_module_at(native, address)));
}

static int
add_frame(struct walk *walk, uint64_t address, uint64_t sp, bool exact)
{
    struct cpt_native_stack *stack = walk->stack;
    struct cpt_native_frame *frame;

    if (stack->count >= CPT_MAX_NATIVE_FRAMES || walk->native->frames >= CPT_MAX_ALL_NATIVE_FRAMES)
        return stop(walk, address, "there are too many frames");
    frame = cpt_vec_add(stack);
    if (!frame) {
        walk->out_of_memory = true;
        return DWARF_CB_ABORT;
    }
    walk->native->frames++;
    *frame = (struct cpt_native_frame){
        .address = address, .sp = sp, .exact = exact, .guessed = stack->has_guesses};
    return DWARF_CB_OK;
}

static int
take_frame(Dwfl_Frame *state, void *arg)
{
    struct walk *walk = arg;
    struct cpt_native_stack *stack = walk->stack;
    Dwarf_Addr address;
    Dwarf_Word sp;
    bool exact;

    if (!dwfl_frame_pc(state, &address, &exact) || dwfl_frame_reg(state, DWARF_RSP, &sp) != 0)
        return stop(walk, 0, "a register is not known");
    if (!goes_up(walk, sp))
        return stop(walk, address, "its frames run in a circle");
    /* What was found by guess has to prove itself. */
    if (stack->has_guesses && (!is_code(walk->native, address) || walk->guesses > MAX_GUESSES))
        return stop(walk, stack->end, "there is no unwind information for the code there");
    if (add_frame(walk, address, sp, exact) != DWARF_CB_OK)
        return DWARF_CB_ABORT;
    walk->last_rule = rule_of(walk->native, exact ? address : address - 1);
    walk->guesses = walk->last_rule & RULE_NONE ? walk->guesses + 1 : 0;
    if (walk->last_rule & RULE_NONE && !stack->has_guesses) {
        stack->has_guesses = true;
        stack->end = address;
    }
    return DWARF_CB_OK;
}

static void
judge_end(struct walk *walk, int result)
{
    struct cpt_native_stack *stack = walk->stack;

    if (stack->reason)
        return;
    if (result == 0 && stack->count && walk->last_rule & RULE_OUTERMOST) {
        stack->complete = true;
        return;
    }
    if (stack->count && !stack->has_guesses)
        stack->end = stack->items[stack->count - 1].address;
    stack->reason = walk->last_rule & RULE_NONE ? "there is no unwind information for the code there"
                                                : "its caller cannot be read";
}

/* A call to where no code is (a null function pointer, say) has pushed its return address and done nothing else. */
static bool
step_over_bad_call(struct walk *walk)
{
    struct cpt_error ignored;
    uint64_t address = walk->registers[DWARF_RIP], sp = walk->registers[DWARF_RSP], back;

    if (is_code(walk->native, address) ||
        cpt_memory_read_u64(walk->native->query.memory, sp, &back, &ignored) || !is_code(walk->native, back))
        return true;
    if (add_frame(walk, address, sp, true) != DWARF_CB_OK)
        return false;
    walk->stepped = walk->stack->has_guesses = true;
    walk->stack->end = address;
    /* As if the call were the instruction at hand, for libdwfl takes this address as it is. */
    walk->registers[DWARF_RIP] = back - 1;
    walk->registers[DWARF_RSP] = sp + 8;
    return true;
}

cpt_status
cpt_native_unwind(struct cpt_native *native, const struct cpt_task *task,
                  struct cpt_native_stack *stack, struct cpt_error *error)
{
    struct walk walk = {.native = native, .stack = stack};
    int result = 0;

    memcpy(walk.registers, task->registers, sizeof(walk.registers));
    native->walk = &walk;
    if (step_over_bad_call(&walk))
        result = dwfl_getthread_frames(native->dwfl, task->tid > 0 ? task->tid : 1, take_frame, &walk);
    native->walk = NULL;
    if (walk.out_of_memory)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    judge_end(&walk, result);
    if (walk.stepped && stack->count > 1) {
        stack->items[1].address++;
        stack->items[1].exact = false;
    }
    return CPT_OK;
}
