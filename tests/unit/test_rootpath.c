#include "coreanalyze/base/rootpath.h"
#include "tests/unit/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* Every path below ROOT that leads to a file, and what is in it; "outside" lies beside ROOT. */
static const struct {
    const char *path, *content;
} readable[] = {
    {"/etc/inside", "inside"},
    {"etc/inside", "inside"},
    {"///etc/./inside", "inside"},
    {"/../../../etc/inside", "inside"},
    {"/etc/../../etc/inside", "inside"},
    {"/links/absolute", "inside"},
    {"/links/relative", "inside"},
    {"/links/climbing", "inside"},
    {"/links/directory/inside", "inside"},
    {"/links/directory/../etc/inside", "inside"},
    {"/links/chain", "inside"},
    {"/links/directory/../links/up/etc/inside", "inside"},
};

static const struct {
    const char *path;
    int error;
} refused[] = {
    {"", ENOENT},
    {"/", EISDIR},
    {"/etc", EISDIR},
    {"/links/directory", EISDIR},
    {"..", EISDIR},
    {"/etc/missing", ENOENT},
    {"/outside", ENOENT},
    {"/../outside", ENOENT},
    {"/links/escaping", ENOENT},
    {"/links/host", ENOENT},
    {"/links/loop", ELOOP},
    {"/etc/inside/", ENOTDIR},
    {"/etc/inside/.", ENOTDIR},
    {"/etc/inside/more", ENOTDIR},
    {"/fifo", EINVAL},
    {"/socket", EINVAL},
    {"/links/fifo", EINVAL},
};

static int
setup(void **state)
{
    if (scratch_setup(state))
        return -1;
    scratch_text("outside", "outside");
    scratch_text("root/etc/inside", "inside");
    scratch_link("root/links/absolute", "/etc/inside");
    scratch_link("root/links/relative", "../etc/inside");
    scratch_link("root/links/climbing", "../../../../../../../etc/inside");
    scratch_link("root/links/directory", "/etc");
    scratch_link("root/links/chain", "/links/relative");
    scratch_link("root/links/up", "..");
    scratch_link("root/links/escaping", "../../outside");
    scratch_link("root/links/host", scratch_path("outside"));
    scratch_link("root/links/loop", "loop");
    scratch_link("root/links/fifo", "/fifo");
    return mknod(scratch_path("root/fifo"), S_IFIFO | 0600, 0) ||
           mknod(scratch_path("root/socket"), S_IFSOCK | 0600, 0);
}

static void
assert_content(int fd, const char *expected)
{
    char content[64];
    ssize_t size;

    assert_true(fd >= 0);
    size = read(fd, content, sizeof(content));
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(content, expected, strlen(expected));
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
}

static int
count_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void
test_readable(void **state)
{
    const char *root = scratch_path("root");
    int before = count_descriptors();

    (void)state;
    for (size_t i = 0; i < sizeof(readable) / sizeof(readable[0]); i++)
        assert_content(cpt_open_in_root(root, readable[i].path, O_RDONLY), readable[i].content);
    assert_int_equal(count_descriptors(), before);
}

static void
test_refused(void **state)
{
    const char *root = scratch_path("root");
    int before = count_descriptors();

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        errno = 0;
        assert_int_equal(cpt_open_in_root(root, refused[i].path, O_RDONLY), -1);
        if (errno != refused[i].error)
            fail_msg("%s: errno %d, not %d", refused[i].path, errno, refused[i].error);
    }
    assert_int_equal(count_descriptors(), before);
}

static void
test_bad_root(void **state)
{
    (void)state;
    assert_int_equal(cpt_open_in_root(scratch_path("nowhere"), "/etc/inside", O_RDONLY), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(cpt_open_in_root(scratch_path("outside"), "/etc/inside", O_RDONLY), -1);
    assert_int_equal(errno, ENOTDIR);
}

/* Long paths, and deep ones: the end is a plain error. */
static void
test_long(void **state)
{
    static char path[3 * 4096];
    const char *root = scratch_path("root");

    (void)state;
    memset(path, '/', sizeof(path) - 1);
    assert_int_equal(cpt_open_in_root(root, path, O_RDONLY), -1);
    assert_int_equal(errno, ENAMETOOLONG);
    memset(path + 1, 'a', 300);
    path[301] = '\0';
    assert_int_equal(cpt_open_in_root(root, path, O_RDONLY), -1);
    assert_int_equal(errno, ENAMETOOLONG);
    path[0] = '\0';
    for (int i = 0; i < 500; i++)
        strcat(path, i % 2 ? "../" : "etc/");
    strcat(path, "etc/inside");
    assert_content(cpt_open_in_root(root, path, O_RDONLY), "inside");
}

static void
test_flags(void **state)
{
    static const int bad[] = {O_CREAT, O_TRUNC, O_DIRECTORY, O_PATH, O_RDWR | O_CREAT};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(cpt_open_in_root(scratch_path("root"), "/etc/inside", bad[i]), -1);
        assert_int_equal(errno, EINVAL);
    }
}

static void
test_plain(void **state)
{
    static const char *const roots[] = {NULL, "/"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_content(cpt_open_in_root(roots[i], scratch_path("outside"), O_RDONLY), "outside");
        assert_content(cpt_open_in_root(roots[i], scratch_path("root/links/escaping"), O_RDONLY),
                       "outside");
        assert_int_equal(cpt_open_in_root(roots[i], "/dev/null", O_RDONLY), -1);
        assert_int_equal(errno, EINVAL);
        assert_int_equal(cpt_open_in_root(roots[i], scratch_path("root/fifo"), O_RDONLY), -1);
        assert_int_equal(errno, EINVAL);
        assert_int_equal(cpt_open_in_root(roots[i], scratch_path(""), O_RDONLY), -1);
        assert_int_equal(errno, EISDIR);
    }
}

/* The root of a process is a magic link. */
static void
test_process_root(void **state)
{
    (void)state;
    if (access("/proc/self/root/", F_OK) < 0)
        skip();
    assert_content(cpt_open_in_root("/proc/self/root", scratch_path("outside"), O_RDONLY),
                   "outside");
}

static bool without_openat2;

/* From here on the system call is one that the kernel does not know, as before Linux 5.6. */
static int
refuse_openat2(void **state)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

    (void)state;
    without_openat2 = !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
                      !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    return 0;
}

static void
test_system_call_gone(void **state)
{
    (void)state;
    if (!without_openat2)
        skip();
    assert_int_equal(syscall(SYS_openat2, -1, "", NULL, 0), -1);
    assert_int_equal(errno, ENOSYS);
}

/* Deeper than the walk keeps directories for. */
static void
test_deep(void **state)
{
    const char *root = scratch_path("root");
    char path[1024] = "root/";

    (void)state;
    if (!without_openat2)
        skip();
    for (int i = 0; i < 200; i++)
        strcat(path, "d/");
    strcat(path, "file");
    scratch_text(path, "deep");
    assert_int_equal(cpt_open_in_root(root, path + 4, O_RDONLY), -1);
    assert_int_equal(errno, ENAMETOOLONG);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readable),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bad_root),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_process_root),
        /* The same again with the fallback. */
        cmocka_unit_test_setup(test_system_call_gone, refuse_openat2),
        cmocka_unit_test(test_readable),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bad_root),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_process_root),
        cmocka_unit_test(test_deep),
    };

    return cmocka_run_group_tests_name("rootpath", tests, setup, scratch_teardown);
}
