/* The layout out of DWARF.
 *
 * One pass over the top-level entries of all units collects the first complete definition of each
 * structure; it ends early once all are found. The fields of a structure are resolved as soon as it
 * is found.
 */
#include "coreanalyze/base/hash.h"
#include "symbols/layout.h"
#include "symbols/layout_debugfile.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

#define MAX_TYPE_CHAIN 32 /* typedefs and qualifiers around one type */
#define MAX_NESTING 16    /* anonymous structures and unions in one another */
#define MAX_PATH_PARTS 8

/* Entries looked at in all, a few seconds' worth: a damaged or hostile file can make chains of
   siblings and of anonymous members that do not end. */
#define MAX_ENTRIES 100000000

/* A structure that is looked for. */
struct wanted {
    size_t size_index; /* of its `size` among the fields; those that follow are its other fields */
    bool found;
};

/* A name of a wanted structure. */
struct wanted_name {
    const char *text; /* not terminated */
    size_t length;
    struct wanted *structure;
};

#define STRUCT_COUNT_(s, dwarf) +1
#define STRUCT_COUNT (0 CPT_LAYOUT_STRUCTS(STRUCT_COUNT_))
#define MAX_NAMES (3 * STRUCT_COUNT)

struct scan {
    struct cpt_layout_fields *fields;
    struct wanted structures[STRUCT_COUNT];
    struct wanted_name names[MAX_NAMES];
    size_t name_count;
    size_t missing; /* structures not found yet */
    uint64_t left;  /* of MAX_ENTRIES */
    struct cpt_hash by_name;
};

/* A member, found. */
struct member {
    Dwarf_Die die;
    uint64_t offset; /* of its storage, from the outermost structure */
    uint64_t *left;  /* the scan's */
};

/* FNV-1a. 0 is no special key to cpt_hash. */
static uint64_t
hash_name(const char *name, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)name[i]) * 0x100000001b3;
    return hash;
}

/* The length of the first alternative of LIST ("a|b"), and LIST moved behind it. */
static size_t
next_alternative(const char **list, const char **alternative)
{
    size_t length = strcspn(*list, "|");

    *alternative = *list;
    *list += length;
    if (**list == '|')
        ++*list;
    return length;
}

static bool
add_names(struct scan *scan, struct wanted *structure)
{
    const char *list = cpt_layout_field(structure->size_index)->dwarf;

    while (*list && scan->name_count < MAX_NAMES) {
        struct wanted_name *name = &scan->names[scan->name_count++];

        name->structure = structure;
        name->length = next_alternative(&list, &name->text);
        if (!cpt_hash_set(&scan->by_name, hash_name(name->text, name->length), name))
            return false;
    }
    return true;
}

static bool
scan_init(struct scan *scan, struct cpt_layout_fields *fields)
{
    memset(scan, 0, sizeof(*scan));
    scan->fields = fields;
    scan->left = MAX_ENTRIES;
    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++) {
        if (cpt_layout_field(i)->size_index != i)
            continue;
        scan->structures[scan->missing].size_index = i;
        if (!add_names(scan, &scan->structures[scan->missing++]))
            return false;
    }
    return true;
}

static struct wanted *
scan_lookup(const struct scan *scan, const char *name)
{
    size_t length = strlen(name);
    const struct wanted_name *found = cpt_hash_get(&scan->by_name, hash_name(name, length));

    if (!found || found->length != length || memcmp(found->text, name, length) != 0)
        return NULL;
    return found->structure;
}

/* The type of DIE (a member, a typedef) behind typedefs and qualifiers; false where it has none. */
static bool
get_type(Dwarf_Die *die, bool through_arrays, Dwarf_Die *type)
{
    Dwarf_Die current = *die;

    for (int i = 0; i < MAX_TYPE_CHAIN; i++) {
        Dwarf_Attribute attribute;

        if (!dwarf_attr_integrate(&current, DW_AT_type, &attribute) ||
            !dwarf_formref_die(&attribute, type))
            return false;
        current = *type;
        switch (dwarf_tag(type)) {
        case DW_TAG_typedef:
        case DW_TAG_const_type:
        case DW_TAG_volatile_type:
        case DW_TAG_atomic_type:
            break;
        case DW_TAG_array_type:
            if (through_arrays)
                break;
            return true;
        default:
            return true;
        }
    }
    return false;
}

static bool
is_aggregate(Dwarf_Die *die)
{
    int tag = dwarf_tag(die);

    return tag == DW_TAG_structure_type || tag == DW_TAG_union_type || tag == DW_TAG_class_type;
}

static bool
get_number(Dwarf_Die *die, unsigned name, uint64_t *value)
{
    Dwarf_Attribute attribute;
    Dwarf_Word word;

    if (!dwarf_attr(die, name, &attribute) || dwarf_formudata(&attribute, &word))
        return false;
    *value = word;
    return true;
}

/* A member's byte offset: a constant, in DWARF 2 an expression that adds one. Members of unions
   have none. */
static uint64_t
member_offset(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *expression;
    size_t length;
    uint64_t offset;

    if (get_number(die, DW_AT_data_member_location, &offset))
        return offset;
    if (dwarf_attr(die, DW_AT_data_member_location, &attribute) &&
        !dwarf_getlocation(&attribute, &expression, &length) && length == 1 &&
        (expression[0].atom == DW_OP_plus_uconst || expression[0].atom == DW_OP_constu))
        return expression[0].number;
    return 0;
}

/* The member NAME of AGGREGATE, also in anonymous members. FOUND->offset is added to. */
static bool
find_member(Dwarf_Die *aggregate, const char *name, size_t length, int depth, struct member *found)
{
    uint64_t start = found->offset;
    Dwarf_Die die, type;

    if (depth > MAX_NESTING || dwarf_child(aggregate, &die))
        return false;
    do {
        const char *text;

        if (!*found->left)
            return false;
        --*found->left;
        if (dwarf_tag(&die) != DW_TAG_member)
            continue;
        text = dwarf_diename(&die);
        if (text && strlen(text) == length && !memcmp(text, name, length)) {
            found->die = die;
            found->offset = start + member_offset(&die);
            return true;
        }
        if (text || !get_type(&die, false, &type) || !is_aggregate(&type))
            continue;
        found->offset = start + member_offset(&die);
        if (find_member(&type, name, length, depth + 1, found))
            return true;
    } while (!dwarf_siblingof(&die, &die));
    return false;
}

/* The member at PATH ("ceval.gil"; LENGTH characters) of STRUCTURE. */
static bool
find_path(Dwarf_Die *structure, const char *path, size_t length, struct member *found)
{
    Dwarf_Die aggregate = *structure;
    const char *end = path + length;

    found->offset = 0;
    for (int i = 0; i < MAX_PATH_PARTS; i++) {
        const char *dot = memchr(path, '.', (size_t)(end - path));
        const char *part_end = dot ? dot : end;

        if (!find_member(&aggregate, path, (size_t)(part_end - path), 0, found))
            return false;
        if (!dot)
            return true;
        path = dot + 1;
        if (!get_type(&found->die, true, &aggregate) || !is_aggregate(&aggregate))
            return false;
    }
    return false;
}

/* The size in bytes of a member's storage. */
static uint64_t
storage_size(Dwarf_Die *die)
{
    Dwarf_Die type;
    Dwarf_Word size;
    uint64_t own;

    if (get_number(die, DW_AT_byte_size, &own))
        return own;
    return get_type(die, false, &type) && !dwarf_aggregate_size(&type, &size) ? size : 0;
}

/* DWARF 4 counts a bit-field's bits from the start of the structure; before, they were counted from
   the most significant bit of its storage unit. */
static int32_t
bit_field(struct member *member)
{
    uint64_t width, bit, storage = storage_size(&member->die);
    uint64_t offset = member->offset;

    if (!get_number(&member->die, DW_AT_bit_size, &width)) {
        width = storage * 8;
        bit = 0;
    } else if (get_number(&member->die, DW_AT_data_bit_offset, &bit)) {
        /* member_offset() had nothing to add. */
    } else if (get_number(&member->die, DW_AT_bit_offset, &bit) && bit + width <= storage * 8) {
        bit = storage * 8 - bit - width;
    } else {
        return CPT_NO_FIELD;
    }
    if (!width || width > 8 || offset > 65536 || bit > 65536)
        return CPT_NO_FIELD;
    return CPT_BITFIELD((int32_t)offset, (int32_t)bit, (int32_t)width);
}

static int32_t
resolve_field(struct scan *scan, Dwarf_Die *structure, const struct cpt_layout_field *field)
{
    const char *list = field->path, *path;
    struct member member = {.left = &scan->left};

    while (*list) {
        size_t length = next_alternative(&list, &path);

        if (!find_path(structure, path, length, &member))
            continue;
        if (field->is_bits)
            return bit_field(&member);
        return member.offset <= INT32_MAX ? (int32_t)member.offset : CPT_NO_FIELD;
    }
    return CPT_NO_FIELD;
}

static void
take_structure(struct scan *scan, struct wanted *structure, Dwarf_Die *die)
{
    Dwarf_Word size;
    size_t i = structure->size_index;

    if (dwarf_aggregate_size(die, &size) || size > INT32_MAX)
        return;
    cpt_layout_set(scan->fields, i, (int32_t)size);
    for (i++; i < CPT_LAYOUT_FIELD_COUNT; i++) {
        const struct cpt_layout_field *field = cpt_layout_field(i);

        if (field->size_index != structure->size_index)
            break;
        cpt_layout_set(scan->fields, i, resolve_field(scan, die, field));
    }
    structure->found = true;
    scan->missing--;
}

/* A top-level entry: takes it if it defines, or names, a structure not found yet. */
static void
visit(struct scan *scan, Dwarf_Die *die)
{
    int tag = dwarf_tag(die);
    struct wanted *structure;
    Dwarf_Die type;
    const char *name;

    if (tag != DW_TAG_structure_type && tag != DW_TAG_typedef)
        return;
    name = dwarf_diename(die);
    structure = name ? scan_lookup(scan, name) : NULL;
    if (!structure || structure->found)
        return;
    type = *die;
    if (tag == DW_TAG_typedef && !get_type(die, false, &type))
        return;
    if (is_aggregate(&type) && !dwarf_hasattr(&type, DW_AT_declaration) &&
        dwarf_hasattr(&type, DW_AT_byte_size))
        take_structure(scan, structure, &type);
}

static void
scan_units(struct scan *scan, Dwarf *dwarf)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Die root, die;

    while (scan->missing && scan->left &&
           !dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &root, NULL)) {
        if (dwarf_child(&root, &die))
            continue;
        do
            visit(scan, &die);
        while (scan->missing && scan->left && --scan->left && !dwarf_siblingof(&die, &die));
    }
}

static cpt_status
read_dwarf(struct cpt_layout_fields *fields, Elf *elf, const char *path, struct cpt_error *error)
{
    Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    struct scan scan;
    bool ready;

    if (!dwarf)
        return cpt_error_set(error, CPT_ABSENT, "%s: its debug information cannot be read: %s",
                             path, dwarf_errmsg(-1));
    ready = scan_init(&scan, fields);
    if (ready)
        scan_units(&scan, dwarf);
    cpt_hash_free(&scan.by_name);
    dwarf_end(dwarf);
    if (!ready)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    if (!CPT_HAS(fields->runtime.size) || !CPT_HAS(fields->interp.size))
        return cpt_error_set(error, CPT_ABSENT,
                             "%s: its debug information has nothing of CPython's structures", path);
    return CPT_OK;
}

cpt_status
cpt_layout_from_dwarf(struct cpt_layout_fields *fields, const char *path, const char *sysroot,
                      struct cpt_error *error)
{
    struct cpt_debug_file file;
    cpt_status status;

    cpt_layout_fields_init(fields);
    status = cpt_debug_file_open(&file, path, sysroot, error);
    if (status)
        return status;
    status = read_dwarf(fields, file.elf, path, error);
    cpt_debug_file_close(&file);
    if (status)
        cpt_layout_fields_init(fields);
    return status;
}
