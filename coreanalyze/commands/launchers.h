/* The commands that start a debugger with the others in it. */
#ifndef CPT_COMMANDS_LAUNCHERS_H
#define CPT_COMMANDS_LAUNCHERS_H

#include "coreanalyze/base/buffer.h"

#include <stdbool.h>

/* Whether NAME is one of them: the debugger's name. */
bool cpt_launcher_is(const char *name);

/* Their part of `--help`, and the text of `NAME --help`. */
void cpt_launchers_help_write(struct cpt_buffer *out);
void cpt_launcher_help_write(struct cpt_buffer *out, const char *name);

#endif
