#include "symbols/candidate.h"

#include "coreanalyze/base/bytes.h"
#include "symbols/check.h"
#include "symbols/version.h"

#include <inttypes.h>
#include <stdlib.h>

/* A live target may change under a check; what is really wrong stays wrong. */
#define CHECK_TRIES 4

static bool
wants(const struct cpt_find_query *query, enum cpt_layout_origin origin)
{
    return query->layout == CPT_LAYOUT_AUTO || query->layout == origin;
}

static cpt_status
add_table(const struct cpt_find_query *query, const struct cpt_candidate *candidate,
          const struct cpt_layout_fields *self, struct cpt_layout *layout, struct cpt_error *error)
{
    struct cpt_layout_hints hints = {.runtime_size = candidate->size};
    struct cpt_layout_fields fields;
    cpt_status status;

    if (self) {
        hints.runtime_size = CPT_HAS(self->runtime.size) ? (uint64_t)self->runtime.size : 0;
        hints.interp_size = CPT_HAS(self->interp.size) ? (uint64_t)self->interp.size : 0;
        hints.tstate_size = CPT_HAS(self->tstate.size) ? (uint64_t)self->tstate.size : 0;
    }
    status = cpt_layout_from_table(&fields, &layout->table, &layout->version, &hints, error);
    /* A patch release that no table was made from: what all known ones of its series agree on completes what the
       target says of itself. */
    if (status && self && query->layout == CPT_LAYOUT_AUTO)
        status = cpt_layout_from_series(&fields, &layout->version, error);
    if (status)
        return status;
    cpt_layout_add_steady(&fields, layout->version.hex);
    cpt_layout_fill(layout, &fields, CPT_LAYOUT_TABLE);
    return CPT_OK;
}

static cpt_status
add_dwarf(const struct cpt_find_query *query, const struct cpt_candidate *candidate,
          struct cpt_layout *layout, struct cpt_error *error)
{
    struct cpt_layout_fields fields;
    const char *path;
    cpt_status status;

    if (candidate->image >= query->image_count)
        return cpt_error_set(error, CPT_ABSENT, "no file is known to hold the interpreter");
    path = query->file(query->arg, candidate->image);
    if (!path) {
        cpt_error_set(error, CPT_ABSENT, "%s, whose debug information is needed, is not at hand",
                      query->images[candidate->image].path);
        return cpt_error_hint(error, "give it with --exe or --sysroot");
    }
    status = cpt_layout_from_dwarf(&fields, path, query->sysroot, error);
    if (status)
        return status;
    cpt_layout_add_steady(&fields, layout->version.hex);
    cpt_layout_fill(layout, &fields, CPT_LAYOUT_DWARF);
    return CPT_OK;
}

cpt_status
cpt_candidate_layout(const struct cpt_find_query *query, const struct cpt_candidate *candidate,
                     const struct cpt_python_version *version, const struct cpt_layout_fields *self,
                     struct cpt_layout *layout, struct cpt_error *error)
{
    cpt_status status = CPT_ABSENT;
    char missing[64];

    cpt_layout_init(layout);
    layout->version = *version;
    cpt_error_set(error, CPT_ABSENT, "the target has no debug offsets of its own (3.13 and later have)");
    if (self && wants(query, CPT_LAYOUT_SELF)) {
        cpt_layout_fill(layout, self, CPT_LAYOUT_SELF);
        status = CPT_OK;
    }
    if (wants(query, CPT_LAYOUT_TABLE)) {
        cpt_status table = add_table(query, candidate, self, layout, error);

        status = status ? table : CPT_OK;
    }
    if (query->layout == CPT_LAYOUT_DWARF ||
        (query->layout == CPT_LAYOUT_AUTO && !cpt_layout_is_complete(layout, NULL, 0))) {
        struct cpt_error no_dwarf;

        status = add_dwarf(query, candidate, layout,
                           query->layout == CPT_LAYOUT_DWARF ? error : &no_dwarf);
        if (status && query->layout == CPT_LAYOUT_AUTO)
            status = error->status;
    }
    if (status)
        return status;
    if (!cpt_layout_is_complete(layout, missing, sizeof(missing)))
        return cpt_error_set(error, CPT_UNSUPPORTED, "the layout '%s' does not say where %s is",
                             cpt_layout_origin_name(query->layout), missing);
    return CPT_OK;
}

/* What _Py_DebugOffsets at the runtime's start say; CPT_ABSENT where there are none. */
static cpt_status
read_self(const struct cpt_find_query *query, uint64_t runtime, struct cpt_layout_fields *self,
          struct cpt_python_version *version, struct cpt_error *error)
{
    size_t size = cpt_debug_offsets_size();
    void *bytes = malloc(size);
    uint64_t cookie = 0;
    cpt_status status;

    if (!bytes)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    size = cpt_memory_read_some(query->memory, runtime, bytes, size);
    if (size >= sizeof(cookie))
        cookie = cpt_load_u64(bytes);
    if (cookie == CPT_DEBUG_COOKIE)
        status = cpt_layout_from_self(self, version, bytes, size, error);
    else
        status = cpt_error_set(error, CPT_ABSENT, "no debug offsets");
    free(bytes);
    return status;
}

static cpt_status
check(const struct cpt_find_query *query, const struct cpt_candidate *candidate,
      const struct cpt_layout *layout, struct cpt_error *error)
{
    int tries = query->memory->kind == CPT_MEMORY_PROCESS ? CHECK_TRIES : 1;
    cpt_status status = CPT_OK;

    while (tries-- > 0) {
        status = cpt_check_runtime(query->memory, layout, candidate->runtime, error);
        if (!status || status == CPT_ABSENT)
            break;
    }
    return status;
}

/* To 3.10 the version can only be told once it has been asked for, and until Py_Initialize the runtime is all zeros. */
static cpt_status
explain_unknown(const struct cpt_find_query *query, const struct cpt_candidate *candidate, struct cpt_error *error)
{
    static const uint8_t zeros[256];
    uint8_t bytes[sizeof(zeros)];
    size_t size = candidate->size < sizeof(bytes) ? candidate->size : sizeof(bytes);

    if (size && cpt_memory_read_some(query->memory, candidate->runtime, bytes, size) == size &&
        memcmp(bytes, zeros, size) == 0)
        return cpt_check_not_initialized(error);
    return error->status;
}

static cpt_status
refuse_free_threaded(const struct cpt_python_version *version, struct cpt_error *error)
{
    char text[16];

    cpt_python_version_format(version->hex, text, sizeof(text));
    return cpt_error_set(error, CPT_UNSUPPORTED,
                         "CPython %s here is a free-threaded build, which is not supported yet", text);
}

cpt_status
cpt_candidate_try(const struct cpt_find_query *query, const struct cpt_candidate *candidate,
                  struct cpt_layout *layout, struct cpt_error *error)
{
    struct cpt_python_version version = {0};
    struct cpt_layout_fields self;
    bool has_self;
    cpt_status status = read_self(query, candidate->runtime, &self, &version, error);

    has_self = !status;
    if (status == CPT_ABSENT) {
        if (!candidate->elf)
            return status;
        version.hex = candidate->version;
        status = version.hex ? CPT_OK
                             : cpt_version_find(candidate->elf, candidate->data_start,
                                                candidate->data_end, &version, error);
        if (status == CPT_ABSENT)
            status = explain_unknown(query, candidate, error);
    }
    if (status)
        return status;
    if (version.free_threaded)
        return refuse_free_threaded(&version, error);
    if (candidate->elf) {
        status = cpt_version_check_build(candidate->elf, &version, error);
        if (status)
            return status;
    }
    status = cpt_candidate_layout(query, candidate, &version, has_self ? &self : NULL, layout, error);
    return status ? status : check(query, candidate, layout, error);
}
