#include "coreanalyze/memory/core_internal.h"

#include "coreanalyze/base/bytes.h"

#include <string.h>

#define MAX_ARGUMENTS                                                                              \
    1048576 /* argv and envp together: the kernel allows 6 MiB of pointers and strings */
#define MAX_COMMAND_LINE (1 << 20) /* bytes of it that are kept */
#define AUXV_SEARCH (1 << 16)      /* bytes below AT_RANDOM: only a few strings lie between */

/* The path that the file with that auxiliary entry's address was mapped under. */
static const char *
path_of_entry(const struct cpt_core *core, uint64_t type)
{
    const struct cpt_mapping *mapping;
    uint64_t address;

    if (!cpt_core_notes_auxv(&core->notes, type, &address))
        return NULL;
    mapping = cpt_memory_mapping(&core->memory, address);
    return mapping && mapping->path && mapping->path[0] == '/' ? mapping->path : NULL;
}

/* AT_EXECFN is what execve was given: it may be relative, or name a script. The mapping of the
   program headers has the real path. */
void
cpt_core_find_executable(struct cpt_core *core)
{
    const char *path = path_of_entry(core, AT_PHDR);
    uint64_t address;

    if (!path)
        path = path_of_entry(core, AT_ENTRY);
    if (path) {
        size_t length = strnlen(path, sizeof(core->info.executable) - 1);

        memcpy(core->info.executable, path, length);
        core->info.executable[length] = '\0';
    } else if (!cpt_core_notes_auxv(&core->notes, AT_EXECFN, &address) ||
               cpt_memory_read_string(&core->memory, address, core->info.executable,
                                      sizeof(core->info.executable), NULL) != CPT_OK) {
        core->info.executable[0] = '\0';
    }
}

/* The words of the auxiliary vector that are used: the note can have a tail of zeros. */
static size_t
auxv_length(const struct cpt_core_notes *notes)
{
    size_t at = 0;

    while (notes->auxv_size - at >= 16 && cpt_load_u64(notes->auxv + at) != AT_NULL)
        at += 16;
    return at;
}

static bool
same_bytes(struct cpt_core *core, uint64_t address, const uint8_t *bytes, size_t size)
{
    uint8_t there[512];

    return size <= sizeof(there) &&
           cpt_memory_read(&core->memory, address, there, size, NULL) == CPT_OK &&
           memcmp(there, bytes, size) == 0;
}

/* The kernel builds the stack downwards: strings, the bytes of AT_RANDOM, auxiliary vector,
   envp, argv, argc. The note repeats the vector, so that it can be recognised. */
static uint64_t
find_auxv(struct cpt_core *core)
{
    size_t length = core->notes.auxv ? auxv_length(&core->notes) : 0;
    uint64_t top, value;

    if (!length || !cpt_core_notes_auxv(&core->notes, AT_RANDOM, &top))
        return 0;
    top = cpt_align_down(top, 8);
    for (uint64_t at = top; at >= 8 && top - at < AUXV_SEARCH; at -= 8) {
        if (cpt_memory_read_u64(&core->memory, at, &value, NULL) != CPT_OK)
            break;
        if (value == cpt_load_u64(core->notes.auxv) &&
            same_bytes(core, at, core->notes.auxv, length))
            return at;
    }
    return 0;
}

/* From the NULL at END back over pointers: the address of the first of them, and how many. They
   begin behind a NULL, or (argv) behind the word that counts them. */
static bool
walk_back(struct cpt_core *core, uint64_t end, bool counted, uint64_t *first, uint64_t *count)
{
    uint64_t value;

    *count = 0;
    for (uint64_t at = end; at >= 8 && *count < MAX_ARGUMENTS; ++*count) {
        at -= 8;
        if (cpt_memory_read_u64(&core->memory, at, &value, NULL) != CPT_OK)
            return false;
        if (counted ? value == *count : value == 0) {
            *first = at + 8;
            return true;
        }
    }
    return false;
}

/* argv's first pointer and its length. */
static bool
find_argv(struct cpt_core *core, uint64_t *argv, uint64_t *argc)
{
    uint64_t auxv = find_auxv(core), value, envp, envc;

    if (auxv < 8 || cpt_memory_read_u64(&core->memory, auxv - 8, &value, NULL) != CPT_OK || value)
        return false;
    return walk_back(core, auxv - 8, false, &envp, &envc) && envp >= 16 &&
           walk_back(core, envp - 8, true, argv, argc);
}

static bool
collect_argv(struct cpt_core *core)
{
    uint64_t argv, argc, pointer;
    char text[4096];

    if (!find_argv(core, &argv, &argc))
        return false;
    for (uint64_t i = 0; i < argc && core->command_line.size < MAX_COMMAND_LINE; i++) {
        cpt_status status;

        if (cpt_memory_read_u64(&core->memory, argv + 8 * i, &pointer, NULL) != CPT_OK)
            return false;
        do { /* an argument longer than the buffer comes in parts */
            status = cpt_memory_read_string(&core->memory, pointer, text, sizeof(text), NULL);
            if (status == CPT_FAULT)
                return false;
            cpt_buffer_add_text(&core->command_line, text);
            pointer += sizeof(text) - 1;
        } while (status == CPT_LIMIT && core->command_line.size < MAX_COMMAND_LINE);
        cpt_buffer_add_char(&core->command_line, '\0');
    }
    return argc > 0;
}

/* pr_psargs is the same with blanks for NULs, cut at 80 bytes: it cannot be told which blanks
   were arguments' own. */
static void
split_psargs(struct cpt_core *core)
{
    const char *p = core->info.arguments;

    cpt_buffer_clear(&core->command_line);
    while (*(p += strspn(p, " "))) {
        size_t length = strcspn(p, " ");

        cpt_buffer_add(&core->command_line, p, length);
        cpt_buffer_add_char(&core->command_line, '\0');
        p += length;
    }
}

const char *
cpt_core_command_line(struct cpt_core *core, size_t *size)
{
    if (!core->has_command_line && !collect_argv(core))
        split_psargs(core);
    core->has_command_line = true;
    *size = core->command_line.size;
    return core->command_line.data ? core->command_line.data : "";
}
