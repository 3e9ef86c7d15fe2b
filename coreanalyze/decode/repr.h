/* Writing reprs: what the files repr_*.c, one for each family of types, share. */
#ifndef CPT_DECODE_REPR_H
#define CPT_DECODE_REPR_H

#include "coreanalyze/base/limits.h"
#include "coreanalyze/decode/value.h"

/* One repr under way. */
struct cpt_repr {
    struct cpt_values *values;
    struct cpt_decode *decode; /* VALUES' */
    struct cpt_buffer *out;
    size_t characters;         /* written to OUT */
    size_t limit;
    bool full;                 /* the limit is reached, and more would follow: writers stop soon */
    size_t nesting;            /* objects within objects, of any kind */
    bool whole_is_broken;      /* the outermost object itself is */
    size_t depth;
    uint64_t active[CPT_MAX_REPR_DEPTH]; /* the containers that are being written, as Py_ReprEnter keeps them */
    struct cpt_error error;    /* why the last writer failed */
};

/* Writes OBJECT as its type's repr() does. A status other than CPT_OK, with the reason in REPR's error, means that OBJECT
   contradicts itself or cannot be read: what it wrote is taken back, and it is shown as broken. */
typedef cpt_status (*cpt_repr_writer)(struct cpt_repr *repr, const struct cpt_object *object);

/* How one tp_repr of C writes. */
struct cpt_kind {
    const char *name; /* tp_name of the type that defines it: "list", "collections.deque" */
    cpt_repr_writer write;
};

/* How one __repr__ of Python's standard library writes. */
struct cpt_python_kind {
    const char *module;   /* __module__ of the function */
    const char *qualname; /* its __qualname__: "Counter.__repr__" */
    struct cpt_kind kind;
    const char *uses;     /* methods and properties that it asks, separated by blanks: a class that overrides one is not
                             written by KIND; NULL: none */
};

/* The families; each ends with an entry without a name. */
extern const struct cpt_kind cpt_kinds_numbers[];    /* repr_number.c */
extern const struct cpt_kind cpt_kinds_texts[];      /* repr_text.c */
extern const struct cpt_kind cpt_kinds_containers[]; /* repr_container.c */
extern const struct cpt_kind cpt_kinds_collections[]; /* repr_collections.c: deque, OrderedDict … */
extern const struct cpt_kind cpt_kinds_callables[];  /* repr_callable.c */
extern const struct cpt_kind cpt_kinds_generics[];   /* repr_generic.c: partial, list[int], int | str */
extern const struct cpt_kind cpt_kinds_references[]; /* repr_reference.c: weak references, generators, frames */
extern const struct cpt_kind cpt_kinds_library[];    /* repr_library.c: operator, itertools, contextvars, re */
extern const struct cpt_kind cpt_kinds_files[];      /* repr_file.c: files and what wraps them */
extern const struct cpt_kind cpt_kinds_misc[];       /* repr_misc.c: modules, weak references, locks … */
extern const struct cpt_kind cpt_kinds_exceptions[]; /* repr_exception.c */
extern const struct cpt_kind cpt_kinds_decimal[];    /* repr_decimal.c */
extern const struct cpt_kind cpt_kinds_numpy[];      /* repr_numpy.c */
extern const struct cpt_kind cpt_kinds_times[];      /* repr_time.c */
extern const struct cpt_kind cpt_kinds_buffers[];    /* repr_buffer.c: range, slice, memoryview, array */
extern const struct cpt_python_kind cpt_kinds_python[]; /* repr_python.c */

/* Kinds that are no type's own name: <module.Name object at 0x…>, and those found by other marks. */
extern const struct cpt_kind cpt_kind_object;
/* The kind of a class that has fields of its own kind: named tuples and dataclasses, told by the __repr__ that TYPE
   inherits, a function at FUNCTION; NULL: neither. In repr_python.c. */
const struct cpt_kind *cpt_kind_of_python(struct cpt_values *values, struct cpt_type *type, uint64_t function);

/* Whether the code of the Python function at FUNCTION stands in a file of the standard library's MODULE, or is the guard
   of reprlib around one that does: so nobody's function only bears its names, as functools.wraps makes it. */
bool cpt_function_is_of(struct cpt_values *values, uint64_t function, const char *module);

/* The kind of the sequences with names that types of C are (os.stat_result …), where TYPE defines one; NULL: none. */
const struct cpt_kind *cpt_kind_of_structseq(struct cpt_values *values, const struct cpt_type *type);

/* How instances of TYPE are written; never NULL. */
const struct cpt_kind *cpt_kind_of(struct cpt_values *values, struct cpt_type *type);

/* Text: ASCII or UTF-8, whole characters. Nothing is written once REPR is full. */
void cpt_repr_text(struct cpt_repr *repr, const char *text);
void cpt_repr_bytes(struct cpt_repr *repr, const char *text, size_t size);
void cpt_repr_codepoint(struct cpt_repr *repr, uint32_t codepoint);
void cpt_repr_printf(struct cpt_repr *repr, const char *format, ...) CPT_PRINTF(2, 3);

/* The object at ADDRESS, as a part of another. One that is damaged is written as broken, and becomes a hole; so the only
   error is CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_repr_object(struct cpt_repr *repr, uint64_t address);

/* A str's repr with quotes and escapes (repr_text.c), and its characters as they are. Any subclass of str will do. */
CPT_MUST_USE cpt_status cpt_repr_str(struct cpt_repr *repr, uint64_t address);
CPT_MUST_USE cpt_status cpt_repr_str_plain(struct cpt_repr *repr, uint64_t address);

/* The characters of TEXT (UTF-8, without lone surrogates) as repr() of a str writes them. */
void cpt_repr_quoted(struct cpt_repr *repr, const char *text, size_t size);

/* The complex number REAL + IMAGj as its repr() is (repr_number.c). */
void cpt_repr_complex(struct cpt_repr *repr, double real, double imag);

/* What follows a type's last dot, as _PyType_Name gives it, and tp_name whole. */
void cpt_repr_type_name(struct cpt_repr *repr, const struct cpt_type *type);
void cpt_repr_type_full_name(struct cpt_repr *repr, const struct cpt_type *type);

/* The COUNT characters at ADDRESS, WIDTH bytes each (1, 2, 4), as repr() of a str writes them, and the COUNT bytes there
   as repr() of a bytes does (repr_text.c). */
CPT_MUST_USE cpt_status cpt_repr_characters(struct cpt_repr *repr, uint64_t address, uint64_t count, unsigned width);
CPT_MUST_USE cpt_status cpt_repr_raw_bytes(struct cpt_repr *repr, uint64_t address, uint64_t count);

/* <module.Name object at 0x…> */
CPT_MUST_USE cpt_status cpt_repr_plain_object(struct cpt_repr *repr, const struct cpt_object *object);

/* Begins a container: false where it is being written already (a cycle: the caller writes its "[...]"), or too deep: then
   REPR is full. A true one is ended with cpt_repr_leave. */
bool cpt_repr_enter(struct cpt_repr *repr, uint64_t address, bool *cycle);
void cpt_repr_leave(struct cpt_repr *repr);

/* Takes one step of the budget; false, and REPR full, when it is used up. To be called for each entry that is visited. */
bool cpt_repr_step(struct cpt_repr *repr);

/* Fails: fills REPR's error. */
cpt_status cpt_repr_fail(struct cpt_repr *repr, cpt_status status, uint64_t address, const char *format, ...)
    CPT_PRINTF(4, 5);

/* Reads SIZE bytes of the object's structure; for fields that the layout lacks (FIELD is CPT_NO_FIELD) fails with
   CPT_ABSENT, which makes the object be written as <module.Name object at 0x…> and is no damage. */
CPT_MUST_USE cpt_status cpt_repr_struct(struct cpt_repr *repr, const struct cpt_object *object, size_t size,
                                        struct cpt_struct *s);
CPT_MUST_USE cpt_status cpt_repr_needs(struct cpt_repr *repr, int32_t field);

#endif
