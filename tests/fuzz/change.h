/* Changes to a fake target that an input asks for: the field (2 bytes), what is done (1 byte), and what that takes. */
#ifndef CPT_TESTS_FUZZ_CHANGE_H
#define CPT_TESTS_FUZZ_CHANGE_H

#include "tests/synthetic/world.h"

#define FUZZ_MAX_CHANGES 64 /* of one input */

/* What is left of the input; it ends in zeros. */
struct fuzz_input {
    const uint8_t *data;
    size_t size;
};

uint64_t fuzz_take(struct fuzz_input *input, unsigned width);

/* The changes made. */
struct fuzz_changes {
    const struct world_structure *structures[FUZZ_MAX_CHANGES];
    size_t count;
};

/* Makes all changes of INPUT in MEMORY, a source over WORLD; takes them back. */
void fuzz_change(const struct world *world, struct cpt_memory *memory, struct fuzz_input *input,
                 struct fuzz_changes *changes);
void fuzz_restore(struct cpt_memory *memory, const struct fuzz_changes *changes);

#endif
