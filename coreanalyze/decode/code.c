#include "coreanalyze/decode/code.h"

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/str.h"

#include <inttypes.h>

#define NOTHING_LOOKED_UP INT64_MIN

static size_t
code_span(const struct cpt_layout_fields *at)
{
    size_t size = cpt_struct_cover(0, at->code.co_filename, 8);

    size = cpt_struct_cover(size, at->code.co_name, 8);
    size = cpt_struct_cover(size, at->code.co_qualname, 8);
    size = cpt_struct_cover(size, at->code.co_firstlineno, 4);
    size = cpt_struct_cover(size, at->code.co_lnotab, 8);
    size = cpt_struct_cover(size, at->code.co_linetable, 8);
    size = cpt_struct_cover(size, at->code.co_firsttraceable, 4);
    return cpt_struct_cover(size, at->var.ob_size, 8);
}

static void
hole(struct cpt_decode *decode, const struct cpt_code *code, const char *what,
     struct cpt_error *error)
{
    if (!error->address)
        error->address = code->address;
    cpt_holes_add_error(decode->holes, error, "%s of the code object at 0x%" PRIx64, what,
                        code->address);
}

static void
read_text(struct cpt_decode *decode, const struct cpt_code *code, uint64_t address, size_t limit,
          const char *what, struct cpt_text *text)
{
    struct cpt_error error;

    if (cpt_str_read(decode, address, limit, text, &error)) {
        *text = (struct cpt_text){0};
        hole(decode, code, what, &error);
    }
}

/* The most that one more line table may take. */
static size_t
line_table_limit(const struct cpt_decode *decode)
{
    uint64_t left = decode->linetable_bytes < CPT_MAX_LINETABLES
                        ? CPT_MAX_LINETABLES - decode->linetable_bytes
                        : 0;

    return left < CPT_MAX_LINETABLE ? (size_t)left : CPT_MAX_LINETABLE;
}

static void
read_lines(struct cpt_decode *decode, struct cpt_code *code, const struct cpt_struct *s)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_error error;
    uint64_t table;

    if (CPT_HAS(at->code.co_linetable)) {
        table = cpt_struct_u64(s, at->code.co_linetable);
        code->lines.format =
            CPT_HAS(at->code.co_code_adaptive) ? CPT_LINES_LOCATIONS : CPT_LINES_DELTAS;
    } else {
        table = cpt_struct_u64(s, at->code.co_lnotab);
        code->lines.format = CPT_LINES_LNOTAB;
    }
    code->lines.first_line = code->first_line;
    if (cpt_bytes_read(decode, table, line_table_limit(decode), &code->lines.bytes,
                       &code->lines.size, &error))
        hole(decode, code, "line table", &error);
    decode->linetable_bytes += code->lines.size;
}

/* From 3.11 the bytecode is part of the object; what precedes the RESUME of a function sets its frame up. */
static void
locate_bytecode(struct cpt_decode *decode, struct cpt_code *code, const struct cpt_struct *s)
{
    const struct cpt_layout_fields *at = decode->at;
    uint64_t units = cpt_struct_u64(s, at->var.ob_size);

    code->first_traceable = -1;
    if (!CPT_HAS(at->code.co_code_adaptive))
        return;
    code->bytecode = code->address + (uint64_t)at->code.co_code_adaptive;
    code->bytecode_size = units <= CPT_MAX_CODE_BYTES / 2 ? 2 * units : 0;
    if (CPT_HAS(at->code.co_firsttraceable)) {
        uint32_t first = cpt_struct_u32(s, at->code.co_firsttraceable);

        code->first_traceable = first <= CPT_MAX_CODE_BYTES / 2 ? (int32_t)(2 * first) : -1;
    }
}

/* A code object has a reference count, so all but constants of the interpreter lie in writable memory. There is one
   such constant, _Py_InitCleanup of ceval.c (3.12+), which runs below an inlined __init__ and which CPython never
   shows. (A core leaves its page out, so it is not even looked at.) */
static bool
is_constant(const struct cpt_decode *decode, uint64_t address)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(decode->memory, address);

    return mapping && mapping->path && !mapping->writable;
}

static void
decode_code(struct cpt_decode *decode, struct cpt_code *code)
{
    const struct cpt_layout_fields *at = decode->at;
    struct cpt_struct s;
    struct cpt_error error;

    code->internal = is_constant(decode, code->address);
    if (code->internal)
        return;
    if (!cpt_pointer_is_plausible(code->address)) {
        cpt_error_set(&error, CPT_CORRUPT, "not a pointer");
        code->broken = true;
    } else if (cpt_struct_read(decode, &s, code->address, code_span(at), &error)) {
        code->broken = true;
    } else if (cpt_str_read(decode, cpt_struct_u64(&s, at->code.co_name), CPT_MAX_NAME, &code->name,
                            &error)) {
        /* Whatever has no name where code objects have theirs is most likely none. */
        code->broken = true;
    }
    if (code->broken) {
        hole(decode, code, "name", &error);
        return;
    }
    code->first_line = (int32_t)cpt_struct_u32(&s, at->code.co_firstlineno);
    read_text(decode, code, cpt_struct_u64(&s, at->code.co_filename), CPT_MAX_PATH_TEXT,
              "file name", &code->file);
    if (CPT_HAS(at->code.co_qualname))
        read_text(decode, code, cpt_struct_u64(&s, at->code.co_qualname), CPT_MAX_NAME,
                  "qualified name", &code->qualname);
    locate_bytecode(decode, code, &s);
    read_lines(decode, code, &s);
}

struct cpt_code *
cpt_code_get(struct cpt_decode *decode, uint64_t address)
{
    struct cpt_code *code = cpt_hash_get(&decode->codes, address);

    if (code)
        return code;
    code = cpt_arena_alloc(decode->arena, sizeof(*code));
    if (!code || !cpt_hash_set(&decode->codes, address, code))
        return NULL;
    code->address = address;
    code->last_lasti = NOTHING_LOOKED_UP;
    decode_code(decode, code);
    return code;
}

/* Whether one more look into CODE's line table is within the budget. */
static bool
may_look_up(struct cpt_decode *decode, const struct cpt_code *code)
{
    bool had = decode->line_steps <= CPT_MAX_LINE_STEPS;

    decode->line_steps += code->lines.size;
    if (decode->line_steps <= CPT_MAX_LINE_STEPS)
        return true;
    if (had)
        cpt_holes_add(decode->holes, cpt_status_code(CPT_LIMIT), code->address,
                      "line tables are too large: the lines of further frames are left out");
    return false;
}

struct cpt_position
cpt_code_position(struct cpt_decode *decode, struct cpt_code *code, int64_t lasti)
{
    if (code->last_lasti != lasti) {
        if (!may_look_up(decode, code))
            return cpt_no_position;
        code->last_position = cpt_linetable_find(&code->lines, lasti);
        code->last_lasti = lasti;
    }
    return code->last_position;
}
