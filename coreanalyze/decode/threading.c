#include "coreanalyze/decode/threading.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/instance.h"
#include "coreanalyze/decode/str.h"

cpt_status
cpt_threading_find(struct cpt_decode *decode, uint64_t modules, uint64_t *active,
                   struct cpt_error *error)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t module, dict;
    cpt_status status;

    *active = 0;
    if (!modules || !CPT_HAS(at->module.md_dict) || !CPT_HAS(at->keys.dk_nentries))
        return cpt_error_set(error, CPT_ABSENT, "the layout does not lead to modules");
    status = cpt_dict_find(decode, modules, "threading", &module, error);
    if (!status)
        status = cpt_memory_read_u64(decode->memory, module + (uint64_t)at->module.md_dict, &dict,
                                     error);
    return status ? status : cpt_dict_find(decode, dict, "_active", active, error);
}

void
cpt_threading_names(struct cpt_decode *decode, uint64_t active,
                    void (*each)(void *arg, uint64_t ident, struct cpt_text name), void *arg)
{
    struct cpt_dict_walk walk;
    struct cpt_error error;
    uint64_t key, thread, name;
    struct cpt_text text;
    uint64_t ident;
    size_t steps = 0;
    cpt_status status = cpt_dict_open(&walk, decode, active, &error);

    while (!status && !(status = cpt_dict_next(&walk, &key, &thread, &error))) {
        struct cpt_error ignored;

        if (++steps > CPT_MAX_DICT_WALK)
            status = cpt_error_set(&error, CPT_LIMIT, "more than %u threads", CPT_MAX_DICT_WALK);
        else if (!cpt_int_read_u64(decode, key, &ident, &ignored) &&
                 !cpt_instance_find(decode, thread, "_name", &name, &ignored) &&
                 !cpt_str_read(decode, name, CPT_MAX_NAME, &text, &ignored))
            each(arg, ident, text);
    }
    if (status != CPT_ABSENT)
        cpt_holes_add_error(decode->holes, &error, "thread names");
}
