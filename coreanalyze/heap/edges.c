#include "coreanalyze/heap/edges_internal.h"

#define MAX_ITEMS (UINT64_C(1) << 40)
#define LARGE 4096

/* PyDictValues (3.11+): where a managed dict's word and that of values apart are, before the object. */
#define DICT_WORD 24
#define VALUES_WORD 32

#define HASH_DUMMY UINT64_MAX /* of an entry of a set that was removed */

static uint64_t
word(const struct cpt_edge_reader *r, int32_t field)
{
    return CPT_HAS(field) && (uint64_t)field + POINTER <= r->object->size ? cpt_load_u64(r->object->bytes + field) : 0;
}

const uint8_t *
cpt_edges_bytes(struct cpt_edge_reader *r, uint64_t address, uint64_t size)
{
    const uint8_t *bytes = address ? cpt_region_bytes(r->w->regions, address, size) : NULL;

    return bytes && cpt_walker_spend(r->w, size) ? bytes : NULL;
}

void
cpt_edges_scan(struct cpt_edge_reader *r, uint64_t address, const uint8_t *bytes, uint64_t size, unsigned flags)
{
    for (uint64_t i = 0; i + POINTER <= size; i += POINTER)
        cpt_edge_emit(r, cpt_load_u64(bytes + i), CPT_EDGE_SCANNED, address + i, NULL, flags);
}

void
cpt_edges_items(struct cpt_edge_reader *r, uint64_t address, uint64_t count, uint64_t first, unsigned flags)
{
    const uint8_t *bytes = count < MAX_ITEMS ? cpt_edges_bytes(r, address, count * POINTER) : NULL;

    for (uint64_t i = 0; bytes && i < count; i++)
        cpt_edge_emit(r, cpt_load_u64(bytes + i * POINTER), CPT_EDGE_INDEX, first + i, NULL, flags);
}

/* Items within the object itself, from AT on. */
static void
inner_items(struct cpt_edge_reader *r, uint64_t at, uint64_t count, unsigned flags)
{
    if (count >= MAX_ITEMS || at > r->object->size || count > (r->object->size - at) / POINTER)
        return;
    if (count > LARGE / POINTER && !cpt_walker_spend(r->w, count * POINTER))
        return;
    for (uint64_t i = 0; i < count; i++)
        cpt_edge_emit(r, cpt_load_u64(r->object->bytes + at + i * POINTER), CPT_EDGE_INDEX, i, NULL, flags);
}

/* A field of a tuple that is behind its items. */
static void
field_behind_items(struct cpt_edge_reader *r, const struct cpt_plan_field *field)
{
    uint64_t count = word(r, r->w->at->var.ob_size), offset;

    if (count >= MAX_ITEMS)
        return;
    offset = field->offset + count * POINTER;
    if (offset + POINTER <= r->object->size)
        cpt_edge_emit(r, cpt_load_u64(r->object->bytes + offset), CPT_EDGE_FIELD, offset, field->name, field->flags);
}

/* The words of [AT, END) of the object. Large ones may overlap where memory is damaged. */
static void
scan_inner(struct cpt_edge_reader *r, uint64_t at, uint64_t end)
{
    if (end - at <= LARGE || cpt_walker_spend(r->w, end - at))
        cpt_edges_scan(r, r->object->address + at, r->object->bytes + at, end - at, r->plan->scan_flags);
}

/* Fields, and the words between them. */
static void
fields(struct cpt_edge_reader *r)
{
    const struct cpt_plan *plan = r->plan;
    const uint8_t *bytes = r->object->bytes;
    uint64_t end = plan->scan_end, next = plan->scan_start;

    if (end > r->object->size)
        end = r->object->size;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct cpt_plan_field *field = &plan->fields[i];

        if (field->behind_items) {
            field_behind_items(r, field);
            continue;
        }
        if (field->offset + POINTER > r->object->size)
            break;
        if (next < field->offset && next < end)
            scan_inner(r, next, field->offset < end ? field->offset : end);
        if (next < field->offset + POINTER)
            next = field->offset + POINTER;
        if (field->flags)
            cpt_edge_emit(r, cpt_load_u64(bytes + field->offset), CPT_EDGE_FIELD, field->offset, field->name,
                          field->flags);
    }
    if (next < end)
        scan_inner(r, next, end);
}

/* The values of COUNT attributes, whose names are in the table of the class. */
static void
attributes(struct cpt_edge_reader *r, const uint8_t *values, uint64_t count)
{
    const struct cpt_plan *plan = r->plan;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t value = cpt_load_u64(values + i * POINTER), name = 0;
        const uint8_t *there;

        if (!value)
            continue;
        if (r->names && i < plan->name_count) {
            there = cpt_region_bytes(r->w->regions, plan->names + i * plan->name_size, POINTER);
            name = there ? cpt_load_u64(there) : 0;
        }
        cpt_edge_emit(r, value, CPT_EDGE_ATTRIBUTE, name, NULL, plan->item_flags);
    }
}

/* Values in a block of their own: 3.11 and 3.12. */
static void
apart_values(struct cpt_edge_reader *r, uint64_t values)
{
    uint64_t count = r->object->shape->shared_values;
    const uint8_t *bytes = count < MAX_ITEMS ? cpt_edges_bytes(r, values, count * POINTER) : NULL;

    if (bytes)
        attributes(r, bytes, count);
}

/* Within the object, as long as they are its own and not those of a dict that was taken from it: valid. */
static void
inline_values(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t start = r->object->shape->basicsize, first = start + (uint64_t)at->values.values, capacity;
    bool has_dict = r->plan->managed_dict && cpt_load_u64(r->object->bytes - DICT_WORD);

    if (first > r->object->size || (has_dict && r->w->heap->values.dialect.dict_visits_inline))
        return;
    capacity = r->object->bytes[start + (uint64_t)at->values.capacity];
    if (CPT_HAS(at->values.valid) && !r->object->bytes[start + (uint64_t)at->values.valid])
        return;
    if (capacity <= (r->object->size - first) / POINTER)
        attributes(r, r->object->bytes + first, capacity);
}

/* Whether the collector goes through the values within the object and not through its dict, although there is one. */
static bool
passes_dict(const struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t valid = r->object->shape->basicsize + (uint64_t)at->values.valid;

    return r->plan->inline_values && CPT_HAS(at->values.valid) && !r->w->heap->values.dialect.dict_visits_inline &&
           valid < r->object->size && r->object->bytes[valid];
}

static void
managed_dict(struct cpt_edge_reader *r)
{
    const struct cpt_shape *shape = r->object->shape;
    uint64_t dict = cpt_load_u64(r->object->bytes - DICT_WORD), values = 0;
    unsigned flags = r->plan->item_flags;

    if (dict & 1)
        values = dict + 1; /* 3.12 */
    else
        cpt_edge_emit(r, dict, CPT_EDGE_FIELD, 0, ".__dict__", passes_dict(r) ? flags & ~(unsigned)CPT_EDGE_VISITED : flags);
    if (shape->apart_values && !values && !(shape->type->flags & CPT_TYPE_MANAGED_WEAKREF))
        values = cpt_load_u64(r->object->bytes - VALUES_WORD); /* 3.11 */
    if (values)
        apart_values(r, values);
}

/* The dict of an object of variable size is behind its items (_PyObject_GetDictPtr). */
static void
last_dict(struct cpt_edge_reader *r)
{
    const struct cpt_shape *shape = r->object->shape;
    uint64_t count = cpt_magnitude(word(r, r->w->at->var.ob_size)), size;

    if (count > r->object->size)
        return;
    size = (shape->basicsize + count * shape->itemsize + 7) & ~UINT64_C(7);
    size += (uint64_t)(int64_t)r->plan->dict_from_end;
    if (size >= 2 * POINTER && r->object->size >= POINTER && size <= r->object->size - POINTER)
        cpt_edge_emit(r, cpt_load_u64(r->object->bytes + size), CPT_EDGE_FIELD, size, ".__dict__", r->plan->item_flags);
}

/* Keys of a table that several dicts share belong to the class. */
static void
entries(struct cpt_edge_reader *r, const struct cpt_keys *keys, uint64_t values)
{
    uint64_t size = keys->count * keys->entry_size;
    const uint8_t *bytes = cpt_edges_bytes(r, keys->address + keys->entries, size), *there = NULL;
    unsigned own = r->plan->item_flags, key_flags = own;

    if (!bytes)
        return;
    if (cpt_keys_are_unicode(r->plans, keys))
        key_flags &= ~(unsigned)CPT_EDGE_VISITED;
    if (keys->references != 1)
        key_flags &= ~(unsigned)CPT_EDGE_OWNED;
    if (values && !(there = cpt_edges_bytes(r, values, keys->count * POINTER)))
        return;
    bytes += keys->entry_size - 2 * POINTER;
    for (uint64_t i = 0; i < keys->count; i++, bytes += keys->entry_size) {
        uint64_t key = cpt_load_u64(bytes), value = there ? cpt_load_u64(there + i * POINTER) : cpt_load_u64(bytes + POINTER);

        if (!value)
            continue; /* removed: the key is there no more, or the class's alone */
        cpt_edge_emit(r, key, CPT_EDGE_KEY, 0, NULL, key_flags);
        cpt_edge_emit(r, value, CPT_EDGE_VALUE, key, NULL, own);
    }
}

/* From 3.13 the values may lie in the instance: one of the two goes through them. */
static void
dict(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t values = word(r, at->dict.ma_values);
    struct cpt_keys keys;

    if (!cpt_keys_read(r->w->regions, at, word(r, at->dict.ma_keys), &keys))
        return;
    if (values && CPT_HAS(at->values.capacity)) {
        const uint8_t *head = cpt_region_bytes(r->w->regions, values, POINTER);

        if (!head || (head[at->values.embedded] && !r->w->heap->values.dialect.dict_visits_inline))
            return;
        if (keys.count > head[at->values.capacity])
            keys.count = head[at->values.capacity];
        values += (uint64_t)at->values.values;
    }
    entries(r, &keys, values);
}

static void
odict(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t node = word(r, at->odict.od_first), used = word(r, at->dict.ma_used), size;
    struct cpt_circle circle = {0};

    dict(r);
    if (!CPT_HAS(at->odictnode.size) || !CPT_HAS(at->odictnode.next) || !CPT_HAS(at->odictnode.key))
        return;
    size = (uint64_t)at->odictnode.size;
    for (uint64_t i = 0; node && i < used && !cpt_circle_closes(&circle, node); i++) {
        const uint8_t *bytes = cpt_edges_bytes(r, node, size);

        if (!bytes)
            return;
        cpt_edge_emit(r, cpt_load_u64(bytes + at->odictnode.key), CPT_EDGE_KEY, 0, NULL, r->plan->item_flags);
        node = cpt_load_u64(bytes + at->odictnode.next);
    }
}

static void
set(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t slots = word(r, at->set.mask) + 1;
    const uint8_t *bytes = slots < MAX_ITEMS ? cpt_edges_bytes(r, word(r, at->set.table), slots * 2 * POINTER) : NULL;

    for (uint64_t i = 0; bytes && i < slots; i++, bytes += 2 * POINTER) {
        if (cpt_load_u64(bytes) && cpt_load_u64(bytes + POINTER) != HASH_DUMMY)
            cpt_edge_emit(r, cpt_load_u64(bytes), CPT_EDGE_ELEMENT, 0, NULL, r->plan->item_flags);
    }
}

static void
deque(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t count = word(r, at->var.ob_size), left = word(r, at->deque.leftindex), done = 0, length;
    uint64_t block = word(r, at->deque.leftblock);
    struct cpt_circle circle = {0};

    if (!CPT_HAS(at->block.size) || at->block.size <= 2 * POINTER || count >= MAX_ITEMS)
        return;
    length = (uint64_t)at->block.size / POINTER - 2;
    while (done < count && left < length && !cpt_circle_closes(&circle, block)) {
        const uint8_t *bytes = cpt_edges_bytes(r, block, (uint64_t)at->block.size);

        if (!bytes)
            return;
        for (; left < length && done < count; left++, done++)
            cpt_edge_emit(r, cpt_load_u64(bytes + at->block.data + left * POINTER), CPT_EDGE_INDEX, done, NULL,
                          r->plan->item_flags);
        left = 0;
        block = cpt_load_u64(bytes + at->block.rightlink);
    }
}

static void
tuple(struct cpt_edge_reader *r)
{
    uint64_t count = word(r, r->w->at->var.ob_size);

    if (count < MAX_ITEMS && CPT_HAS(r->w->at->tuple.ob_item))
        inner_items(r, (uint64_t)r->w->at->tuple.ob_item, count + r->plan->hidden_items, r->plan->item_flags);
}

static void
list(struct cpt_edge_reader *r)
{
    uint64_t count = word(r, r->w->at->var.ob_size), allocated = word(r, r->w->at->list.allocated);

    cpt_edges_items(r, word(r, r->w->at->list.ob_item), count < allocated ? count : allocated, 0, r->plan->item_flags);
}

static void
variable_part(struct cpt_edge_reader *r)
{
    switch (r->plan->kind) {
    case CPT_PLAN_FIELDS:
        break;
    case CPT_PLAN_TUPLE:
        tuple(r);
        break;
    case CPT_PLAN_LIST:
        list(r);
        break;
    case CPT_PLAN_DICT:
        dict(r);
        break;
    case CPT_PLAN_ODICT:
        odict(r);
        break;
    case CPT_PLAN_SET:
        set(r);
        break;
    case CPT_PLAN_DEQUE:
        deque(r);
        break;
    case CPT_PLAN_ITEMS:
        inner_items(r, r->plan->items_at, word(r, r->w->at->var.ob_size), r->plan->item_flags);
        break;
    default:
        cpt_edges_special(r);
        break;
    }
}

static void
read_edges(struct cpt_edge_reader *r)
{
    const struct cpt_plan *plan = r->plan;

    if (plan->class_flags)
        cpt_edge_emit(r, r->object->shape->address, CPT_EDGE_CLASS, 0, ".__class__", plan->class_flags);
    if (plan->count || plan->scan_end)
        fields(r);
    variable_part(r);
    if (plan->inline_values)
        inline_values(r);
    if (plan->managed_dict)
        managed_dict(r);
    if (plan->dict_from_end)
        last_dict(r);
}

static void
each(const struct cpt_plans *plans, struct cpt_walker *w, const struct cpt_found_object *object, bool names,
     cpt_edge_visit visit, void *arg)
{
    struct cpt_edge_reader r = {
        .plans = plans, .w = w, .object = object, .names = names, .visit = visit, .arg = arg};

    if (object->shape->index >= plans->count)
        return;
    r.plan = &plans->items[object->shape->index];
    read_edges(&r);
}

void
cpt_edges_each(const struct cpt_plans *plans, struct cpt_walker *w, const struct cpt_found_object *object,
               cpt_edge_visit visit, void *arg)
{
    each(plans, w, object, true, visit, arg);
}

void
cpt_edges_targets(const struct cpt_plans *plans, struct cpt_walker *w, const struct cpt_found_object *object,
                  cpt_edge_visit visit, void *arg)
{
    each(plans, w, object, false, visit, arg);
}
