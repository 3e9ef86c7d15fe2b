#include "coreanalyze/commands/native.h"

#include "coreanalyze/analyses/stack_native.h"
#include "coreanalyze/base/hash.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/commands/debuginfod.h"
#include "symbols/native.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct work {
    struct cpt_target *target;
    struct cpt_memory *memory;
    struct cpt_stack *stack;
    struct cpt_native *native;
    CPT_VEC(struct cpt_native_image) images;
};

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

/* Images */

static bool
has_code(const struct cpt_memory *memory, const struct cpt_file *file)
{
    for (size_t i = 0; i < memory->mapping_count; i++) {
        const struct cpt_mapping *mapping = &memory->mappings[i];

        if (mapping->start >= file->end)
            break;
        if (mapping->start >= file->base && mapping->executable && mapping->path &&
            strcmp(mapping->path, file->path) == 0)
            return true;
    }
    return false;
}

/* Of files that gcore left out a core does not even tell what access to them there was; but it has their ELF headers.
   Data files are not to be looked up for this. */
static bool
is_image(struct work *work, struct cpt_file *file)
{
    return has_code(work->target->memory, file) ||
           (work->target->core && cpt_core_has(work->target->core, file->base, sizeof(file->ident.header)) &&
            cpt_filemap_identify(work->target->filemap, file)->is_elf);
}

/* Code with an ELF header that is no file's: the kernel's vdso. */
static bool
is_bare_image(struct cpt_memory *memory, const struct cpt_mapping *mapping)
{
    char magic[4];

    return mapping->executable && mapping->readable && (!mapping->path || mapping->path[0] == '[') &&
           cpt_memory_read_some(memory, mapping->start, magic, 4) == 4 && memcmp(magic, "\177ELF", 4) == 0;
}

static int
by_base(const void *a, const void *b)
{
    const struct cpt_native_image *x = a, *y = b;

    return (x->base > y->base) - (x->base < y->base);
}

/* Images one above the other: where two seem to overlap, the lower one ends. */
static void
settle_images(struct work *work)
{
    size_t kept = 0;

    if (work->images.count)
        qsort(work->images.items, work->images.count, sizeof(*work->images.items), by_base);
    for (size_t i = 0; i < work->images.count; i++) {
        struct cpt_native_image image = work->images.items[i];

        if (i + 1 < work->images.count && image.end > work->images.items[i + 1].base)
            image.end = work->images.items[i + 1].base;
        if (image.end > image.base)
            work->images.items[kept++] = image;
    }
    work->images.count = kept;
}

static bool
list_images(struct work *work)
{
    struct cpt_memory *memory = work->target->memory;
    size_t count;
    struct cpt_file *files = cpt_filemap_files(work->target->filemap, &count);
    struct cpt_native_image *image;

    for (size_t i = 0; i < count; i++) {
        if (!files[i].base || !is_image(work, &files[i]))
            continue;
        image = cpt_vec_add(&work->images);
        if (!image)
            return false;
        *image = (struct cpt_native_image){
            .base = files[i].base, .end = files[i].end, .path = files[i].path, .has_file = true};
    }
    for (size_t i = 0; i < memory->mapping_count; i++) {
        const struct cpt_mapping *mapping = &memory->mappings[i];

        if (!is_bare_image(memory, mapping))
            continue;
        image = cpt_vec_add(&work->images);
        if (!image)
            return false;
        *image = (struct cpt_native_image){
            .base = mapping->start, .end = mapping->end, .path = mapping->path ? mapping->path : "[vdso]"};
    }
    settle_images(work);
    return true;
}

static struct cpt_file *
file_of(struct work *work, const struct cpt_native_image *image)
{
    size_t count;
    struct cpt_file *files = cpt_filemap_files(work->target->filemap, &count);

    for (size_t i = 0; i < count; i++) {
        if (files[i].base == image->base)
            return &files[i];
    }
    return NULL;
}

/* Called when a stack has come to the image: files that none goes through are not even looked for. */
static bool
image_file(void *arg, size_t index, struct cpt_native_file *out)
{
    struct work *work = arg;
    struct cpt_file *file = file_of(work, &work->images.items[index]);

    if (!file)
        return false;
    if (cpt_filemap_resolve(work->target->filemap, file) != CPT_FILE_MATCHES) {
        /* So that cpt_target_note_files tells: names may lack for want of it. */
        file->wanted = file->wanted || work->target->core;
        return false;
    }
    *out = (struct cpt_native_file){.bytes = file->bytes, .size = file->size, .path = file->found};
    return true;
}

/* Threads */

static const struct cpt_task *
find_task(const struct cpt_memory *memory, int32_t tid)
{
    for (size_t i = 0; tid && i < memory->task_count; i++) {
        if (memory->tasks[i].tid == tid)
            return &memory->tasks[i];
    }
    return NULL;
}

static const char *
module_at(const struct work *work, uint64_t address)
{
    for (size_t i = 0; i < work->images.count; i++) {
        if (address >= work->images.items[i].base && address < work->images.items[i].end)
            return work->images.items[i].path;
    }
    return "in no file";
}

/* Says what is not sure about the stack of thread TID. */
static void
report_gap(struct work *work, int32_t tid, const struct cpt_native_stack *native)
{
    if (native->complete && !native->has_guesses)
        return;
    if (native->reason)
        cpt_holes_add(&work->target->holes, "gap", native->end,
                      "the native stack of thread %d is cut at 0x%" PRIx64 " (%s): %s", (int)tid, native->end,
                      module_at(work, native->end), native->reason);
    else
        cpt_holes_add(&work->target->holes, "gap", native->end,
                      "the native frames of thread %d before 0x%" PRIx64
                      " (%s) are guessed: there is no unwind information for the code there",
                      (int)tid, native->end, module_at(work, native->end));
}

static cpt_status
unwind(struct work *work, int32_t tid, struct cpt_native_stack *native, struct cpt_error *error)
{
    const struct cpt_task *task = find_task(work->memory, tid);
    cpt_status status;

    if (!task || !task->has_registers)
        return CPT_OK;
    status = cpt_progress_check(work->target->progress, error);
    if (status)
        return status;
    status = cpt_native_unwind(work->native, task, native, error);
    if (!status)
        status = cpt_native_name(work->native, native, error);
    if (!status)
        report_gap(work, tid, native);
    return status;
}

/* The threads without Python state: of those asked for. */
static cpt_status
list_native_threads(struct work *work, int32_t only_thread, struct cpt_error *error)
{
    struct cpt_stack *stack = work->stack;
    const struct cpt_memory *tasks = work->target->memory;
    struct cpt_hash known = {0};
    bool fits = true;

    stack->native_threads = cpt_arena_array(&stack->arena, tasks->task_count, sizeof(*stack->native_threads));
    fits = stack->native_threads != NULL;
    for (size_t i = 0; fits && i < stack->thread_count; i++) {
        if (stack->threads[i].native_id)
            fits = cpt_hash_set(&known, (uint64_t)stack->threads[i].native_id, stack);
    }
    for (size_t i = 0; fits && i < tasks->task_count; i++) {
        const struct cpt_task *task = &tasks->tasks[i];
        struct cpt_native_thread *added = &stack->native_threads[stack->native_thread_count];

        if ((only_thread && task->tid != only_thread) || cpt_hash_get(&known, (uint64_t)task->tid))
            continue;
        added->native_id = task->tid;
        added->name = cpt_arena_text(&stack->arena, task->name, strnlen(task->name, sizeof(task->name)));
        added->crashed = work->target->core && cpt_core_info(work->target->core)->signal.number &&
                         cpt_core_info(work->target->core)->signal.thread == task->tid;
        fits = added->name != NULL;
        stack->native_thread_count++;
    }
    cpt_hash_free(&known);
    return fits ? CPT_OK : out_of_memory(error);
}

static cpt_status
add_stacks(struct work *work, int32_t only_thread, struct cpt_error *error)
{
    struct cpt_stack *stack = work->stack;
    cpt_status status = CPT_OK;

    if (work->target->process)
        cpt_process_name_tasks(work->target->process);
    for (size_t i = 0; !status && i < stack->thread_count; i++)
        status = unwind(work, stack->threads[i].native_id, &stack->threads[i].native, error);
    if (!status)
        status = list_native_threads(work, only_thread, error);
    for (size_t i = 0; !status && i < stack->native_thread_count; i++)
        status = unwind(work, stack->native_threads[i].native_id, &stack->native_threads[i].native, error);
    return status;
}

static cpt_status
add_with(struct work *work, const struct cpt_options *options, struct cpt_error *error)
{
    struct cpt_native_query query = {
        .memory = work->memory,
        .file = image_file,
        .arg = work,
        .sysroot = options->sysroot,
        .arena = &work->stack->arena,
        .log = work->target->log,
    };
    cpt_status status;

    if (!list_images(work))
        return out_of_memory(error);
    query.images = work->images.items;
    query.image_count = work->images.count;
    status = cpt_native_open(&work->native, &query, error);
    if (!status)
        status = add_stacks(work, options->thread, error);
    if (!status)
        cpt_stack_merge_native(work->stack, &work->target->holes);
    cpt_native_close(work->native);
    return status;
}

cpt_status
cpt_native_add(struct cpt_target *target, const struct cpt_options *options, struct cpt_memory *memory,
               struct cpt_stack *stack, struct cpt_error *error)
{
    struct work work = {.target = target, .memory = memory, .stack = stack};
    struct cpt_debuginfod servers = {0};
    cpt_status status = options->debuginfod ? cpt_debuginfod_begin(&servers, error) : CPT_OK;

    stack->has_native = true;
    if (!status)
        status = add_with(&work, options, error);
    cpt_debuginfod_end(&servers);
    cpt_vec_free(&work.images);
    return status;
}
