#include "plugin/gdb/exchange.h"

#include "coreanalyze/coreptile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define REQUEST_NAME "coreptile-request"
#define ANSWER_NAME "coreptile-answer"
#define REQUEST_END "\ncoreptile-section end\n"

#define REQUEST_MOST ((off_t)256 << 20) /* what would hold a hundred thousand threads */
#define RECORD_LEVELS 8                 /* of commands that run commands */
#define ANSWER_BUFFER 65536
#define PRINT_MOST 16384 /* bytes of one command that prints: gdb holds it several times */

/* Of fixed length, since the status is known at the end. */
#define ANSWER_HEAD "set $_cpt_done = 1\nset $coreptile_status = %3d\nset $_cpt_remote = %d\n"
#define ANSWER_LACKING "set $_cpt_lacking = 1\n"

/* Of the one answer that is being written: an error has to be told even where there is no memory left. */
static char buffer[ANSWER_BUFFER];

static bool
is_ours(int fd, const char *name)
{
    char path[64], target[64], wanted[64];
    ssize_t length;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    snprintf(wanted, sizeof(wanted), "/memfd:%s", name);
    length = readlink(path, target, sizeof(target) - 1);
    if (length < 0)
        return false;
    target[length] = '\0';
    return strncmp(target, wanted, strlen(wanted)) == 0;
}

static bool
make_file(int fd, const char *name)
{
    int made, placed;

    if (is_ours(fd, name))
        return true;
    made = memfd_create(name, MFD_CLOEXEC);
    if (made < 0)
        return false;
    placed = fcntl(made, F_DUPFD_CLOEXEC, fd);
    close(made);
    if (placed >= 0 && placed != fd)
        close(placed); /* another's is there */
    return placed == fd;
}

bool
cpt_gdb_exchange_open(void)
{
    return make_file(CPT_GDB_REQUEST, REQUEST_NAME) && make_file(CPT_GDB_ANSWER, ANSWER_NAME);
}

static char *
read_request(size_t size)
{
    char *text = malloc(size + 1);
    size_t got = 0;

    while (text && got < size) {
        ssize_t n = pread(CPT_GDB_REQUEST, text + got, size - got, (off_t)got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    if (text)
        text[got] = '\0';
    return text;
}

/* The character behind a backslash in a record's string, and what else belongs to it: *TEXT comes to stand behind it. */
static char
unescape(const char **text)
{
    char first = *(*text)++;
    int value = 0;

    switch (first) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'e':
        return 27;
    default:
        break;
    }
    if (first < '0' || first > '7')
        return first;
    (*text)--;
    for (int i = 0; i < 3 && **text >= '0' && **text <= '7'; i++)
        value = value * 8 + *(*text)++ - '0';
    return (char)value;
}

/* Under MI gdb 18 pipes what echo and printf say as console records, ~"TEXT", and once more for each command that they are
   run by (thread apply, frame apply); tables come as they are. Returns whether there were any. */
static bool
undo_records(char *text)
{
    char *out = text;
    bool found = false;

    for (const char *in = text; *in;) {
        bool is_record = in[0] == '~' && in[1] == '"' && (out == text || in[-1] == '\n');

        if (!is_record) {
            *out++ = *in++;
            continue;
        }
        found = true;
        for (in += 2; *in && *in != '"';) {
            char c = *in++;

            *out++ = c == '\\' && *in ? unescape(&in) : c;
        }
        in += *in == '"';
        in += *in == '\n';
    }
    *out = '\0';
    return found;
}

char *
cpt_gdb_exchange_take(void)
{
    const size_t end = strlen(REQUEST_END);
    struct stat info;
    char *text;
    size_t size;

    if (fstat(CPT_GDB_REQUEST, &info) < 0 || info.st_size == 0 || !is_ours(CPT_GDB_REQUEST, REQUEST_NAME))
        return NULL;
    text = info.st_size <= REQUEST_MOST ? read_request((size_t)info.st_size) : NULL;
    if (!text && ftruncate(CPT_GDB_REQUEST, 0) < 0)
        return NULL;
    for (int level = 0; level < RECORD_LEVELS && text && undo_records(text); level++)
        ;
    size = text ? strlen(text) : 0;
    /* What is not complete stays: more is to come, or the next request takes its place. */
    if (size < end || strcmp(text + size - end, REQUEST_END) != 0 || ftruncate(CPT_GDB_REQUEST, 0) < 0) {
        free(text);
        return NULL;
    }
    return text;
}

static bool
write_all(int fd, const char *bytes, size_t size, off_t offset)
{
    while (size) {
        ssize_t written = pwrite(fd, bytes, size, offset);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        size -= (size_t)written;
        offset += written;
    }
    return true;
}

static bool
put_back(const char *request, size_t size)
{
    bool done = write_all(CPT_GDB_REQUEST, request, size, 0);

    if (!done && ftruncate(CPT_GDB_REQUEST, 0) < 0)
        return false;
    return done;
}

void
cpt_gdb_exchange_return(const char *request)
{
    put_back(request, strlen(request));
}

void
cpt_gdb_exchange_continue(const char *request)
{
    /* Up to the newline that the end begins with. */
    if (put_back(request, strlen(request) - strlen(REQUEST_END) + 1))
        write_all(CPT_GDB_ANSWER, ANSWER_LACKING, strlen(ANSWER_LACKING), 0);
}

static void
flush(struct cpt_gdb_answer *answer)
{
    struct stat info;

    if (!answer->error && (fstat(CPT_GDB_ANSWER, &info) < 0 ||
                           !write_all(CPT_GDB_ANSWER, buffer, answer->size, info.st_size)))
        answer->error = errno;
    answer->size = 0;
}

static void
add(struct cpt_gdb_answer *answer, const char *text, size_t size)
{
    if (answer->size + size > ANSWER_BUFFER)
        flush(answer);
    memcpy(buffer + answer->size, text, size);
    answer->size += size;
}

static void
open_quote(struct cpt_gdb_answer *answer)
{
    static const char command[] = "printf \"";

    if (!answer->quoted)
        add(answer, command, sizeof(command) - 1);
    answer->quoted = true;
}

static void
close_quote(struct cpt_gdb_answer *answer)
{
    if (answer->quoted)
        add(answer, "\"\n", 2);
    answer->quoted = false;
    answer->printed = 0;
}

void
cpt_gdb_answer_begin(struct cpt_gdb_answer *answer)
{
    char head[128];

    *answer = (struct cpt_gdb_answer){0};
    if (ftruncate(CPT_GDB_ANSWER, 0) < 0)
        answer->error = errno;
    snprintf(head, sizeof(head), ANSWER_HEAD, 0, 0);
    add(answer, head, strlen(head));
}

/* How C is written in a format of gdb's `printf`, which knows no octal numbers; NULL: as it is. */
static const char *
escape(char c)
{
    switch (c) {
    case '\0':
        return "\xef\xbf\xbd"; /* U+FFFD: gdb's lines end there */
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '%':
        return "%%";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    case '\033':
        return "\\e";
    default:
        return NULL;
    }
}

bool
cpt_gdb_answer_print(struct cpt_gdb_answer *answer, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size && !answer->error; i++) {
        const char *escaped = escape(bytes[i]);

        open_quote(answer);
        if (escaped)
            add(answer, escaped, strlen(escaped));
        else
            add(answer, &bytes[i], 1);
        if (++answer->printed >= PRINT_MOST)
            close_quote(answer);
    }
    errno = answer->error;
    return !answer->error;
}

/* The text as a string of C, in ASCII: gdb would convert it between character sets. "$arg" is special to gdb. */
static void
add_failure(struct cpt_gdb_answer *answer, const char *error, bool in_c)
{
    static const char other[] = "with language c -- ", head[] = "set $_cpt_failed = 1\n", set[] = "set $_cpt_error = \"";
    char escaped[8];

    add(answer, head, sizeof(head) - 1);
    if (!in_c)
        add(answer, other, sizeof(other) - 1);
    add(answer, set, sizeof(set) - 1);
    for (; *error; error++) {
        if (*error >= ' ' && *error != '"' && *error != '\\')
            snprintf(escaped, sizeof(escaped), "%c", *error);
        else
            snprintf(escaped, sizeof(escaped), "\\%03o", (unsigned char)*error);
        add(answer, escaped, strlen(escaped));
        if (strncmp(error, "$arg", 4) == 0)
            add(answer, " ", 1);
    }
    add(answer, "\"\n", 2);
}

void
cpt_gdb_answer_end(struct cpt_gdb_answer *answer, const struct cpt_gdb_ending *ending)
{
    const char *error = ending->error;
    int status = ending->status;
    char head[128];

    close_quote(answer);
    if (answer->error) { /* half of it would be taken for all */
        error = "coreptile: error: there is no room for the answer";
        status = CPT_EXIT_NOTHING;
        cpt_gdb_answer_begin(answer);
    }
    if (error && *error)
        add_failure(answer, error, ending->in_c);
    flush(answer);
    snprintf(head, sizeof(head), ANSWER_HEAD, status, ending->remote);
    write_all(CPT_GDB_ANSWER, head, strlen(head), 0);
}
