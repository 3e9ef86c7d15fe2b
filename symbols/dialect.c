#include "symbols/layout.h"

#include <string.h>

/* PyFrameState of generators was renumbered in 3.13 and in 3.15. */
static void
set_generator_states(struct cpt_dialect *dialect)
{
    if (dialect->minor >= 15) {
        dialect->gen_created = 0;
        dialect->gen_executing = 4;
        dialect->gen_completed = 5;
        dialect->gen_cleared = 5;
        return;
    }
    dialect->gen_created = dialect->minor >= 13 ? -3 : -2;
    dialect->gen_executing = 0;
    dialect->gen_completed = 1;
    dialect->gen_cleared = 4;
}

void
cpt_dialect_init(struct cpt_dialect *dialect, uint32_t hex)
{
    memset(dialect, 0, sizeof(*dialect));
    dialect->minor = CPT_PYTHON_MINOR(hex);
    dialect->odict_as_dict = dialect->minor >= 12;
    dialect->bytearray_escapes_single = dialect->minor <= 14;
    dialect->namespace_sorted = dialect->minor <= 8;
    dialect->immortals = dialect->minor >= 12;
    dialect->int_has_digit = dialect->minor >= 11;
    dialect->int_size_by_type = dialect->minor >= 13;
    dialect->static_types_have_head = dialect->minor == 11 || dialect->minor == 12;
    dialect->metatypes_have_head = dialect->minor >= 13;
    dialect->partial_full_name = dialect->minor >= 13;
    dialect->weakref_own_name = hex < 0x030b0400;
    dialect->weakref_full_name = dialect->minor >= 13;
    dialect->object_attributes_bare = dialect->minor >= 15;
    dialect->fileio_closefd = dialect->minor >= 15 ? 7 : 6;
    dialect->loader_names_module = dialect->minor <= 9;
    dialect->namespace_paths = dialect->minor >= 12;
    dialect->class_visited = dialect->minor >= 8;
    dialect->dict_visits_inline = hex >= 0x030e0400 || (hex >= 0x030d0d00 && dialect->minor == 13);
    dialect->gen_code_kept = dialect->minor >= 12;
    dialect->gen_code_stays = dialect->minor >= 13;
    set_generator_states(dialect);
}
