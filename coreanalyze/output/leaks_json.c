/* The leak report as JSON. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/retained_out.h"

#include <string.h>

#define MAX_MERGED 1000 /* types of one group whose names are compared with each other */

static size_t
limit(size_t count, size_t top)
{
    return top && top < count ? top : count;
}

static bool
same_type(const struct cpt_type_count *a, const struct cpt_type_count *b)
{
    return a->type.size == b->type.size && a->type.data && b->type.data &&
           memcmp(a->type.data, b->type.data, a->type.size) == 0;
}

/* {"__main__.Node": 2, "dict": 1}. Types of one name are one key. */
static void
write_types_json(struct cpt_json *json, const struct cpt_type_count *types, size_t count)
{
    cpt_json_object_open(json);
    for (size_t i = 0; i < count; i++) {
        uint64_t objects = types[i].objects;
        bool seen = false;

        for (size_t j = 0; j < i && i < MAX_MERGED; j++)
            seen |= same_type(&types[i], &types[j]);
        for (size_t j = i + 1; j < count && j < MAX_MERGED; j++)
            objects += same_type(&types[i], &types[j]) ? types[j].objects : 0;
        if (seen)
            continue;
        cpt_json_key_text(json, &types[i].type);
        cpt_json_uint(json, objects);
    }
    cpt_json_object_close(json);
}

static void
write_group_json(struct cpt_json *json, const struct cpt_garbage_group *group)
{
    cpt_json_line(json, 2);
    cpt_json_object_open(json);
    cpt_json_key(json, "types");
    write_types_json(json, group->types, group->type_count);
    cpt_json_member_uint(json, "components", group->components);
    cpt_json_member_uint(json, "objects", group->objects);
    cpt_json_member_uint(json, "bytes", group->bytes);
    cpt_json_member_address(json, "example", group->example.address);
    cpt_json_object_close(json);
}

static void
write_garbage_json(struct cpt_json *json, const struct cpt_leaks *leaks, size_t top)
{
    cpt_json_line(json, 1);
    cpt_json_key(json, "garbage");
    cpt_json_object_open(json);
    cpt_json_member_uint(json, "objects", leaks->garbage_objects);
    cpt_json_member_uint(json, "bytes", leaks->garbage_bytes);
    cpt_json_member_uint(json, "groups_total", leaks->group_count);
    cpt_json_key(json, "groups");
    cpt_json_array_open(json);
    for (size_t i = 0; i < limit(leaks->group_count, top); i++)
        write_group_json(json, &leaks->groups[i]);
    cpt_json_array_close(json);
    cpt_json_object_close(json);
}

static void
write_counts_json(struct cpt_json *json, const char *key, const struct cpt_type_count *types, size_t count)
{
    cpt_json_key(json, key);
    cpt_json_array_open(json);
    for (size_t i = 0; i < count; i++) {
        cpt_json_object_open(json);
        cpt_json_member_text(json, "type", &types[i].type);
        cpt_json_member_uint(json, "objects", types[i].objects);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
}

static void
write_uncollectable_json(struct cpt_json *json, const struct cpt_leaks *leaks, size_t top)
{
    cpt_json_line(json, 1);
    cpt_json_key(json, "uncollectable");
    cpt_json_object_open(json);
    cpt_json_member_uint(json, "objects", leaks->uncollectable_objects);
    cpt_json_member_uint(json, "bytes", leaks->uncollectable_bytes);
    write_counts_json(json, "types", leaks->uncollectable, limit(leaks->uncollectable_count, top));
    cpt_json_object_close(json);
}

static void
write_leak_json(struct cpt_json *json, const struct cpt_leak_type *leak, bool lost)
{
    cpt_json_line(json, 2);
    cpt_json_object_open(json);
    cpt_json_member_text(json, "type", &leak->type);
    cpt_json_member_uint(json, "objects", leak->objects);
    cpt_json_member_uint(json, "references", leak->references);
    cpt_json_member_uint(json, "bytes", leak->bytes);
    if (lost) {
        cpt_json_member_uint(json, "kept_objects", leak->kept_objects);
        cpt_json_member_uint(json, "kept_bytes", leak->kept_bytes);
    }
    cpt_json_key(json, "examples");
    cpt_json_array_open(json);
    for (size_t i = 0; i < leak->example_count; i++)
        cpt_json_address(json, leak->examples[i].address);
    cpt_json_array_close(json);
    cpt_json_object_close(json);
}

static void
write_leaks_json(struct cpt_json *json, const char *key, const struct cpt_leak_type *leaks, size_t count, bool lost)
{
    cpt_json_line(json, 1);
    cpt_json_key(json, key);
    cpt_json_array_open(json);
    for (size_t i = 0; i < count; i++)
        write_leak_json(json, &leaks[i], lost);
    cpt_json_array_close(json);
}

void
cpt_leaks_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_leaks *leaks,
                     size_t top)
{
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    cpt_json_member_uint(&json, "objects", leaks->heap_objects);
    cpt_json_member_uint(&json, "bytes", leaks->heap_bytes);
    write_garbage_json(&json, leaks, top);
    write_uncollectable_json(&json, leaks, top);
    write_leaks_json(&json, "surplus_references", leaks->surplus, limit(leaks->surplus_count, top), false);
    write_leaks_json(&json, "lost", leaks->lost, limit(leaks->lost_count, top), true);
    cpt_retainers_write_json(&json, &leaks->retained);
    cpt_json_line(&json, 1);
    write_counts_json(&json, "scanned_types", leaks->scanned, limit(leaks->scanned_count, top));
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}
