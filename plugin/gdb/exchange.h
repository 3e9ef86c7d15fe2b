/* How requests come in and answers go out: two files in memory, at descriptor numbers that the command script knows.
 *
 * The script writes a request through /proc/PID/fd and, after the trigger, sources the answer, which consists of gdb's
 * commands: so that all output is gdb's own. Instances of the plugin in one gdb share the files.
 */
#ifndef CPT_GDB_EXCHANGE_H
#define CPT_GDB_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

/* The script has them, too. */
#define CPT_GDB_REQUEST 909
#define CPT_GDB_ANSWER 910

/* Makes the files unless they are there. False: impossible, and nothing is changed. */
bool cpt_gdb_exchange_open(void);

/* The request that waits, in memory that the caller frees, NUL-terminated; it waits no more. NULL: there is none. */
char *cpt_gdb_exchange_take(void);

/* Puts a request that was taken back. */
void cpt_gdb_exchange_return(const char *request);

/* The same for one that lacks mappings: it waits again once the script, which the answer asks to, has added them. */
void cpt_gdb_exchange_continue(const char *request);

/* An answer as it is written. */
struct cpt_gdb_answer {
    size_t size;    /* bytes that are not in the file yet */
    bool quoted;    /* within a command that prints */
    size_t printed; /* bytes by that command so far */
    int error;      /* an errno; 0: none */
};

/* Begins an answer, one at a time; what was there goes. */
void cpt_gdb_answer_begin(struct cpt_gdb_answer *answer);

/* Adds what gdb is to print, any bytes. False: it could not be kept, with errno set. */
bool cpt_gdb_answer_print(struct cpt_gdb_answer *answer, const char *bytes, size_t size);

struct cpt_gdb_ending {
    int status;        /* the command's exit status */
    const char *error; /* the line that gdb is to fail with, or NULL */
    bool in_c;         /* expressions of gdb's are in C as it is */
    bool remote;       /* the next request is to have mappings at once */
};

void cpt_gdb_answer_end(struct cpt_gdb_answer *answer, const struct cpt_gdb_ending *ending);

#endif
