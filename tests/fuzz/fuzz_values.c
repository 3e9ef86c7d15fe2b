/* Values of a damaged target. Input: the number of a layout, how many characters of a repr are asked for (a quarter),
   which value is read by itself, then changes to the values of that layout. */
#include "tests/fuzz/change.h"
#include "tests/fuzz/target.h"
#include "tests/synthetic/gallery.h"

#include <stdlib.h>

struct opened {
    struct cpt_layout layout;
    struct gallery gallery;
    struct cpt_memory *memory; /* NULL: not made yet */
};

static struct opened *
gallery_of(size_t number)
{
    static struct opened all[LAYOUT_COUNT];
    struct opened *opened = &all[number];

    if (!opened->memory) {
        layout_make(number, &opened->layout);
        gallery_build(&opened->gallery, &opened->layout);
        opened->memory = world_open(&opened->gallery.world, number % 2);
    }
    return opened;
}

/* No more characters than were asked for, and an ellipsis. */
static void
check(const struct cpt_value *value, size_t limit)
{
    size_t characters = 0;

    if (!value->repr.data || value->repr.data[value->repr.size])
        abort();
    for (size_t i = 0; i < value->repr.size; i++)
        characters += (value->repr.data[i] & 0xc0) != 0x80;
    if (characters > limit + 1)
        abort();
}

void
fuzz_values(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct opened *opened = gallery_of(fuzz_take(&input, 1) % LAYOUT_COUNT);
    size_t limit = fuzz_take(&input, 1) * 4, only = fuzz_take(&input, 1) % opened->gallery.count;
    struct gallery_reading reading;
    struct fuzz_changes changes;

    fuzz_change(&opened->gallery.world, opened->memory, &input, &changes);
    if (!gallery_read(&opened->gallery, opened->memory, &opened->layout, limit, only, &reading))
        abort();
    check(&reading.values[only], limit);
    check(&reading.list, limit);
    gallery_reading_free(&reading);
    fuzz_restore(opened->memory, &changes);
}

CPT_FUZZ_ENTRY(fuzz_values)
