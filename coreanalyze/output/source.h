/* Lines of the target's source files, as far as they are on this machine. */
#ifndef CPT_OUTPUT_SOURCE_H
#define CPT_OUTPUT_SOURCE_H

#include "coreanalyze/base/arena.h"
#include "coreanalyze/base/hash.h"
#include "coreanalyze/base/vec.h"
#include "coreanalyze/output/output.h"

/* All files of one output; each is looked for and read once. */
struct cpt_sources {
    const struct cpt_source_options *options;
    struct cpt_arena arena;           /* holds the files and what is known of them */
    struct cpt_hash by_name;          /* from the hash of a name to its file */
    struct cpt_buffer latin1;         /* the last line that had to be converted */
    CPT_VEC(struct cpt_text) changed; /* files not shown because they were changed too late */
    size_t files;                     /* looked for */
    size_t bytes;                     /* read */
};

struct cpt_source_line {
    const char *text; /* without indentation and line end; valid until the next call */
    size_t size;      /* > 0 */
    size_t indent;    /* bytes of the indentation, which columns count */
    bool has_columns; /* TEXT is the UTF-8 that the compiler saw, so that its columns fit */
};

/* OPTIONS must outlive SOURCES. */
void cpt_sources_init(struct cpt_sources *sources, const struct cpt_source_options *options);

/* Line NUMBER (from 1) of the file named NAME in a code object; the bytes of NAME must outlive
   SOURCES. False where there is none to show: the file is not here or was changed, the line is
   blank or beyond its end, the name is none of a file ("<string>"). */
bool cpt_sources_line(struct cpt_sources *sources, const struct cpt_text *name, int32_t number,
                      struct cpt_source_line *line);

/* The same line whole, with its indentation and without what is blank at its end: a blank one too. */
bool cpt_sources_whole_line(struct cpt_sources *sources, const struct cpt_text *name, int32_t number,
                            struct cpt_source_line *line);

/* How many lines the file has; 0: it cannot be shown. */
size_t cpt_sources_line_count(struct cpt_sources *sources, const struct cpt_text *name);

/* Why no line of the file can be shown, as "it cannot be read here": static, or of the options of SOURCES. */
const char *cpt_sources_reason(struct cpt_sources *sources, const struct cpt_text *name);

void cpt_sources_free(struct cpt_sources *sources);

#endif
