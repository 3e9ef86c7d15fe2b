/* The public face of the library: what the stand-alone tool and the debugger plugins use, and nothing else. */
#ifndef COREPTILE_H
#define COREPTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses. */
enum {
    CPT_EXIT_COMPLETE = 0,
    CPT_EXIT_HOLES = 1,   /* a result, but not a complete one */
    CPT_EXIT_NOTHING = 2, /* no result */
    CPT_EXIT_FOUND = 10,  /* what --fail was to fail for was found; the result may have holes as well */
    CPT_EXIT_USAGE = 64,
};

/* Where a command's output goes. The library itself writes to no stream. */
struct cpt_host {
    void *arg;
    /* A piece of the result. False: it could not be written, with errno set. */
    bool (*write)(void *arg, const char *bytes, size_t size);
    /* One line for standard error, without a newline. */
    void (*message)(void *arg, const char *line);
    /* A line about the work itself, for a terminal, that takes the place of the one before; NULL: takes that one away.
       NULL for the whole: nobody wants to see it. */
    void (*progress)(void *arg, const char *line);
    int input;  /* the descriptor that the target "-" is read from; -1: none */
    int width;  /* columns of the terminal that shows the result; 0: no terminal */
    bool color; /* that terminal shows colours */
    /* Puts the debugger NAME ("gdb", "lldb"), with our plugin and the arguments ARGV[1] … ARGV[ARGC - 1], in this
       program's place; returns an exit status where that cannot be. NULL: the host does not start debuggers. */
    int (*start_debugger)(void *arg, const char *name, int argc, char **argv);
};

/* Runs one command line: ARGV[0] is the program's name, ARGV[1] the command, as in `coreptile stack 4711`. Returns the
   exit status. ARGV's order may be changed. */
int cpt_run(const struct cpt_host *host, int argc, char **argv);

/* --- In a debugger ------------------------------------------------------------------------------------------------ */

/* A command as a debugger registers it: as "py-" and NAME. */
struct cpt_debugger_command {
    const char *name;    /* "census" */
    const char *summary; /* one line */
};

/* Fills COMMAND with the INDEX-th command that debuggers have; its texts are static. False: there are no more. */
bool cpt_debugger_command_get(size_t index, struct cpt_debugger_command *command);

/* The help text of the command NAME ("census" or "py-census"), of several lines, in memory that the caller frees; NULL:
   there is no such command, or no memory. */
char *cpt_debugger_help(const char *name);

/* x86-64's user_regs_struct: r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss
   fs_base gs_base ds es fs gs. orig_rax that is not known is all ones. */
#define CPT_DEBUGGER_REGISTERS 27

struct cpt_debugger_thread {
    int32_t tid;
    bool has_registers;
    uint64_t registers[CPT_DEBUGGER_REGISTERS];
};

enum cpt_debugger_target {
    CPT_DEBUGGER_NOTHING, /* no inferior, or one that is not started */
    CPT_DEBUGGER_PROCESS,
    CPT_DEBUGGER_CORE,
};

/* What commands remember from one to the next: the selected Python frame. */
struct cpt_session;

/* NULL: no memory. */
struct cpt_session *cpt_session_new(void);
void cpt_session_free(struct cpt_session *session);

/* A debugger and its current target, which stands still, as they are during one command. */
struct cpt_debugger {
    void *arg;
    const char *name;             /* "gdb", "lldb", for messages */
    enum cpt_debugger_target target;
    bool running;                 /* it does not stand still: then nothing is read */
    bool remote;                  /* another program reads the target for the debugger, perhaps on another machine */
    int32_t pid;
    const char *core;             /* path of the core file, or NULL */
    const char *executable;       /* what the debugger takes for the target's executable, on this machine; or NULL */
    const char *sysroot;          /* where the debugger looks for the target's files; NULL or "": nowhere else */
    const char *maps;             /* the target's mappings, in the form of /proc/PID/maps; NULL: not known. Needed where
                                     the target cannot be read directly */
    const struct cpt_debugger_thread *threads;
    size_t thread_count;
    int32_t selected;             /* tid of the selected thread; 0: none */
    uint64_t pc, sp;              /* of the selected native frame; 0: not known */
    uint64_t start_pc, start_sp;  /* of the innermost native frame of the selected thread; 0: not known */
    struct cpt_session *session;  /* or NULL: nothing is remembered */
    /* Copies from ADDRESS on up to SIZE bytes of the target's memory, as the debugger reads it, and returns how many come
       before the first that cannot be read. Called by the thread that called cpt_run_in_debugger alone. */
    size_t (*read)(void *arg, uint64_t address, void *buffer, size_t size);
    /* Whether the user wants to stop the command (Ctrl-C). Cheap; may be called by any thread. NULL: never. */
    bool (*cancelled)(void *arg);
};

/* Runs one command line on the target of DEBUGGER: ARGV[0] is ignored, ARGV[1] the command, with "py-" or without, and
   what follows are its options and arguments but for TARGET. Returns the exit status. ARGV's order may be changed. The
   target is never held, changed or let go. */
int cpt_run_in_debugger(const struct cpt_host *host, const struct cpt_debugger *debugger, int argc, char **argv);

#endif
