/* A directory of its own for one test program; names are relative to it. */
#ifndef CPT_TESTS_SCRATCH_H
#define CPT_TESTS_SCRATCH_H

#include <stddef.h>

extern char scratch_root[];

/* Group fixtures of cmocka. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* The full path of NAME, in one of a few buffers used in turn. */
const char *scratch_path(const char *name);

/* These make the directories that NAME lies in, and fail the test where they cannot. */
void scratch_file(const char *name, const void *bytes, size_t size);
void scratch_text(const char *name, const char *text);
void scratch_link(const char *name, const char *target);

#endif
