#include "coreanalyze/commands/target.h"

#include "coreanalyze/commands/debugger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cpt_status
open_core(struct cpt_target *target, const struct cpt_options *options,
          const struct cpt_target_host *host, struct cpt_error *error)
{
    bool is_input = strcmp(options->core, "-") == 0;
    struct cpt_core_source source = {
        .path = is_input ? "standard input" : options->core,
        .fd = is_input ? host->input : -1,
        .log = host->log,
        .progress = host->progress,
    };
    cpt_status status = cpt_core_open_source(&target->core, &source, error);

    if (!status)
        target->memory = cpt_core_memory(target->core);
    target->path = options->core;
    return status;
}

static cpt_status
open_memory(struct cpt_target *target, const struct cpt_options *options,
            const struct cpt_target_host *host, struct cpt_error *error)
{
    cpt_status status;

    if (host->debugger)
        return cpt_debugger_open(target, host, error);
    if (options->core)
        return open_core(target, options, host, error);
    status = cpt_process_open(&target->process, options->pid, target->log, error);
    if (!status)
        target->memory = cpt_process_memory(target->process);
    return status;
}

static const char *
executable_path(const struct cpt_target *target)
{
    if (target->core)
        return cpt_core_info(target->core)->executable;
    return target->process ? cpt_process_executable(target->process) : cpt_callback_executable(target->callback);
}

static cpt_status
open_files(struct cpt_target *target, const struct cpt_options *options, struct cpt_error *error)
{
    struct cpt_filemap_options places = {
        .core = target->core,
        .exe = options->exe ? options->exe : options->told_exe,
        .executable = executable_path(target),
        .sysroot = options->sysroot,
        .elsewhere = target->callback && target->debugger->remote,
    };
    struct cpt_file *files;
    size_t count;
    cpt_status status = cpt_filemap_open(&target->filemap, target->memory, &places, error);

    if (status)
        return status;
    files = cpt_filemap_files(target->filemap, &count);
    for (size_t i = 0; i < count && !target->executable; i++) {
        if (strcmp(files[i].path, places.executable) == 0)
            target->executable = &files[i];
    }
    return CPT_OK;
}

static const char *
image_file(void *arg, size_t image)
{
    struct cpt_target *target = arg;
    struct cpt_file *file = target->images[image];

    if (cpt_filemap_resolve(target->filemap, file) != CPT_FILE_MATCHES)
        return NULL;
    return file->found;
}

/* The search gets the files whose beginning is mapped, which is where an ELF header is. */
static size_t
list_images(struct cpt_target *target, struct cpt_find_image *images, size_t *executable)
{
    size_t count, kept = 0;
    struct cpt_file *files = cpt_filemap_files(target->filemap, &count);

    *executable = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        if (!files[i].base)
            continue;
        if (&files[i] == target->executable)
            *executable = kept;
        images[kept] = (struct cpt_find_image){.base = files[i].base, .path = files[i].path};
        target->images[kept++] = &files[i];
    }
    return kept;
}

static cpt_status
find_python(struct cpt_target *target, const struct cpt_options *options, struct cpt_error *error)
{
    struct cpt_find_query query = {
        .memory = target->memory,
        .file = image_file,
        .arg = target,
        .ways = options->find_ways,
        .layout = options->layout,
        .sysroot = options->sysroot,
        .log = target->log,
    };
    struct cpt_find_image *images;
    size_t count;
    cpt_status status;

    cpt_filemap_files(target->filemap, &count);
    images = calloc(count + 1, sizeof(*images));
    target->images = calloc(count + 1, sizeof(*target->images));
    if (!images || !target->images) {
        free(images);
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    }
    query.images = images;
    query.image_count = list_images(target, images, &query.executable);
    status = cpt_find_python(&query, &target->found, error);
    if (target->found.image >= query.image_count)
        target->found.image = SIZE_MAX;
    free(images);
    return status;
}

/* A failure to find CPython in a core that lacks what is needed for it is no wonder, and is to be said so. */
static cpt_status
explain_by_core(struct cpt_target *target, struct cpt_error *error)
{
    const struct cpt_core_info *info = cpt_core_info(target->core);

    if (info->lacks_anonymous) {
        cpt_error_set(error, CPT_ABSENT,
                      "the core lacks the memory of the process: its coredump_filter left out all that is anonymous");
        cpt_error_hint(error, "for the next one: echo 0x33 > /proc/PID/coredump_filter");
    } else if (info->truncated) {
        cpt_error_hint(error, "the core is cut short: its last %" PRIu64 " bytes are missing%s%s",
                       info->missing_bytes, info->damage[0] ? ", for " : "", info->damage);
    } else if (info->lacks_headers) {
        cpt_error_hint(error, "its coredump_filter left out the first pages of all files, by which they are known: "
                              "for the next one, 0x33");
    }
    return error->status;
}

/* What the core lacks limits every answer, so it is said before any. */
static void
warn_of_core(struct cpt_target *target)
{
    const struct cpt_core_info *info = target->core ? cpt_core_info(target->core) : NULL;

    if (!info || !info->truncated)
        return;
    if (info->damage[0] && info->missing_bytes)
        cpt_holes_add(&target->holes, "truncated", 0,
                      "the core is cut short: %s, and its last %" PRIu64 " bytes are missing", info->damage,
                      info->missing_bytes);
    else if (info->damage[0])
        cpt_holes_add(&target->holes, "truncated", 0, "the core may be cut short, or wrong in places: %s",
                      info->damage);
    else
        cpt_holes_add(&target->holes, "truncated", 0,
                      "the core is cut short: its last %" PRIu64 " bytes are missing",
                      info->missing_bytes);
}

/* Somebody else's writing to a core while it is read can have made anything of it: most often it is still being
   written. */
static void
warn_of_change(struct cpt_target *target)
{
    const char *how = cpt_core_changed(target->core);

    if (how && !target->changed)
        cpt_holes_add(&target->holes, "changed", 0, "the core is not to be relied on: %s", how);
    target->changed = how != NULL;
}

/* A wrong --exe is passed over for the file at the recorded path, so it has to be said. */
static void
warn_of_exe(struct cpt_target *target, const struct cpt_options *options)
{
    struct cpt_file *file = target->executable;

    if (!options->exe || (file && cpt_filemap_resolve(target->filemap, file) == CPT_FILE_MATCHES &&
                          strcmp(file->found, options->exe) == 0))
        return;
    cpt_holes_note(&target->holes, "file-differs",
                   "%s, given with --exe, could not be told to be what the %s ran: it is not used",
                   options->exe, target->core ? "core" : "process");
}

cpt_status
cpt_target_open(struct cpt_target *target, const struct cpt_options *options,
                const struct cpt_target_host *host, struct cpt_error *error)
{
    const struct cpt_log *log = host->log;
    cpt_status status;

    memset(target, 0, sizeof(*target));
    target->log = log;
    target->progress = host->progress;
    target->debugger = host->debugger;
    status = open_memory(target, options, host, error);
    if (!status)
        target->memory->progress = host->progress;
    if (!status)
        status = open_files(target, options, error);
    if (!status)
        status = find_python(target, options, error);
    if (status && target->core && status != CPT_NOMEM)
        status = explain_by_core(target, error);
    if (status == CPT_NOT_PYTHON && target->debugger && !target->core)
        cpt_error_hint(error, "if it is going to run Python, let it run until it has loaded it");
    if (status && target->process && !cpt_process_is_alive(target->process))
        status = cpt_error_set(error, CPT_GONE, "process %d ended while it was read",
                               (int)options->pid);
    if (status) {
        cpt_target_close(target);
        return status;
    }
    cpt_python_version_format(target->found.layout.version.hex, target->version,
                              sizeof(target->version));
    cpt_log_printf(log, CPT_LOG_VERBOSE, "CPython %s at 0x%" PRIx64 ", found by %s, layout %s",
                   target->version, target->found.runtime, cpt_find_way_name(target->found.way),
                   cpt_layout_origin_name(target->found.layout.main_origin));
    /* Not before: the search looks into every file, and not all that it lacks is needed. */
    cpt_filemap_serve(target->filemap);
    warn_of_core(target);
    warn_of_exe(target, options);
    return CPT_OK;
}

void
cpt_target_close(struct cpt_target *target)
{
    cpt_filemap_close(target->filemap);
    cpt_process_close(target->process);
    cpt_callback_close(target->callback);
    cpt_core_close(target->core);
    cpt_holes_free(&target->holes);
    free(target->images);
    memset(target, 0, sizeof(*target));
}

cpt_status
cpt_target_hold(struct cpt_target *target, const struct cpt_options *options,
                struct cpt_error *error)
{
    if (!target->process || options->no_pause)
        return CPT_OK;
    return cpt_process_hold(target->process, &target->holes, error);
}

cpt_status
cpt_target_release(struct cpt_target *target, cpt_status status, struct cpt_error *error)
{
    struct cpt_hold_time time = {0};

    if (target->core)
        warn_of_change(target);
    if (!target->process)
        return status;
    cpt_process_release(target->process, &time);
    if (time.threads)
        cpt_log_printf(target->log, CPT_LOG_VERBOSE, "held %zu threads, longest %.3f ms",
                       time.threads, time.longest_ms);
    if (!cpt_process_is_alive(target->process))
        return cpt_error_set(error, CPT_GONE, "process %d ended while it was read",
                             (int)target->memory->pid);
    return status;
}

struct cpt_file *
cpt_target_python(const struct cpt_target *target)
{
    return target->found.image == SIZE_MAX ? NULL : target->images[target->found.image];
}

void
cpt_target_note_files(struct cpt_target *target)
{
    size_t count;
    const struct cpt_file *files = cpt_filemap_files(target->filemap, &count);
    struct cpt_file *python = cpt_target_python(target);

    if (target->core && python)
        cpt_filemap_resolve(target->filemap, python);
    for (size_t i = 0; i < count; i++) {
        if (files[i].resolved && files[i].match == CPT_FILE_DIFFERS)
            cpt_holes_note(&target->holes, "file-differs", "%s is not the build that the target runs",
                           files[i].found ? files[i].found : files[i].path);
        else if (files[i].wanted || (target->core && &files[i] == python))
            cpt_filemap_note(&files[i], &target->holes);
    }
}

void
cpt_target_envelope(const struct cpt_target *target, const char *command,
                    struct cpt_envelope *envelope)
{
    const char *executable = executable_path(target);
    const struct cpt_layout *layout = &target->found.layout;

    memset(envelope, 0, sizeof(*envelope));
    envelope->command = command;
    envelope->is_core = target->core || (target->debugger && target->debugger->target == CPT_DEBUGGER_CORE);
    envelope->pid = target->memory->pid;
    envelope->path = target->path;
    envelope->executable = executable[0] ? executable : NULL;
    envelope->version = target->version;
    envelope->debug_build = layout->version.debug_build;
    envelope->free_threaded = layout->version.free_threaded;
    envelope->layout = cpt_layout_origin_name(layout->main_origin);
    envelope->holes = &target->holes;
    if (target->core) {
        const struct cpt_core_signal *signal = &cpt_core_info(target->core)->signal;

        envelope->signal.number = signal->number;
        envelope->signal.has_address = signal->has_address;
        envelope->signal.has_sender = signal->has_sender;
        envelope->signal.address = signal->address;
        envelope->signal.thread = signal->thread;
        envelope->signal.sender_pid = signal->sender_pid;
    }
}

/* Sources of a core, or of a process that may be of another machine, are taken from this machine only where the
   interpreter that ran them is here too: the same build at the recorded place. */
static const char *
why_no_sources(struct cpt_target *target)
{
    struct cpt_file *python = cpt_target_python(target);

    if (!python || cpt_filemap_resolve(target->filemap, python) == CPT_FILE_UNKNOWN)
        return target->core ? "nothing tells whether the core is of this machine"
                            : "nothing tells whether the process is of this machine";
    if (python->match == CPT_FILE_MISSING)
        return target->core ? "the interpreter of the core is not on this machine"
                            : "the interpreter of the process is not on this machine";
    if (python->match == CPT_FILE_DIFFERS)
        return target->core ? "the interpreter on this machine is not the build in the core"
                            : "the interpreter on this machine is not the build in the process";
    if (strcmp(python->found, python->path) != 0)
        return "the interpreter was given, and where its sources are was not (--sysroot)";
    return NULL;
}

/* The target's working directory as the target itself sees it, or NULL: without the root that a chroot or a container
   gave it. */
static const char *
working_directory(struct cpt_target *target)
{
    char link[32], root[sizeof(target->cwd)];
    ssize_t root_size, size;

    snprintf(link, sizeof(link), "/proc/%d/root", (int)target->memory->pid);
    root_size = readlink(link, root, sizeof(root));
    snprintf(link, sizeof(link), "/proc/%d/cwd", (int)target->memory->pid);
    size = readlink(link, target->cwd, sizeof(target->cwd) - 1);
    if (size <= 0 || root_size <= 0 || (size_t)root_size == sizeof(root))
        return NULL;
    target->cwd[size] = '\0';
    if (root_size > 1 && size >= root_size && memcmp(target->cwd, root, (size_t)root_size) == 0 &&
        (target->cwd[root_size] == '/' || !target->cwd[root_size]))
        return target->cwd[root_size] ? target->cwd + root_size : "/";
    return target->cwd;
}

void
cpt_target_sources(struct cpt_target *target, const struct cpt_options *options,
                   struct cpt_source_options *sources)
{
    memset(sources, 0, sizeof(*sources));
    sources->root = options->sysroot;
    if (target->process) {
        snprintf(target->root, sizeof(target->root), "/proc/%d/root", (int)target->memory->pid);
        if (!sources->root) {
            sources->root = target->root;
            sources->by_ctime = true;
        }
        sources->cwd = working_directory(target);
        sources->newest = cpt_process_start_time(target->process);
        return;
    }
    if (!options->sysroot)
        sources->refused = why_no_sources(target);
    if (target->core)
        sources->newest = cpt_core_info(target->core)->mtime;
}
