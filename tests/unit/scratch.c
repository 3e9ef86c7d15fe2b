#include "tests/unit/scratch.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

char scratch_root[256];

int
scratch_setup(void **state)
{
    const char *tmp = getenv("TMPDIR");

    (void)state;
    snprintf(scratch_root, sizeof(scratch_root), "%s/cpt-unit-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    return mkdtemp(scratch_root) ? 0 : -1;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

int
scratch_teardown(void **state)
{
    (void)state;
    return nftw(scratch_root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *
scratch_path(const char *name)
{
    static char paths[8][4096];
    static unsigned turn;
    char *path = paths[turn++ % 8];

    snprintf(path, sizeof(paths[0]), "%s/%s", scratch_root, name);
    return path;
}

/* Makes all directories above the file at PATH. */
static void
make_parents(const char *path)
{
    char parent[4096];

    snprintf(parent, sizeof(parent), "%s", path);
    for (char *slash = strchr(parent + strlen(scratch_root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(parent, 0700);
        *slash = '/';
    }
}

void
scratch_file(const char *name, const void *bytes, size_t size)
{
    const char *path = scratch_path(name);
    FILE *file;

    make_parents(path);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void
scratch_text(const char *name, const char *text)
{
    scratch_file(name, text, strlen(text));
}

void
scratch_link(const char *name, const char *target)
{
    const char *path = scratch_path(name);

    make_parents(path);
    assert_int_equal(symlink(target, path), 0);
}
