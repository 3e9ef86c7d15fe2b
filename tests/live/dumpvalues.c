/* The values of many objects at once, for tests: reads addresses (hexadecimal, with blanks between) from standard input
   and writes for each a line "TYPE-SIZE REPR-SIZE BROKEN", the type, the repr and a newline. With --sizeof it writes a
   line "SIZE SIZER" instead, or "- SIZER WHY", and for SIZER "-" where none is known.

   Usage: dumpvalues [--limit=CHARACTERS] [--sysroot=DIR] [--sizeof] PID|CORE */
#include "coreanalyze/commands/target.h"
#include "coreanalyze/decode/runtime.h"
#include "coreanalyze/decode/sizeof.h"
#include "coreanalyze/decode/value.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_TROUBLE = 2 };

static int
fail(const struct cpt_error *error)
{
    fprintf(stderr, "dumpvalues: %s\n", error->what);
    return EXIT_TROUBLE;
}

static void
write_value(const struct cpt_value *value)
{
    printf("%zu %zu %d\n", value->type.size, value->repr.size, value->broken);
    fwrite(value->type.data, 1, value->type.size, stdout);
    fwrite(value->repr.data, 1, value->repr.size, stdout);
    putchar('\n');
}

/* Looked up once for each type; SIZERS: by the type's address, or what stands for none. */
static const struct cpt_sizer *
find_sizer(struct cpt_values *values, struct cpt_hash *sizers, const struct cpt_type *type)
{
    static char nowhere;
    void *found = cpt_hash_get(sizers, type->address);

    if (!found) {
        found = (void *)(uintptr_t)cpt_sizer_find(values, type);
        if (!cpt_hash_set(sizers, type->address, found ? found : &nowhere))
            return NULL;
    }
    return found == &nowhere ? NULL : found;
}

static cpt_status
write_sizeof(struct cpt_values *values, struct cpt_hash *sizers, uint64_t address, struct cpt_error *error)
{
    const struct cpt_sizer *sizer = NULL;
    struct cpt_object object;
    struct cpt_header header;
    uint64_t size;
    cpt_status status = cpt_object_open(&values->types, address, &object, error);

    if (!status)
        status = cpt_header_read(values, &object, &header, error);
    if (!status)
        sizer = find_sizer(values, sizers, object.type);
    if (!status && !sizer)
        status = cpt_object_sizeof(values, &object, &header, &size, error);
    else if (!status)
        status = cpt_sizer_size(values, sizer, &object, &header, &size, error);
    if (status)
        printf("- %s %s\n", sizer ? cpt_sizer_name(sizer) : "-", error->what);
    else
        printf("%" PRIu64 " %s\n", size, sizer ? cpt_sizer_name(sizer) : "-");
    return status == CPT_NOMEM ? status : CPT_OK;
}

/* What is unreadable of the two is 0: names of types whose page is missing are looked up in them. */
static void
read_names(struct cpt_decode *decode, uint64_t runtime, uint64_t *builtins, uint64_t *modules)
{
    struct cpt_runtime read;
    struct cpt_error ignored;

    *builtins = *modules = 0;
    if (cpt_runtime_read(decode, runtime, &read, &ignored) || !CPT_HAS(decode->at->interp.builtins) ||
        !CPT_HAS(decode->at->interp.modules))
        return;
    if (cpt_memory_read_u64(decode->memory, read.main_interpreter + (uint64_t)decode->at->interp.builtins, builtins,
                            &ignored))
        *builtins = 0;
    if (cpt_memory_read_u64(decode->memory, read.main_interpreter + (uint64_t)decode->at->interp.modules, modules,
                            &ignored))
        *modules = 0;
}

static cpt_status
write_values(struct cpt_target *target, size_t limit, bool sizes, struct cpt_error *error)
{
    struct cpt_arena arena = {0};
    struct cpt_hash sizers = {0};
    struct cpt_values values;
    struct cpt_decode decode;
    uint64_t builtins, modules, address;
    cpt_status status = CPT_OK;

    cpt_decode_init(&decode, target->memory, &target->found.layout.at, &arena, &target->holes);
    read_names(&decode, target->found.runtime, &builtins, &modules);
    cpt_values_init(&values, &decode, &target->found.layout, limit, builtins, modules);
    while (!status && scanf("%" SCNx64, &address) == 1) {
        struct cpt_value value;

        if (sizes) {
            status = write_sizeof(&values, &sizers, address, error);
            continue;
        }
        status = cpt_value_read(&values, address, &value, error);
        if (!status)
            write_value(&value);
    }
    cpt_hash_free(&sizers);
    cpt_values_free(&values);
    cpt_decode_free(&decode);
    cpt_arena_free(&arena);
    return status;
}

static void
write_holes(const struct cpt_holes *holes)
{
    for (size_t i = 0; i < holes->count; i++)
        fprintf(stderr, "dumpvalues: 0x%" PRIx64 ": %s\n", holes->items[i].address, holes->items[i].message);
}

static int
dump(const struct cpt_options *options, size_t limit, bool sizes)
{
    const struct cpt_target_host host = {0};
    struct cpt_target target;
    struct cpt_error error;
    cpt_status status = cpt_target_open(&target, options, &host, &error);

    if (status)
        return fail(&error);
    status = write_values(&target, limit, sizes, &error);
    write_holes(&target.holes);
    cpt_target_close(&target);
    return status ? fail(&error) : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    static const struct option known[] = {
        {"limit", required_argument, NULL, 'l'}, {"sysroot", required_argument, NULL, 's'},
        {"sizeof", no_argument, NULL, 'z'}, {0}};
    struct cpt_options options = {
        .no_pause = true, .layout = CPT_LAYOUT_AUTO, .find_ways = (1u << CPT_FIND_WAYS) - 1};
    size_t limit = CPT_REPR_LIMIT;
    bool sizes = false;
    char *end;
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 'l')
            limit = strtoul(optarg, NULL, 0);
        else if (option == 's')
            options.sysroot = optarg;
        else if (option == 'z')
            sizes = true;
        else
            return EXIT_TROUBLE;
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "usage: dumpvalues [--limit=CHARACTERS] [--sysroot=DIR] [--sizeof] PID|CORE\n");
        return EXIT_TROUBLE;
    }
    options.pid = (int32_t)strtol(argv[optind], &end, 10);
    if (*end) {
        options.pid = 0;
        options.core = argv[optind];
    }
    return dump(&options, limit, sizes);
}
