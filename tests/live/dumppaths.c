/* The ways to many objects at once, for tests: reads addresses (hexadecimal, with blanks between) from standard
   input and writes for each a line "EXACT SIZE" and the path with a newline; SIZE 0: there is none. With --counts it
   writes for every object whose reference count is above the references that were found a line "ADDRESS COUNT FOUND
   TYPE" instead.  Usage: dumppaths [--counts] [--no-pause] [--sysroot=DIR] PID|CORE */
#include "coreanalyze/commands/heap.h"
#include "coreanalyze/heap/routes.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_TROUBLE = 2 };

static cpt_status
write_path(const struct cpt_routes *routes, uint64_t address, struct cpt_error *error)
{
    struct cpt_route route;
    cpt_status status = cpt_route_write(routes, cpt_graph_find(routes->graph, address), &route, error);

    if (status == CPT_ABSENT) {
        printf("0 0\n\n");
        return CPT_OK;
    }
    if (!status)
        printf("%d %zu\n%s\n", route.exact, route.path.size, route.path.data);
    return status;
}

static cpt_status
write_paths(struct cpt_graph *graph, const struct cpt_rootset *roots, struct cpt_error *error)
{
    struct cpt_routes routes;
    uint64_t address;
    cpt_status status = cpt_routes_find(&routes, graph, roots, CPT_NO_NODE, error);

    while (!status && scanf("%" SCNx64, &address) == 1)
        status = write_path(&routes, address, error);
    cpt_routes_free(&routes);
    return status;
}

static void
write_counts(const struct cpt_graph *graph)
{
    for (uint32_t i = 0; i < graph->count; i++) {
        uint64_t count = cpt_graph_is_object(graph, i) ? cpt_graph_references(graph, i) : UINT64_MAX;

        if (count != UINT64_MAX && count > graph->found[i])
            printf("%" PRIx64 " %" PRIu64 " %" PRIu32 " %s\n", cpt_graph_address(graph, i), count, graph->found[i],
                   cpt_graph_shape(graph, i)->type->name.data);
    }
}

static cpt_status
write_graph(struct cpt_heap *heap, bool counts, struct cpt_error *error)
{
    struct cpt_rootset roots = {0};
    struct cpt_graph graph;
    cpt_status status = cpt_graph_open(&graph, heap, NULL, error);

    if (!status)
        status = cpt_roots_cover(heap, &graph, error);
    if (!status)
        status = cpt_graph_connect(&graph, NULL, error);
    if (!status)
        status = cpt_rootset_take(&roots, &graph, error);
    if (!status && counts)
        write_counts(&graph);
    else if (!status)
        status = write_paths(&graph, &roots, error);
    cpt_rootset_free(&roots);
    cpt_graph_close(&graph);
    return status;
}

static cpt_status
dump(struct cpt_target *target, const struct cpt_options *options, bool counts, struct cpt_error *error)
{
    struct cpt_walk walk;
    cpt_status status = cpt_walk_begin(&walk, target, options, error);

    if (!status)
        status = write_graph(&walk.heap, counts, error);
    cpt_walk_finish(&walk);
    return status;
}

static int
fail(const struct cpt_error *error)
{
    fprintf(stderr, "dumppaths: %s\n", error->what);
    return EXIT_TROUBLE;
}

int
main(int argc, char **argv)
{
    static const struct option known[] = {{"counts", no_argument, NULL, 'c'},
                                          {"no-pause", no_argument, NULL, 'n'},
                                          {"sysroot", required_argument, NULL, 's'},
                                          {0}};
    struct cpt_options options = {
        .layout = CPT_LAYOUT_AUTO, .find_ways = (1u << CPT_FIND_WAYS) - 1, .repr_limit = CPT_REPR_LIMIT};
    const struct cpt_target_host host = {0};
    struct cpt_target target;
    struct cpt_error error;
    bool counts = false;
    cpt_status status;
    char *end;
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == '?')
            return EXIT_TROUBLE;
        counts |= option == 'c';
        options.no_pause |= option == 'n';
        if (option == 's')
            options.sysroot = optarg;
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "usage: dumppaths [--counts] [--no-pause] [--sysroot=DIR] PID|CORE\n");
        return EXIT_TROUBLE;
    }
    options.pid = (int32_t)strtol(argv[optind], &end, 10);
    if (*end) {
        options.pid = 0;
        options.core = argv[optind];
    }
    status = cpt_target_open(&target, &options, &host, &error);
    if (status)
        return fail(&error);
    status = dump(&target, &options, counts, &error);
    cpt_target_close(&target);
    return status ? fail(&error) : EXIT_SUCCESS;
}
