/* Runs the command of a request and writes the answer. On gdb's main thread alone. */
#ifndef CPT_GDB_COMMAND_H
#define CPT_GDB_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the target's memory is read: all of SIZE bytes or nothing. */
typedef bool (*cpt_gdb_reader)(void *arg, uint64_t address, void *buffer, size_t size);

/* Takes the request that waits, unless it is for another process than PID (0: any), and runs it, with READ. */
void cpt_gdb_command_run(cpt_gdb_reader read, void *arg, int32_t pid);

/* The same where nothing can be read yet: only commands that end without reading are run. */
void cpt_gdb_command_run_unread(void);

#endif
