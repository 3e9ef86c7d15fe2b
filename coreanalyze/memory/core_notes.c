#include "coreanalyze/memory/core_notes.h"

#include "coreanalyze/base/bytes.h"
#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/maps.h"
#include "coreanalyze/memory/registers.h"

#include <elf.h>
#include <signal.h>
#include <string.h>

/* Offsets in elf_prstatus and elf_prpsinfo of x86-64 (linux/elfcore.h). */
enum {
    PRSTATUS_INFO_SIGNO = 0,
    PRSTATUS_CURSIG = 12,
    PRSTATUS_PID = 32,
    PRSTATUS_REGISTERS = 112,
    PRPSINFO_PID = 24,
    PRPSINFO_FNAME = 40,
    PRPSINFO_PSARGS = 56,
    PRPSINFO_SIZE = 136,
};

/* Offsets in siginfo_t. */
enum {
    SIGINFO_SIGNO = 0,
    SIGINFO_CODE = 8,
    SIGINFO_UNION = 16, /* si_addr, or si_pid */
    SIGINFO_LEAST = 24,
};

#define FNAME_SIZE 16
#define PSARGS_SIZE 80
#define FILE_HEADER 16 /* count and page size */
#define FILE_ENTRY 24  /* start, end, offset in units of the page size */

static cpt_status
read_prstatus(struct cpt_core_notes *notes, const uint8_t *desc, size_t size)
{
    struct cpt_task *task;

    if (size < PRSTATUS_PID + 4 || notes->tasks.count >= CPT_MAX_THREADS)
        return CPT_OK;
    task = cpt_vec_add(&notes->tasks);
    if (!task)
        return CPT_NOMEM;
    memset(task, 0, sizeof(*task));
    task->syscall = -1;
    task->tid = task->ns_tid = (int32_t)cpt_load_u32(desc + PRSTATUS_PID);
    if (size > PRSTATUS_REGISTERS)
        cpt_task_set_registers(task, desc + PRSTATUS_REGISTERS, size - PRSTATUS_REGISTERS);
    if (!notes->signal.has_thread) {
        notes->signal.has_thread = true;
        notes->signal.first_thread = task->tid;
        notes->signal.cursig = (int16_t)cpt_load_u16(desc + PRSTATUS_CURSIG);
        notes->signal.info_signo = (int32_t)cpt_load_u32(desc + PRSTATUS_INFO_SIGNO);
    }
    return CPT_OK;
}

static void
read_prpsinfo(struct cpt_core_notes *notes, const uint8_t *desc, size_t size,
              struct cpt_core_info *info)
{
    if (size < PRPSINFO_SIZE || notes->has_pid)
        return;
    notes->has_pid = true;
    notes->pid = (int32_t)cpt_load_u32(desc + PRPSINFO_PID);
    memcpy(info->program, desc + PRPSINFO_FNAME, FNAME_SIZE);
    memcpy(info->arguments, desc + PRPSINFO_PSARGS, PSARGS_SIZE);
    info->program[FNAME_SIZE] = info->arguments[PSARGS_SIZE] = '\0';
}

/* The next of the NUL-terminated names, as LENGTH bytes; NULL at the end of the note. */
static const char *
next_name(const char **names, const char *end, size_t *length)
{
    const char *name = *names, *nul = memchr(name, '\0', (size_t)(end - name));

    if (!nul)
        return NULL;
    *length = (size_t)(nul - name);
    *names = nul + 1;
    return name;
}

static cpt_status
add_file(struct cpt_core_notes *notes, const uint8_t *entry, uint64_t unit, const char *name,
         size_t length, struct cpt_arena *arena)
{
    struct cpt_core_file file = {.start = cpt_load_u64(entry), .end = cpt_load_u64(entry + 8)};
    struct cpt_core_file *added, *before;

    if (file.end <= file.start ||
        __builtin_mul_overflow(cpt_load_u64(entry + 16), unit, &file.offset))
        return CPT_OK;
    before = notes->files.count ? &notes->files.items[notes->files.count - 1] : NULL;
    length = cpt_path_strip_deleted(name, length, &file.deleted);
    /* One file's mappings follow each other: a name for all of them. */
    if (before && strlen(before->path) == length && memcmp(before->path, name, length) == 0)
        file.path = before->path;
    else
        file.path = cpt_arena_text(arena, name, length);
    added = file.path ? cpt_vec_add(&notes->files) : NULL;
    if (!added)
        return CPT_NOMEM;
    *added = file;
    return CPT_OK;
}

static int
by_start(const void *a, const void *b)
{
    const struct cpt_core_file *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* The kernel lists them so; another writer, or damage, need not. */
static void
sort_files(struct cpt_core_notes *notes)
{
    size_t kept = 0;
    uint64_t last = 0;

    if (notes->files.count)
        qsort(notes->files.items, notes->files.count, sizeof(*notes->files.items), by_start);
    for (size_t i = 0; i < notes->files.count; i++) {
        if (notes->files.items[i].start < last)
            continue;
        last = notes->files.items[i].end;
        notes->files.items[kept++] = notes->files.items[i];
    }
    notes->files.count = kept;
}

static cpt_status
read_files(struct cpt_core_notes *notes, const uint8_t *desc, size_t size, struct cpt_arena *arena)
{
    uint64_t count, unit;
    const char *names, *end = (const char *)desc + size;
    cpt_status status = CPT_OK;

    if (size < FILE_HEADER || notes->has_files)
        return CPT_OK;
    count = cpt_load_u64(desc);
    unit = cpt_load_u64(desc + 8);
    if (count > (size - FILE_HEADER) / FILE_ENTRY || count > CPT_MAX_MAPPINGS)
        return CPT_OK;
    notes->has_files = true;
    names = (const char *)desc + FILE_HEADER + count * FILE_ENTRY;
    for (uint64_t i = 0; i < count && status == CPT_OK; i++) {
        size_t length;
        const char *name = next_name(&names, end, &length);

        if (!name)
            break;
        status = add_file(notes, desc + FILE_HEADER + i * FILE_ENTRY, unit, name, length, arena);
    }
    sort_files(notes);
    return status;
}

static cpt_status
read_note(struct cpt_core_notes *notes, uint32_t type, const uint8_t *desc, size_t size,
          struct cpt_arena *arena, struct cpt_core_info *info)
{
    switch (type) {
    case NT_PRSTATUS:
        return read_prstatus(notes, desc, size);
    case NT_PRPSINFO:
        read_prpsinfo(notes, desc, size, info);
        return CPT_OK;
    case NT_FILE:
        return read_files(notes, desc, size, arena);
    case NT_AUXV:
        if (!notes->auxv) {
            notes->auxv = desc;
            notes->auxv_size = size;
        }
        return CPT_OK;
    case NT_SIGINFO:
        /* The one of the first thread; gdb writes one for each. */
        if (!notes->signal.siginfo && notes->tasks.count <= 1 && size >= SIGINFO_LEAST) {
            notes->signal.siginfo = desc;
            notes->signal.siginfo_size = size;
        }
        return CPT_OK;
    default:
        return CPT_OK;
    }
}

cpt_status
cpt_core_notes_read(struct cpt_core_notes *notes, const uint8_t *bytes, size_t size,
                    struct cpt_arena *arena, struct cpt_core_info *info)
{
    cpt_status status = CPT_OK;
    size_t at = 0;

    if (size > CPT_MAX_NOTE)
        size = CPT_MAX_NOTE;
    /* Sizes are of 32 bits: their sums cannot overflow in 64. Linux pads both parts to 4 bytes
       in a core, whatever p_align says. */
    while (status == CPT_OK && size - at >= sizeof(Elf64_Nhdr)) {
        uint64_t name_size = cpt_load_u32(bytes + at), desc_size = cpt_load_u32(bytes + at + 4);
        uint64_t name = at + sizeof(Elf64_Nhdr), desc = name + ((name_size + 3) & ~UINT64_C(3));

        if (desc > size || desc_size > size - desc)
            break;
        if (name_size >= 4 && memcmp(bytes + name, "CORE", 4) == 0)
            status = read_note(notes, cpt_load_u32(bytes + at + 8), bytes + desc, desc_size, arena,
                               info);
        at = desc + ((desc_size + 3) & ~UINT64_C(3));
        if (at > size)
            break;
    }
    return status;
}

/* Whether the signal ended the process. A core that gdb's gcore made of a process that runs has
   pr_cursig 0 (and in NT_SIGINFO the SIGSTOP or SIGTRAP of gdb's own attaching); the kernel
   dumps for no reason but a signal and always gives its number there. At a breakpoint or step
   gdb writes pr_cursig SIGTRAP: but gdb leaves pr_info.si_signo at 0, which the kernel sets to
   the same number, so that a process that really died of SIGTRAP is told from that. And no stop
   signal ever makes the kernel dump. */
static bool
is_made_on_demand(const struct cpt_core_signal_notes *notes)
{
    switch (notes->cursig) {
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        return true;
    case SIGTRAP:
        return notes->info_signo == 0;
    default:
        return notes->cursig <= 0;
    }
}

/* A positive code says that the kernel made the signal itself. SI_KERNEL is positive too, but
   stands for a fault whose address the processor does not tell (a non-canonical one). */
static void
set_address(struct cpt_core_signal *signal, int32_t code, const uint8_t *siginfo)
{
    switch (signal->number) {
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGTRAP:
        signal->has_address = code > 0 && code != SI_KERNEL;
        if (signal->has_address)
            signal->address = cpt_load_u64(siginfo + SIGINFO_UNION);
        break;
    default:
        break;
    }
}

void
cpt_core_notes_signal(const struct cpt_core_notes *notes, struct cpt_core_signal *signal)
{
    const uint8_t *siginfo = notes->signal.siginfo;
    int32_t code;

    memset(signal, 0, sizeof(*signal));
    if (!notes->signal.has_thread || is_made_on_demand(&notes->signal))
        return;
    signal->number = notes->signal.cursig;
    signal->thread = notes->signal.first_thread;
    if (!siginfo || (int32_t)cpt_load_u32(siginfo + SIGINFO_SIGNO) != signal->number)
        return;
    code = (int32_t)cpt_load_u32(siginfo + SIGINFO_CODE);
    set_address(signal, code, siginfo);
    if (code == SI_USER || code == SI_TKILL || code == SI_QUEUE) {
        signal->sender_pid = (int32_t)cpt_load_u32(siginfo + SIGINFO_UNION);
        /* 0: from outside of the process's PID namespace */
        signal->has_sender = signal->sender_pid > 0;
    }
}

bool
cpt_core_notes_auxv(const struct cpt_core_notes *notes, uint64_t type, uint64_t *value)
{
    for (size_t at = 0; notes->auxv && notes->auxv_size - at >= 16; at += 16) {
        uint64_t entry = cpt_load_u64(notes->auxv + at);

        if (entry == type) {
            *value = cpt_load_u64(notes->auxv + at + 8);
            return true;
        }
        if (entry == AT_NULL)
            break;
    }
    return false;
}

void
cpt_core_notes_free(struct cpt_core_notes *notes)
{
    cpt_vec_free(&notes->tasks);
    cpt_vec_free(&notes->files);
}
