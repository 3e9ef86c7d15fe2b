/* Structures of a fake target: each a region of its own, with a record of every field written, so
   that a test can damage them one by one. */
#ifndef CPT_TESTS_WORLD_H
#define CPT_TESTS_WORLD_H

#include "coreanalyze/base/vec.h"
#include "coreanalyze/memory/synthetic.h"
#include "symbols/layout.h"

#include <stdbool.h>
#include <stdint.h>

/* Which damages to a field must not change a result in silence. */
enum world_kind {
    WORLD_POINTER, /* all */
    WORLD_LINK,    /* all but NULL, which is the end of a list, or nothing there */
    WORLD_PLACE,   /* of an instruction: all that lead out of the code */
    WORLD_RAW,     /* leads to plain bytes or counts them: all values that no sound one can be */
    WORLD_DATA,    /* none: a wrong value cannot be told from a right one */
    WORLD_HINT,    /* none: a step on the way to names and states, which may be missing */
};

struct world_structure {
    const char *name;
    uint64_t address; /* of its first byte, which may lie before the object's own address */
    uint64_t object;  /* what pointers to it hold */
    size_t size;
    uint8_t *bytes;
    uint64_t holder;  /* the object whose field was the first to point here, or 0 */
    unsigned touches; /* bit I: damage may change what is said of thread I */
    bool matters;     /* whether any field is neither WORLD_DATA nor WORLD_HINT */
};

struct world_field {
    const char *name;
    size_t structure; /* index */
    uint64_t address;
    unsigned width;
    enum world_kind kind;
    unsigned touches;
};

struct world {
    const struct cpt_layout *layout;
    CPT_VEC(struct world_structure) structures; /* by address */
    CPT_VEC(struct world_field) fields;
    uint64_t next;    /* address of the next structure */
    unsigned touches; /* for what is added next */
    enum world_kind
        least; /* WORLD_HINT: everything added is no more than that; else WORLD_POINTER */
    /* Types, made when first needed. */
    uint64_t type_type, str_type, bytes_type, int_type, dict_type, module_type, code_type, none;
};

/* These abort when memory is out or a test is wrong. */

void world_init(struct world *world, const struct cpt_layout *layout);
void world_free(struct world *world);

/* SIZE zeroed bytes and BEFORE more in front; returns the address behind those. */
uint64_t world_add_behind(struct world *world, const char *name, size_t before, size_t size);
uint64_t world_add(struct world *world, const char *name, size_t size);

/* The same at ADDRESS, which must be above all others. */
uint64_t world_add_at(struct world *world, const char *name, uint64_t address, size_t size);

/* Where the structure's bytes are, to be filled without a record; valid until the world is freed.
   */
uint8_t *world_bytes(struct world *world, uint64_t address, size_t size);

/* Writes the field NAME, WIDTH bytes at OBJECT + FIELD. Nothing where FIELD is CPT_NO_FIELD. */
void world_put(struct world *world, const char *name, uint64_t object, int32_t field,
               unsigned width, uint64_t value, enum world_kind kind);

/* The same for eight bytes that point at something (or NULL). */
void world_point(struct world *world, const char *name, uint64_t object, int32_t field,
                 uint64_t value, enum world_kind kind);

/* The source. */
struct cpt_memory *world_open(const struct world *world, bool views);

/* The same, where SIZE bytes at ADDRESS, inside of one structure, cannot be read. */
struct cpt_memory *world_open_without(const struct world *world, uint64_t address, size_t size,
                                      bool views);

/* An address in a mapping that cannot be read. */
#define WORLD_HOLE UINT64_C(0x7e0000000000)

#endif
