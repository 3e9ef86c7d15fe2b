/* Work that is given up half way: whenever that is said, it ends with CPT_CANCELLED and gives all back, or is complete. */
#include "coreanalyze/base/progress.h"
#include "coreanalyze/base/workers.h"
#include "coreanalyze/heap/dominators.h"
#include "coreanalyze/memory/synthetic.h"
#include "coreanalyze/memory/unpack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define NODES 100000

/* Says so once, at the call number AT, counted from 0; and no more. */
struct user {
    uint64_t at, calls;
};

static bool
says_once(void *arg)
{
    struct user *user = arg;

    return __atomic_fetch_add(&user->calls, 1, __ATOMIC_RELAXED) == user->at;
}

/* --- the flag */

static void
once_is_for_ever(void **state)
{
    struct user user = {.at = 2};
    struct cpt_progress progress = {.cancelled = says_once, .arg = &user}, silent = {.arg = NULL};
    struct cpt_error error = {0};

    (void)state;
    assert_false(cpt_progress_is_cancelled(&progress));
    assert_int_equal(cpt_progress_check(&progress, &error), CPT_OK);
    assert_true(cpt_progress_is_cancelled(&progress));
    assert_true(cpt_progress_is_cancelled(&progress));
    assert_int_equal(user.calls, 3);
    assert_int_equal(cpt_progress_check(&progress, &error), CPT_CANCELLED);
    assert_int_equal(error.status, CPT_CANCELLED);
    assert_string_equal(cpt_status_code(error.status), "cancelled");
    assert_false(cpt_progress_is_cancelled(NULL));
    assert_false(cpt_progress_is_cancelled(&silent));
    assert_int_equal(cpt_progress_check(NULL, &error), CPT_OK);
}

static void
few_steps_ask(void **state)
{
    struct user user = {.at = UINT64_MAX};
    struct cpt_progress progress = {.cancelled = says_once, .arg = &user};

    (void)state;
    for (uint64_t step = 0; step < 1000000; step++)
        assert_false(cpt_progress_stops(&progress, step));
    assert_in_range(user.calls, 50, 1000);
}

static void
ask_until_over(void *arg)
{
    while (!cpt_progress_is_cancelled(arg))
        ;
}

static void
all_threads_are_told(void **state)
{
    struct user user = {.at = 100000};
    struct cpt_progress progress = {.cancelled = says_once, .arg = &user};

    (void)state;
    cpt_workers_run(8, ask_until_over, &progress);
    assert_true(cpt_progress_is_cancelled(&progress));
}

/* --- memory */

static void
nothing_is_read_any_more(void **state)
{
    struct user user = {.at = 2};
    struct cpt_progress progress = {.cancelled = says_once, .arg = &user};
    const struct cpt_synthetic_region region = {.address = 0x10000, .bytes = "abcdefg", .size = 8};
    struct cpt_memory *memory;
    char bytes[8] = "";
    struct cpt_error error = {0};

    (void)state;
    assert_int_equal(cpt_synthetic_open(&memory, &region, 1, false, &error), CPT_OK);
    memory->progress = &progress;
    assert_int_equal(cpt_memory_read(memory, 0x10000, bytes, 8, &error), CPT_OK);
    assert_string_equal(bytes, "abcdefg");
    assert_int_equal(cpt_memory_read_some(memory, 0x10000, bytes, 8), 8);
    assert_int_equal(cpt_memory_read_some(memory, 0x10000, bytes, 8), 0);
    assert_int_equal(cpt_memory_read(memory, 0x10000, bytes, 8, &error), CPT_CANCELLED);
    cpt_synthetic_close(memory);
}

/* --- work, given up at each time that it asks */

static void
until_complete(cpt_status (*work)(struct cpt_progress *progress, struct cpt_error *error))
{
    uint64_t at = 0;

    for (cpt_status status = CPT_CANCELLED; status; at++) {
        struct user user = {.at = at};
        struct cpt_progress progress = {.cancelled = says_once, .arg = &user};
        struct cpt_error error = {0};

        status = work(&progress, &error);
        if (status != (progress.is_cancelled ? CPT_CANCELLED : CPT_OK))
            fail_msg("given up at %d: status %d (%s)", (int)at, status, error.what);
        assert_int_equal(error.status, status);
    }
    assert_in_range(at, 3, 10000); /* it did ask */
}

static cpt_status
unpack(struct cpt_progress *progress, struct cpt_error *error)
{
    char *bytes = test_calloc(1, 8 << 20);
    int fd = memfd_create("input", MFD_CLOEXEC);
    struct cpt_unpack unpack = {.name = "it", .fd = fd, .progress = progress};
    struct cpt_unpacked unpacked;
    cpt_status status;

    assert_int_equal(write(fd, bytes, 8 << 20), 8 << 20);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    status = cpt_unpack(&unpack, &unpacked, error);
    close(fd);
    test_free(bytes);
    if (status) {
        assert_int_equal(unpacked.fd, -1);
    } else {
        assert_int_equal(unpacked.size, 8 << 20);
        close(unpacked.fd);
    }
    return status;
}

/* A chain from 0 on, each link with one reference back to 0 and one to the link two before it. */
static struct cpt_csr
make_chain(struct cpt_progress *progress)
{
    uint32_t *first = test_malloc((NODES + 1) * sizeof(*first)), *targets = test_malloc(3 * NODES * sizeof(*targets));
    uint32_t edges = 0;

    for (uint32_t i = 0; i < NODES; i++) {
        first[i] = edges;
        if (i + 1 < NODES)
            targets[edges++] = i + 1;
        targets[edges++] = 0;
        if (i > 2)
            targets[edges++] = i - 2;
    }
    first[NODES] = edges;
    return (struct cpt_csr){
        .count = NODES, .first = first, .targets = targets, .id_mask = UINT32_MAX >> 2, .progress = progress};
}

static void
free_chain(struct cpt_csr *graph)
{
    test_free((void *)(uintptr_t)graph->first);
    test_free((void *)(uintptr_t)graph->targets);
}

static cpt_status
dominators(struct cpt_progress *progress, struct cpt_error *error)
{
    struct cpt_csr graph = make_chain(progress);
    struct cpt_dominators tree;
    uint32_t root = 0;
    cpt_status status = cpt_dominators_find(&tree, &graph, &root, 1, error);

    if (!status)
        assert_int_equal(tree.reached, NODES);
    cpt_dominators_free(&tree);
    free_chain(&graph);
    return status;
}

static cpt_status
components(struct cpt_progress *progress, struct cpt_error *error)
{
    struct cpt_csr graph = make_chain(progress);
    uint32_t *component = test_malloc(NODES * sizeof(*component)), count;
    cpt_status status = cpt_components_find(&graph, NULL, component, &count, error);

    if (!status)
        assert_int_equal(count, 1);
    test_free(component);
    free_chain(&graph);
    return status;
}

static cpt_status
reach(struct cpt_progress *progress, struct cpt_error *error)
{
    struct cpt_csr graph = make_chain(progress);
    uint64_t *reached = test_calloc(NODES / 64 + 1, sizeof(*reached));
    cpt_status status;

    reached[0] = 1;
    status = cpt_reach_mark(&graph, reached, error);
    if (!status)
        assert_int_equal(reached[NODES / 128], UINT64_MAX);
    test_free(reached);
    free_chain(&graph);
    return status;
}

static cpt_status
breadth(struct cpt_progress *progress, struct cpt_error *error)
{
    struct cpt_csr graph = make_chain(progress);
    uint32_t *parent = test_malloc(NODES * sizeof(*parent)), root = 0;
    cpt_status status;

    memset(parent, 0xff, NODES * sizeof(*parent));
    status = cpt_breadth_first(&graph, &root, 1, CPT_CSR_NONE, parent, error);
    if (!status)
        assert_int_equal(parent[NODES - 1], NODES - 2);
    test_free(parent);
    free_chain(&graph);
    return status;
}

static void
unpacking(void **state)
{
    (void)state;
    until_complete(unpack);
}

static void
graphs(void **state)
{
    (void)state;
    until_complete(dominators);
    until_complete(components);
    until_complete(reach);
    until_complete(breadth);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_is_for_ever), cmocka_unit_test(few_steps_ask), cmocka_unit_test(all_threads_are_told),
        cmocka_unit_test(nothing_is_read_any_more), cmocka_unit_test(unpacking), cmocka_unit_test(graphs),
    };

    return cmocka_run_group_tests_name("cancel", tests, NULL, NULL);
}
