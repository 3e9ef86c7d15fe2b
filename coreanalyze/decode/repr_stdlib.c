/* repr() of Counter, ChainMap, UserDict and its like, Fraction and UUID. */
#include "coreanalyze/base/vec.h"
#include "coreanalyze/decode/attribute.h"
#include "coreanalyze/decode/repr_items.h"
#include "coreanalyze/decode/repr_python.h"

#include <math.h>
#include <stdlib.h>

/* --- Counter --------------------------------------------------------------------------------- */

#define MAX_COUNTED (1u << 18) /* entries of one Counter that are put in order: a held process waits for it, half a second */

/* What a count is to a sort: those of different kinds cannot be compared, of COUNT_OTHER nothing is known. */
enum count_kind { COUNT_SMALL = 1, COUNT_LARGE = 2, COUNT_FLOAT = 4, COUNT_NONE = 8, COUNT_TEXT = 16, COUNT_OTHER = 32 };

#define COUNT_NUMBERS (COUNT_SMALL | COUNT_LARGE | COUNT_FLOAT)

struct counted {
    uint64_t key, value;
    size_t place;
    __int128 integer;
    long double number; /* its 64 bits hold every int64_t and every double */
};

struct counts {
    CPT_VEC(struct counted) items;
    unsigned kinds; /* enum count_kind, all that were met */
};

static int
compare_counts(const void *a, const void *b)
{
    const struct counted *first = a, *second = b;

    if (first->integer != second->integer)
        return first->integer > second->integer ? -1 : 1;
    if (first->number != second->number)
        return first->number > second->number ? -1 : 1;
    return first->place < second->place ? -1 : 1;
}

static enum count_kind
read_integer(struct cpt_repr *repr, uint64_t address, struct counted *counted)
{
    unsigned __int128 magnitude;
    bool negative;

    if (cpt_attribute_int(repr, address, &negative, &magnitude) || magnitude >> 127)
        return COUNT_OTHER;
    counted->integer = negative ? -(__int128)magnitude : (__int128)magnitude;
    return magnitude >> 63 ? COUNT_LARGE : COUNT_SMALL;
}

static enum count_kind
read_count(struct cpt_repr *repr, uint64_t address, struct counted *counted)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_object object;
    struct cpt_error ignored;
    uint64_t bits;
    double floating;

    if (cpt_object_open(&repr->values->types, address, &object, &ignored))
        return COUNT_OTHER;
    if (cpt_type_is(object.type, "NoneType"))
        return COUNT_NONE;
    if (cpt_type_is(object.type, "str"))
        return COUNT_TEXT;
    if (cpt_type_is(object.type, "int") || cpt_type_is(object.type, "bool"))
        return read_integer(repr, address, counted);
    if (!cpt_type_is(object.type, "float") || !CPT_HAS(at->floating.ob_fval) ||
        cpt_memory_read_u64(repr->decode->memory, address + (uint64_t)at->floating.ob_fval, &bits, &ignored))
        return COUNT_OTHER;
    memcpy(&floating, &bits, sizeof(floating));
    counted->number = floating;
    return isnan(floating) ? COUNT_OTHER : COUNT_FLOAT;
}

/* Where there are floats too, all are compared as such; false: a large int would lose digits. */
static bool
unite_numbers(struct counts *counts)
{
    if (!(counts->kinds & COUNT_FLOAT))
        return true;
    if (counts->kinds & COUNT_LARGE)
        return false;
    for (size_t i = 0; i < counts->items.count; i++) {
        struct counted *counted = &counts->items.items[i];

        counted->number += (long double)counted->integer;
        counted->integer = 0;
    }
    return true;
}

static cpt_status
read_counts(struct cpt_repr *repr, uint64_t address, struct counts *counts)
{
    struct cpt_items_walk walk;
    uint64_t key, value;
    cpt_status status = cpt_items_open_dict(&walk, repr, address);

    while (!status && !(status = cpt_items_next(&walk, &key, &value))) {
        struct counted *counted = counts->items.count < MAX_COUNTED ? cpt_vec_add(&counts->items) : NULL;

        if (!counted)
            return cpt_repr_fail(repr, counts->items.count < MAX_COUNTED ? CPT_NOMEM : CPT_ABSENT, 0,
                                 "the Counter is too large to be put in order");
        *counted = (struct counted){.key = key, .value = value, .place = counts->items.count};
        counts->kinds |= read_count(repr, value, counted);
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

static cpt_status
write_counts(struct cpt_repr *repr, const struct counts *counts)
{
    cpt_status status = CPT_OK;

    for (size_t i = 0; !status && i < counts->items.count && !repr->full; i++) {
        cpt_repr_text(repr, i ? ", " : "{");
        status = cpt_repr_pair(repr, counts->items.items[i].key, counts->items.items[i].value, ": ");
    }
    if (counts->items.count)
        cpt_repr_text(repr, "}");
    return status;
}

/* Counters within keys of Counters must not add up: what is beyond the limit, at four characters an entry, is let go. */
static void
keep_shown(const struct cpt_repr *repr, struct counts *counts)
{
    size_t most = repr->full ? 1 : (repr->limit - repr->characters) / 4 + 2;
    void *smaller;

    if (counts->items.count <= most)
        return;
    smaller = realloc(counts->items.items, most * sizeof(counts->items.items[0]));
    if (!smaller)
        return;
    counts->items.items = smaller;
    counts->items.count = counts->items.capacity = most;
}

/* Most common first; in the dict's order where counts cannot be compared (then Python catches the TypeError). */
static cpt_status
write_ordered_counts(struct cpt_repr *repr, const struct cpt_object *object, struct counts *counts)
{
    bool numbers = counts->kinds && !(counts->kinds & ~(unsigned)COUNT_NUMBERS);
    bool sorts = numbers && unite_numbers(counts);
    cpt_status status;
    bool cycle;

    if (counts->items.count > 1 && !sorts &&
        (numbers || (counts->kinds & COUNT_OTHER) || counts->kinds == COUNT_TEXT))
        return cpt_repr_fail(repr, CPT_ABSENT, 0, "comparing the counts could run any code");
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_text(repr, "{...}");
        return CPT_OK;
    }
    if (sorts)
        qsort(counts->items.items, counts->items.count, sizeof(counts->items.items[0]), compare_counts);
    keep_shown(repr, counts);
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = write_counts(repr, counts);
    cpt_repr_text(repr, ")");
    cpt_repr_leave(repr);
    return status;
}

cpt_status
cpt_write_counter(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct counts counts = {0};
    cpt_status status = read_counts(repr, object->address, &counts);

    if (!status)
        status = write_ordered_counts(repr, object, &counts);
    cpt_vec_free(&counts.items);
    return status;
}

/* --- wrappers -------------------------------------------------------------------------------- */

cpt_status
cpt_write_chainmap(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_sequence items;
    uint64_t maps;
    bool cycle;
    cpt_status status = cpt_attribute_get(repr, object, "maps", &maps);

    if (!status)
        status = cpt_repr_open_list(repr, maps, &items);
    if (status)
        return status;
    if (!cpt_repr_enter(repr, object->address, &cycle)) {
        cpt_repr_text(repr, "...");
        return CPT_OK;
    }
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = cpt_repr_listed(repr, &items, ", ", false);
    cpt_repr_text(repr, ")");
    cpt_repr_leave(repr);
    return status;
}

/* UserDict, UserList and UserString show what they wrap. */
cpt_status
cpt_write_user_data(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t data;
    cpt_status status = cpt_attribute_get(repr, object, "data", &data);

    return status ? status : cpt_repr_object(repr, data);
}

/* --- numbers --------------------------------------------------------------------------------- */

cpt_status
cpt_write_fraction(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t numerator, denominator;
    cpt_status status = cpt_attribute_get(repr, object, "_numerator", &numerator);

    if (!status)
        status = cpt_attribute_get(repr, object, "_denominator", &denominator);
    if (status)
        return status;
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    status = cpt_repr_pair(repr, numerator, denominator, ", ");
    cpt_repr_text(repr, ")");
    return status;
}

cpt_status
cpt_write_uuid(struct cpt_repr *repr, const struct cpt_object *object)
{
    unsigned __int128 number;
    uint64_t address, high, low;
    bool negative;
    cpt_status status = cpt_attribute_own(repr, object, "int", &address);

    if (!status)
        status = cpt_attribute_int(repr, address, &negative, &number);
    if (!status && negative)
        status = cpt_repr_fail(repr, CPT_ABSENT, 0, "a UUID below zero");
    if (status)
        return status;
    high = (uint64_t)(number >> 64);
    low = (uint64_t)number;
    cpt_repr_type_name(repr, object->type);
    cpt_repr_printf(repr, "('%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64 "')", high >> 32,
                    high >> 16 & 0xffff, high & 0xffff, low >> 48, low & UINT64_C(0xffffffffffff));
    return CPT_OK;
}
