/* Delivering a result: to the host, or into a file. */
#ifndef CPT_COMMANDS_RESULT_H
#define CPT_COMMANDS_RESULT_H

#include "coreanalyze/base/error.h"

#include <stddef.h>

/* Writes SIZE bytes into the file PATH atomically: a new file takes its place when it is complete. A device or FIFO is
   written to as it is; a symbolic link stays one. CPT_IO. */
CPT_MUST_USE cpt_status cpt_result_save(const char *path, const char *bytes, size_t size,
                                        struct cpt_error *error);

#endif
