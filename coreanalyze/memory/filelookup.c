#include "coreanalyze/memory/filelookup.h"

#include "coreanalyze/base/rootpath.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The same file by its descriptor's real path: below a root it is not the one that was asked
   for. */
static void
name_found(int fd, const char *root, const char *path, struct cpt_found_file *found)
{
    char link[64];
    ssize_t length;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = readlink(link, found->path, sizeof(found->path) - 1);
    if (length > 0)
        found->path[length] = '\0';
    else
        snprintf(found->path, sizeof(found->path), "%s%s", root ? root : "", path);
}

/* Maps the regular file PATH below ROOT (NULL: as it is). Its size is taken once: as with a
   core, a file that is cut meanwhile is not guarded against. */
static bool
map_at(const char *root, const char *path, struct cpt_found_file *found)
{
    int fd = cpt_open_in_root(root, path, O_RDONLY);
    struct stat attributes;
    void *bytes = MAP_FAILED;

    if (fd < 0)
        return false;
    if (fstat(fd, &attributes) == 0 && attributes.st_size > 0)
        bytes = mmap(NULL, (size_t)attributes.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes != MAP_FAILED) {
        found->bytes = bytes;
        found->size = (size_t)attributes.st_size;
        name_found(fd, root, path, found);
    }
    close(fd);
    return bytes != MAP_FAILED;
}

static bool
is_executable(const struct cpt_file_search *search)
{
    const char *executable = search->options->executable;

    return executable && strcmp(executable, search->mapping->path) == 0;
}

static bool
try_exe(const struct cpt_file_search *search, struct cpt_found_file *found)
{
    const char *exe = search->options->exe;

    return exe && is_executable(search) && map_at(NULL, exe, found);
}

static bool
try_sysroot(const struct cpt_file_search *search, struct cpt_found_file *found)
{
    const char *sysroot = search->options->sysroot;

    return sysroot && map_at(sysroot, search->mapping->path, found);
}

static bool
try_recorded_path(const struct cpt_file_search *search, struct cpt_found_file *found)
{
    return map_at(NULL, search->mapping->path, found);
}

/* A container sees other files under the same paths. */
static bool
try_own_root(const struct cpt_file_search *search, struct cpt_found_file *found)
{
    char root[64];

    snprintf(root, sizeof(root), "/proc/%d/root", search->pid);
    return search->pid && map_at(root, search->mapping->path, found);
}

/* The link that leads to the mapped file itself, though it be deleted or replaced; for
   privileged users. */
static bool
try_map_files(const struct cpt_file_search *search, struct cpt_found_file *found)
{
    char path[128];

    snprintf(path, sizeof(path), "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, search->pid,
             search->mapping->start, search->mapping->end);
    return search->pid && map_at(NULL, path, found);
}

/* The same for the executable alone, and for everybody. */
static bool
try_proc_exe(const struct cpt_file_search *search, struct cpt_found_file *found)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/exe", search->pid);
    return search->pid && is_executable(search) && map_at(NULL, path, found);
}

static bool (*const places[])(const struct cpt_file_search *, struct cpt_found_file *) = {
    try_exe, try_sysroot, try_recorded_path, try_own_root, try_map_files, try_proc_exe,
};

void
cpt_file_search_begin(struct cpt_file_search *search, const struct cpt_memory *memory,
                      const struct cpt_filemap_options *options, const struct cpt_mapping *mapping)
{
    *search = (struct cpt_file_search){
        .options = options,
        .mapping = mapping,
        .pid = memory->kind == CPT_MEMORY_PROCESS && !options->elsewhere ? memory->pid : 0,
    };
}

bool
cpt_file_search_next(struct cpt_file_search *search, struct cpt_found_file *found)
{
    while (search->step < sizeof(places) / sizeof(places[0])) {
        if (places[search->step++](search, found))
            return true;
    }
    return false;
}
