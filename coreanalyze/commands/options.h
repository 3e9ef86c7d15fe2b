/* The command line: the options of every command, and those of one. */
#ifndef CPT_COMMANDS_OPTIONS_H
#define CPT_COMMANDS_OPTIONS_H

#include "coreanalyze/analyses/census.h"
#include "coreanalyze/base/error.h"
#include "symbols/layout.h"

#include <stdbool.h>
#include <stdint.h>

enum cpt_color {
    CPT_COLOR_AUTO,
    CPT_COLOR_ALWAYS,
    CPT_COLOR_NEVER,
};

struct cpt_options {
    bool in_debugger;        /* the target is the debugger's: none is named */
    int32_t pid;             /* of a live target; 0: a core */
    const char *core;        /* path of the core; NULL: a process */
    const char *output;      /* -o, or NULL */
    const char *exe, *sysroot;
    const char *told_exe;    /* the debugger's: as EXE, but nobody need be told where it is not used; or NULL */
    bool json, no_pause, help;
    int verbosity;           /* -1 with -q, 0, 1 with -v, 2 with -vv */
    enum cpt_color color;
    enum cpt_layout_origin layout;
    unsigned find_ways;      /* bits 1 << enum cpt_find_way; --find, for tests */
    int32_t thread;          /* --thread; 0: all */
    bool locals;             /* --locals */
    uint32_t repr_limit;     /* characters of a repr */
    uint32_t depth;          /* levels of attributes and items */
    uint32_t limit;          /* attributes and items of one object, at most */
    uint64_t address;        /* ADDRESS, of commands that take one */
    const char *name;        /* NAME, likewise */
    bool has_count;
    uint32_t count;          /* COUNT, likewise */
    uint32_t first_line, last_line; /* START and END, likewise; 0: not told */
    bool native, debuginfod;
    uint32_t top;            /* --top: rows of a table; 0: not told */
    enum cpt_census_by by;   /* --by */
    bool to, fail;           /* --to, --fail */
    uint32_t interval;       /* --interval, in milliseconds; 0: not told */
    int32_t after_pid;       /* the second target, of commands that compare two: as PID and CORE */
    const char *after_core;
};

struct cpt_command;

/* Parses ARGV[1 …] of COMMAND, which begins with the target unless we are IN_DEBUGGER: then the target is the
   debugger's. CPT_ABSENT with a message: wrong usage. The texts stay ARGV's. */
CPT_MUST_USE cpt_status cpt_options_parse(struct cpt_options *options,
                                          const struct cpt_command *command, bool in_debugger, int argc,
                                          char **argv, struct cpt_error *error);

/* An address as people have it: 0x… as repr() and gdb print it, decimal as id() does, hexadecimal without 0x where a
   letter tells that it is. CPT_ABSENT with a message for all else, and for what does not fit into 64 bits. */
CPT_MUST_USE cpt_status cpt_address_parse(const char *text, uint64_t *address, struct cpt_error *error);

#endif
