/* The type and shape that numpy writes behind an array's items. */
#include "coreanalyze/decode/numpy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t
cpt_numpy_shape_text(const struct cpt_numpy_array *array, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "shape=(");

    for (unsigned i = 0; i < array->dims; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRIu64, i ? ", " : "", array->shape[i]);
    return used + (size_t)snprintf(text + used, size - used, array->dims == 1 ? ",)" : ")");
}

static bool
tells_order(const struct cpt_numpy_array *array)
{
    return array->dtype.swapped && array->dialect.tells_order;
}

bool
cpt_numpy_is_implied(const struct cpt_numpy_array *array)
{
    const struct cpt_numpy_dtype *dtype = &array->dtype;

    return !tells_order(array) && (dtype->type_num == CPT_NUMPY_BOOL || dtype->type_num == CPT_NUMPY_LONG ||
                                   dtype->type_num == CPT_NUMPY_DOUBLE || dtype->type_num == CPT_NUMPY_CDOUBLE);
}

/* As dtype_short_repr does. */
size_t
cpt_numpy_dtype_text(const struct cpt_numpy_array *array, char *text, size_t size)
{
    const struct cpt_numpy_dtype *dtype = &array->dtype;
    static const struct {
        char kind;
        const char *name;
    } names[] = {{'i', "int"}, {'u', "uint"}, {'f', "float"}, {'c', "complex"}};
    bool swapped = tells_order(array);
    char unit[32];

    snprintf(text, size, "dtype=%s", dtype->kind == 'O' ? "object" : "bool");
    cpt_numpy_unit(dtype->unit, dtype->multiple, unit, sizeof(unit));
    if (dtype->kind == 'S')
        snprintf(text, size, "dtype='|S%" PRIu64 "'", dtype->itemsize);
    else if (dtype->kind == 'U')
        snprintf(text, size, "dtype='%c%c%" PRIu64 "'", dtype->swapped ? '>' : '<', 'U', dtype->itemsize / 4);
    else if ((dtype->kind == 'M' || dtype->kind == 'm') && swapped)
        snprintf(text, size, "dtype='>%c8%s'", dtype->kind, unit);
    else if (dtype->kind == 'M' || dtype->kind == 'm')
        snprintf(text, size, "dtype=%s%s64%s%s", *unit ? "'" : "", dtype->kind == 'M' ? "datetime" : "timedelta", unit,
                 *unit ? "'" : "");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].kind == dtype->kind && swapped)
            snprintf(text, size, "dtype='>%c%" PRIu64 "'", dtype->kind, dtype->itemsize);
        else if (names[i].kind == dtype->kind)
            snprintf(text, size, "dtype=%s%" PRIu64, names[i].name, 8 * dtype->itemsize);
    }
    return strlen(text);
}
