/* The binary interface of gdb's JIT readers, as gdb's manual tells it ("Custom Debug Info"): what <gdb/jit-reader.h>
 * declares, which not every machine has. Version 1. */
#ifndef CPT_GDB_READER_H
#define CPT_GDB_READER_H

#define CPT_GDB_READER_VERSION 1

enum cpt_gdb_status { CPT_GDB_FAIL = 0, CPT_GDB_SUCCESS = 1 };

/* What `unwind` is given; a null pointer would be gdb's failure. */
struct cpt_gdb_unwinding {
    void *(*register_get)(struct cpt_gdb_unwinding *unwinding, int number);
    void (*register_set)(struct cpt_gdb_unwinding *unwinding, int number, void *value);
    enum cpt_gdb_status (*target_read)(unsigned long address, void *buffer, int size); /* all or nothing */
    void *gdbs;
};

struct cpt_gdb_frame_id {
    unsigned long code_address;
    unsigned long stack_address;
};

struct cpt_gdb_functions {
    int version;
    void *readers;
    enum cpt_gdb_status (*read)(struct cpt_gdb_functions *self, void *symbols, void *memory, long size);
    enum cpt_gdb_status (*unwind)(struct cpt_gdb_functions *self, struct cpt_gdb_unwinding *unwinding);
    struct cpt_gdb_frame_id (*get_frame_id)(struct cpt_gdb_functions *self, struct cpt_gdb_unwinding *unwinding);
    void (*destroy)(struct cpt_gdb_functions *self);
};

/* gdb looks these up by name. */
#pragma GCC visibility push(default)
int plugin_is_GPL_compatible(void);
struct cpt_gdb_functions *gdb_init_reader(void);
#pragma GCC visibility pop

#endif
