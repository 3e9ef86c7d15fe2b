#include "config.h"

#include "symbols/demangle.h"

#include "coreanalyze/base/limits.h"

#include <string.h>

#ifdef HAVE_LIBIBERTY

#include <libiberty/demangle.h>
#include <setjmp.h>

struct collector {
    struct cpt_buffer *out;
    size_t start;
    jmp_buf too_long;
};

/* A short name can stand for one beyond any size. Neither demangler holds memory of its own while it calls back (a
   Rust identifier in punycode apart, which leaks then), so it can be left in the middle. */
static void
collect(const char *text, size_t size, void *arg)
{
    struct collector *collector = arg;

    if (size > CPT_MAX_SYMBOL || collector->out->size - collector->start > CPT_MAX_SYMBOL - size)
        longjmp(collector->too_long, 1);
    cpt_buffer_add(collector->out, text, size);
}

static void
shorten(struct cpt_buffer *out, size_t size)
{
    out->size = size;
    if (out->data)
        out->data[size] = '\0';
}

bool
cpt_demangle(const char *name, struct cpt_buffer *out)
{
    struct collector collector = {.out = out, .start = out->size};
    const size_t start = out->size;

    if (name[0] != '_' || (name[1] != 'Z' && name[1] != 'R') ||
        strnlen(name, CPT_MAX_MANGLED + 1) > CPT_MAX_MANGLED)
        return false;
    if (setjmp(collector.too_long)) {
        shorten(out, start);
        return false;
    }
    /* Legacy names of Rust are well-formed ones of C++, too. */
    if (rust_demangle_callback(name, DMGL_PARAMS | DMGL_ANSI, collect, &collector) && out->size > start)
        return true;
    shorten(out, start);
    if (cplus_demangle_v3_callback(name, DMGL_PARAMS | DMGL_ANSI, collect, &collector) && out->size > start)
        return true;
    shorten(out, start);
    return false;
}

#else

bool
cpt_demangle(const char *name, struct cpt_buffer *out)
{
    (void)name;
    (void)out;
    return false;
}

#endif
