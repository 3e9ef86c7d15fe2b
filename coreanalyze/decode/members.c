#include "coreanalyze/decode/members.h"

#include "coreanalyze/base/limits.h"

#include <string.h>

#define MAX_MEMBERS 4096 /* of one type */
#define MAX_MEMBER_NAME 512

/* Member types (Include/structmember.h): _Py_T_OBJECT and Py_T_OBJECT_EX. */
#define T_OBJECT 6
#define T_OBJECT_EX 16

void
cpt_members_open(struct cpt_members_walk *walk, struct cpt_types *types, const struct cpt_object *object,
                 bool python_only)
{
    struct cpt_type *type = object->type;

    walk->types = types;
    walk->object = object->address;
    walk->depth = 0;
    walk->next = walk->left = 0;
    for (size_t i = 0; type && !type->broken && i < CPT_MAX_BASES; i++) {
        if (type->members && (!python_only || cpt_type_is_python(type)))
            walk->chain[walk->depth++] = type;
        type = type->base ? cpt_type_get(types, type->base) : NULL;
    }
}

/* Goes on to the next type; false behind the last. A heap type counts its members, a static one ends them with NULL. */
static bool
enter_type(struct cpt_members_walk *walk)
{
    const struct cpt_type *type;

    if (!walk->depth)
        return false;
    type = walk->chain[--walk->depth];
    walk->next = type->members;
    walk->left = MAX_MEMBERS;
    if (type->flags & CPT_TYPE_HEAP)
        walk->left = type->slot_count >= 0 && type->slot_count < MAX_MEMBERS ? (uint64_t)type->slot_count : 0;
    return true;
}

static cpt_status
read_member(struct cpt_members_walk *walk, const struct cpt_struct *member, char *name, size_t size, uint64_t *value,
            struct cpt_error *error)
{
    const struct cpt_layout_fields *at = walk->types->decode->at;
    uint32_t type = cpt_struct_u32(member, at->memberdef.type);
    uint64_t offset = cpt_struct_u64(member, at->memberdef.offset);
    const struct cpt_type *owner = walk->chain[walk->depth];
    cpt_status status;

    if (type != T_OBJECT && type != T_OBJECT_EX)
        return CPT_ABSENT;
    if (offset < (uint64_t)at->object.size || offset + 8 > owner->basicsize || offset % 8)
        return CPT_ABSENT;
    status = cpt_memory_read_u64(walk->types->decode->memory, walk->object + offset, value, error);
    if (status)
        return status;
    if (!*value)
        return CPT_ABSENT;
    return cpt_memory_read_string(walk->types->decode->memory, cpt_struct_u64(member, at->memberdef.name), name, size,
                                  error);
}

cpt_status
cpt_members_next(struct cpt_members_walk *walk, char *name, size_t size, uint64_t *value, struct cpt_error *error)
{
    const struct cpt_layout_fields *at = walk->types->decode->at;
    struct cpt_struct member;
    cpt_status status;

    if (!CPT_HAS(at->memberdef.offset) || !CPT_HAS(at->memberdef.size))
        return CPT_ABSENT;
    for (;;) {
        while (!walk->left) {
            if (!enter_type(walk))
                return CPT_ABSENT;
        }
        walk->left--;
        if (walk->types->decode->member_steps++ >= CPT_MAX_MEMBER_STEPS)
            return cpt_error_set(error, CPT_LIMIT, "more than %u members in all", CPT_MAX_MEMBER_STEPS);
        status = cpt_struct_read(walk->types->decode, &member, walk->next, (size_t)at->memberdef.size, error);
        walk->next += (uint64_t)at->memberdef.size;
        if (status || !cpt_struct_u64(&member, at->memberdef.name)) {
            walk->left = 0;
            if (status)
                return status;
            continue;
        }
        status = read_member(walk, &member, name, size, value, error);
        if (status != CPT_ABSENT)
            return status;
    }
}

cpt_status
cpt_members_find(struct cpt_types *types, const struct cpt_object *object, const char *word, uint64_t *value,
                 struct cpt_error *error)
{
    struct cpt_members_walk walk;
    char name[MAX_MEMBER_NAME];
    cpt_status status;

    cpt_members_open(&walk, types, object, true);
    do {
        status = cpt_members_next(&walk, name, sizeof(name), value, error);
        if (!status && strcmp(name, word) == 0)
            return CPT_OK;
    } while (status != CPT_ABSENT && status != CPT_LIMIT);
    return cpt_error_set(error, CPT_ABSENT, "there is no slot '%s'", word);
}
