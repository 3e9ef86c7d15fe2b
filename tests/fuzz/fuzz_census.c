/* A saved census, compared with itself. Input: the file. */
#include "coreanalyze/output/census_in.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>

static void
compare(const struct cpt_saved_census *saved)
{
    struct cpt_diff diff = {0};
    struct cpt_error error;

    if (cpt_diff_take(&diff, &saved->side, &saved->side, &error))
        abort();
    for (size_t i = 0; i < diff.count; i++) {
        const struct cpt_diff_row *row = &diff.rows[i];

        if (row->objects_before != row->objects_after || row->bytes_before != row->bytes_after)
            abort();
    }
    if (diff.count > saved->row_count)
        abort();
    cpt_diff_free(&diff);
}

void
fuzz_census(const uint8_t *data, size_t size)
{
    struct cpt_saved_census saved;
    struct cpt_error error = {0};

    if (!cpt_census_read(&saved, (const char *)data, size, "it", &error))
        compare(&saved);
    else if (!error.what[0])
        abort();
    cpt_saved_census_free(&saved);
}

CPT_FUZZ_ENTRY(fuzz_census)
