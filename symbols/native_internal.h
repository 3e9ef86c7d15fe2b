/* The parts of a session, shared by the files that work on it (native*.c). */
#ifndef CPT_SYMBOLS_NATIVE_INTERNAL_H
#define CPT_SYMBOLS_NATIVE_INTERNAL_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/base/hash.h"
#include "symbols/elfmemory.h"
#include "symbols/native.h"

#include <elfutils/libdwfl.h>

/* A function's symbol. */
struct cpt_native_symbol {
    uint64_t start, size; /* in the target; size 0: not told */
    uint64_t end;         /* then, of its section; 0: not known */
    const char *name;
    int rank; /* of several at one place the one to show */
};

/* The code of a unit. */
struct cpt_native_range {
    uint64_t start, end; /* in the target */
    Dwarf_Off unit;
};

struct cpt_native_module {
    struct cpt_native *native;
    const struct cpt_native_image *image;
    Dwfl_Module *dwfl;
    struct cpt_elf_memory memory; /* where it has no file */
    struct {
        struct cpt_native_symbol *items;
        size_t count, capacity;
    } symbols; /* by address */
    struct {
        struct cpt_native_range *items;
        size_t count, capacity;
    } ranges; /* by address */
    bool has_symbols, has_ranges;
};

struct cpt_native {
    struct cpt_native_query query;
    Dwfl *dwfl;
    Elf *machine; /* tells libdwfl what registers there are */
    struct cpt_native_module *modules; /* one for each image */
    uint64_t image_bytes;              /* taken from memory so far */
    struct cpt_hash rules; /* code address -> what its unwind information says (native_unwind.c) */
    struct cpt_hash sites; /* code address -> struct cpt_native_site */
    struct cpt_buffer scratch;
    uint64_t die_steps;
    size_t frames; /* of all stacks so far */
    void *walk; /* the unwinding under way */
};

/* The thread callbacks of native_unwind.c. */
extern const Dwfl_Thread_Callbacks cpt_native_callbacks;

/* Makes libdwfl stop waiting for a debuginfod server once the work on the query's memory is cancelled. native_server.c */
void cpt_native_watch_servers(struct cpt_native *native);

/* The module that ADDRESS is in, or NULL. */
struct cpt_native_module *cpt_native_module_at(struct cpt_native *native, uint64_t address);

/* Whether the code at ADDRESS is what a signal handler returns to. */
bool cpt_native_is_signal_return(struct cpt_native *native, uint64_t address);

/* The symbol of the function at ADDRESS, or NULL. */
const char *cpt_native_symbol_at(struct cpt_native_module *module, uint64_t address);

/* The functions at ADDRESS by the debug information, the innermost inlined first, into FUNCTIONS (room for MOST);
   returns how many: 0 where there is none. Their texts belong to libdw. */
struct cpt_native_found {
    struct cpt_native_function function;
    const char *mangled; /* linkage name, or NULL */
    const char *directory; /* that the unit was compiled in, or NULL */
};

size_t cpt_native_inlined_at(struct cpt_native_module *module, uint64_t address,
                             struct cpt_native_found *functions, size_t most);

#endif
