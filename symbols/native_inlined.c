#include "symbols/native_internal.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/base/vec.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

#define MAX_NESTING 512 /* scopes in one another */
#define MAX_RANGES (1u << 22)

/* The entries of functions around an address, the outermost first. */
struct chain {
    Dwarf_Die items[CPT_MAX_INLINED];
    size_t count;
    uint64_t *steps; /* the session's */
};

static bool
is_function(int tag)
{
    return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
}

/* What may hold a function's code. */
static bool
is_code_scope(int tag)
{
    switch (tag) {
    case DW_TAG_subprogram:
    case DW_TAG_inlined_subroutine:
    case DW_TAG_lexical_block:
    case DW_TAG_entry_point:
    case DW_TAG_try_block:
    case DW_TAG_catch_block:
    case DW_TAG_with_stmt:
        return true;
    default:
        return false;
    }
}

/* What may hold functions, and has no code of its own. */
static bool
is_name_scope(int tag)
{
    switch (tag) {
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_enumeration_type:
        return true;
    default:
        return false;
    }
}

/* As dwarf_haspc, but what it costs is counted: any number of entries can share a list of any number of ranges. */
static bool
has_address(Dwarf_Die *die, Dwarf_Addr address, uint64_t *steps)
{
    Dwarf_Addr base, start, end;
    ptrdiff_t at = 0;

    while (++*steps < CPT_MAX_DIE_STEPS && (at = dwarf_ranges(die, at, &base, &start, &end)) > 0) {
        if (address >= start && address < end)
            return true;
    }
    return false;
}

/* Adds the functions around ADDRESS (the file's) within SCOPE to CHAIN; whether there is one. */
static bool
find_chain(Dwarf_Die *scope, Dwarf_Addr address, bool in_function, int depth, struct chain *chain)
{
    Dwarf_Die child;
    int more = depth < MAX_NESTING ? dwarf_child(scope, &child) : 1;

    for (; more == 0 && ++*chain->steps < CPT_MAX_DIE_STEPS; more = dwarf_siblingof(&child, &child)) {
        int tag = dwarf_tag(&child);

        if (is_code_scope(tag) && has_address(&child, address, chain->steps)) {
            if (is_function(tag)) {
                if (chain->count == CPT_MAX_INLINED)
                    return true;
                chain->items[chain->count++] = child;
            }
            find_chain(&child, address, true, depth + 1, chain);
            return true;
        }
        if (!in_function && is_name_scope(tag) && find_chain(&child, address, false, depth + 1, chain))
            return true;
    }
    return false;
}

static int
compare_ranges(const void *a, const void *b)
{
    const struct cpt_native_range *x = a, *y = b;

    return (x->start > y->start) - (x->start < y->start);
}

static bool
add_ranges(struct cpt_native_module *module, Dwarf_Die *unit, Dwarf_Addr bias)
{
    Dwarf_Addr base, start, end;
    ptrdiff_t at = 0;

    while ((at = dwarf_ranges(unit, at, &base, &start, &end)) > 0 && module->ranges.count < MAX_RANGES) {
        struct cpt_native_range *range = cpt_vec_add(&module->ranges);

        if (!range)
            return false;
        *range = (struct cpt_native_range){
            .start = start + bias, .end = end + bias, .unit = dwarf_dieoffset(unit)};
    }
    return true;
}

/* Units tell their code themselves where the compiler made no index of it (.debug_aranges), as clang and rustc do. */
static void
index_units(struct cpt_native_module *module, Dwarf *dwarf, Dwarf_Addr bias)
{
    Dwarf_CU *cu = NULL;
    Dwarf_Die unit;
    Dwarf_Half version;
    uint8_t type;

    while (module->native->die_steps++ < CPT_MAX_DIE_STEPS &&
           !cpt_progress_is_cancelled(module->native->query.memory->progress) &&
           dwarf_get_units(dwarf, cu, &cu, &version, &type, &unit, NULL) == 0) {
        if (!add_ranges(module, &unit, bias))
            break;
    }
    if (module->ranges.count)
        qsort(module->ranges.items, module->ranges.count, sizeof(*module->ranges.items), compare_ranges);
}

static bool
find_indexed(struct cpt_native_module *module, uint64_t address, Dwarf_Off *offset)
{
    size_t low = 0, high = module->ranges.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (module->ranges.items[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low || address >= module->ranges.items[low - 1].end)
        return false;
    *offset = module->ranges.items[low - 1].unit;
    return true;
}

static bool
find_unit(struct cpt_native_module *module, uint64_t address, Dwarf_Die *unit, Dwarf_Addr *bias)
{
    Dwarf_Die *listed = dwfl_module_addrdie(module->dwfl, address, bias);
    Dwarf *dwarf;
    Dwarf_Off offset;

    if (listed) {
        *unit = *listed;
        return true;
    }
    dwarf = dwfl_module_getdwarf(module->dwfl, bias);
    if (!dwarf)
        return false;
    if (!module->has_ranges)
        index_units(module, dwarf, *bias);
    module->has_ranges = true;
    return find_indexed(module, address, &offset) && dwarf_offdie(dwarf, offset, unit);
}

static const char *
text_of(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;

    return dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
}

static const char *
linkage_name(Dwarf_Die *die)
{
    const char *name = text_of(die, DW_AT_linkage_name);

    return name ? name : text_of(die, DW_AT_MIPS_linkage_name);
}

static void
set_position(struct cpt_native_found *found, const char *file, int line)
{
    found->function.file = file && strcmp(file, "???") != 0 ? file : NULL;
    found->function.line = found->function.file && line > 0 ? line : -1;
}

/* The line that is running at ADDRESS. */
static void
position_at(Dwarf_Die *unit, Dwarf_Addr address, struct cpt_native_found *found)
{
    Dwarf_Line *line = dwarf_getsrc_die(unit, address);
    int number = 0;

    if (!line || dwarf_lineno(line, &number))
        number = 0;
    set_position(found, line ? dwarf_linesrc(line, NULL, NULL) : NULL, number);
}

/* Where INLINED was called. */
static void
position_of_call(Dwarf_Die *unit, Dwarf_Die *inlined, struct cpt_native_found *found)
{
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, line = 0;
    Dwarf_Files *files;
    size_t count;
    const char *name = NULL;

    if (!dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) &&
        !dwarf_getsrcfiles(unit, &files, &count) && file < count)
        name = dwarf_filesrc(files, (size_t)file, NULL, NULL);
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line))
        line = 0;
    set_position(found, name, line <= INT32_MAX ? (int)line : 0);
}

size_t
cpt_native_inlined_at(struct cpt_native_module *module, uint64_t address,
                      struct cpt_native_found *functions, size_t most)
{
    struct chain chain = {.steps = &module->native->die_steps};
    Dwarf_Die unit;
    Dwarf_Addr bias;
    const char *directory;
    size_t count = 0;

    if (!find_unit(module, address, &unit, &bias))
        return 0;
    directory = text_of(&unit, DW_AT_comp_dir);
    /* Assemblers make functions out of labels: of those with the same address symbols know the better name. */
    if (dwarf_srclang(&unit) != DW_LANG_Mips_Assembler)
        find_chain(&unit, address - bias, false, 0, &chain);
    for (size_t i = chain.count; i-- > 0 && count < most; count++) {
        struct cpt_native_found *found = &functions[count];

        *found = (struct cpt_native_found){.mangled = linkage_name(&chain.items[i]), .directory = directory};
        found->function.name = dwarf_diename(&chain.items[i]);
        found->function.inlined = dwarf_tag(&chain.items[i]) == DW_TAG_inlined_subroutine;
        if (i + 1 == chain.count)
            position_at(&unit, address - bias, found);
        else
            position_of_call(&unit, &chain.items[i + 1], found);
    }
    /* Lines without entries of functions. */
    if (!count && most) {
        functions[0] = (struct cpt_native_found){.directory = directory};
        position_at(&unit, address - bias, &functions[0]);
        count = functions[0].function.file != NULL;
    }
    return count;
}
