/* numpy's arrays, dtypes and scalars, of numpy 1.x and 2.x: no part of CPython, so their layout is no part of a
 * cpt_layout. It is that of numpy's ndarraytypes.h, relative to the object's head, and has changed once, for dtypes, in
 * numpy 2.0.
 */
#ifndef CPT_DECODE_NUMPY_H
#define CPT_DECODE_NUMPY_H

#include "coreanalyze/decode/floattext.h"
#include "coreanalyze/decode/repr.h"

/* enum NPY_TYPES, as far as it is told apart by more than kind and size. */
enum {
    CPT_NUMPY_BOOL = 0,
    CPT_NUMPY_LONG = 7,
    CPT_NUMPY_DOUBLE = 12,
    CPT_NUMPY_CDOUBLE = 15,
};

struct cpt_numpy_dtype {
    char kind;         /* 'b' bool, 'i', 'u', 'f', 'c', 'O', 'S', 'U', 'M' datetime, 'm' timedelta, 'V' void … */
    bool swapped;      /* big-endian */
    int type_num;
    uint64_t itemsize; /* bytes */
    int unit, multiple; /* of 'M' and 'm': NPY_DATETIMEUNIT, and how many of it one is */
};

#define CPT_NUMPY_DIMS 64
#define CPT_NUMPY_ITEM 32 /* bytes of the largest number: complex256 */

/* How floats of one array are written alike: numpy's FloatingFormat. */
struct cpt_numpy_floats {
    bool any, all_finite, negative_infinite;
    bool with_exponent;
    bool sign;             /* a + too */
    double least, greatest; /* of what is neither 0 nor infinite nor a NaN, without sign */
    int left, right, places, exponent_digits; /* characters */
};

/* How a numpy writes: the texts that changed. */
struct cpt_numpy_dialect {
    bool names_scalars;    /* np.float64(1.5), from 2.0; 1.5 before */
    bool rounds_limits;    /* 1e-4, below which exponents are used, is rounded to the array's type, from 2.0 */
    bool tells_order;      /* dtype='>i4', from 1.25; int32 before */
    bool tells_shape;      /* of arrays of which only the edges are shown, from 2.2 */
    bool limits_by_type;   /* from which number on exponents are used goes by the type's precision, from 2.3 */
    bool tells_unit_of_nat; /* from 2.4 */
};

struct cpt_numpy_array {
    struct cpt_repr *repr;
    struct cpt_numpy_dialect dialect;
    struct cpt_numpy_dtype dtype;
    uint64_t data;
    unsigned dims;
    uint64_t shape[CPT_NUMPY_DIMS];
    int64_t strides[CPT_NUMPY_DIMS];
    uint64_t size;     /* items */
    bool summarized;   /* only three at each end of each axis are shown */
    int width;         /* characters of each item at least; 0: as many as it takes */
    struct cpt_numpy_floats real, imag;
    uint64_t page;     /* whose bytes are in BYTES */
    size_t page_size;
    uint8_t bytes[4096];
};

/* The dialect of the numpy in the target, by numpy.__version__ there; where that is not known, the oldest one. */
struct cpt_numpy_dialect cpt_numpy_dialect(struct cpt_values *values);

/* Reads the array OBJECT, nothing of its items. CPT_CORRUPT: its parts contradict each other; CPT_FAULT. */
CPT_MUST_USE cpt_status cpt_numpy_open(struct cpt_repr *repr, const struct cpt_object *object,
                                       struct cpt_numpy_array *array);

/* The item at ADDRESS, in the machine's byte order; of a number, bool or time. */
CPT_MUST_USE cpt_status cpt_numpy_number(struct cpt_numpy_array *array, uint64_t address,
                                         uint8_t item[CPT_NUMPY_ITEM]);

/* "shape=(2, 3)" and "dtype=int32" as an array's repr ends with; return their length. numpy_dtype.c. */
#define CPT_NUMPY_SHAPE (CPT_NUMPY_DIMS * 24 + 16)
size_t cpt_numpy_shape_text(const struct cpt_numpy_array *array, char *text, size_t size);
size_t cpt_numpy_dtype_text(const struct cpt_numpy_array *array, char *text, size_t size);

/* Whether the items' text tells the type. */
bool cpt_numpy_is_implied(const struct cpt_numpy_array *array);

/* Whether items of DTYPE are numbers, bools or times: those that cpt_numpy_word writes. */
bool cpt_numpy_is_number(const struct cpt_numpy_dtype *dtype);

#define CPT_NUMPY_WORD 128

/* What an array's repr writes for the number ITEM; returns its length. numpy_item.c. */
size_t cpt_numpy_word(const struct cpt_numpy_array *array, const uint8_t item[CPT_NUMPY_ITEM],
                      char word[CPT_NUMPY_WORD]);

/* Takes ITEM into account for how all of the array are written: to be called for each item, in two rounds. */
void cpt_numpy_measure(struct cpt_numpy_array *array, const uint8_t item[CPT_NUMPY_ITEM], unsigned round);

/* After the first round, and after the second one. */
void cpt_numpy_settle(struct cpt_numpy_array *array, unsigned round);

/* The same for floats: numpy_float.c. */
void cpt_numpy_float_measure(struct cpt_numpy_floats *floats, const struct cpt_float *number, unsigned round);
void cpt_numpy_float_settle(struct cpt_numpy_floats *floats, unsigned round,
                             const struct cpt_numpy_dialect *dialect, uint64_t size);
size_t cpt_numpy_float_word(const struct cpt_numpy_floats *floats, const struct cpt_float *number, char *word,
                            size_t size);

/* A datetime64 as datetime_as_string writes it: "2020-01-01T05", "NaT". numpy_time.c. */
void cpt_numpy_datetime(int64_t value, int unit, int multiple, char *text, size_t size);

/* "[25s]", or "" for the generic unit. */
void cpt_numpy_unit(int unit, int multiple, char *text, size_t size);

/* "D", "s"; "generic". */
const char *cpt_numpy_unit_name(int unit);

#define CPT_NUMPY_NAT INT64_MIN

#endif
