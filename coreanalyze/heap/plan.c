#include "coreanalyze/heap/plan.h"

#include "coreanalyze/decode/attribute.h"
#include "symbols/references.h"

#include <stdlib.h>
#include <string.h>

#define POINTER 8
#define MAX_FIELDS 1024    /* of one type */
#define MAX_MEMBERS 512    /* PyMemberDefs of one type */
#define MAX_NAME 256
#define MEMBER_OBJECT 6    /* T_OBJECT and T_OBJECT_EX, Include/structmember.h */
#define MEMBER_OBJECT_EX 16
#define MEMBER_FLAGS 24    /* of a PyMemberDef, a 32-bit word */
#define MEMBER_BEHIND_ITEMS 16 /* among them, from 3.15: _Py_AFTER_ITEMS, of slots of classes that derive from tuple */

#define LRU_SIZE 64        /* of the link that functools._lru_cache_wrapper begins with, and more */

/* numpy's PyArrayObject_fields */
#define NUMPY_BASE 48
#define NUMPY_DESCR 56
#define NUMPY_WEAKREFLIST 72

/* One plan under way. */
struct maker {
    struct cpt_heap *heap;
    const struct cpt_layout_fields *at;
    const struct cpt_shape *shape;
    struct cpt_type *native; /* the nearest type of C, whose structure instances begin with */
    const struct cpt_reference_type *known; /* what is known of NATIVE, or of the next one below it */
    struct cpt_plan *plan;
    struct cpt_plan_field fields[MAX_FIELDS];
    size_t count;
    unsigned own;            /* flags of references that the object owns, and the collector sees */
    bool is_known;           /* KNOWN tells all of NATIVE */
    bool out_of_memory;
};

/* The first flags and name that are given for an offset count. */
static void
add_field(struct maker *m, int64_t offset, unsigned flags, const char *name)
{
    if (offset < 2 * POINTER || offset & (POINTER - 1) || offset + POINTER > m->shape->basicsize)
        return;
    for (size_t i = 0; i < m->count; i++) {
        if (m->fields[i].offset == (uint32_t)offset)
            return;
    }
    if (m->count < MAX_FIELDS)
        m->fields[m->count++] = (struct cpt_plan_field){name, (uint32_t)offset, flags, false};
}

/* ".NAME", as the target has it at ADDRESS. */
static const char *
member_name(struct maker *m, uint64_t address)
{
    char text[MAX_NAME] = ".";
    struct cpt_error ignored;
    char *copy;
    size_t size;

    if (!address || cpt_memory_read_string(m->heap->regions.memory, address, text + 1, sizeof(text) - 1, &ignored))
        return "<member>";
    size = strlen(text) + 1;
    copy = cpt_arena_alloc(&m->heap->arena, size);
    if (!copy) {
        m->out_of_memory = true;
        return "<member>";
    }
    memcpy(copy, text, size);
    return copy;
}

/* The members at ADDRESS that hold objects, up to COUNT or one without a name. */
static void
add_members(struct maker *m, uint64_t address, uint64_t count, unsigned flags)
{
    const struct cpt_layout_fields *at = m->at;
    struct cpt_memory *memory = m->heap->regions.memory;
    struct cpt_error ignored;
    uint64_t name, offset;
    uint32_t type, kind;
    size_t before;

    if (!CPT_HAS(at->memberdef.size) || !address)
        return;
    for (uint64_t i = 0; i < count && i < MAX_MEMBERS; i++, address += (uint64_t)at->memberdef.size) {
        if (cpt_memory_read_u64(memory, address + (uint64_t)at->memberdef.name, &name, &ignored) || !name ||
            cpt_memory_read_u32(memory, address + (uint64_t)at->memberdef.type, &type, &ignored) ||
            cpt_memory_read_u64(memory, address + (uint64_t)at->memberdef.offset, &offset, &ignored) ||
            cpt_memory_read_u32(memory, address + MEMBER_FLAGS, &kind, &ignored))
            return;
        if ((type != MEMBER_OBJECT && type != MEMBER_OBJECT_EX) || offset >= m->shape->basicsize)
            continue;
        before = m->count;
        add_field(m, (int64_t)offset, flags, member_name(m, name));
        if (m->count > before)
            m->fields[before].behind_items = m->shape->kind == CPT_SHAPE_TUPLE && kind & MEMBER_BEHIND_ITEMS;
    }
}

static int64_t
type_offset(struct maker *m, const struct cpt_type *type, int32_t field)
{
    struct cpt_error ignored;
    uint64_t value = 0;

    if (!CPT_HAS(field) || cpt_memory_read_u64(m->heap->regions.memory, type->address + (uint64_t)field, &value, &ignored))
        return 0;
    return (int64_t)value;
}

static struct cpt_type *
base_of(struct maker *m, const struct cpt_type *type)
{
    struct cpt_type *base = type->base ? cpt_type_get(&m->heap->values.types, type->base) : NULL;

    return base && !base->broken ? base : NULL;
}

static const struct cpt_reference_type *
look_up(struct maker *m, const struct cpt_type *type)
{
    if (!type->raw.data || (type->flags & CPT_TYPE_HEAP && !memchr(type->raw.data, '.', type->raw.size)))
        return NULL;
    return cpt_references_find(m->heap->version, type->raw.data, (uint32_t)type->basicsize, (uint32_t)type->itemsize);
}

/* The classes in Python above the structure of C, and their slots. Then what is known of that structure. A type of another
   library that derives from a known one and goes through the same references as that is as well known. */
static void
find_native(struct maker *m)
{
    struct cpt_type *type = m->shape->type, *base;
    int64_t traverse;

    for (int i = 0; i < 256 && cpt_type_is_python(type) && (base = base_of(m, type)); i++) {
        if (type->slot_count > 0 && CPT_HAS(m->at->heaptype.size)) {
            /* Behind the structure of its metatype, which may be longer than PyHeapTypeObject. */
            const struct cpt_type *meta = cpt_type_get(&m->heap->values.types, type->meta);
            uint64_t size = meta && !meta->broken ? meta->basicsize : (uint64_t)m->at->heaptype.size;

            add_members(m, type->address + size, (uint64_t)type->slot_count, m->own);
        }
        type = base;
    }
    m->native = type;
    m->known = look_up(m, type);
    m->is_known = m->known;
    traverse = type_offset(m, type, m->at->type.tp_traverse);
    for (int i = 0; i < 256 && !m->known && (type = base_of(m, type)); i++) {
        m->known = look_up(m, type);
        m->is_known = m->known && traverse == type_offset(m, type, m->at->type.tp_traverse);
    }
}

/* What a C type says of itself by its members: not whether the collector sees them. */
static void
add_native_members(struct maker *m)
{
    unsigned flags = CPT_EDGE_EXACT | CPT_EDGE_OWNED | (m->is_known ? 0 : CPT_EDGE_MAYBE);
    struct cpt_type *type = m->native;

    for (int i = 0; i < 256 && type; i++, type = base_of(m, type))
        add_members(m, type->members, MAX_MEMBERS, flags);
}

static void
add_known(struct maker *m)
{
    for (unsigned i = 0; m->known && i < m->known->count; i++) {
        const struct cpt_reference_field *field = &m->known->fields[i];
        unsigned flags = CPT_EDGE_EXACT;

        if (field->flags & CPT_REFERENCE_VISITED && m->own & CPT_EDGE_VISITED)
            flags |= CPT_EDGE_VISITED;
        /* What the collector takes off a count has to be in it. */
        if (field->flags & (CPT_REFERENCE_OWNED | CPT_REFERENCE_VISITED))
            flags |= CPT_EDGE_OWNED;
        add_field(m, field->offset, field->flags ? flags : 0, field->name);
    }
}

/* The dict of attributes, and the list of weak references, which are not owned. */
static void
add_dict(struct maker *m)
{
    int64_t dict = type_offset(m, m->shape->type, m->at->type.tp_dictoffset);

    add_field(m, type_offset(m, m->shape->type, m->at->type.tp_weaklistoffset), 0, "<weaklist>");
    if (dict > 0)
        add_field(m, dict, m->own, ".__dict__");
    else if (dict < 0 && !m->shape->managed_dict && dict > -4096 && dict % POINTER == 0)
        m->plan->dict_from_end = (int32_t)dict;
}

static bool
is_named(const struct maker *m, const char *name)
{
    return cpt_type_is(m->native, name);
}

static void
add_type_fields(struct maker *m)
{
    const struct cpt_layout_fields *at = m->at;
    unsigned kept = CPT_EDGE_EXACT | CPT_EDGE_OWNED;

    add_field(m, at->type.tp_dict, m->own, ".__dict__");
    add_field(m, at->type.tp_mro, m->own, ".__mro__");
    add_field(m, at->type.tp_bases, m->own, ".__bases__");
    add_field(m, at->type.tp_base, m->own, ".__base__");
    add_field(m, at->type.tp_cache, m->own, "<tp_cache>");
    add_field(m, at->type.tp_subclasses, kept, "<tp_subclasses>");
    add_field(m, at->heaptype.ht_name, kept, ".__name__");
    add_field(m, at->heaptype.ht_qualname, kept, ".__qualname__");
    add_field(m, at->heaptype.ht_slots, kept, "<ht_slots>");
    add_field(m, at->heaptype.ht_module, m->own, "<ht_module>");
}

/* Which kind, by that of the shape or by name. */
static enum cpt_plan_kind
find_kind(const struct maker *m)
{
    switch (m->shape->kind) {
    case CPT_SHAPE_TUPLE:
        return CPT_PLAN_TUPLE;
    case CPT_SHAPE_LIST:
        return CPT_PLAN_LIST;
    case CPT_SHAPE_DICT:
        return CPT_PLAN_DICT;
    case CPT_SHAPE_ODICT:
        return CPT_PLAN_ODICT;
    case CPT_SHAPE_SET:
        return CPT_PLAN_SET;
    case CPT_SHAPE_DEQUE:
        return CPT_PLAN_DEQUE;
    case CPT_SHAPE_TYPE:
        return CPT_PLAN_TYPE;
    case CPT_SHAPE_CODE:
        return CPT_PLAN_CODE;
    case CPT_SHAPE_MODULE:
        return CPT_PLAN_MODULE;
    case CPT_SHAPE_CDATA:
        return CPT_PLAN_CDATA;
    case CPT_SHAPE_ELEMENT:
        return CPT_PLAN_ELEMENT;
    case CPT_SHAPE_NDARRAY:
        return CPT_PLAN_NDARRAY;
    default:
        if (is_named(m, "frame"))
            return CPT_PLAN_FRAME;
        if (is_named(m, "generator") || is_named(m, "coroutine") || is_named(m, "async_generator"))
            return CPT_PLAN_GENERATOR;
        if (is_named(m, "functools._lru_cache_wrapper") && m->is_known && m->shape->basicsize >= LRU_SIZE)
            return CPT_PLAN_LRU_CACHE;
        if (is_named(m, "itertools._tee_dataobject") && m->is_known)
            return CPT_PLAN_TEE;
        return m->known && m->known->items ? CPT_PLAN_ITEMS : CPT_PLAN_FIELDS;
    }
}

/* How many items a sequence with names (os.stat_result …) has beyond those that len() counts. */
static uint64_t
hidden_items(struct maker *m)
{
    static const char *const words[] = {"n_fields", "n_sequence_fields"};
    struct cpt_repr repr = {.values = &m->heap->values, .decode = &m->heap->decode};
    struct cpt_error ignored;
    int64_t counts[2] = {0, 0};

    if (cpt_type_is(m->native, "tuple"))
        return 0;
    if (CPT_HAS(m->at->tuple.ob_item) && m->native->basicsize > (uint64_t)m->at->tuple.ob_item)
        return (m->native->basicsize - (uint64_t)m->at->tuple.ob_item) / POINTER; /* from 3.13 on */
    for (int i = 0; i < 2; i++) {
        struct cpt_type *owner;
        uint64_t value;

        if (cpt_type_find(&m->heap->values.types, m->native, words[i], &value, &owner, &ignored) ||
            cpt_attribute_i64(&repr, value, &counts[i]))
            return 0;
    }
    return counts[0] > counts[1] && counts[0] < 1024 ? (uint64_t)(counts[0] - counts[1]) : 0;
}

/* Which words of an instance may hold anything. */
static void
set_scan(struct maker *m)
{
    struct cpt_plan *plan = m->plan;
    const struct cpt_shape *shape = m->shape;

    plan->scan_start = 2 * POINTER;
    plan->scan_end = shape->basicsize;
    plan->scan_flags = m->own & CPT_EDGE_VISITED && (!m->is_known || m->known->incomplete) ? CPT_EDGE_MAYBE : 0;
    switch (shape->kind) {
    case CPT_SHAPE_LEAF:
    case CPT_SHAPE_INT:
    case CPT_SHAPE_STR:
    case CPT_SHAPE_BYTES:
    case CPT_SHAPE_TUPLE:
        plan->scan_end = 0;
        break;
    case CPT_SHAPE_LIST:
    case CPT_SHAPE_DICT:
    case CPT_SHAPE_SET:
    case CPT_SHAPE_DEQUE:
    case CPT_SHAPE_ODICT:
    case CPT_SHAPE_BYTEARRAY:
    case CPT_SHAPE_ARRAY:
        plan->scan_start = m->known ? m->known->basicsize : 2 * POINTER;
        break;
    case CPT_SHAPE_TYPE: /* not what borrows: the methods that are cached for specialised bytecode; but what a metatype adds */
        plan->scan_start = CPT_HAS(m->at->heaptype.size) ? (uint32_t)m->at->heaptype.size : 2 * POINTER;
        break;
    default:
        if (plan->kind == CPT_PLAN_FRAME || plan->kind == CPT_PLAN_GENERATOR || plan->kind == CPT_PLAN_CODE)
            plan->scan_end = 0;
        else if (plan->kind == CPT_PLAN_TEE)
            plan->scan_end = CPT_TEE_VALUES;
        else if (shape->kind == CPT_SHAPE_PLAIN && shape->itemsize >= POINTER && plan->kind != CPT_PLAN_ITEMS)
            plan->scan_end = UINT32_MAX;
    }
}

static void
set_names(struct maker *m)
{
    struct cpt_plan *plan = m->plan;
    struct cpt_keys keys;
    uint64_t table;
    struct cpt_error ignored;

    if (!CPT_HAS(m->at->heaptype.ht_cached_keys) || !(m->shape->type->flags & CPT_TYPE_HEAP) ||
        cpt_memory_read_u64(m->heap->regions.memory, m->shape->address + (uint64_t)m->at->heaptype.ht_cached_keys, &table,
                            &ignored) ||
        !cpt_keys_read(&m->heap->regions, m->at, table, &keys))
        return;
    plan->names = keys.address + keys.entries + keys.entry_size - 2 * POINTER;
    plan->name_size = keys.entry_size;
    plan->name_count = keys.count;
}

static int
compare_fields(const void *a, const void *b)
{
    const struct cpt_plan_field *left = a, *right = b;

    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static void
set_class(struct maker *m)
{
    bool visited = m->shape->type != m->native ? m->heap->values.dialect.class_visited
                                               : m->known && m->is_known && m->known->visits_type;

    if (!(m->shape->type->flags & CPT_TYPE_HEAP))
        return;
    m->plan->class_flags = CPT_EDGE_EXACT | CPT_EDGE_OWNED | (visited ? m->own & CPT_EDGE_VISITED : 0) |
                           (m->shape->type == m->native && !m->is_known ? CPT_EDGE_MAYBE : 0);
}

static void
make_plan(struct maker *m)
{
    struct cpt_plan *plan = m->plan;
    struct cpt_plan_field *fields;

    m->count = 0;
    m->own = CPT_EDGE_EXACT | CPT_EDGE_OWNED | (m->shape->type->flags & CPT_TYPE_GC ? CPT_EDGE_VISITED : 0);
    find_native(m);
    plan->kind = find_kind(m);
    plan->item_flags = m->own;
    if (plan->kind == CPT_PLAN_ITEMS)
        plan->items_at = (uint32_t)m->native->basicsize;
    if (plan->kind == CPT_PLAN_TYPE)
        add_type_fields(m);
    if (plan->kind == CPT_PLAN_NDARRAY) {
        add_field(m, NUMPY_BASE, CPT_EDGE_EXACT | CPT_EDGE_OWNED, ".base");
        add_field(m, NUMPY_DESCR, CPT_EDGE_EXACT | CPT_EDGE_OWNED, ".dtype");
        add_field(m, NUMPY_WEAKREFLIST, 0, "<weakreflist>");
    }
    add_known(m);
    add_dict(m);
    add_native_members(m);
    if (plan->kind == CPT_PLAN_TUPLE)
        plan->hidden_items = hidden_items(m);
    set_scan(m);
    set_class(m);
    plan->managed_dict = m->shape->managed_dict;
    plan->inline_values = m->shape->inline_values;
    plan->apart_values = m->shape->apart_values;
    set_names(m);
    fields = cpt_arena_array(&m->heap->arena, m->count + 1, sizeof(*fields));
    if (!fields) {
        m->out_of_memory = true;
        return;
    }
    if (m->count)
        memcpy(fields, m->fields, m->count * sizeof(*fields));
    qsort(fields, m->count, sizeof(*fields), compare_fields);
    plan->fields = fields;
    plan->count = (uint32_t)m->count;
}

/* PyDictKeyObject.dk_lookup, to 3.10 (Objects/dict-common.h) */
#define DK_LOOKUP 16

/* A search for a dict that has a key of another type than str: its table is looked up with lookdict. */
struct lookup_search {
    struct cpt_plans *plans;
    struct cpt_walker *w;
    uint64_t left; /* entries that are looked at at most */
};

static bool
is_other_key(struct cpt_walker *w, uint64_t key)
{
    const uint8_t *bytes = key ? cpt_region_bytes(w->regions, key, 2 * POINTER) : NULL;
    const struct cpt_shape *shape = bytes ? cpt_walker_shape(w, cpt_load_u64(bytes + POINTER)) : NULL;

    return shape && shape->kind != CPT_SHAPE_STR;
}

static bool
search_lookup(void *arg, uint64_t address, uint64_t block, uint64_t size)
{
    struct lookup_search *search = arg;
    const struct cpt_regions *regions = search->w->regions;
    const struct cpt_layout_fields *at = search->w->at;
    const uint8_t *bytes = cpt_region_bytes(regions, address, (uint64_t)at->dict.ma_keys + POINTER);
    const struct cpt_shape *shape = bytes ? cpt_walker_shape(search->w, cpt_load_u64(bytes + POINTER)) : NULL;
    struct cpt_keys keys;

    (void)block;
    (void)size;
    if (!shape || shape->kind != CPT_SHAPE_DICT ||
        !cpt_keys_read(regions, at, cpt_load_u64(bytes + at->dict.ma_keys), &keys))
        return true;
    bytes = cpt_region_bytes(regions, keys.address, keys.entries + keys.count * keys.entry_size);
    for (uint64_t i = 0; bytes && i < keys.count && search->left; i++, search->left--) {
        const uint8_t *entry = bytes + keys.entries + i * keys.entry_size;

        if (!cpt_load_u64(entry + 2 * POINTER) || !is_other_key(search->w, cpt_load_u64(entry + POINTER)))
            continue;
        search->plans->lookdict = cpt_load_u64(bytes + DK_LOOKUP);
        return false;
    }
    return search->left > 0;
}

/* From 3.11 tables say so themselves. */
static void
find_lookdict(struct cpt_plans *plans, struct cpt_heap *heap)
{
    struct lookup_search search = {plans, &heap->walk->walkers[0], 1 << 20};

    if (CPT_HAS(heap->decode.at->keys.dk_size) && CPT_HAS(heap->decode.at->dict.ma_keys))
        cpt_heap_each(heap, 0, UINT64_MAX, search_lookup, &search);
}

bool
cpt_keys_are_unicode(const struct cpt_plans *plans, const struct cpt_keys *keys)
{
    const uint8_t *bytes;

    if (!CPT_HAS(plans->heap->decode.at->keys.dk_size))
        return keys->entry_size == 2 * POINTER;
    bytes = cpt_region_bytes(&plans->heap->regions, keys->address + DK_LOOKUP, POINTER);
    return bytes && plans->lookdict && cpt_load_u64(bytes) != plans->lookdict;
}

cpt_status
cpt_plans_make(struct cpt_plans *plans, struct cpt_heap *heap, struct cpt_error *error)
{
    struct cpt_shapes *shapes = &heap->walk->shapes;
    struct maker *m = malloc(sizeof(*m));
    bool out_of_memory = !m;

    *plans = (struct cpt_plans){.heap = heap, .count = shapes->count};
    plans->items = cpt_arena_array(&heap->arena, shapes->count + 1, sizeof(*plans->items));
    for (size_t i = 0; m && plans->items && i < shapes->count; i++) {
        *m = (struct maker){.heap = heap, .at = heap->decode.at, .shape = shapes->items[i], .plan = &plans->items[i]};
        memset(m->plan, 0, sizeof(*m->plan));
        if (m->shape->least != UINT32_MAX) /* else the type is damaged, and no object has it */
            make_plan(m);
        out_of_memory |= m->out_of_memory;
    }
    free(m);
    find_lookdict(plans, heap);
    return out_of_memory || !plans->items ? cpt_error_set(error, CPT_NOMEM, "out of memory")
                                          : cpt_progress_check(heap->progress, error);
}

bool
cpt_plan_is_exact(const struct cpt_plans *plans, const struct cpt_found_object *object)
{
    return object->shape->index < plans->count && !(plans->items[object->shape->index].scan_flags & CPT_EDGE_MAYBE);
}
