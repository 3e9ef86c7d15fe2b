#include "coreanalyze/commands/debuginfod.h"

#include "coreanalyze/base/buffer.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_FILES "/etc/debuginfod/*.urls"

/* The words of the file PATH. */
static void
add_urls(struct cpt_buffer *urls, const char *path)
{
    FILE *file = fopen(path, "re");
    char line[4096];

    while (file && fgets(line, sizeof(line), file)) {
        char *rest = line;

        line[strcspn(line, "#")] = '\0';
        for (char *word; (word = strsep(&rest, " \t\n"));) {
            if (!word[0])
                continue;
            if (urls->size)
                cpt_buffer_add_char(urls, ' ');
            cpt_buffer_add_text(urls, word);
        }
    }
    if (file)
        fclose(file);
}

cpt_status
cpt_debuginfod_begin(struct cpt_debuginfod *use, struct cpt_error *error)
{
    const char *now = getenv("DEBUGINFOD_URLS");
    struct cpt_buffer urls = {0};
    glob_t files;

    use->was_set_here = false;
    if (now && now[0])
        return CPT_OK;
    if (glob(URL_FILES, 0, NULL, &files) == 0) {
        for (size_t i = 0; i < files.gl_pathc; i++)
            add_urls(&urls, files.gl_pathv[i]);
        globfree(&files);
    }
    use->was_set_here = urls.size && !urls.failed && setenv("DEBUGINFOD_URLS", urls.data, 1) == 0;
    cpt_buffer_free(&urls);
    if (use->was_set_here)
        return CPT_OK;
    cpt_error_set(error, CPT_ABSENT, "--debuginfod: no servers are known, neither in DEBUGINFOD_URLS nor in %s",
                  URL_FILES);
    return cpt_error_hint(error, "set DEBUGINFOD_URLS to those of your distribution");
}

void
cpt_debuginfod_end(struct cpt_debuginfod *use)
{
    if (use->was_set_here)
        unsetenv("DEBUGINFOD_URLS");
    use->was_set_here = false;
}
