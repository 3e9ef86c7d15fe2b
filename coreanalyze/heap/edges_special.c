/* References of kinds that few objects have. */
#include "coreanalyze/heap/edges_internal.h"

#define OWNED (CPT_EDGE_EXACT | CPT_EDGE_OWNED)
#define MAX_SLOTS (UINT64_C(1) << 32)

#define OWNER_FRAME_OBJECT 2 /* _PyInterpreterFrame.owner, FRAME_OWNED_BY_FRAME_OBJECT */

/* lru_list_elem */
#define LRU_NEXT 24
#define LRU_KEY 40
#define LRU_RESULT 48
#define LRU_SIZE 56

/* teedataobject */
#define TEE_NUMREAD 24
#define TEE_CELLS 57

/* _PyStackRef (3.14+): a reference that counts, one that is borrowed, and what is no object */
#define TAG_BORROWED 1
#define TAG_OTHER 2

static uint64_t
word(const struct cpt_edge_reader *r, int32_t field)
{
    return CPT_HAS(field) && (uint64_t)field + POINTER <= r->object->size ? cpt_load_u64(r->object->bytes + field) : 0;
}

/* A reference with the tags of a frame's slots. */
static void
tagged(struct cpt_edge_reader *r, uint64_t value, enum cpt_edge_kind kind, uint64_t detail, const char *name, unsigned flags)
{
    if (value & TAG_OTHER)
        return;
    if (value & TAG_BORROWED)
        flags = (flags & ~(unsigned)CPT_EDGE_OWNED) | CPT_EDGE_MAYBE;
    cpt_edge_emit(r, value & ~UINT64_C(3), kind, detail, name, flags);
}

void
cpt_edges_slots(struct cpt_edge_reader *r, uint64_t address, uint64_t count, uint64_t locals, bool has_tags)
{
    const uint8_t *bytes = count < MAX_SLOTS ? cpt_edges_bytes(r, address, count * POINTER) : NULL;

    for (uint64_t i = 0; bytes && i < count; i++) {
        uint64_t value = cpt_load_u64(bytes + i * POINTER);
        enum cpt_edge_kind kind = i < locals ? CPT_EDGE_LOCAL : CPT_EDGE_STACK;

        if (has_tags)
            tagged(r, value, kind, i < locals ? i : i - locals, NULL, r->plan->item_flags);
        else
            cpt_edge_emit(r, value, kind, i < locals ? i : i - locals, NULL, r->plan->item_flags);
    }
}

/* How many of a frame's slots are variables, as its CODE says. */
static uint64_t
variable_count(struct cpt_edge_reader *r, uint64_t code)
{
    const struct cpt_layout_fields *at = r->w->at;
    const uint8_t *bytes = CPT_HAS(at->code.co_nlocalsplus)
                               ? cpt_region_bytes(r->w->regions, code, (uint64_t)at->code.co_nlocalsplus + 4)
                               : NULL;

    return bytes ? cpt_load_u32(bytes + at->code.co_nlocalsplus) : 0;
}

/* The slots of the _PyInterpreterFrame at ADDRESS. While it runs, how far its stack goes may not be stored: then its variables are
   there, but the collector does not see them. */
static void
frame_slots(struct cpt_edge_reader *r, uint64_t address, const uint8_t *bytes, uint64_t code)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t slots = address + (uint64_t)at->iframe.localsplus, locals = variable_count(r, code), top, count;
    bool has_tags = CPT_HAS(at->iframe.stackpointer);

    if (has_tags) {
        top = cpt_load_u64(bytes + at->iframe.stackpointer);
        count = top >= slots && (top - slots) / POINTER < MAX_SLOTS ? (top - slots) / POINTER : locals;
    } else {
        int32_t stored = CPT_HAS(at->iframe.stacktop) ? (int32_t)cpt_load_u32(bytes + at->iframe.stacktop) : -1;

        if (stored < 0) {
            const uint8_t *there = cpt_edges_bytes(r, slots, locals * POINTER);

            for (uint64_t i = 0; there && i < locals; i++)
                cpt_edge_emit(r, cpt_load_u64(there + i * POINTER), CPT_EDGE_LOCAL, i, NULL, OWNED);
            return;
        }
        count = (uint64_t)stored;
    }
    cpt_edges_slots(r, slots, count, locals, has_tags);
}

/* _PyFrame_Traverse. The globals and builtins are borrowed from the function. */
static void
inner_frame(struct cpt_edge_reader *r, uint64_t address)
{
    const struct cpt_layout_fields *at = r->w->at;
    const uint8_t *bytes;
    unsigned flags = r->plan->item_flags;
    uint64_t code;

    if (!CPT_HAS(at->iframe.localsplus) || !CPT_HAS(at->iframe.f_executable))
        return;
    bytes = cpt_edges_bytes(r, address, (uint64_t)at->iframe.localsplus);
    if (!bytes)
        return;
    code = cpt_load_u64(bytes + at->iframe.f_executable);
    if (CPT_HAS(at->iframe.frame_obj))
        cpt_edge_emit(r, cpt_load_u64(bytes + at->iframe.frame_obj), CPT_EDGE_FIELD, 0, ".gi_frame", flags);
    if (CPT_HAS(at->iframe.f_locals))
        cpt_edge_emit(r, cpt_load_u64(bytes + at->iframe.f_locals), CPT_EDGE_FIELD, 0, "<f_locals>", flags);
    if (CPT_HAS(at->iframe.stackpointer)) {
        tagged(r, code, CPT_EDGE_FIELD, 0, "<f_executable>", flags);
        tagged(r, cpt_load_u64(bytes + at->iframe.f_funcobj), CPT_EDGE_FIELD, 0, "<f_funcobj>", flags);
        code &= ~UINT64_C(3);
    } else {
        cpt_edge_emit(r, code, CPT_EDGE_FIELD, 0, "<f_code>", flags);
        if (CPT_HAS(at->iframe.f_funcobj))
            cpt_edge_emit(r, cpt_load_u64(bytes + at->iframe.f_funcobj), CPT_EDGE_FIELD, 0, "<f_funcobj>", flags);
    }
    frame_slots(r, address, bytes, code);
}

/* To 3.10: variables, then the evaluation stack, whose depth is not stored while the frame runs. */
static void
old_frame(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t first = (uint64_t)at->frame.f_localsplus, stack = word(r, at->frame.f_valuestack), locals, depth = 0, top;

    if (!CPT_HAS(at->frame.f_valuestack) || stack < r->object->address + first ||
        stack > r->object->address + r->object->size)
        return;
    locals = (stack - r->object->address - first) / POINTER;
    if (CPT_HAS(at->frame.f_stackdepth)) {
        int32_t stored = (int32_t)word(r, at->frame.f_stackdepth);

        depth = stored > 0 ? (uint64_t)stored : 0;
    } else if ((top = word(r, at->frame.f_stacktop)) >= stack) {
        depth = (top - stack) / POINTER;
    }
    if (depth > r->object->size / POINTER)
        depth = 0;
    cpt_edges_slots(r, r->object->address + first, locals + depth, locals, false);
}

static void
frame(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t inner = word(r, at->frame.f_frame);
    const uint8_t *bytes;

    if (!CPT_HAS(at->frame.f_frame)) {
        if (CPT_HAS(at->frame.f_localsplus))
            old_frame(r);
        return;
    }
    /* A frame on a data stack belongs to its thread, one in a generator to that. */
    bytes = CPT_HAS(at->iframe.owner) ? cpt_region_bytes(r->w->regions, inner, (uint64_t)at->iframe.owner + 1) : NULL;
    if (bytes && bytes[at->iframe.owner] == OWNER_FRAME_OBJECT && inner > r->object->address &&
        inner - r->object->address < r->object->size)
        inner_frame(r, inner);
}

static void
generator(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    const struct cpt_dialect *dialect = &r->w->heap->values.dialect;
    unsigned flags = dialect->gen_code_stays ? r->plan->item_flags : r->plan->item_flags & ~(unsigned)CPT_EDGE_VISITED;
    int8_t state;

    if (!CPT_HAS(at->gen.gi_iframe) || !CPT_HAS(at->gen.gi_frame_state) ||
        (uint64_t)at->gen.gi_frame_state >= r->object->size)
        return;
    state = (int8_t)r->object->bytes[at->gen.gi_frame_state];
    if (state < dialect->gen_cleared)
        inner_frame(r, r->object->address + (uint64_t)at->gen.gi_iframe);
    else if (dialect->gen_code_kept && CPT_HAS(at->iframe.stackpointer))
        tagged(r, word(r, at->gen.gi_iframe + at->iframe.f_executable), CPT_EDGE_FIELD, 0, "<f_executable>", flags);
    else if (dialect->gen_code_kept)
        cpt_edge_emit(r, word(r, at->gen.gi_iframe + at->iframe.f_executable), CPT_EDGE_FIELD, 0, "<f_executable>", flags);
}

/* Where the block that POINTER leads to begins and ends. */
static uint64_t
block_rest(struct cpt_edge_reader *r, uint64_t pointer)
{
    const struct cpt_region *region = pointer & 7 ? NULL : cpt_region_find(r->w->regions, pointer);
    struct cpt_native_block block;
    uint64_t base, size;
    unsigned pool;

    if (!region || !region->objects)
        return 0;
    pool = cpt_region_pool(r->w->regions, region, pointer);
    if (!pool) {
        block = cpt_native_block(r->w->regions, region, pointer, POINTER);
        return block.is_chunk && pointer >= block.start && pointer - block.start < block.size - POINTER
                   ? block.size - POINTER - (pointer - block.start)
                   : 0;
    }
    base = pointer >> r->w->regions->pool_shift << r->w->regions->pool_shift;
    size = (uint64_t)pool * CPT_POOL_ALIGNMENT;
    return pointer - base < CPT_POOL_HEAD ? 0 : size - (pointer - base - CPT_POOL_HEAD) % size;
}

/* All of the block that the object keeps at POINTER. */
static void
scan_block(struct cpt_edge_reader *r, uint64_t pointer, unsigned flags)
{
    uint64_t size = block_rest(r, pointer);
    const uint8_t *bytes = size ? cpt_edges_bytes(r, pointer, size) : NULL;

    if (bytes)
        cpt_edges_scan(r, pointer, bytes, size, flags);
}

static void
code(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;

    scan_block(r, word(r, at->code.co_extra), 0);
    scan_block(r, word(r, at->code.co_cached), 0);
    scan_block(r, word(r, at->code.co_executors), 0);
}

/* The names in the table that the instances share. */
static void
type(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    struct cpt_keys keys;
    const uint8_t *bytes;

    if (!cpt_keys_read(r->w->regions, at, word(r, at->heaptype.ht_cached_keys), &keys))
        return;
    bytes = cpt_edges_bytes(r, keys.address + keys.entries, keys.count * keys.entry_size);
    for (uint64_t i = 0; bytes && i < keys.count; i++)
        cpt_edge_emit(r, cpt_load_u64(bytes + (i + 1) * keys.entry_size - 2 * POINTER), CPT_EDGE_NAME, i, NULL, OWNED);
}

static void
cdata(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    uint64_t size = word(r, at->cdata.b_size), data = word(r, at->cdata.b_ptr);
    const uint8_t *bytes;

    if (!(uint32_t)word(r, at->cdata.b_needsfree))
        return;
    bytes = cpt_edges_bytes(r, data, size);
    if (bytes && data % POINTER == 0)
        cpt_edges_scan(r, data, bytes, size, 0);
}

static void
element(struct cpt_edge_reader *r)
{
    const struct cpt_layout_fields *at = r->w->at;
    const uint8_t *bytes = CPT_HAS(at->elementextra.size)
                               ? cpt_edges_bytes(r, word(r, at->element.extra), (uint64_t)at->elementextra.size)
                               : NULL;

    if (!bytes)
        return;
    cpt_edge_emit(r, cpt_load_u64(bytes + at->elementextra.attrib), CPT_EDGE_FIELD, 0, ".attrib", r->plan->item_flags);
    cpt_edges_items(r, cpt_load_u64(bytes + at->elementextra.children), cpt_load_u64(bytes + at->elementextra.length), 0,
                    r->plan->item_flags);
}

/* Beside the dict of functools.lru_cache its links are in a circle, in which the wrapper itself is the first; the collector sees
   what is in them by the wrapper (lru_list_elem and lru_cache_tp_traverse in Modules/_functoolsmodule.c). */
static void
lru_cache(struct cpt_edge_reader *r)
{
    uint64_t link = word(r, LRU_NEXT);
    unsigned flags = r->plan->item_flags & ~(unsigned)CPT_EDGE_OWNED;
    struct cpt_circle circle = {0};

    for (uint64_t i = 0; link && link != r->object->address && !cpt_circle_closes(&circle, link); i++) {
        const uint8_t *bytes = cpt_edges_bytes(r, link, LRU_SIZE);

        if (!bytes)
            return;
        cpt_edge_emit(r, cpt_load_u64(bytes + LRU_KEY), CPT_EDGE_FIELD, i, "<key>", flags);
        cpt_edge_emit(r, cpt_load_u64(bytes + LRU_RESULT), CPT_EDGE_FIELD, i, "<result>", flags);
        if (r->plan->class_flags & CPT_EDGE_VISITED)
            cpt_edge_emit(r, cpt_load_u64(bytes + POINTER), CPT_EDGE_FIELD, i, "<link>", flags);
        link = cpt_load_u64(bytes + LRU_NEXT);
    }
}

/* As many of teedataobject's values as numread says (Modules/itertoolsmodule.c, LINKCELLS). */
static void
tee(struct cpt_edge_reader *r)
{
    uint64_t count = r->object->size >= TEE_NUMREAD + 4 ? cpt_load_u32(r->object->bytes + TEE_NUMREAD) : 0;

    if (count <= TEE_CELLS && CPT_TEE_VALUES + count * POINTER <= r->object->size)
        cpt_edges_items(r, r->object->address + CPT_TEE_VALUES, count, 0, r->plan->item_flags);
}

static void
ndarray(struct cpt_edge_reader *r)
{
    uint64_t data, size = cpt_ndarray_objects(r->w, r->object, &data);

    cpt_edges_items(r, data, size / POINTER, 0, OWNED);
}

void
cpt_edges_special(struct cpt_edge_reader *r)
{
    switch (r->plan->kind) {
    case CPT_PLAN_FRAME:
        frame(r);
        break;
    case CPT_PLAN_GENERATOR:
        generator(r);
        break;
    case CPT_PLAN_CODE:
        code(r);
        break;
    case CPT_PLAN_TYPE:
        type(r);
        break;
    case CPT_PLAN_MODULE: /* the module's own function visits what is in there */
        scan_block(r, word(r, r->w->at->module.md_state), CPT_EDGE_MAYBE);
        break;
    case CPT_PLAN_CDATA:
        cdata(r);
        break;
    case CPT_PLAN_ELEMENT:
        element(r);
        break;
    case CPT_PLAN_LRU_CACHE:
        lru_cache(r);
        break;
    case CPT_PLAN_TEE:
        tee(r);
        break;
    case CPT_PLAN_NDARRAY:
        ndarray(r);
        break;
    default:
        break;
    }
}
