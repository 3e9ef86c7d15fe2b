#include "coreanalyze/output/census_in.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/output/json_in.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA 1

struct reading {
    struct cpt_json_in in;
    struct cpt_saved_census *saved;
    CPT_VEC(struct cpt_diff_type) types;
    uint64_t schema;
    bool is_census, by_type, has_result, has_types, too_many, out_of_memory;
};

/* The last string read, for as long as the census. */
static struct cpt_text
keep_text(struct reading *r)
{
    struct cpt_text text = {.size = r->in.text.size};

    text.data = cpt_arena_text(&r->saved->side.arena, r->in.text.data ? r->in.text.data : "", text.size);
    if (!text.data)
        r->out_of_memory = true;
    return text;
}

/* A string, or null. */
static const char *
read_string(struct reading *r)
{
    if (cpt_json_in_peek(&r->in) != '"') {
        cpt_json_in_skip(&r->in);
        return NULL;
    }
    cpt_json_in_string(&r->in);
    return keep_text(r).data;
}

static bool
read_word(struct reading *r, const char *word)
{
    const char *string = read_string(r);

    return string && strcmp(string, word) == 0;
}

/* An address is a string of its own form; one of another form is none. */
static uint64_t
read_address(struct reading *r)
{
    const char *string = read_string(r);

    return string && strncmp(string, "0x", 2) == 0 ? strtoull(string, NULL, 16) : 0;
}

static void
read_signal(struct reading *r)
{
    struct cpt_envelope *envelope = &r->saved->envelope;

    if (cpt_json_in_peek(&r->in) != '{') {
        cpt_json_in_skip(&r->in);
        return;
    }
    cpt_json_in_object(&r->in);
    while (cpt_json_in_key(&r->in)) {
        if (cpt_json_in_is_key(&r->in, "number"))
            envelope->signal.number = (int32_t)(cpt_json_in_uint(&r->in) & INT32_MAX);
        else if (cpt_json_in_is_key(&r->in, "thread"))
            envelope->signal.thread = (int32_t)(cpt_json_in_uint(&r->in) & INT32_MAX);
        else
            cpt_json_in_skip(&r->in);
    }
}

static void
read_target(struct reading *r)
{
    struct cpt_envelope *envelope = &r->saved->envelope;

    cpt_json_in_object(&r->in);
    while (cpt_json_in_key(&r->in)) {
        if (cpt_json_in_is_key(&r->in, "kind"))
            envelope->is_core = read_word(r, "core");
        else if (cpt_json_in_is_key(&r->in, "pid"))
            envelope->pid = (int32_t)(cpt_json_in_uint(&r->in) & INT32_MAX);
        else if (cpt_json_in_is_key(&r->in, "path"))
            envelope->path = read_string(r);
        else if (cpt_json_in_is_key(&r->in, "executable"))
            envelope->executable = read_string(r);
        else if (cpt_json_in_is_key(&r->in, "signal"))
            read_signal(r);
        else
            cpt_json_in_skip(&r->in);
    }
}

static void
read_python(struct reading *r)
{
    struct cpt_envelope *envelope = &r->saved->envelope;

    cpt_json_in_object(&r->in);
    while (cpt_json_in_key(&r->in)) {
        if (cpt_json_in_is_key(&r->in, "version"))
            envelope->version = read_string(r);
        else if (cpt_json_in_is_key(&r->in, "debug_build"))
            envelope->debug_build = cpt_json_in_bool(&r->in);
        else if (cpt_json_in_is_key(&r->in, "free_threaded"))
            envelope->free_threaded = cpt_json_in_bool(&r->in);
        else if (cpt_json_in_is_key(&r->in, "layout"))
            envelope->layout = read_string(r);
        else
            cpt_json_in_skip(&r->in);
    }
}

static void
read_type(struct reading *r)
{
    struct cpt_diff_type type = {{0}, 0, 0, 0}, *added;

    cpt_json_in_object(&r->in);
    while (cpt_json_in_key(&r->in)) {
        if (cpt_json_in_is_key(&r->in, "type")) {
            cpt_json_in_string(&r->in);
            type.name = keep_text(r);
        } else if (cpt_json_in_is_key(&r->in, "type_address")) {
            type.type_address = read_address(r);
        } else if (cpt_json_in_is_key(&r->in, "objects")) {
            type.objects = cpt_json_in_uint(&r->in);
        } else if (cpt_json_in_is_key(&r->in, "bytes")) {
            type.bytes = cpt_json_in_uint(&r->in);
        } else {
            cpt_json_in_skip(&r->in);
        }
    }
    if (!type.name.data)
        type.name = cpt_text_of("?");
    added = cpt_vec_add(&r->types);
    if (added)
        *added = type;
    r->out_of_memory |= !added;
}

static void
read_types(struct reading *r)
{
    cpt_json_in_array(&r->in);
    while (!r->out_of_memory && !r->too_many && cpt_json_in_item(&r->in)) {
        if (r->types.count == CPT_MAX_TYPES)
            r->too_many = true;
        else
            read_type(r);
    }
    r->has_types = true;
}

static void
read_result(struct reading *r)
{
    struct cpt_diff_side *side = &r->saved->side;

    r->has_result = true;
    cpt_json_in_object(&r->in);
    while (!r->out_of_memory && !r->too_many && cpt_json_in_key(&r->in)) {
        if (cpt_json_in_is_key(&r->in, "by"))
            r->by_type = read_word(r, "type");
        else if (cpt_json_in_is_key(&r->in, "objects"))
            side->objects = cpt_json_in_uint(&r->in);
        else if (cpt_json_in_is_key(&r->in, "bytes"))
            side->bytes = cpt_json_in_uint(&r->in);
        else if (cpt_json_in_is_key(&r->in, "types_total"))
            r->saved->types_total = cpt_json_in_uint(&r->in);
        else if (cpt_json_in_is_key(&r->in, "types"))
            read_types(r);
        else
            cpt_json_in_skip(&r->in);
    }
}

static void
read_document(struct reading *r)
{
    cpt_json_in_object(&r->in);
    while (!r->out_of_memory && !r->too_many && cpt_json_in_key(&r->in)) {
        if (cpt_json_in_is_key(&r->in, "schema"))
            r->schema = cpt_json_in_uint(&r->in);
        else if (cpt_json_in_is_key(&r->in, "command"))
            r->is_census = read_word(r, "census");
        else if (cpt_json_in_is_key(&r->in, "target"))
            read_target(r);
        else if (cpt_json_in_is_key(&r->in, "python"))
            read_python(r);
        else if (cpt_json_in_is_key(&r->in, "complete"))
            r->saved->complete = cpt_json_in_bool(&r->in);
        else if (cpt_json_in_is_key(&r->in, "result") && r->is_census && !r->has_types)
            read_result(r);
        else
            cpt_json_in_skip(&r->in);
    }
    if (!r->out_of_memory && !r->too_many)
        cpt_json_in_finish(&r->in);
}

/* What is wrong with what was read, the plainest first. */
static cpt_status
judge(const struct reading *r, const char *name, struct cpt_error *error)
{
    if (r->out_of_memory)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    if (r->too_many)
        return cpt_error_set(error, CPT_LIMIT, "%s has too many types", name);
    if (r->in.wrong)
        return cpt_error_set(error, CPT_CORRUPT, "%s is damaged at byte %zu: %s", name,
                             (size_t)(r->in.at - r->in.begin), r->in.wrong);
    if (r->schema != SCHEMA || !r->is_census || !r->has_types) {
        cpt_error_set(error, CPT_UNSUPPORTED, "%s is no census that this version can read", name);
        return cpt_error_hint(error, "save one with 'coreptile census --json -o FILE'");
    }
    if (!r->by_type) {
        cpt_error_set(error, CPT_UNSUPPORTED, "%s is a census by module or size", name);
        return cpt_error_hint(error, "save one without --by");
    }
    return CPT_OK;
}

cpt_status
cpt_census_read(struct cpt_saved_census *saved, const char *bytes, size_t size, const char *name,
                struct cpt_error *error)
{
    struct reading r = {.saved = saved};
    cpt_status status;

    memset(saved, 0, sizeof(*saved));
    saved->envelope.command = "census";
    cpt_json_in_init(&r.in, bytes, size);
    read_document(&r);
    status = judge(&r, name, error);
    if (!status)
        status = cpt_diff_side_set(&saved->side, r.types.items, r.types.count, error);
    saved->row_count = r.types.count;
    cpt_vec_free(&r.types);
    cpt_json_in_free(&r.in);
    return status;
}

void
cpt_saved_census_free(struct cpt_saved_census *saved)
{
    cpt_diff_side_free(&saved->side);
}
