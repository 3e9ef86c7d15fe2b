#include "symbols/native.h"

#include "coreanalyze/base/limits.h"
#include "symbols/layout_debugfile.h"
#include "symbols/native_internal.h"

#include <elfutils/libdwelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct cpt_native_module *
cpt_native_module_at(struct cpt_native *native, uint64_t address)
{
    size_t low = 0, high = native->query.image_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (native->modules[middle].image->end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == native->query.image_count || address < native->modules[low].image->base)
        return NULL;
    return &native->modules[low];
}

static bool
has_symbol_section(Elf *elf)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(elf, section))) {
        if (gelf_getshdr(section, &header) && header.sh_entsize &&
            (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
            return true;
    }
    return false;
}

/* A file without sections of symbols makes libdwfl count those that its dynamic segment tells of; see mend_dynamic in
   elfmemory.c for what that can cost. It has nothing that its image in memory lacks. */
static Elf *
elf_of_file(struct cpt_native_module *module, char **name)
{
    const struct cpt_native_query *query = &module->native->query;
    struct cpt_native_file file;
    Elf *elf;

    if (!module->image->has_file ||
        !query->file(query->arg, (size_t)(module - module->native->modules), &file))
        return NULL;
    /* Opened to be read only: the bytes stay as they are. */
    elf = elf_memory((char *)(uintptr_t)file.bytes, file.size);
    if (elf && !has_symbol_section(elf)) {
        elf_end(elf);
        return NULL;
    }
    *name = strdup(file.path);
    return elf;
}

static Elf *
elf_of_memory(struct cpt_native_module *module)
{
    struct cpt_native *native = module->native;
    struct cpt_error error;

    if (cpt_elf_memory_read(&module->memory, native->query.memory, module->image->base,
                            CPT_MAX_IMAGES - native->image_bytes, &error)) {
        cpt_log_printf(native->query.log, CPT_LOG_VERBOSE, "%s: %s", module->image->path, error.what);
        return NULL;
    }
    native->image_bytes += module->memory.size;
    cpt_log_printf(native->query.log, CPT_LOG_VERBOSE,
                   "%s: taken from the target's memory, %" PRIu64 " bytes of it missing", module->image->path,
                   module->memory.holes);
    return elf_memory((char *)module->memory.bytes, module->memory.size);
}

static bool
may_use_network(void)
{
    const char *urls = getenv("DEBUGINFOD_URLS");

    return urls && urls[0];
}

static int
find_elf(Dwfl_Module *dwfl, void **arg, const char *name, Dwarf_Addr base, char **file, Elf **elf)
{
    struct cpt_native_module *module = *arg;

    *elf = elf_of_file(module, file);
    if (!*elf)
        *elf = elf_of_memory(module);
    if (*elf || !may_use_network() || cpt_progress_is_cancelled(module->native->query.memory->progress))
        return -1;
    return dwfl_build_id_find_elf(dwfl, arg, name, base, file, elf);
}

/* Closes DEBUG but for its descriptor; also its path. */
static int
hand_over(struct cpt_debug_file *debug, char **name)
{
    char link[64], path[4096];
    ssize_t length;
    int fd = debug->fd;

    debug->fd = -1;
    cpt_debug_file_close(debug);
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof(path) - 1);
    if (length > 0) {
        path[length] = '\0';
        *name = strdup(path);
    }
    return fd;
}

/* libdwfl also asks for the file that several debug files share (dwz); it has no checksum. */
static int
find_debug_file(Dwfl_Module *dwfl, void **arg, const char *name, Dwarf_Addr base, const char *file,
                const char *link, GElf_Word crc, char **found)
{
    struct cpt_native_module *module = *arg;
    struct cpt_debug_query query = {.path = file, .sysroot = module->native->query.sysroot, .link = link, .link_crc = crc};
    struct cpt_debug_file debug;
    const unsigned char *id = NULL;
    GElf_Addr address;
    int id_size;

    if (!link || crc) {
        id_size = dwfl_module_build_id(dwfl, &id, &address);
        query.build_id = id;
        query.build_id_size = id_size > 0 ? (size_t)id_size : 0;
        if (!cpt_debug_file_find(&debug, &query, NULL))
            return hand_over(&debug, found);
        if (!may_use_network() || cpt_progress_is_cancelled(module->native->query.memory->progress))
            return -1;
    }
    return dwfl_standard_find_debuginfo(dwfl, arg, name, base, file, link, crc, found);
}

static const Dwfl_Callbacks file_callbacks = {
    .find_elf = find_elf,
    .find_debuginfo = find_debug_file,
    .section_address = dwfl_offline_section_address,
};

static bool
report_modules(struct cpt_native *native)
{
    dwfl_report_begin(native->dwfl);
    for (size_t i = 0; i < native->query.image_count; i++) {
        struct cpt_native_module *module = &native->modules[i];
        void **arg;

        module->native = native;
        module->image = &native->query.images[i];
        module->dwfl = dwfl_report_module(native->dwfl, module->image->path, module->image->base,
                                          module->image->end);
        if (!module->dwfl)
            return false;
        dwfl_module_info(module->dwfl, &arg, NULL, NULL, NULL, NULL, NULL, NULL);
        *arg = module;
    }
    return dwfl_report_end(native->dwfl, NULL, NULL) == 0;
}

/* A file that is nothing but the header of x86-64. */
static Elf *
make_machine(void)
{
    static const Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_ehsize = sizeof(Elf64_Ehdr),
    };

    return elf_memory((char *)(uintptr_t)&header, sizeof(header));
}

static cpt_status
open_session(struct cpt_native *native, struct cpt_error *error)
{
    elf_version(EV_CURRENT);
    native->modules = calloc(native->query.image_count + 1, sizeof(*native->modules));
    if (!native->modules)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    native->machine = make_machine();
    native->dwfl = dwfl_begin(&file_callbacks);
    if (native->machine && native->dwfl && report_modules(native) &&
        dwfl_attach_state(native->dwfl, native->machine, native->query.memory->pid,
                          &cpt_native_callbacks, native)) {
        if (may_use_network())
            cpt_native_watch_servers(native);
        return CPT_OK;
    }
    return cpt_error_set(error, CPT_UNSUPPORTED, "native stacks cannot be unwound: libdwfl says %s",
                         dwfl_errmsg(-1));
}

cpt_status
cpt_native_open(struct cpt_native **result, const struct cpt_native_query *query,
                struct cpt_error *error)
{
    struct cpt_native *native = calloc(1, sizeof(*native));
    cpt_status status;

    if (!native)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    native->query = *query;
    status = open_session(native, error);
    if (status) {
        cpt_native_close(native);
        return status;
    }
    *result = native;
    return CPT_OK;
}

void
cpt_native_close(struct cpt_native *native)
{
    if (!native)
        return;
    if (native->dwfl)
        dwfl_end(native->dwfl);
    elf_end(native->machine);
    for (size_t i = 0; native->modules && i < native->query.image_count; i++) {
        free(native->modules[i].memory.bytes);
        free(native->modules[i].symbols.items);
        free(native->modules[i].ranges.items);
    }
    free(native->modules);
    cpt_hash_free(&native->rules);
    cpt_hash_free(&native->sites);
    cpt_buffer_free(&native->scratch);
    free(native);
}
