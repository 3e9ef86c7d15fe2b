/* The public face of the library: what the stand-alone tool and the debugger plugins use, and nothing else. */
#ifndef COREPTILE_H
#define COREPTILE_H

#include <stdbool.h>
#include <stddef.h>

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
};

/* Runs one command line: ARGV[0] is the program's name, ARGV[1] the command, as in `coreptile stack 4711`. Returns the
   exit status. ARGV's order may be changed. */
int cpt_run(const struct cpt_host *host, int argc, char **argv);

#endif
