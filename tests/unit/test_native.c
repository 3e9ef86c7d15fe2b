/* Native stacks: unwinding of this very program, whole and damaged; names; copies of stacks; the merge. */
#include "coreanalyze/analyses/stack_native.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/memory/stackcopy.h"
#include "coreanalyze/memory/synthetic.h"
#include "symbols/demangle.h"
#include "symbols/native.h"

#include "config.h"

#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <cmocka.h>

#define KEPT __attribute__((noinline, no_sanitize("address")))
#define HERE __asm__ volatile("")
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* This process as a target: its stack as it was in `deepest`, all else as it is. */
struct self {
    struct cpt_memory memory;
    struct cpt_task task;
    struct cpt_mapping mappings[512];
    uint64_t stack; /* address of the copy's first byte */
    size_t size;
    uint8_t bytes[16384];
    struct cpt_native_image images[64];
    size_t image_count;
    bool files; /* whether images have theirs */
    struct cpt_arena arena;
};

static size_t
read_self(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size)
{
    struct self *self = (struct self *)memory;
    struct iovec local = {.iov_base = buffer, .iov_len = size};
    struct iovec remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = size};
    ssize_t got;

    if (address >= self->stack && address < self->stack + self->size) {
        size = size < self->stack + self->size - address ? size : self->stack + self->size - address;
        memcpy(buffer, self->bytes + (address - self->stack), size);
        return size;
    }
    if (self->size && (address - self->stack < 64 << 20 || self->stack - address < 1 << 20))
        return 0; /* the rest of the stack */
    got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    return got > 0 ? (size_t)got : 0;
}

static const struct cpt_memory_ops self_ops = {.read = read_self};
static struct self self;

KEPT static void
take_self(void)
{
    ucontext_t context;
    static const int order[CPT_TASK_REGISTERS] = {
        REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
        REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};

    getcontext(&context);
    for (int i = 0; i < CPT_TASK_REGISTERS; i++)
        self.task.registers[i] = (uint64_t)context.uc_mcontext.gregs[order[i]];
    self.stack = self.task.registers[7] & ~UINT64_C(15);
    self.size = 0;
    self.size = read_self(&self.memory, self.stack, self.bytes, sizeof(self.bytes));
    HERE;
}

KEPT static void
level_two(void)
{
    take_self();
    HERE;
}

KEPT static void
level_one(void)
{
    level_two();
    HERE;
}

static int
add_image(struct dl_phdr_info *info, size_t size, void *arg)
{
    uint64_t low = UINT64_MAX, high = 0;

    (void)size;
    (void)arg;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uint64_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

        if (info->dlpi_phdr[i].p_type != PT_LOAD)
            continue;
        low = start < low ? start & ~UINT64_C(4095) : low;
        high = start + info->dlpi_phdr[i].p_memsz > high ? start + info->dlpi_phdr[i].p_memsz : high;
    }
    if (high && self.image_count < COUNT(self.images))
        self.images[self.image_count++] = (struct cpt_native_image){
            .base = low, .end = high, .path = info->dlpi_name[0] ? info->dlpi_name : "/proc/self/exe"};
    return 0;
}

static int
by_base(const void *a, const void *b)
{
    const struct cpt_native_image *x = a, *y = b;

    return (x->base > y->base) - (x->base < y->base);
}

static int
set_up(void **state)
{
    (void)state;
    memset(&self, 0, sizeof(self));
    self.memory = (struct cpt_memory){.ops = &self_ops, .mappings = self.mappings, .pid = getpid()};
    self.task.tid = getpid();
    self.task.has_registers = true;
    level_one();
    dl_iterate_phdr(add_image, NULL);
    qsort(self.images, self.image_count, sizeof(self.images[0]), by_base);
    for (size_t i = 0; i < self.image_count; i++)
        self.mappings[i] = (struct cpt_mapping){.start = self.images[i].base,
                                                .end = (self.images[i].end + 4095) & ~UINT64_C(4095),
                                                .readable = true,
                                                .executable = true};
    self.memory.mapping_count = self.image_count;
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    cpt_arena_free(&self.arena);
    return 0;
}

static bool
no_file(void *arg, size_t image, struct cpt_native_file *file)
{
    (void)arg;
    (void)image;
    (void)file;
    return false;
}

static char *file_bytes;
static size_t file_size;

/* The program's own file; libraries are taken from memory. */
static bool
own_file(void *arg, size_t image, struct cpt_native_file *file)
{
    FILE *stream;

    (void)arg;
    if (strcmp(self.images[image].path, "/proc/self/exe") != 0)
        return false;
    stream = fopen("/proc/self/exe", "rb");
    assert_non_null(stream);
    fseek(stream, 0, SEEK_END);
    file_size = (size_t)ftell(stream);
    rewind(stream);
    file_bytes = realloc(file_bytes, file_size);
    assert_int_equal(fread(file_bytes, 1, file_size, stream), file_size);
    fclose(stream);
    *file = (struct cpt_native_file){.bytes = file_bytes, .size = file_size, .path = "/proc/self/exe"};
    return true;
}

/* Unwinds what `self` is; the caller frees the items. */
static struct cpt_native_stack
unwind(size_t image_count, bool files)
{
    struct cpt_native_query query = {.memory = &self.memory,
                                     .images = self.images,
                                     .image_count = image_count,
                                     .file = files ? own_file : no_file,
                                     .arena = &self.arena};
    struct cpt_native_stack stack = {0};
    struct cpt_native *native;
    struct cpt_error error;

    for (size_t i = 0; i < image_count; i++)
        self.images[i].has_file = files;
    assert_int_equal(cpt_native_open(&native, &query, &error), CPT_OK);
    assert_int_equal(cpt_native_unwind(native, &self.task, &stack, &error), CPT_OK);
    assert_int_equal(cpt_native_name(native, &stack, &error), CPT_OK);
    for (size_t i = 0; i < stack.count; i++) {
        assert_non_null(stack.items[i].site);
        assert_true(stack.items[i].site->function_count >= 1);
    }
    cpt_native_close(native);
    free(file_bytes);
    file_bytes = NULL;
    return stack;
}

static const char *
name_of(const struct cpt_native_stack *stack, size_t i)
{
    const struct cpt_native_site *site = stack->items[i].site;
    const char *name = i < stack->count ? site->functions[site->function_count - 1].name : NULL;

    return name ? name : "?";
}

static void
test_own_stack(void **state)
{
    struct cpt_native_stack stack = unwind(self.image_count, true);

    (void)state;
    assert_true(stack.count > 4);
    assert_string_equal(name_of(&stack, 0), "take_self");
    assert_string_equal(name_of(&stack, 1), "level_two");
    assert_string_equal(name_of(&stack, 2), "level_one");
    assert_string_equal(name_of(&stack, 3), "set_up");
    assert_true(stack.items[0].exact);
    assert_false(stack.items[1].exact);
    assert_false(stack.has_guesses);
    assert_true(stack.complete);
    assert_null(stack.reason);
    for (size_t i = 1; i < stack.count; i++)
        assert_true(stack.items[i].sp > stack.items[i - 1].sp);
    free(stack.items);
}

/* The same frames out of the images in memory, which have no symbols of static functions. */
static void
test_images_from_memory(void **state)
{
    struct cpt_native_stack with = unwind(self.image_count, true), without = unwind(self.image_count, false);

    (void)state;
    assert_true(without.complete);
    assert_int_equal(with.count, without.count);
    for (size_t i = 0; i < with.count; i++) {
        assert_int_equal(with.items[i].address, without.items[i].address);
        assert_int_equal(with.items[i].sp, without.items[i].sp);
    }
    free(with.items);
    free(without.items);
}

/* The place on the stack where the return address of frame I is. */
static uint64_t *
return_slot(const struct cpt_native_stack *stack, size_t i)
{
    uint64_t at = stack->items[i + 1].sp - 8;

    assert_true(at >= self.stack && at + 8 <= self.stack + self.size);
    return (uint64_t *)(void *)&self.bytes[at - self.stack];
}

/* Whatever a return address is changed to, the frames before it stay, and what follows is not taken for whole. */
static void
test_damaged_return_address(void **state)
{
    struct cpt_native_stack whole = unwind(self.image_count, false);
    const uint64_t values[] = {0, 1, UINT64_MAX, self.stack, UINT64_C(0x123456789), self.task.registers[16] + 1,
                               UINT64_C(0x8000000000000000)};

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        uint64_t *slot = return_slot(&whole, 1), saved = *slot;
        struct cpt_native_stack damaged;

        *slot = values[i];
        damaged = unwind(self.image_count, false);
        *slot = saved;
        assert_true(damaged.count >= 2 && damaged.count < CPT_MAX_NATIVE_FRAMES);
        assert_int_equal(damaged.items[1].address, whole.items[1].address);
        /* The fifth leads into code, where nothing tells that it is wrong. */
        assert_true(i == 5 || !damaged.complete || damaged.has_guesses);
        for (size_t k = 1; k < damaged.count; k++)
            assert_true(damaged.items[k].sp > damaged.items[k - 1].sp);
        free(damaged.items);
    }
    free(whole.items);
}

static void
test_cut_stack(void **state)
{
    struct cpt_native_stack whole = unwind(self.image_count, false), cut;

    (void)state;
    self.size = whole.items[2].sp - self.stack; /* take_self's and level_two's frames */
    cut = unwind(self.image_count, false);
    assert_int_equal(cut.count, 3);
    assert_false(cut.complete);
    assert_non_null(cut.reason);
    assert_int_equal(cut.end, whole.items[2].address);
    free(whole.items);
    free(cut.items);
}

/* Without any unwind information, a chain of frame pointers. */
static void
make_pointer_chain(size_t frames, size_t last_to)
{
    uint64_t *words = (uint64_t *)(void *)self.bytes;

    self.mappings[0] = (struct cpt_mapping){.start = 0x10000, .end = 0x20000, .readable = true, .executable = true};
    self.memory.mapping_count = 1;
    memset(self.bytes, 0, sizeof(self.bytes));
    self.stack = 0x7f0000000000;
    self.size = sizeof(self.bytes);
    self.task.registers[16] = 0x10010;
    self.task.registers[7] = self.stack;
    self.task.registers[6] = self.stack + 16;
    for (size_t i = 0; i < frames; i++) {
        size_t next = i + 1 == frames ? last_to : i + 1;

        words[2 + 4 * i] = self.stack + 16 + 32 * next;
        words[2 + 4 * i + 1] = 0x10020 + i;
    }
}

static void
test_guesses(void **state)
{
    struct cpt_native_stack stack;

    (void)state;
    make_pointer_chain(5, 5);
    stack = unwind(0, false);
    assert_int_equal(stack.count, 6);
    assert_true(stack.has_guesses);
    assert_false(stack.complete);
    assert_int_equal(stack.end, 0x10010);
    assert_false(stack.items[0].guessed);
    for (size_t i = 1; i < 6; i++) {
        assert_int_equal(stack.items[i].address, 0x10020 + i - 1);
        assert_true(stack.items[i].guessed);
    }
    free(stack.items);
}

static void
test_circle(void **state)
{
    (void)state;
    for (size_t to = 0; to < 5; to++) {
        struct cpt_native_stack stack;

        make_pointer_chain(5, to);
        stack = unwind(0, false);
        assert_true(stack.count >= 5 && stack.count <= 7);
        assert_false(stack.complete);
        assert_non_null(stack.reason);
        free(stack.items);
    }
}

static void
test_null_call(void **state)
{
    struct cpt_native_stack whole = unwind(self.image_count, false), stack;
    uint64_t pc = self.task.registers[16], sp = self.task.registers[7];

    (void)state;
    /* As if take_self had called 0. */
    assert_true(sp - 8 >= self.stack || self.size > 0);
    memmove(self.bytes + 64, self.bytes, sizeof(self.bytes) - 64);
    self.stack -= 64;
    self.task.registers[7] = sp - 8;
    memcpy(self.bytes + (sp - 8 - self.stack), &pc, 8);
    self.task.registers[16] = 0;
    stack = unwind(self.image_count, false);
    assert_int_equal(stack.count, whole.count + 1);
    assert_int_equal(stack.items[0].address, 0);
    for (size_t i = 0; i < whole.count; i++) {
        assert_int_equal(stack.items[i + 1].address, whole.items[i].address);
        assert_true(stack.items[i + 1].guessed);
    }
    assert_true(stack.has_guesses);
    free(whole.items);
    free(stack.items);
}

/* Copies of stacks */

#define STACKS UINT64_C(0x7f0000000000)

static void
test_stack_copy(void **state)
{
    static uint8_t bytes[0x4000], code[0x1000];
    struct cpt_synthetic_region regions[] = {
        {.address = STACKS, .bytes = bytes, .size = sizeof(bytes), .writable = true},
        {.address = 0x10000, .bytes = code, .size = sizeof(code), .executable = true},
        {.address = 0x20000, .bytes = code, .size = sizeof(code), .writable = true},
    };
    struct cpt_task tasks[] = {
        {.tid = 1, .has_registers = true, .sp = STACKS + 0x3000},
        {.tid = 2, .has_registers = true, .sp = STACKS + 0x1000},
        {.tid = 3},
        {.tid = 4, .has_registers = true, .sp = 0x5000},
    };
    struct cpt_stackcopy *copy;
    struct cpt_memory *memory, *copied;
    struct cpt_error error;
    uint8_t got[16];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i / 256 + i);
    assert_int_equal(cpt_synthetic_open(&memory, regions, COUNT(regions), false, &error), CPT_OK);
    cpt_synthetic_set_tasks(memory, 1, tasks, COUNT(tasks));
    assert_int_equal(cpt_stackcopy_open(&copy, memory, &error), CPT_OK);
    assert_int_equal(cpt_stackcopy_take(copy, 0, &error), CPT_OK);
    copied = cpt_stackcopy_memory(copy);
    assert_int_equal(copied->task_count, 4);
    memset(cpt_synthetic_bytes(memory, STACKS, sizeof(bytes)), 0, sizeof(bytes));
    for (uint64_t at = 0x1000 - 128; at + 16 <= sizeof(bytes); at += 16) {
        assert_int_equal(cpt_memory_read(copied, STACKS + at, got, 16, &error), CPT_OK);
        assert_memory_equal(got, bytes + at, 16);
    }
    assert_int_equal(cpt_memory_read(copied, STACKS + 0x1000 - 136, got, 4, &error), CPT_FAULT);
    assert_int_equal(cpt_memory_read(copied, 0x10000, got, 16, &error), CPT_OK);
    assert_int_equal(cpt_memory_read(copied, 0x20000, got, 1, &error), CPT_FAULT);
    assert_int_equal(cpt_stackcopy_take(copy, 3, &error), CPT_OK);
    assert_int_equal(copied->task_count, 1);
    assert_int_equal(cpt_memory_read(copied, STACKS + 0x3000, got, 16, &error), CPT_FAULT);
    cpt_stackcopy_close(copy);
    cpt_synthetic_close(memory);
}

/* A handler on a stack of its own: the interrupted stack is copied from the pointer that stands there. */
static void
test_stack_copy_of_signal(void **state)
{
    static uint64_t own[512], other[512];
    struct cpt_synthetic_region regions[] = {
        {.address = STACKS, .bytes = own, .size = sizeof(own), .writable = true},
        {.address = 0x20000, .bytes = other, .size = sizeof(other), .writable = true},
    };
    struct cpt_task task = {.tid = 2, .has_registers = true, .sp = 0x20100, .thread_pointer = STACKS + 0xf00};
    struct cpt_stackcopy *copy;
    struct cpt_memory *memory;
    struct cpt_error error;
    uint64_t word;

    (void)state;
    other[100] = STACKS + 0x800;
    other[110] = STACKS + 0xa00;
    own[0x800 / 8] = 77;
    assert_int_equal(cpt_synthetic_open(&memory, regions, COUNT(regions), true, &error), CPT_OK);
    cpt_synthetic_set_tasks(memory, 1, &task, 1);
    assert_int_equal(cpt_stackcopy_open(&copy, memory, &error), CPT_OK);
    assert_int_equal(cpt_stackcopy_take(copy, 0, &error), CPT_OK);
    assert_int_equal(cpt_memory_read_u64(cpt_stackcopy_memory(copy), STACKS + 0x800, &word, &error), CPT_OK);
    assert_int_equal(word, 77);
    assert_int_equal(cpt_memory_read_u64(cpt_stackcopy_memory(copy), STACKS + 0x700, &word, &error), CPT_FAULT);
    cpt_stackcopy_close(copy);
    cpt_synthetic_close(memory);
}

/* Names */

static void
assert_demangled(const char *name, const char *expected)
{
    struct cpt_buffer out = {0};

    cpt_buffer_add_text(&out, "<");
    assert_int_equal(cpt_demangle(name, &out), expected != NULL);
    assert_string_equal(out.data + 1, expected ? expected : "");
    cpt_buffer_free(&out);
}

static void
test_demangle(void **state)
{
    (void)state;
    assert_demangled("PyObject_Call", NULL);
    assert_demangled("", NULL);
    assert_demangled("_", NULL);
    assert_demangled("_Z", NULL);
    assert_demangled("_ZZZZ", NULL);
    assert_demangled("_R", NULL);
#ifdef HAVE_LIBIBERTY
    assert_demangled("_ZN4shop6Basket3addEi", "shop::Basket::add(int)");
    assert_demangled("_ZNK4shop6Basket3addIPFiiEEEiT_NS_5PriceE",
                     "int shop::Basket::add<int (*)(int)>(int (*)(int), shop::Price) const");
    assert_demangled("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
    assert_demangled("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar");
#endif
}

/* Substitutions that double the text each time: 2 to the power of 60 characters if written out. */
static void
test_demangle_bomb(void **state)
{
    struct cpt_buffer name = {0}, out = {0};

    (void)state;
    cpt_buffer_add_text(&name, "_Z1fSt4pairIiiES_IS_S_E");
    for (int i = 0; i < 60; i++) {
        char more[32];

        snprintf(more, sizeof(more), "S_IS%c_S%c_E", i < 10 ? '0' + i : 'A' + i % 26, i < 10 ? '0' + i : 'A' + i % 26);
        cpt_buffer_add_text(&name, more);
    }
    (void)!cpt_demangle(name.data, &out);
    assert_true(out.size <= CPT_MAX_SYMBOL);
    cpt_buffer_clear(&name);
    cpt_buffer_add_text(&name, "_Z1f");
    for (int i = 0; i < 100000; i++)
        cpt_buffer_add_char(&name, 'P');
    assert_false(cpt_demangle(name.data, &out));
    cpt_buffer_free(&name);
    cpt_buffer_free(&out);
}

/* The merge */

static const struct cpt_native_function loop_name = {.name = "_PyEval_EvalFrameDefault", .line = -1};
static const struct cpt_native_function part_name = {.name = "_TAIL_CALL_CALL", .line = -1};
static const struct cpt_native_function c_name = {.name = "PyObject_Vectorcall", .line = -1};
static const struct cpt_native_function check_name = {.name = "_Py_CheckFunctionResult", .line = -1};
static const struct cpt_native_function no_name = {.line = -1};
static const struct cpt_native_site loop = {.functions = &loop_name, .function_count = 1, .evaluation = true};
static const struct cpt_native_site part = {.functions = &part_name, .function_count = 1, .tail_call = true};
static const struct cpt_native_site other = {.functions = &c_name, .function_count = 1};
static const struct cpt_native_site check = {.functions = &check_name, .function_count = 1};
static const struct cpt_native_site nameless = {.functions = &no_name, .function_count = 1};
static const struct cpt_native_site sigreturn = {.functions = &no_name, .function_count = 1, .signal = true};

static struct cpt_native_frame frames[16];
static struct cpt_native_stack native;

/* A stack out of letters, innermost first: L loop, T tail-called part, R its check of a result, C other code, ? without name, S where a signal
   handler returns to. Each frame takes 256 bytes. */
static void
set_native(const char *letters)
{
    native = (struct cpt_native_stack){.items = frames, .count = strlen(letters), .complete = true};
    for (size_t i = 0; i < native.count; i++) {
        const struct cpt_native_site *site = letters[i] == 'L'   ? &loop
                                             : letters[i] == 'T' ? &part
                                             : letters[i] == 'C' ? &other
                                             : letters[i] == 'R' ? &check
                                             : letters[i] == 'S' ? &sigreturn
                                                                 : &nameless;

        frames[i] = (struct cpt_native_frame){.address = 0x1000 + i, .sp = 0x10000 + 256 * i, .site = site};
    }
}

/* The evaluations of the frames as digits, 0 for none. */
static void
assert_merged(const struct cpt_evaluation *evaluations, size_t count, const char *expected)
{
    const char *reason = cpt_native_merge(&native, evaluations, count, false);

    if (reason)
        fail_msg("not merged: %s", reason);
    assert_true(native.merged);
    for (size_t i = 0; i < native.count; i++)
        assert_int_equal(native.items[i].evaluation, expected[i] - '0');
}

static void
assert_apart(const struct cpt_evaluation *evaluations, size_t count)
{
    assert_non_null(cpt_native_merge(&native, evaluations, count, false));
    assert_false(native.merged);
    for (size_t i = 0; i < native.count; i++)
        assert_int_equal(native.items[i].evaluation, 0);
}

static void
test_merge_by_count(void **state)
{
    const struct cpt_evaluation two[] = {{.first = 0, .count = 1}, {.first = 1, .count = 3}};

    (void)state;
    set_native("CLCCLC");
    assert_merged(two, 2, "010020");
    /* A loop that is just setting its frame up, at the very top only. */
    set_native("LCLCL");
    assert_merged(two, 2, "00102");
    set_native("?LCLCL");
    assert_merged(two, 2, "000102");
    /* Or has just put it down. */
    set_native("CRLCLCL");
    assert_merged(two, 2, "0000102");
    set_native("CRLCRLC");
    assert_merged(two, 2, "0010020");
    set_native("CLCLCLC");
    assert_apart(two, 2);
    set_native("CLRLCLC");
    assert_apart(two, 2);
    set_native("C?LCLCLC");
    assert_apart(two, 2);
    set_native("CLC");
    assert_apart(two, 2);
    set_native("CCC");
    assert_apart(two, 2);
    set_native("");
    assert_apart(two, 2);
    /* The parts of a loop that calls them count once with it, and alone where it jumped to them. */
    set_native("CTLCTLC");
    assert_merged(two, 2, "0010020");
    set_native("CTCTC");
    assert_merged(two, 2, "01020");
    set_native("CLCLC");
    assert_merged(two, 0, "00000");
}

static void
test_merge_uncertain(void **state)
{
    const struct cpt_evaluation two[] = {{.first = 0, .count = 1}, {.first = 1, .count = 3}};
    const struct cpt_evaluation open[] = {{.first = 0, .count = 1}, {.first = 1, .count = 3, .open = true}};

    (void)state;
    set_native("CLCLC");
    assert_merged(two, 2, "01020");
    assert_non_null(cpt_native_merge(&native, two, 2, true));
    assert_apart(open, 2);
    native.complete = false;
    assert_apart(two, 2);
    native.complete = native.has_guesses = true;
    assert_apart(two, 2);
}

static void
test_merge_by_anchor(void **state)
{
    struct cpt_evaluation two[] = {{.first = 0, .count = 1, .anchor = 0x10150},
                                   {.first = 1, .count = 3, .anchor = 0x104ff}};

    (void)state;
    set_native("CLCCLC");
    assert_merged(two, 2, "010020");
    /* No name is needed, and other evaluations do not matter. */
    set_native("C?LL?C");
    assert_merged(two, 2, "010020");
    /* But a name that is another function's says no. */
    set_native("CCLCLC");
    assert_apart(two, 2);
    /* In the wrong order, or twice in one frame. */
    set_native("CLCCLC");
    two[0].anchor = 0x104ff;
    two[1].anchor = 0x10150;
    assert_apart(two, 2);
    two[0].anchor = 0x10151;
    assert_apart(two, 2);
    /* Below and above the stack. */
    two[0].anchor = 0xffff;
    assert_apart(two, 2);
    two[0].anchor = 0x10150;
    two[1].anchor = 0x20000;
    assert_apart(two, 2);
}

static void
test_merge_cut(void **state)
{
    struct cpt_evaluation two[] = {{.first = 0, .count = 1, .anchor = 0x10150},
                                   {.first = 1, .count = 3, .anchor = 0x20000}};

    (void)state;
    set_native("CLCCC");
    native.complete = false;
    assert_merged(two, 2, "01000");
    /* The end of the last frame is not known. */
    set_native("CLCL");
    native.complete = false;
    assert_merged(two, 2, "0102");
    set_native("CLC?");
    native.complete = false;
    assert_merged(two, 2, "0100");
}

static void
test_merge_empty_evaluations(void **state)
{
    const struct cpt_evaluation leaving[] = {{.first = 0, .count = 0, .anchor = 0x10150},
                                             {.first = 0, .count = 2, .anchor = 0x10350},
                                             {.first = 2, .count = 0, .anchor = 0x9999999}};

    (void)state;
    set_native("CLCLC");
    assert_merged(leaving, 3, "01020");
}

/* The handler's stack lies above the interrupted one. */
static void
test_merge_signal_stack(void **state)
{
    struct cpt_evaluation one[] = {{.first = 0, .count = 1, .anchor = 0x10350}};

    (void)state;
    set_native("CSCLC");
    frames[0].sp = 0x90000;
    frames[1].sp = 0x90100;
    assert_merged(one, 1, "00010");
    /* Below it, too: the frame between is no catch-all. */
    frames[0].sp = 0x100;
    frames[1].sp = 0x200;
    assert_merged(one, 1, "00010");
    one[0].anchor = 0x9000;
    assert_apart(one, 1);
}

static void
test_python_of_frame(void **state)
{
    struct cpt_evaluation evaluations[] = {{.first = 0, .count = 2}, {.first = 2, .count = 0}};
    struct cpt_stack_thread thread = {.evaluations = evaluations, .evaluation_count = 2};
    struct cpt_native_frame frame = {.evaluation = 1};
    size_t first = 99;

    (void)state;
    assert_int_equal(cpt_native_python(&thread, &frame, &first), 2);
    assert_int_equal(first, 0);
    frame.evaluation = 2;
    assert_int_equal(cpt_native_python(&thread, &frame, &first), 0);
    frame.evaluation = 0;
    assert_int_equal(cpt_native_python(&thread, &frame, &first), 0);
    frame.evaluation = 3;
    assert_int_equal(cpt_native_python(&thread, &frame, &first), 0);
}

#define SELF_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SELF_TEST(test_own_stack),
        SELF_TEST(test_images_from_memory),
        SELF_TEST(test_damaged_return_address),
        SELF_TEST(test_cut_stack),
        SELF_TEST(test_guesses),
        SELF_TEST(test_circle),
        SELF_TEST(test_null_call),
        cmocka_unit_test(test_stack_copy),
        cmocka_unit_test(test_stack_copy_of_signal),
        cmocka_unit_test(test_demangle),
        cmocka_unit_test(test_demangle_bomb),
        cmocka_unit_test(test_merge_by_count),
        cmocka_unit_test(test_merge_uncertain),
        cmocka_unit_test(test_merge_by_anchor),
        cmocka_unit_test(test_merge_cut),
        cmocka_unit_test(test_merge_empty_evaluations),
        cmocka_unit_test(test_merge_signal_stack),
        cmocka_unit_test(test_python_of_frame),
    };

    return cmocka_run_group_tests_name("native", tests, NULL, NULL);
}
