/* Every bound on data that comes from the target. A healthy process stays far below each of them. */
#ifndef CPT_BASE_LIMITS_H
#define CPT_BASE_LIMITS_H

#define CPT_MAX_INTERPRETERS 4096       /* interpreters of one runtime */
#define CPT_MAX_THREADS 262144          /* thread states of one interpreter; the kernel's own default limit is lower */
#define CPT_MAX_FRAMES 4000000          /* frames of one thread's stack */
#define CPT_MAX_ALL_FRAMES 6000000      /* frames of all threads */
#define CPT_MAX_GAP_STEPS (1u << 28)    /* frames compared with chunks to close the gaps of one result */
#define CPT_MAX_CANDIDATES 10000        /* places that are tried for the runtime */
#define CPT_MAX_GAPS 10000              /* of one stack, behind which it is taken up again */
#define CPT_MAX_SEARCHED_STACK (256u << 10) /* bytes of a C stack that are searched for the collector's lists */
#define CPT_MAX_CODE_BYTES (64u << 20)  /* bytecode of one code object */
#define CPT_MAX_LINETABLE (64u << 20)   /* bytes of one line table */
#define CPT_MAX_EXCEPTION_TABLE (1u << 20) /* bytes of one exception table */
#define CPT_MAX_WITH_FRAMES 200000      /* frames searched for the with statements that hold waited-for locks */
#define CPT_MAX_LINETABLES (256u << 20) /* bytes of all line tables of one result */
#define CPT_MAX_LINE_STEPS (4ull << 30) /* bytes of line tables gone through for one result */
#define CPT_MAX_NAME 65536              /* characters of a function's or thread's name that are shown */
#define CPT_MAX_PATH_TEXT 65536         /* characters of a file name that are shown */
#define CPT_MAX_DICT_ENTRIES (1u << 28) /* entries of a dict that is searched */
#define CPT_MAX_DICT_STEPS (32u << 20)  /* entries of all dicts that are visited for one result */
#define CPT_MAX_DICT_WALK (1u << 20)    /* entries of threading._active that are visited */
#define CPT_MAX_DATASTACK_CHUNKS 65536  /* chunks of one thread's data stack (3.11+) */
#define CPT_MAX_VARIABLES 65536         /* variables of one code object */
#define CPT_MAX_LOCALS 2000000          /* variables of all frames of one result */
#define CPT_MAX_REPR_DEPTH 400         /* containers within containers of one repr; Python itself stops at 1000 calls */
#define CPT_MAX_VALUE_STEPS (64u << 20) /* objects and entries visited for the values of one result */
#define CPT_MAX_QUOTE_SCAN (4u << 20)   /* bytes of one str or bytes that are searched for the quotes to choose */
#define CPT_MAX_INT_DIGITS 6000         /* of 30 bits, of an int that is shown in decimal: some 54,000 decimal digits */
#define CPT_MAX_SEARCH_STEPS (64u << 20) /* entries of modules visited for the names of types of one result */
#define CPT_MAX_TYPES (1 << 20)         /* of one result */
#define CPT_MAX_MEMBER_STEPS (64u << 20) /* PyMemberDefs visited for one result */
#define CPT_MAX_KEPT (1ull << 30)       /* bytes of names and texts that one result keeps */
#define CPT_MAX_MESSAGE 16384          /* characters of an exception's message or note */
#define CPT_MAX_EXCEPTIONS 1000        /* exceptions that one thread's exception leads to */
#define CPT_MAX_EXCEPTION_DEPTH 100    /* of its chain of causes, contexts and members */
#define CPT_MAX_TRACEBACK 100000       /* entries of all of their tracebacks */
#define CPT_MAX_ALL_EXCEPTIONS 100000  /* of all threads */
#define CPT_MAX_TRACEBACKS 2000000     /* entries of tracebacks of all threads */
#define CPT_MAX_SLOTS (256u << 20)     /* variables of frames, set or not, that are visited for one result */
#define CPT_MAX_NOTES 1000             /* notes of one exception */
#define CPT_MAX_PARTS 200000            /* attributes and items shown of all objects of one result */
#define CPT_MAX_NUMPY_ITEM (1u << 30)    /* bytes of one item of a numpy array */
#define CPT_MAX_NUMPY_SHOWN 20000       /* items of one numpy array that are looked at for how wide they are */
#define CPT_MAX_WARNINGS 200            /* holes listed one by one; the rest is counted */
#define CPT_MAX_MAPPINGS 4194304        /* mappings of a process: 64 times the kernel's default limit */
#define CPT_MAX_PROGRAM_HEADERS 8388608 /* segments of a core (PN_XNUM lets it go beyond 65,535) */
#define CPT_MAX_MODULE_PHDRS 1024       /* program headers of one executable or library */
#define CPT_MAX_DYNAMIC 4096            /* entries of one dynamic section */
#define CPT_MAX_HASH_CHAIN 65536        /* symbols visited in one hash chain */
#define CPT_MAX_CORE_BYTES (1ull << 44) /* of a core that is unpacked, holes among them: what ext4 takes */
#define CPT_MAX_DECODER_MEMORY (2ull << 30) /* bytes that a decompressor may take: zstd --long=31 needs 2 GiB */
#define CPT_MIN_DECODER_MEMORY (128ull << 20) /* that it may have at any rate: xz -9 needs 65 MiB, zstd -22 128 MiB */
#define CPT_MAX_PAGEMAP (1ull << 40)     /* bytes of one mapping whose pages are asked for one by one */
#define CPT_MAX_UNKNOWN (16ull << 30)    /* bytes of one mapping that is copied whole, where nothing tells its pages */
#define CPT_MAX_COPIED_FILE (64ull << 20) /* bytes of a file's private mapping that is copied where it was not changed */
#define CPT_MAX_PIECES (256ull << 30)    /* of address space that a copy of a process takes as it is mapped */
#define CPT_MAX_NOTE (256u << 20)       /* bytes of one note segment */
#define CPT_MAX_SCAN (512u << 20)       /* bytes searched in each way for the runtime without symbols */
#define CPT_MAX_STACK_COPY (8u << 20)    /* bytes of one C stack that are copied while the process is held */
#define CPT_MAX_STACK_COPIES (256u << 20) /* of all of them */
#define CPT_MAX_NATIVE_FRAMES 1000000   /* native frames of one thread */
#define CPT_MAX_ALL_NATIVE_FRAMES 4000000 /* of all threads */
#define CPT_MAX_IMAGE (512ull << 20)    /* bytes of one executable or library that are taken from the target's memory */
#define CPT_MAX_IMAGES (2ull << 30)     /* of all of them */
#define CPT_MAX_SYMBOL 65536            /* characters of a demangled name */
#define CPT_MAX_MANGLED 16384           /* of a name to demangle */
#define CPT_MAX_INLINED 256             /* functions inlined in one another */
#define CPT_MAX_ARENAS (1u << 24)       /* entries of one table of arenas: 4 TiB at least */
#define CPT_MAX_ARENA_POOLS 4096        /* of one arena; CPython's have up to 128 */
#define CPT_MAX_ARENA_STEPS (1ull << 26) /* entries of tables of arenas looked at while the one is searched for */
#define CPT_MAX_DEAD (1u << 20)          /* blocks that look like dead objects, of one thread of a walk */
#define CPT_MAX_MALLOC_STATES 65536      /* arenas of malloc: eight for each processor, unless it was told otherwise */
#define CPT_MAX_SAVED (256u << 20)      /* bytes of a saved census */
#define CPT_MAX_PATH_STEPS (1u << 20)    /* of all paths of one list of retainers */
#define CPT_MAX_DIE_STEPS (1u << 28)    /* debugging entries visited for one result */

#endif
