/* Starting a debugger with our commands in it. */
#ifndef CPT_TOOL_LAUNCH_H
#define CPT_TOOL_LAUNCH_H

/* As struct cpt_host's start_debugger: returns only where the debugger could not be started, with the reason on standard
   error, and then CPT_EXIT_NOTHING. */
int cpt_launch_debugger(void *arg, const char *name, int argc, char **argv);

#endif
