/* Compressed cores and pipes: every form, whole, in parts, cut and damaged. */
#include "coreanalyze/base/limits.h"
#include "coreanalyze/memory/core.h"
#include "coreanalyze/memory/room.h"
#include "coreanalyze/memory/spool.h"
#include "coreanalyze/memory/unpack.h"
#include "tests/unit/compress.h"
#include "tests/unit/corefile.h"
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SIZE (3u << 20) /* of what is packed: more than one buffer of any kind */

static uint8_t *content; /* noise, repetitions and zeros in turn */

static int
make_content(void **state)
{
    uint32_t seed = 4711;

    if (scratch_setup(state) != 0)
        return -1;
    content = malloc(SIZE);
    for (size_t i = 0; content && i < SIZE; i++) {
        seed = seed * 1664525 + 1013904223;
        content[i] = i / 40000 % 3 == 0 ? (uint8_t)(seed >> 24) : i / 40000 % 3 == 1 ? (uint8_t)(i / 100) : 0;
    }
    return content ? 0 : -1;
}

static int
free_content(void **state)
{
    free(content);
    return scratch_teardown(state);
}

/* The descriptor of a file in memory. */
static int
file_of(const void *bytes, size_t size)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static cpt_status
unpack_fd(int fd, struct cpt_unpacked *result, struct cpt_error *error)
{
    struct cpt_unpack unpack = {.name = "it", .fd = fd};
    cpt_status status = cpt_unpack(&unpack, result, error);

    close(fd);
    return status;
}

static struct cpt_unpacked
unpack(const void *bytes, size_t size)
{
    struct cpt_unpacked result;
    struct cpt_error error;

    if (unpack_fd(file_of(bytes, size), &result, &error))
        fail_msg("%s", error.what);
    return result;
}

/* That RESULT begins as the content does, and has SIZE bytes; closes it. */
static void
expect(struct cpt_unpacked *result, size_t size)
{
    uint8_t *bytes = malloc(size + 1);

    assert_int_equal(result->size, size);
    assert_int_equal(pread(result->fd, bytes, size + 1, 0), (ssize_t)size);
    for (size_t at = 0; at < size; at += SIZE)
        assert_memory_equal(bytes + at, content, size - at < SIZE ? size - at : SIZE);
    free(bytes);
    close(result->fd);
}

/* ---- whole ---- */

static void
every_form_comes_whole(void **state)
{
    size_t sizes[] = {0, 1, 4095, 4096, 100000, SIZE};

    (void)state;
    for (unsigned form = 0; form < COMPRESS_FORMS; form++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            struct cpt_buffer packed = {0};
            struct cpt_unpacked result;

            if (!compress_add(&packed, form, content, sizes[i]))
                continue;
            result = unpack(packed.data, packed.size);
            assert_string_equal(result.damage, "");
            assert_string_equal(result.codec->name, compress_name(form));
            expect(&result, sizes[i]);
            cpt_buffer_free(&packed);
        }
    }
}

static void
what_is_not_compressed_is_copied(void **state)
{
    struct cpt_unpacked result = unpack(content, SIZE);

    (void)state;
    assert_null(result.codec);
    expect(&result, SIZE);
    result = unpack("", 0);
    expect(&result, 0);
}

static void
streams_follow_each_other(void **state)
{
    (void)state;
    for (unsigned form = 0; form < COMPRESS_FORMS; form++) {
        struct cpt_buffer packed = {0};
        struct cpt_unpacked result;

        if (form == COMPRESS_LZMA || !compress_add(&packed, form, content, SIZE)) /* that has no more than one */
            continue;
        if (form == COMPRESS_XZ || form == COMPRESS_GZIP)
            cpt_buffer_add(&packed, "\0\0\0\0\0\0\0\0", 8); /* padding */
        compress_add(&packed, form, NULL, 0);
        compress_add(&packed, form, content, SIZE);
        compress_add(&packed, form, content, 12345);
        result = unpack(packed.data, packed.size);
        assert_string_equal(result.damage, "");
        expect(&result, 2 * SIZE + 12345);
        cpt_buffer_add(&packed, "and something else", 18); /* is passed over */
        result = unpack(packed.data, packed.size);
        assert_string_equal(result.damage, "");
        expect(&result, 2 * SIZE + 12345);
        cpt_buffer_free(&packed);
    }
}

static void
frames_to_be_skipped_are_skipped(void **state)
{
    static const uint8_t small[] = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4}; /* as pzstd writes them */
    static const uint8_t large[8 + 70000] = {0x5f, 0x2a, 0x4d, 0x18, 0x70, 0x11, 1, 0};

    (void)state;
    for (unsigned form = COMPRESS_ZSTD; form < COMPRESS_FORMS; form++) {
        struct cpt_buffer packed = {0};
        struct cpt_unpacked result;

        if (form != COMPRESS_ZSTD && form != COMPRESS_LZ4)
            continue;
        cpt_buffer_add(&packed, small, sizeof(small));
        if (!compress_add(&packed, form, content, SIZE)) {
            cpt_buffer_free(&packed);
            continue;
        }
        cpt_buffer_add(&packed, large, sizeof(large));
        compress_add(&packed, form, content, 5000);
        cpt_buffer_add(&packed, small, sizeof(small));
        result = unpack(packed.data, packed.size);
        assert_string_equal(result.codec->name, compress_name(form));
        assert_string_equal(result.damage, "");
        expect(&result, SIZE + 5000);
        cpt_buffer_free(&packed);
    }
}

static void
zeros_become_holes(void **state)
{
    struct cpt_buffer packed = {0};
    size_t size = 64 << 20;
    uint8_t *zeros = calloc(1, size);
    struct cpt_unpacked result;
    struct stat st;

    (void)state;
    zeros[0] = zeros[32 << 20] = 1;
    for (unsigned form = 0; form < COMPRESS_FORMS; form++) {
        cpt_buffer_clear(&packed);
        if (!compress_add(&packed, form, zeros, size))
            continue;
        result = unpack(packed.data, packed.size);
        assert_int_equal(result.size, size);
        assert_int_equal(fstat(result.fd, &st), 0);
        assert_int_equal(st.st_size, size);
        assert_int_equal(st.st_nlink, 0);
        assert_true((uint64_t)st.st_blocks * 512 < size / 16);
        close(result.fd);
    }
    free(zeros);
    cpt_buffer_free(&packed);
}

/* ---- pipes ---- */

struct feed {
    int fd;
    const uint8_t *bytes;
    size_t size, piece;
};

static void *
feed_thread(void *arg)
{
    const struct feed *feed = arg;

    for (size_t at = 0; at < feed->size;) {
        size_t piece = feed->size - at < feed->piece ? feed->size - at : feed->piece;
        ssize_t done = write(feed->fd, feed->bytes + at, piece);

        if (done <= 0)
            break;
        at += (size_t)done;
    }
    close(feed->fd);
    return NULL;
}

static void
pipes_come_in_pieces(void **state)
{
    (void)state;
    for (int blocking = 0; blocking < 2; blocking++) {
        for (unsigned form = 0; form <= COMPRESS_FORMS; form++) {
            struct cpt_buffer packed = {0};
            struct cpt_unpacked result;
            struct cpt_error error;
            struct feed feed;
            pthread_t thread;
            int ends[2];

            if (form == COMPRESS_FORMS)
                cpt_buffer_add(&packed, content, SIZE);
            else if (!compress_add(&packed, form, content, SIZE))
                continue;
            assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
            if (!blocking)
                fcntl(ends[0], F_SETFL, O_NONBLOCK);
            feed = (struct feed){ends[1], (uint8_t *)packed.data, packed.size, 777};
            assert_int_equal(pthread_create(&thread, NULL, feed_thread, &feed), 0);
            assert_int_equal(unpack_fd(ends[0], &result, &error), CPT_OK);
            pthread_join(thread, NULL);
            assert_string_equal(result.damage, "");
            expect(&result, SIZE);
            cpt_buffer_free(&packed);
        }
    }
}

/* ---- cut and damaged ---- */

static void
a_cut_leaves_what_came_before(void **state)
{
    (void)state;
    for (unsigned form = 0; form < COMPRESS_FORMS; form++) {
        struct cpt_buffer packed = {0};
        uint64_t last = 0;

        if (!compress_add(&packed, form, content, SIZE))
            continue;
        for (size_t i = 0; i < 40; i++) {
            size_t cut = i < 8 ? 13 + i * 3 : i == 39 ? packed.size - 1 : packed.size * i / 40;
            struct cpt_unpacked result = unpack(packed.data, cut);
            uint64_t size = result.size;

            assert_true(strstr(result.damage, compress_name(form)) && strstr(result.damage, "end in the middle"));
            assert_true(size >= last && size <= SIZE);
            last = size;
            expect(&result, size);
        }
        assert_true(last > SIZE / 2);
        cpt_buffer_free(&packed);
    }
}

static void
damage_leaves_what_came_before(void **state)
{
    unsigned noticed = 0, tried = 0;

    (void)state;
    srandom(4711);
    for (unsigned form = 0; form < COMPRESS_FORMS; form++) {
        struct cpt_buffer packed = {0};

        if (!compress_add(&packed, form, content, SIZE))
            continue;
        for (int round = 0; round < 60; round++) {
            size_t at = 20 + (size_t)random() % (packed.size - 20);
            char before = packed.data[at];
            struct cpt_unpacked result;

            packed.data[at] = (char)(before ^ (1 + random() % 255));
            result = unpack(packed.data, packed.size);
            noticed += result.damage[0] != '\0';
            tried += form != COMPRESS_LZMA; /* which has no checksum */
            close(result.fd);
            packed.data[at] = before;
        }
        cpt_buffer_free(&packed);
    }
    assert_true(noticed >= tried);
}

static void
noise_behind_a_magic_does_no_harm(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } magics[] = {{"\x1f\x8b\x08\0", 4}, {"\x28\xb5\x2f\xfd", 4}, {"\x04\x22\x4d\x18", 4},
                  {"\xfd" "7zXZ\0", 6},  {"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff", 13}};
    char bytes[4096];

    (void)state;
    srandom(815);
    for (int round = 0; round < 2000; round++) {
        unsigned i = (unsigned)round % 5;
        struct cpt_unpacked result;
        struct cpt_error error;
        cpt_status status;

        for (size_t k = 0; k < sizeof(bytes); k++)
            bytes[k] = (char)(random() % 3 ? random() : 0);
        memcpy(bytes, magics[i].bytes, magics[i].size);
        status = unpack_fd(file_of(bytes, magics[i].size + (size_t)random() % 4000), &result, &error);
        if (status)
            assert_true(status == CPT_LIMIT || status == CPT_UNSUPPORTED);
        else
            close(result.fd);
    }
}

/* ---- where it goes ---- */

static char said[1024];

static void
remember(void *arg, const char *line)
{
    (void)arg;
    strncat(said, line, sizeof(said) - strlen(said) - 1);
}

static void
tmpdir_is_taken_if_it_is_there(void **state)
{
    static const struct cpt_log log = {.level = CPT_LOG_VERBOSE, .write = remember};
    char *before = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
    struct cpt_spool spool;
    char link[64], path[4096];
    ssize_t length;

    (void)state;
    setenv("TMPDIR", scratch_root, 1);
    said[0] = '\0';
    assert_int_equal(cpt_spool_open(&spool, 0, &log, NULL), CPT_OK);
    assert_non_null(strstr(said, scratch_root));
    snprintf(link, sizeof(link), "/proc/self/fd/%d", spool.fd);
    length = readlink(link, path, sizeof(path) - 1);
    assert_true(length > 0);
    path[length] = '\0';
    assert_memory_equal(path, scratch_root, strlen(scratch_root));
    assert_non_null(strstr(path, " (deleted)"));
    cpt_spool_close(&spool);
    setenv("TMPDIR", "/nowhere/at/all", 1);
    said[0] = '\0';
    assert_int_equal(cpt_spool_open(&spool, 0, &log, NULL), CPT_OK);
    assert_non_null(strstr(said, "/var/tmp"));
    cpt_spool_close(&spool);
    if (before)
        setenv("TMPDIR", before, 1);
    else
        unsetenv("TMPDIR");
    free(before);
}

static void
files_that_may_not_grow_are_an_error(void **state)
{
    struct rlimit before, limit;
    struct cpt_unpacked result;
    struct cpt_error error;
    int fd = file_of(content, SIZE);
    cpt_status status;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 1 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    status = unpack_fd(fd, &result, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, CPT_IO);
    assert_non_null(strstr(error.hint, "ulimit"));
    assert_int_equal(result.fd, -1);
}

static void
no_more_than_allowed_comes_out(void **state)
{
    struct cpt_unpack unpack = {.name = "it", .fd = file_of(content, SIZE), .most = SIZE};
    struct cpt_unpacked result;
    struct cpt_error error;

    (void)state;
    assert_int_equal(cpt_unpack(&unpack, &result, &error), CPT_OK);
    expect(&result, SIZE);
    unpack.most = SIZE - 1;
    lseek(unpack.fd, 0, SEEK_SET);
    assert_int_equal(cpt_unpack(&unpack, &result, &error), CPT_LIMIT);
    assert_int_equal(result.fd, -1);
    close(unpack.fd);
}

static void
there_is_some_room(void **state)
{
    int fd = memfd_create("room", MFD_CLOEXEC);

    (void)state;
    assert_true(cpt_room_in_memory() > 1 << 20);
    assert_true(cpt_room_for(fd) > 1 << 20);
    assert_true(cpt_room_for(fd) <= cpt_room_in_memory() + (64 << 20)); /* it lies in memory */
    assert_true(cpt_room_for_decoder() >= CPT_MIN_DECODER_MEMORY && cpt_room_for_decoder() <= CPT_MAX_DECODER_MEMORY);
    close(fd);
}

/* ---- cores ---- */

static void
build_core(struct corefile *file)
{
    corefile_thread(file, 10, 11, 11, 0x800800, 202, -512);
    corefile_psinfo(file, 10, "prog", "prog one");
    corefile_load(file, 0x400000, SIZE, content, SIZE, PF_R | PF_W);
    corefile_build(file);
}

static void
expect_core(struct cpt_core *core, uint64_t missing)
{
    uint8_t *bytes = malloc(SIZE);

    assert_int_equal(cpt_core_info(core)->missing_bytes, missing);
    assert_int_equal(cpt_core_memory(core)->pid, 10);
    assert_int_equal(cpt_memory_read_some(cpt_core_memory(core), 0x400000, bytes, SIZE), SIZE - missing);
    assert_memory_equal(bytes, content, SIZE - missing);
    assert_null(cpt_core_changed(core));
    free(bytes);
    cpt_core_close(core);
}

static void
compressed_cores_are_cores(void **state)
{
    struct corefile file = {0};

    (void)state;
    build_core(&file);
    for (unsigned form = 0; form < COMPRESS_FORMS; form++) {
        struct cpt_buffer packed = {0};
        struct cpt_core *core;
        struct cpt_error error;
        uint64_t missing;

        if (!compress_add(&packed, form, file.file.data, file.file.size))
            continue;
        assert_int_equal(cpt_core_open(&core, corefile_path(packed.data, packed.size), NULL), CPT_OK);
        assert_false(cpt_core_info(core)->truncated);
        assert_true(cpt_core_info(core)->mtime > 0);
        expect_core(core, 0);
        /* cut: what is there is a core cut short */
        assert_int_equal(cpt_core_open(&core, corefile_path(packed.data, packed.size / 2), NULL), CPT_OK);
        assert_true(cpt_core_info(core)->truncated);
        assert_true(cpt_core_info(core)->damage[0] != '\0');
        missing = cpt_core_info(core)->missing_bytes;
        assert_true(missing > 0 && missing < SIZE);
        expect_core(core, missing);
        /* nothing of use is left */
        assert_int_equal(cpt_core_open(&core, corefile_path(packed.data, 14), &error), CPT_CORRUPT);
        assert_non_null(strstr(error.what, compress_name(form)));
        cpt_buffer_free(&packed);
    }
    corefile_free(&file);
}

static void
what_is_no_core_is_refused_at_once(void **state)
{
    struct cpt_buffer packed = {0}, twice = {0};
    struct cpt_error error;
    struct cpt_core *core;

    (void)state;
    if (!compress_add(&packed, COMPRESS_GZIP, content, SIZE))
        skip();
    /* what stands behind the beginning is never looked at, or it would be reported as damage */
    memset(packed.data + packed.size / 2, 0xff, packed.size / 2);
    assert_int_equal(cpt_core_open(&core, corefile_path(packed.data, packed.size), &error), CPT_UNSUPPORTED);
    assert_non_null(strstr(error.what, "not an ELF file"));
    compress_add(&twice, COMPRESS_GZIP, packed.data, packed.size);
    assert_int_equal(cpt_core_open(&core, corefile_path(twice.data, twice.size), &error), CPT_UNSUPPORTED);
    assert_non_null(strstr(error.what, "gzip"));
    cpt_buffer_free(&packed);
    cpt_buffer_free(&twice);
}

static void
cores_come_from_descriptors(void **state)
{
    struct cpt_core_source source = {.path = "standard input"};
    struct corefile file = {0};
    struct cpt_core *core;
    int fd;

    (void)state;
    build_core(&file);
    fd = file_of(file.file.data, file.file.size);
    source.fd = fd;
    assert_int_equal(cpt_core_open_source(&core, &source, NULL), CPT_OK);
    expect_core(core, 0);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 0); /* and stays the caller's */
    close(fd);
    /* from where it stands */
    fd = memfd_create("input", MFD_CLOEXEC);
    assert_int_equal(write(fd, "a line before\n", 14), 14);
    assert_int_equal(write(fd, file.file.data, file.file.size), (ssize_t)file.file.size);
    assert_int_equal(lseek(fd, 14, SEEK_SET), 14);
    source.fd = fd;
    assert_int_equal(cpt_core_open_source(&core, &source, NULL), CPT_OK);
    expect_core(core, 0);
    close(fd);
    corefile_free(&file);
}

static void *
feed_fifo(void *arg)
{
    struct feed *feed = arg;

    usleep(50000);
    feed->fd = open(scratch_path("fifo"), O_WRONLY);
    return feed_thread(feed);
}

static void
a_fifo_is_waited_for(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;
    pthread_t thread;
    struct feed feed;

    (void)state;
    build_core(&file);
    assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
    feed = (struct feed){-1, (uint8_t *)file.file.data, file.file.size, 100000};
    assert_int_equal(pthread_create(&thread, NULL, feed_fifo, &feed), 0);
    assert_int_equal(cpt_core_open(&core, scratch_path("fifo"), NULL), CPT_OK);
    pthread_join(thread, NULL);
    assert_int_equal(cpt_core_info(core)->mtime, 0);
    expect_core(core, 0);
    corefile_free(&file);
}

/* ---- files that change while they are read ---- */

static void
a_core_that_shrinks_reads_as_zeros(void **state)
{
    struct sigaction before, after;
    struct corefile file = {0};
    struct cpt_core *core;
    const uint8_t *view;

    (void)state;
    build_core(&file);
    scratch_file("shrinks", file.file.data, file.file.size);
    sigaction(SIGBUS, NULL, &before);
    assert_int_equal(cpt_core_open(&core, scratch_path("shrinks"), NULL), CPT_OK);
    view = cpt_memory_view(cpt_core_memory(core), 0x400000, SIZE);
    assert_non_null(view);
    assert_memory_equal(view, content, 5000);
    assert_null(cpt_core_changed(core));
    assert_int_equal(truncate(scratch_path("shrinks"), 8192), 0);
    assert_int_equal(view[SIZE - 10000], 0);
    assert_int_equal(view[SIZE - 10001], 0);
    assert_memory_equal(view, content, 5000);
    assert_string_equal(cpt_core_changed(core), "it was cut while it was read");
    cpt_core_close(core);
    sigaction(SIGBUS, NULL, &after);
    assert_ptr_equal(after.sa_handler, before.sa_handler);
    corefile_free(&file);
}

/* Only what is about a core is taken from a program. */
static void
a_signal_that_was_sent_is_not_kept(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;
    int status;
    pid_t child;

    (void)state;
    build_core(&file);
    scratch_file("signal", file.file.data, file.file.size);
    child = fork();
    if (child == 0) {
        signal(SIGBUS, SIG_DFL); /* sanitizers have their own */
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        if (cpt_core_open(&core, scratch_path("signal"), NULL) == CPT_OK)
            kill(getpid(), SIGBUS);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
    corefile_free(&file);
}

static void
a_core_that_grows_is_told(void **state)
{
    struct corefile file = {0};
    struct cpt_core *core;
    FILE *out;

    (void)state;
    build_core(&file);
    scratch_file("grows", file.file.data, file.file.size - 1000);
    assert_int_equal(cpt_core_open(&core, scratch_path("grows"), NULL), CPT_OK);
    out = fopen(scratch_path("grows"), "a");
    fputs("more", out);
    fclose(out);
    assert_string_equal(cpt_core_changed(core), "it was written to while it was read");
    cpt_core_close(core);
    corefile_free(&file);
}

/* ---- progress ---- */

static int shown, gone;

static void
show(void *arg, const char *line)
{
    (void)arg;
    shown += line != NULL;
    gone += line == NULL;
    if (line)
        snprintf(said, sizeof(said), "%s", line);
}

static void
progress_begins_after_a_second(void **state)
{
    struct cpt_progress progress = {.show = show};

    (void)state;
    cpt_progress_begin(&progress, "work on %s", "it");
    cpt_progress_update(&progress, 1, 10);
    cpt_progress_end(&progress);
    assert_true(shown == 0 && gone == 0);
    cpt_progress_begin(&progress, "work on %s", "it");
    usleep(1050000);
    cpt_progress_update(&progress, 3, 10);
    assert_string_equal(said, "30% work on it");
    cpt_progress_update(&progress, 4, 10); /* too soon */
    assert_int_equal(shown, 1);
    usleep(220000);
    cpt_progress_update(&progress, 12345678, 0);
    assert_string_equal(said, "12.3 MB work on it");
    cpt_progress_end(&progress);
    cpt_progress_end(&progress);
    assert_true(shown == 2 && gone == 1);
    cpt_progress_begin(NULL, "nothing");
    cpt_progress_update(NULL, 1, 2);
    cpt_progress_end(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_comes_whole),
        cmocka_unit_test(what_is_not_compressed_is_copied),
        cmocka_unit_test(streams_follow_each_other),
        cmocka_unit_test(frames_to_be_skipped_are_skipped),
        cmocka_unit_test(zeros_become_holes),
        cmocka_unit_test(pipes_come_in_pieces),
        cmocka_unit_test(a_cut_leaves_what_came_before),
        cmocka_unit_test(damage_leaves_what_came_before),
        cmocka_unit_test(noise_behind_a_magic_does_no_harm),
        cmocka_unit_test(tmpdir_is_taken_if_it_is_there),
        cmocka_unit_test(files_that_may_not_grow_are_an_error),
        cmocka_unit_test(no_more_than_allowed_comes_out),
        cmocka_unit_test(there_is_some_room),
        cmocka_unit_test(compressed_cores_are_cores),
        cmocka_unit_test(what_is_no_core_is_refused_at_once),
        cmocka_unit_test(cores_come_from_descriptors),
        cmocka_unit_test(a_fifo_is_waited_for),
        cmocka_unit_test(a_core_that_shrinks_reads_as_zeros),
        cmocka_unit_test(a_signal_that_was_sent_is_not_kept),
        cmocka_unit_test(a_core_that_grows_is_told),
        cmocka_unit_test(progress_begins_after_a_second),
    };

    return cmocka_run_group_tests_name("unpack", tests, make_content, free_content);
}
