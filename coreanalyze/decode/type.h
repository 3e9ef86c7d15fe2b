/* Types: what their instances look like, and what they are called. */
#ifndef CPT_DECODE_TYPE_H
#define CPT_DECODE_TYPE_H

#include "coreanalyze/decode/decode.h"

/* tp_flags (Include/object.h) beside those of decode.h. */
#define CPT_TYPE_HEAP (UINT64_C(1) << 9)
#define CPT_TYPE_READY (UINT64_C(1) << 12)
#define CPT_TYPE_GC (UINT64_C(1) << 14)
#define CPT_TYPE_LIST (UINT64_C(1) << 25)
#define CPT_TYPE_TUPLE (UINT64_C(1) << 26)
#define CPT_TYPE_EXCEPTION (UINT64_C(1) << 30)
#define CPT_TYPE_TYPE (UINT64_C(1) << 31)

struct cpt_kind;

/* One type, decoded once and kept. */
struct cpt_type {
    uint64_t address;
    uint64_t meta;     /* its own type */
    uint64_t flags;    /* tp_flags */
    uint64_t basicsize, itemsize;
    uint64_t repr, str; /* tp_repr, tp_str; 0 where not known */
    uint64_t base;     /* tp_base, or 0 */
    uint64_t bases, mro, dict, members;    /* tp_bases, tp_mro, tp_dict, tp_members, or 0 */
    int64_t slot_count;                    /* of heap types: members that follow the type itself (Py_SIZE) */
    struct cpt_text raw;      /* tp_name as it is; DATA NULL where the page that holds it is missing */
    struct cpt_text module;   /* __module__: "builtins"; DATA NULL: not known */
    struct cpt_text qualname; /* __qualname__; DATA NULL: not known */
    struct cpt_text name;     /* for people and JSON: "module.qualname" without "builtins."; "?" where not known */
    bool descriptor;          /* has tp_descr_get: as a class's attribute it is asked for what one gets */
    bool data_descriptor;     /* and tp_descr_set: before what an instance has under the same name */
    bool foreign;             /* a static type without a module's name that is none of the interpreter's own */
    const uint64_t *order;    /* the types of tp_mro, as far as they can be read */
    size_t order_count;
    const struct cpt_kind *kind; /* how repr() writes its instances: see repr.h; NULL until that was asked */
    bool unready;             /* a static type that PyType_Ready() was not called for yet */
    bool broken;              /* is no type at all: nothing above but ADDRESS counts */
};

/* The types of one result. */
struct cpt_types {
    struct cpt_decode *decode;
    struct cpt_hash known;  /* address -> struct cpt_type in the arena of DECODE */
    uint64_t builtins;      /* builtins.__dict__ of the main interpreter, or 0 */
    uint64_t modules;       /* its sys.modules, or 0 */
    uint64_t search_steps;  /* entries of modules visited for names of types so far */
    struct cpt_type *none;  /* what stands for all types beyond CPT_MAX_TYPES */
};

/* The type at ADDRESS, decoded at the first call; `broken` where it is none or cannot be read. NULL only when memory is
   out. */
struct cpt_type *cpt_type_get(struct cpt_types *types, uint64_t address);

/* An object and its type. */
struct cpt_object {
    uint64_t address;
    struct cpt_type *type; /* never broken */
};

/* Reads which type the object at ADDRESS has. CPT_CORRUPT: no object is there; CPT_FAULT. */
CPT_MUST_USE cpt_status cpt_object_open(struct cpt_types *types, uint64_t address,
                                        struct cpt_object *object, struct cpt_error *error);

/* Whether TYPE's own types end with `type` and its bases with `object`, as CPython's do, or at least its method resolution
   order begins with itself. What merely looks like a type fails here. */
bool cpt_type_is_sound(struct cpt_types *types, const struct cpt_type *type);

/* Whether the type is a class written in Python: a heap type whose tp_name has no module in front, as those of C have. */
bool cpt_type_is_python(const struct cpt_type *type);

/* Whether the type is the one of C that is called NAME ("function", "collections.deque"). No class written in Python is,
   nor a type of another library, whatever they call themselves. */
bool cpt_type_is(const struct cpt_type *type, const char *name);

/* The same of the type of the object at ADDRESS; false too where it cannot be read. */
bool cpt_object_is(struct cpt_types *types, uint64_t address, const char *name);

/* Whether the type, or one it inherits from, is at BASE. */
bool cpt_type_is_subclass(struct cpt_types *types, const struct cpt_type *type, uint64_t base);

/* The type at place INDEX of TYPE's method resolution order, or NULL behind its end (and where it cannot be read). */
struct cpt_type *cpt_type_mro(struct cpt_types *types, const struct cpt_type *type, size_t index);

/* The class attribute WORD as the type's own dict has it, or that of the first heap type of its method resolution order
   that has it (*OWNER, may be NULL). CPT_ABSENT. */
CPT_MUST_USE cpt_status cpt_type_find(struct cpt_types *types, const struct cpt_type *type, const char *word,
                                      uint64_t *value, struct cpt_type **owner, struct cpt_error *error);

void cpt_types_free(struct cpt_types *types);

#endif
