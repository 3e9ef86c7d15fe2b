#include "coreanalyze/analyses/info.h"

#include "coreanalyze/decode/runtime.h"

#include <string.h>

void
cpt_info_free(struct cpt_info *info)
{
    cpt_arena_free(&info->arena);
    memset(info, 0, sizeof(*info));
}

/* PyMemAllocatorName of Include/cpython/preconfig.h: what PYTHONMALLOC asked for. */
static const char *
allocator_name(uint32_t allocator, bool free_threaded)
{
    switch (allocator) {
    case 0: /* not set */
    case 1: /* default */
    case 2: /* debug: the default with checks */
        return free_threaded ? "mimalloc" : "pymalloc";
    case 3: /* malloc */
    case 4: /* malloc_debug */
        return "malloc";
    case 5: /* pymalloc */
    case 6: /* pymalloc_debug */
        return "pymalloc";
    case 7: /* mimalloc, from 3.13 */
    case 8: /* mimalloc_debug */
        return "mimalloc";
    default:
        return NULL;
    }
}

cpt_status
cpt_info_take(struct cpt_info *info, struct cpt_memory *memory, const struct cpt_layout *layout,
              uint64_t address, struct cpt_holes *holes, struct cpt_error *error)
{
    struct cpt_interpreter *interpreters;
    struct cpt_thread *threads;
    struct cpt_decode decode;
    struct cpt_runtime runtime;
    size_t count;
    cpt_status status;

    cpt_decode_init(&decode, memory, &layout->at, &info->arena, holes);
    status = cpt_runtime_read(&decode, address, &runtime, error);
    if (!status)
        status = cpt_runtime_interpreters(&decode, &runtime, &interpreters, &info->interpreters,
                                          error);
    for (size_t i = 0; !status && i < info->interpreters; i++) {
        status = cpt_interpreter_threads(&decode, &interpreters[i], &threads, &count, error);
        if (!status)
            info->threads += count;
    }
    cpt_decode_free(&decode);
    if (!status && CPT_HAS(layout->at.runtime.preconfig_allocator))
        info->allocator = allocator_name(runtime.allocator, layout->version.free_threaded);
    info->native_threads = memory->task_count;
    return status;
}
