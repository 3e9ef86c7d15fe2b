#include "coreanalyze/output/source.h"

#include "coreanalyze/base/rootpath.h"
#include "coreanalyze/output/text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* A target may name any file, and as many as it likes. */
#define MAX_FILE_BYTES  ((size_t)32 << 20)
#define MAX_TOTAL_BYTES ((size_t)64 << 20)
#define MAX_FILES       65536

#define LINES_A_MARK 16 /* of the index; lines in between are counted */

/* A file of the target. One that is not to be shown has no bytes. */
struct source_file {
    struct source_file *next; /* of the same hash */
    struct cpt_text name;
    char *bytes;
    size_t size;
    uint32_t *marks; /* offsets of line 1, 1 + LINES_A_MARK, … */
    size_t line_count;
    bool latin1; /* says that it is Latin-1 (PEP 263) */
};

void
cpt_sources_init(struct cpt_sources *sources, const struct cpt_source_options *options)
{
    *sources = (struct cpt_sources){.options = options};
}

void
cpt_sources_free(struct cpt_sources *sources)
{
    cpt_hash_free(&sources->by_name);
    cpt_buffer_free(&sources->latin1);
    cpt_vec_free(&sources->changed);
    cpt_arena_free(&sources->arena);
}

/* Eight bytes at a time: every frame asks. */
static uint64_t
hash_name(const struct cpt_text *name)
{
    uint64_t hash = name->size;

    for (size_t i = 0; i < name->size; i += 8) {
        uint64_t word = 0;

        memcpy(&word, name->data + i, name->size - i < 8 ? name->size - i : 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

/* Whether NAME can be one of a file; what compile() was told otherwise is "<string>", "<stdin>",
   "<frozen importlib._bootstrap>". */
static bool
is_file_name(const struct cpt_text *name)
{
    if (!name->data || !name->size || name->size >= PATH_MAX)
        return false;
    if (memchr(name->data, '\0', name->size))
        return false;
    return name->data[0] != '<' || name->data[name->size - 1] != '>';
}

static int
open_source(const struct cpt_source_options *options, const char *name)
{
    struct cpt_buffer path = {0};
    int fd = -1;

    if (*name == '/')
        return cpt_open_in_root(options->root, name, O_RDONLY);
    if (!options->cwd)
        return -1;
    cpt_buffer_printf(&path, "%s/%s", options->cwd, name);
    if (!path.failed)
        fd = cpt_open_in_root(options->root, path.data, O_RDONLY);
    cpt_buffer_free(&path);
    return fd;
}

static bool
is_changed(const struct cpt_source_options *options, const struct stat *st)
{
    if (!options->newest)
        return false;
    return st->st_mtim.tv_sec > options->newest ||
           (options->by_ctime && st->st_ctim.tv_sec > options->newest);
}

static size_t
read_fully(int fd, char *bytes, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = read(fd, bytes + done, size - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

/* Python ends a line also at a lone CR: those become LF. The CR before an LF is cut off with the
   blanks at the end of the line. */
static void
unify_line_ends(char *bytes, size_t size)
{
    char *end = bytes + size;

    for (char *cr = memchr(bytes, '\r', size); cr; cr = memchr(cr, '\r', (size_t)(end - cr))) {
        if (cr + 1 == end || cr[1] != '\n')
            *cr = '\n';
        cr++;
    }
}

/* The start of the line after the one at OFFSET; the size of the file at its end. */
static size_t
next_line(const struct source_file *file, size_t offset)
{
    const char *end = memchr(file->bytes + offset, '\n', file->size - offset);

    return end ? (size_t)(end - file->bytes) + 1 : file->size;
}

static bool
index_lines(struct cpt_arena *arena, struct source_file *file)
{
    size_t line = 0;

    for (size_t offset = 0; offset < file->size; offset = next_line(file, offset))
        file->line_count++;
    file->marks = cpt_arena_array(arena, file->line_count / LINES_A_MARK + 1, sizeof(*file->marks));
    if (!file->marks)
        return false;
    for (size_t offset = 0; offset < file->size; offset = next_line(file, offset), line++) {
        if (line % LINES_A_MARK == 0)
            file->marks[line / LINES_A_MARK] = (uint32_t)offset;
    }
    return true;
}

/* Whether TEXT begins with a name of Latin-1, in the spellings that people use. */
static bool
names_latin1(const char *text, size_t size)
{
    static const char *const names[] = {"latin-1",   "latin_1",    "latin1",      "iso-8859-1",
                                        "iso8859-1", "iso_8859_1", "iso-latin-1", "l1"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t length = strlen(names[i]);

        if (size >= length && !strncasecmp(text, names[i], length) &&
            (size == length || !(isalnum((uint8_t)text[length]) || text[length] == '_')))
            return true;
    }
    return false;
}

/* Whether a line is a comment that declares Latin-1 as PEP 263 has it: "coding" and ":" or "=". */
static bool
declares_latin1(const char *line, size_t size)
{
    const char *end = line + size, *at = line;

    while (at < end && (*at == ' ' || *at == '\t' || *at == '\f'))
        at++;
    if (at == end || *at != '#')
        return false;
    while ((at = memmem(at, (size_t)(end - at), "coding", 6)) != NULL) {
        at += 6;
        if (at == end || (*at != ':' && *at != '='))
            continue;
        for (at++; at < end && (*at == ' ' || *at == '\t'); at++)
            continue;
        return names_latin1(at, (size_t)(end - at));
    }
    return false;
}

/* The declaration may stand in the first two lines. */
static bool
is_latin1(const struct source_file *file)
{
    size_t second = next_line(file, 0);

    return declares_latin1(file->bytes, second) ||
           declares_latin1(file->bytes + second, next_line(file, second) - second);
}

/* Takes what FD holds. A file of /proc says that it is empty, which keeps out all of those. */
static void
load(struct cpt_sources *sources, struct source_file *file, int fd, size_t size)
{
    if (!size || size > MAX_FILE_BYTES || size > MAX_TOTAL_BYTES - sources->bytes)
        return;
    file->bytes = cpt_arena_alloc(&sources->arena, size);
    if (!file->bytes)
        return;
    file->size = read_fully(fd, file->bytes, size);
    sources->bytes += file->size;
    if (file->size >= 3 && !memcmp(file->bytes, "\xef\xbb\xbf", 3)) {
        file->bytes += 3; /* the byte order mark is no part of the first line */
        file->size -= 3;
    }
    unify_line_ends(file->bytes, file->size);
    if (!index_lines(&sources->arena, file))
        file->line_count = 0;
    file->latin1 = is_latin1(file);
}

static void
look_up(struct cpt_sources *sources, struct source_file *file)
{
    char *path = cpt_arena_text(&sources->arena, file->name.data, file->name.size);
    struct cpt_text *changed;
    struct stat st;
    int fd = path ? open_source(sources->options, path) : -1;

    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0) {
        if (!is_changed(sources->options, &st))
            load(sources, file, fd, (size_t)st.st_size);
        else if ((changed = cpt_vec_add(&sources->changed)) != NULL)
            *changed = file->name;
    }
    close(fd);
}

/* The file named NAME, looked up now if it is the first time; NULL where no more are taken. */
static const struct source_file *
find(struct cpt_sources *sources, const struct cpt_text *name)
{
    uint64_t hash = hash_name(name);
    struct source_file *first = cpt_hash_get(&sources->by_name, hash), *file;

    for (file = first; file; file = file->next) {
        if (file->name.size == name->size && !memcmp(file->name.data, name->data, name->size))
            return file;
    }
    if (sources->files >= MAX_FILES)
        return NULL;
    file = cpt_arena_alloc(&sources->arena, sizeof(*file));
    if (!file)
        return NULL;
    file->name = *name;
    file->next = first;
    if (!cpt_hash_set(&sources->by_name, hash, file))
        return NULL;
    sources->files++;
    look_up(sources, file);
    return file;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\r' || c == '\n';
}

static bool
is_utf8(const char *bytes, size_t size)
{
    size_t used;

    for (size_t i = 0; i < size; i += used) {
        if (cpt_utf8_decode(bytes + i, size - i, &used) == CPT_NOT_UTF8)
            return false;
    }
    return true;
}

/* Makes LINE what the compiler saw: it turns Latin-1 into UTF-8 before it counts columns. */
static void
decode_line(struct cpt_sources *sources, const struct source_file *file,
            struct cpt_source_line *line)
{
    struct cpt_buffer *latin1 = &sources->latin1;

    line->has_columns = is_utf8(line->text, line->size);
    if (line->has_columns || !file->latin1)
        return;
    cpt_buffer_clear(latin1);
    for (size_t i = 0; i < line->size; i++)
        cpt_buffer_add_codepoint(latin1, (uint8_t)line->text[i]);
    if (latin1->failed)
        return;
    line->text = latin1->data;
    line->size = latin1->size;
    line->has_columns = true;
}

/* The file named NAME, if lines of it can be shown. */
static const struct source_file *
shown_file(struct cpt_sources *sources, const struct cpt_text *name)
{
    const struct source_file *file;

    if (sources->options->refused || !is_file_name(name))
        return NULL;
    file = find(sources, name);
    return file && file->line_count ? file : NULL;
}

/* Where line NUMBER of FILE is: [*OFFSET, *END) without what is blank at its end. */
static void
find_line(const struct source_file *file, int32_t number, size_t *offset_out, size_t *end_out)
{
    size_t offset, end;

    offset = file->marks[(size_t)(number - 1) / LINES_A_MARK];
    for (int32_t i = 0; i < (number - 1) % LINES_A_MARK; i++)
        offset = next_line(file, offset);
    end = next_line(file, offset);
    while (end > offset && is_blank(file->bytes[end - 1]))
        end--;
    *offset_out = offset;
    *end_out = end;
}

bool
cpt_sources_line(struct cpt_sources *sources, const struct cpt_text *name, int32_t number,
                 struct cpt_source_line *line)
{
    const struct source_file *file = shown_file(sources, name);
    size_t offset, end, start;

    if (!file || number < 1 || (size_t)number > file->line_count)
        return false;
    find_line(file, number, &offset, &end);
    for (start = offset; start < end && is_blank(file->bytes[start]); start++)
        continue;
    *line = (struct cpt_source_line){
        .text = file->bytes + start, .size = end - start, .indent = start - offset};
    decode_line(sources, file, line);
    return line->size > 0;
}

bool
cpt_sources_whole_line(struct cpt_sources *sources, const struct cpt_text *name, int32_t number,
                       struct cpt_source_line *line)
{
    const struct source_file *file = shown_file(sources, name);
    size_t offset, end;

    if (!file || number < 1 || (size_t)number > file->line_count)
        return false;
    find_line(file, number, &offset, &end);
    *line = (struct cpt_source_line){.text = file->bytes + offset, .size = end - offset};
    decode_line(sources, file, line);
    return true;
}

size_t
cpt_sources_line_count(struct cpt_sources *sources, const struct cpt_text *name)
{
    const struct source_file *file = shown_file(sources, name);

    return file ? file->line_count : 0;
}

const char *
cpt_sources_reason(struct cpt_sources *sources, const struct cpt_text *name)
{
    if (sources->options->refused)
        return sources->options->refused;
    if (!is_file_name(name))
        return "that is no file";
    shown_file(sources, name);
    for (size_t i = 0; i < sources->changed.count; i++) {
        if (sources->changed.items[i].size == name->size &&
            memcmp(sources->changed.items[i].data, name->data, name->size) == 0)
            return "it was changed since";
    }
    return name->data[0] != '/' && !sources->options->cwd ? "the directory that it is in is not known"
                                                          : "it cannot be read here";
}
