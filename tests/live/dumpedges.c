/* The references of many objects at once, for tests: reads addresses (hexadecimal, with blanks between) from standard
   input and writes for each a line "EXACT EDGE…": 1 or 0 for whether all references of its type are known, and for each
   exact reference that the collector sees "TARGET:KIND:DETAIL:NAME", in no order. "-" is for what is no object. With
   --owned it writes those that count instead.

   Usage: dumpedges [--sysroot=DIR] [--owned] PID|CORE */
#include "coreanalyze/commands/heap.h"
#include "coreanalyze/commands/target.h"
#include "coreanalyze/heap/graph.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_TROUBLE = 2 };

static int
fail(const struct cpt_error *error)
{
    fprintf(stderr, "dumpedges: %s\n", error->what);
    return EXIT_TROUBLE;
}

static void
write_edge(void *arg, const struct cpt_edge *edge)
{
    const unsigned *wanted = arg;

    if ((edge->flags & *wanted) == *wanted)
        printf(" %" PRIx64 ":%d:%" PRIx64 ":%s", edge->target, (int)edge->kind, edge->detail,
               edge->kind == CPT_EDGE_FIELD && edge->name ? edge->name : "");
}

static cpt_status
write_edges(struct cpt_heap *heap, unsigned wanted, struct cpt_error *error)
{
    struct cpt_graph graph;
    uint64_t address;
    cpt_status status = cpt_graph_open(&graph, heap, NULL, error);

    while (!status && scanf("%" SCNx64, &address) == 1) {
        uint32_t node = cpt_graph_find(&graph, address);
        struct cpt_found_object object;

        if (node == CPT_NO_NODE || !cpt_graph_object(&graph, node, &object)) {
            puts("-");
            continue;
        }
        printf("%d", cpt_plan_is_exact(&graph.plans, &object));
        cpt_graph_edges(&graph, node, write_edge, &wanted);
        putchar('\n');
    }
    cpt_graph_close(&graph);
    return status;
}

static int
dump(const struct cpt_options *options, unsigned wanted)
{
    const struct cpt_target_host host = {0};
    struct cpt_target target;
    struct cpt_walk walk;
    struct cpt_error error;
    cpt_status status = cpt_target_open(&target, options, &host, &error);

    if (status)
        return fail(&error);
    status = cpt_walk_begin(&walk, &target, options, &error);
    if (!status)
        status = write_edges(&walk.heap, wanted, &error);
    for (size_t i = 0; i < target.holes.count; i++)
        fprintf(stderr, "dumpedges: 0x%" PRIx64 ": %s\n", target.holes.items[i].address, target.holes.items[i].message);
    cpt_walk_finish(&walk);
    cpt_target_close(&target);
    return status ? fail(&error) : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    static const struct option known[] = {
        {"sysroot", required_argument, NULL, 's'}, {"owned", no_argument, NULL, 'o'}, {0}};
    struct cpt_options options = {.layout = CPT_LAYOUT_AUTO, .find_ways = (1u << CPT_FIND_WAYS) - 1};
    unsigned wanted = CPT_EDGE_EXACT | CPT_EDGE_VISITED;
    char *end;
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 's')
            options.sysroot = optarg;
        else if (option == 'o')
            wanted = CPT_EDGE_OWNED;
        else
            return EXIT_TROUBLE;
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "usage: dumpedges [--sysroot=DIR] [--owned] PID|CORE\n");
        return EXIT_TROUBLE;
    }
    options.pid = (int32_t)strtol(argv[optind], &end, 10);
    if (*end) {
        options.pid = 0;
        options.core = argv[optind];
    }
    return dump(&options, wanted);
}
