#include "symbols/native_internal.h"

#include "coreanalyze/base/limits.h"
#include "symbols/demangle.h"

#include <stdlib.h>
#include <string.h>

static cpt_status
out_of_memory(struct cpt_error *error)
{
    return cpt_error_set(error, CPT_NOMEM, "out of memory");
}

/* NAME, demangled, in the arena. */
static bool
set_name(struct cpt_native *native, const char *name, struct cpt_native_function *function)
{
    size_t length = strnlen(name, CPT_MAX_SYMBOL);

    cpt_buffer_clear(&native->scratch);
    if (cpt_demangle(name, &native->scratch)) {
        name = native->scratch.data;
        length = native->scratch.size;
    }
    function->name = cpt_arena_text(native->query.arena, name, length);
    return function->name != NULL;
}

/* Copies the file's name, and finds the part of it below the unit's directory. */
static bool
set_file(struct cpt_native *native, const char *directory, struct cpt_native_function *function)
{
    size_t length, root = directory ? strnlen(directory, CPT_MAX_PATH_TEXT) : 0;
    const char *file = function->file;

    if (!file)
        return true;
    length = strnlen(file, CPT_MAX_PATH_TEXT);
    function->file = cpt_arena_text(native->query.arena, file, length);
    function->short_file = function->file;
    if (!function->file)
        return false;
    if (root && length > root && memcmp(file, directory, root) == 0 && file[root] == '/') {
        function->short_file += root + 1;
        while (strncmp(function->short_file, "./", 2) == 0)
            function->short_file += 2;
    }
    return true;
}

/* NAME itself, or what optimisation made of it: NAME.cold, NAME.lto_priv.0, NAME.localalias. */
static bool
is_named(const char *name, const char *wanted)
{
    size_t length = strlen(wanted);

    return name && strncmp(name, wanted, length) == 0 && (!name[length] || name[length] == '.');
}

static void
classify(struct cpt_native_site *site)
{
    const char *name = site->functions[site->function_count - 1].name;

    site->evaluation = is_named(name, "_PyEval_EvalFrameDefault");
    site->tail_call = name && strncmp(name, "_TAIL_CALL_", strlen("_TAIL_CALL_")) == 0;
}

/* Without debug information there is one function, and the symbol is all that is known. */
static bool
add_functions(struct cpt_native *native, struct cpt_native_module *module, uint64_t address,
              struct cpt_native_site *site)
{
    struct cpt_native_found *found = calloc(CPT_MAX_INLINED, sizeof(*found));
    struct cpt_native_function *functions;
    size_t count;
    bool fits = found != NULL;

    if (!found)
        return false;
    count = module ? cpt_native_inlined_at(module, address, found, CPT_MAX_INLINED) : 0;
    if (!count) {
        found[0].function.line = -1;
        count = 1;
    }
    if (module && !found[count - 1].function.name && !found[count - 1].mangled)
        found[count - 1].mangled = cpt_native_symbol_at(module, address);
    functions = cpt_arena_array(native->query.arena, count, sizeof(*functions));
    for (size_t i = 0; fits && functions && i < count; i++) {
        const char *name = found[i].mangled ? found[i].mangled : found[i].function.name;

        functions[i] = found[i].function;
        functions[i].name = NULL;
        fits = (!name || set_name(native, name, &functions[i])) &&
               set_file(native, found[i].directory, &functions[i]);
    }
    free(found);
    site->functions = functions;
    site->function_count = count;
    return fits && functions;
}

static struct cpt_native_site *
make_site(struct cpt_native *native, uint64_t address)
{
    struct cpt_native_site *site = cpt_arena_alloc(native->query.arena, sizeof(*site));
    struct cpt_native_module *module = cpt_native_module_at(native, address);

    if (!site || !add_functions(native, module, address, site))
        return NULL;
    if (module)
        site->module = cpt_arena_text(native->query.arena, module->image->path, strlen(module->image->path));
    site->signal = cpt_native_is_signal_return(native, address);
    classify(site);
    return cpt_hash_set(&native->sites, address, site) ? site : NULL;
}

cpt_status
cpt_native_name(struct cpt_native *native, struct cpt_native_stack *stack, struct cpt_error *error)
{
    for (size_t i = 0; i < stack->count; i++) {
        struct cpt_native_frame *frame = &stack->items[i];
        /* A call is the last thing before the address it returns to, which may be another function's. */
        uint64_t address = frame->exact ? frame->address : frame->address - 1;
        struct cpt_native_site *site = cpt_hash_get(&native->sites, address);

        if (!site && cpt_progress_is_cancelled(native->query.memory->progress))
            return cpt_progress_check(native->query.memory->progress, error);
        if (!site)
            site = make_site(native, address);
        if (!site)
            return out_of_memory(error);
        frame->site = site;
    }
    return CPT_OK;
}
