/* Waiting for a debuginfod server, which nobody shall have to.
 *
 * libdwfl opens libdebuginfod when it is needed, and that only; so do we. From elfutils 0.179 on; older ones wait.
 */
#include "symbols/native_internal.h"

#include <dlfcn.h>

struct debuginfod_client;

typedef struct debuginfod_client *get_client(Dwfl *dwfl);
typedef int progress_function(struct debuginfod_client *client, long done, long total);
typedef void set_progress(struct debuginfod_client *client, progress_function *function);
typedef void set_data(struct debuginfod_client *client, void *data);
typedef void *get_data(struct debuginfod_client *client);

static get_data *data_of;

/* Called now and then, about each second where nothing comes; other than 0 ends the transfer. */
static int
is_over(struct debuginfod_client *client, long done, long total)
{
    (void)done;
    (void)total;
    return cpt_progress_is_cancelled(data_of(client));
}

void
cpt_native_watch_servers(struct cpt_native *native)
{
    struct cpt_progress *progress = native->query.memory->progress;
    get_client *client_of = (get_client *)dlsym(RTLD_DEFAULT, "dwfl_get_debuginfod_client");
    struct debuginfod_client *client = progress && client_of ? client_of(native->dwfl) : NULL;
    void *library = client ? dlopen("libdebuginfod.so.1", RTLD_LAZY | RTLD_NOLOAD) : NULL;
    set_progress *watch = library ? (set_progress *)dlsym(library, "debuginfod_set_progressfn") : NULL;
    set_data *keep = library ? (set_data *)dlsym(library, "debuginfod_set_user_data") : NULL;

    data_of = library ? (get_data *)dlsym(library, "debuginfod_get_user_data") : NULL;
    if (watch && keep && data_of) {
        keep(client, progress);
        watch(client, is_over);
    }
    /* It stays loaded, since libdwfl has it, too. */
    if (library)
        dlclose(library);
}
