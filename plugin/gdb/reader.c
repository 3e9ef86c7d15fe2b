/* The way in that is there at any time and for any target: gdb asks a JIT reader to unwind each frame, and lets it read
 * the target's memory then. All frames are left to gdb. */
#include "plugin/gdb/reader.h"

#include "plugin/gdb/command.h"
#include "plugin/gdb/exchange.h"

#include <limits.h>

static bool
read_target(void *arg, uint64_t address, void *buffer, size_t size)
{
    const struct cpt_gdb_unwinding *unwinding = arg;
    char *to = buffer;

    while (size) {
        int part = size < INT_MAX / 2 ? (int)size : INT_MAX / 2;

        if (unwinding->target_read(address, to, part) != CPT_GDB_SUCCESS)
            return false;
        address += (uint64_t)part;
        to += part;
        size -= (size_t)part;
    }
    return true;
}

static enum cpt_gdb_status
read_nothing(struct cpt_gdb_functions *self, void *symbols, void *memory, long size)
{
    (void)self;
    (void)symbols;
    (void)memory;
    (void)size;
    return CPT_GDB_FAIL;
}

static enum cpt_gdb_status
unwind_nothing(struct cpt_gdb_functions *self, struct cpt_gdb_unwinding *unwinding)
{
    (void)self;
    cpt_gdb_command_run(read_target, unwinding, 0);
    return CPT_GDB_FAIL;
}

static struct cpt_gdb_frame_id
get_no_frame(struct cpt_gdb_functions *self, struct cpt_gdb_unwinding *unwinding)
{
    (void)self;
    (void)unwinding;
    return (struct cpt_gdb_frame_id){0, 0};
}

static void
destroy_nothing(struct cpt_gdb_functions *self)
{
    (void)self;
}

int
plugin_is_GPL_compatible(void)
{
    return 0;
}

struct cpt_gdb_functions *
gdb_init_reader(void)
{
    static struct cpt_gdb_functions functions = {
        .version = CPT_GDB_READER_VERSION,
        .read = read_nothing,
        .unwind = unwind_nothing,
        .get_frame_id = get_no_frame,
        .destroy = destroy_nothing,
    };

    if (!cpt_gdb_exchange_open())
        return NULL;
    cpt_gdb_command_run_unread();
    return &functions;
}
