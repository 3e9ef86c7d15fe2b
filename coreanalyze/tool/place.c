#include "coreanalyze/tool/place.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The directory of this program, whatever name it was started by. */
static bool
own_directory(char directory[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", directory, PATH_MAX - 1);

    if (size <= 0)
        return false;
    directory[size] = 0;
    *strrchr(directory, '/') = 0;
    return true;
}

/* How much of both paths is the same, in whole components. */
static size_t
common_length(const char *a, const char *b)
{
    size_t same = 0;

    for (size_t i = 0;; i++) {
        if ((!a[i] || a[i] == '/') && (!b[i] || b[i] == '/'))
            same = i;
        if (!a[i] || a[i] != b[i])
            return same;
    }
}

/* Cuts the end TAIL off DIRECTORY. */
static bool
cut_tail(char *directory, const char *tail)
{
    size_t size = strlen(directory), length = strlen(tail);

    if (length > size || strcmp(directory + size - length, tail) != 0)
        return false;
    directory[size - length] = 0;
    return true;
}

static bool
join(char path[PATH_MAX], const char *directory, const char *file)
{
    int size = snprintf(path, PATH_MAX, "%s%s", directory, file);

    return size > 0 && size < PATH_MAX;
}

bool
cpt_place_of_installed(char path[PATH_MAX], const char *installed)
{
    size_t same = common_length(CPT_BINDIR, installed);
    char directory[PATH_MAX];

    return own_directory(directory) && cut_tail(directory, &CPT_BINDIR[same]) && join(path, directory, installed + same);
}

bool
cpt_place_find(char path[PATH_MAX], const char *built, const char *installed)
{
    char directory[PATH_MAX];

    if (own_directory(directory) && strlen(directory) + 1 < PATH_MAX && strcat(directory, "/") &&
        join(path, directory, built) && access(path, R_OK) == 0)
        return true;
    if (cpt_place_of_installed(path, installed) && access(path, R_OK) == 0)
        return true;
    return join(path, "", installed) && access(path, R_OK) == 0;
}
