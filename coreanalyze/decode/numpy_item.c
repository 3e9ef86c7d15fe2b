/* Numbers, bools and times as items of an array. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/numpy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int64_t
load_signed(const uint8_t *item, uint64_t size)
{
    switch (size) {
    case 1:
        return (int8_t)*item;
    case 2:
        return (int16_t)cpt_load_u16(item);
    case 4:
        return (int32_t)cpt_load_u32(item);
    default:
        return (int64_t)cpt_load_u64(item);
    }
}

static uint64_t
load_unsigned(const uint8_t *item, uint64_t size)
{
    return size == 8 ? cpt_load_u64(item) : (uint64_t)load_signed(item, size) & ((UINT64_C(1) << (8 * size)) - 1);
}

static void
write_datetime(const struct cpt_numpy_dtype *dtype, int64_t value, int width, char *word)
{
    char text[64], quoted[72];

    cpt_numpy_datetime(value, dtype->unit, dtype->multiple, text, sizeof(text));
    snprintf(quoted, sizeof(quoted), "'%s'", text);
    snprintf(word, CPT_NUMPY_WORD, "%*s", width, quoted);
}

static void
write_complex(const struct cpt_numpy_array *array, const uint8_t *item, char *word)
{
    size_t half = (size_t)array->dtype.itemsize / 2, end, size;
    const struct cpt_float real = cpt_float_unpack(item, half), imag = cpt_float_unpack(item + half, half);

    end = cpt_numpy_float_word(&array->real, &real, word, CPT_NUMPY_WORD / 2);
    end += cpt_numpy_float_word(&array->imag, &imag, word + end, CPT_NUMPY_WORD / 2);
    /* The j comes before the blanks at the end. */
    for (size = end; size && word[size - 1] == ' '; size--)
        ;
    memmove(word + size + 1, word + size, end - size + 1);
    word[size] = 'j';
}

size_t
cpt_numpy_word(const struct cpt_numpy_array *array, const uint8_t item[CPT_NUMPY_ITEM], char word[CPT_NUMPY_WORD])
{
    const struct cpt_numpy_dtype *dtype = &array->dtype;
    struct cpt_float number;
    int64_t value;

    switch (dtype->kind) {
    case 'b':
        snprintf(word, CPT_NUMPY_WORD, "%s", !*item ? "False" : array->dims ? " True" : "True");
        break;
    case 'u':
        snprintf(word, CPT_NUMPY_WORD, "%*" PRIu64, array->width, load_unsigned(item, dtype->itemsize));
        break;
    case 'f':
        number = cpt_float_unpack(item, (size_t)dtype->itemsize);
        cpt_numpy_float_word(&array->real, &number, word, CPT_NUMPY_WORD);
        break;
    case 'c':
        write_complex(array, item, word);
        break;
    case 'M':
        write_datetime(dtype, load_signed(item, 8), array->width, word);
        break;
    default:
        value = load_signed(item, dtype->itemsize);
        if (dtype->kind == 'm' && value == CPT_NUMPY_NAT)
            snprintf(word, CPT_NUMPY_WORD, "%*s", array->width, "'NaT'");
        else
            snprintf(word, CPT_NUMPY_WORD, "%*" PRId64, array->width, value);
    }
    return strlen(word);
}

void
cpt_numpy_measure(struct cpt_numpy_array *array, const uint8_t item[CPT_NUMPY_ITEM], unsigned round)
{
    size_t size = (size_t)array->dtype.itemsize;
    struct cpt_float number;
    char word[CPT_NUMPY_WORD];
    int width;

    if (array->dtype.kind == 'f') {
        number = cpt_float_unpack(item, size);
        cpt_numpy_float_measure(&array->real, &number, round);
    } else if (array->dtype.kind == 'c') {
        number = cpt_float_unpack(item, size / 2);
        cpt_numpy_float_measure(&array->real, &number, round);
        number = cpt_float_unpack(item + size / 2, size / 2);
        cpt_numpy_float_measure(&array->imag, &number, round);
    } else if (round == 1) {
        width = (int)cpt_numpy_word(array, item, word);
        if (width > array->width)
            array->width = width;
    }
}

void
cpt_numpy_settle(struct cpt_numpy_array *array, unsigned round)
{
    uint64_t size = array->dtype.kind == 'c' ? array->dtype.itemsize / 2 : array->dtype.itemsize;

    cpt_numpy_float_settle(&array->real, round, &array->dialect, size);
    cpt_numpy_float_settle(&array->imag, round, &array->dialect, size);
}
