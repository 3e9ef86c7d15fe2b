#include "symbols/native_internal.h"

#include "coreanalyze/base/vec.h"

#include <string.h>

#define MAX_NESTED 64       /* symbols looked at that begin before an address and end before it too */
#define MAX_UNDERSCORES 8   /* of a name that count */
#define MAX_COMPARED 1024   /* characters of names that are compared: a damaged table can name one long text everywhere */

/* Of several symbols at one place the one that its users call it by. */
static int
rank_of(const GElf_Sym *symbol, const char *name)
{
    int rank;

    switch (GELF_ST_BIND(symbol->st_info)) {
    case STB_GLOBAL:
        rank = 300;
        break;
    case STB_WEAK:
        rank = 200;
        break;
    default:
        rank = 100;
        break;
    }
    for (int i = 0; i < MAX_UNDERSCORES && name[i] == '_'; i++)
        rank--;
    return rank;
}

static bool
is_function(const GElf_Sym *symbol)
{
    int type = GELF_ST_TYPE(symbol->st_info);

    return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
           (type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE);
}

static int
compare_symbols(const void *a, const void *b)
{
    const struct cpt_native_symbol *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->size != y->size) /* one without a size comes first, and so counts least */
        return x->size < y->size ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return -strncmp(x->name, y->name, MAX_COMPARED);
}

/* Code written in assembler often has labels without a size: they stand for all up to the next one, or to the end of
   their section. */
static uint64_t
unsized_end(Elf *elf, GElf_Word section, Dwarf_Addr bias)
{
    GElf_Shdr header;
    Elf_Scn *found = elf ? elf_getscn(elf, section) : NULL;

    return found && gelf_getshdr(found, &header) ? header.sh_addr + header.sh_size + bias : 0;
}

static void
read_symbols(struct cpt_native_module *module)
{
    int count = dwfl_module_getsymtab(module->dwfl);

    for (int i = 1; i < count; i++) {
        struct cpt_native_symbol *added;
        GElf_Addr address;
        GElf_Sym symbol;
        GElf_Word section = 0;
        Elf *elf = NULL;
        Dwarf_Addr bias = 0;
        const char *name = dwfl_module_getsym_info(module->dwfl, i, &symbol, &address, &section, &elf, &bias);

        if (!name || !name[0] || !is_function(&symbol) || address < module->image->base ||
            address >= module->image->end)
            continue;
        added = cpt_vec_add(&module->symbols);
        if (!added)
            break;
        *added = (struct cpt_native_symbol){
            .start = address, .size = symbol.st_size, .name = name, .rank = rank_of(&symbol, name)};
        if (!symbol.st_size)
            added->end = unsized_end(elf, section, bias);
    }
    if (module->symbols.count)
        qsort(module->symbols.items, module->symbols.count, sizeof(*module->symbols.items), compare_symbols);
}

/* The index behind the last symbol that begins at or before ADDRESS. */
static size_t
upper_bound(const struct cpt_native_module *module, uint64_t address)
{
    size_t low = 0, high = module->symbols.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (module->symbols.items[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *
cpt_native_symbol_at(struct cpt_native_module *module, uint64_t address)
{
    const struct cpt_native_symbol *symbols;
    size_t end, first;

    if (!module->has_symbols)
        read_symbols(module);
    module->has_symbols = true;
    symbols = module->symbols.items;
    first = end = upper_bound(module, address);
    while (first && end - first < MAX_NESTED) {
        first--;
        if (address - symbols[first].start < symbols[first].size)
            return symbols[first].name;
    }
    if (end && !symbols[end - 1].size && address < symbols[end - 1].end)
        return symbols[end - 1].name;
    return NULL;
}
