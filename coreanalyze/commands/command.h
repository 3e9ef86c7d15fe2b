/* The table of commands: the one place that wires targets, analyses and writers. */
#ifndef CPT_COMMANDS_COMMAND_H
#define CPT_COMMANDS_COMMAND_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/commands/options.h"
#include "coreanalyze/commands/target.h"
#include "coreanalyze/output/output.h"

/* Options that only some commands have. */
enum {
    CPT_OPTION_THREAD = 1 << 0,     /* --thread TID */
    CPT_OPTION_LOCALS = 1 << 1,     /* --locals */
    CPT_OPTION_REPR_LIMIT = 1 << 2, /* --repr-limit N: commands that print values */
    CPT_OPTION_DEPTH = 1 << 3,      /* --depth N */
    CPT_OPTION_LIMIT = 1 << 4,      /* --limit N: commands that list what is in or around one object */
    CPT_OPTION_NATIVE = 1 << 5,     /* --native, --debuginfod */
    CPT_OPTION_TOP = 1 << 6,        /* --top N: commands that print tables */
    CPT_OPTION_BY = 1 << 7,         /* --by WHAT */
    CPT_OPTION_TO = 1 << 8,         /* --to */
    CPT_OPTION_FAIL = 1 << 9,       /* --fail */
    CPT_OPTION_INTERVAL = 1 << 10,  /* --interval SECONDS */
    CPT_OPTION_TEXT_ONLY = 1 << 11, /* no --json, which all others have */
};

/* What a command takes after its TARGET. */
enum cpt_operand {
    CPT_OPERAND_NONE,
    CPT_OPERAND_ADDRESS,
    CPT_OPERAND_TARGET, /* a second one; none where --interval is given */
    CPT_OPERAND_NAME,   /* of a Python variable */
    CPT_OPERAND_COUNT,  /* of frames; may be left out */
    CPT_OPERAND_LINES,  /* START or START, END; may be left out */
};

#define CPT_MAX_OPERANDS 1

struct cpt_command {
    const char *name;
    const char *arguments;   /* synopsis of what is its own: "[--thread TID]" */
    const char *summary;     /* one line */
    const char *description; /* for its --help */
    const char *top, *limit; /* what --top and --limit say of it there, for those that have them */
    unsigned options;        /* CPT_OPTION_… */
    bool debugger_only;      /* works on what is selected in a debugger: the tool does not have it */
    enum cpt_operand operands[CPT_MAX_OPERANDS]; /* those that are NONE come last */
    /* Analyses TARGET and prints the result into OUT, as OPTIONS wish. Holes go to TARGET's. */
    cpt_status (*run)(struct cpt_target *target, const struct cpt_options *options,
                      const struct cpt_text_options *text, struct cpt_buffer *out,
                      struct cpt_error *error);
    /* In place of RUN, where there is more than one target: opens them itself. *COMPLETE: nothing has holes. */
    cpt_status (*compare)(const struct cpt_options *options, const struct cpt_target_host *host,
                          const struct cpt_text_options *text, struct cpt_buffer *out, bool *complete,
                          struct cpt_error *error);
};

/* The command NAME, or NULL. */
const struct cpt_command *cpt_command_find(const char *name);

/* The INDEX-th of all commands; NULL: there are no more. */
const struct cpt_command *cpt_command_get(size_t index);

/* The command that debuggers know as NAME, with "py-" or without; or NULL. */
const struct cpt_command *cpt_command_find_in_debugger(const char *name);

/* The text of `help py-NAME` in a debugger. */
void cpt_debugger_help_write(struct cpt_buffer *out, const struct cpt_command *command);

/* The texts of `--help` and `COMMAND --help`. */
void cpt_help_write(struct cpt_buffer *out);
void cpt_command_help_write(struct cpt_buffer *out, const struct cpt_command *command);

cpt_status cpt_command_stack(struct cpt_target *target, const struct cpt_options *options,
                             const struct cpt_text_options *text, struct cpt_buffer *out,
                             struct cpt_error *error);
cpt_status cpt_command_info(struct cpt_target *target, const struct cpt_options *options,
                            const struct cpt_text_options *text, struct cpt_buffer *out,
                            struct cpt_error *error);
cpt_status cpt_command_object(struct cpt_target *target, const struct cpt_options *options,
                              const struct cpt_text_options *text, struct cpt_buffer *out,
                              struct cpt_error *error);
cpt_status cpt_command_census(struct cpt_target *target, const struct cpt_options *options,
                              const struct cpt_text_options *text, struct cpt_buffer *out,
                              struct cpt_error *error);
cpt_status cpt_command_memory(struct cpt_target *target, const struct cpt_options *options,
                              const struct cpt_text_options *text, struct cpt_buffer *out,
                              struct cpt_error *error);
cpt_status cpt_command_refs(struct cpt_target *target, const struct cpt_options *options,
                            const struct cpt_text_options *text, struct cpt_buffer *out,
                            struct cpt_error *error);
cpt_status cpt_command_path(struct cpt_target *target, const struct cpt_options *options,
                            const struct cpt_text_options *text, struct cpt_buffer *out,
                            struct cpt_error *error);
cpt_status cpt_command_retained(struct cpt_target *target, const struct cpt_options *options,
                                const struct cpt_text_options *text, struct cpt_buffer *out,
                                struct cpt_error *error);
cpt_status cpt_command_leaks(struct cpt_target *target, const struct cpt_options *options,
                             const struct cpt_text_options *text, struct cpt_buffer *out,
                             struct cpt_error *error);
cpt_status cpt_command_bt(struct cpt_target *target, const struct cpt_options *options,
                          const struct cpt_text_options *text, struct cpt_buffer *out,
                          struct cpt_error *error);
cpt_status cpt_command_bt_full(struct cpt_target *target, const struct cpt_options *options,
                               const struct cpt_text_options *text, struct cpt_buffer *out,
                               struct cpt_error *error);
cpt_status cpt_command_list(struct cpt_target *target, const struct cpt_options *options,
                            const struct cpt_text_options *text, struct cpt_buffer *out,
                            struct cpt_error *error);
cpt_status cpt_command_up(struct cpt_target *target, const struct cpt_options *options,
                          const struct cpt_text_options *text, struct cpt_buffer *out,
                          struct cpt_error *error);
cpt_status cpt_command_down(struct cpt_target *target, const struct cpt_options *options,
                            const struct cpt_text_options *text, struct cpt_buffer *out,
                            struct cpt_error *error);
cpt_status cpt_command_locals(struct cpt_target *target, const struct cpt_options *options,
                              const struct cpt_text_options *text, struct cpt_buffer *out,
                              struct cpt_error *error);
cpt_status cpt_command_print(struct cpt_target *target, const struct cpt_options *options,
                             const struct cpt_text_options *text, struct cpt_buffer *out,
                             struct cpt_error *error);
cpt_status cpt_command_diff(const struct cpt_options *options, const struct cpt_target_host *host,
                            const struct cpt_text_options *text, struct cpt_buffer *out, bool *complete,
                            struct cpt_error *error);

#endif
