/* For maintainers: makes the files of symbols/tables/, and compares them with an interpreter's
   DWARF. */
#include "symbols/layout.h"
#include "symbols/mklayout_file.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 };

struct options {
    const char *name;    /* --name */
    const char *origin;  /* --origin */
    const char *sysroot; /* --sysroot */
    const char *column;  /* --column: the files are tab-separated values */
    uint32_t hex;        /* --version-hex */
    bool debug;          /* --debug-build */
    bool compare;        /* --compare */
};

static const char usage[] =
    "Usage: mklayout [OPTION]... FILE...\n"
    "       mklayout --compare [OPTION]... FILE...\n"
    "       mklayout --column=BUILD [OPTION]... TSV\n"
    "\n"
    "Prints a layout table, to be kept in symbols/tables/, made from the DWARF of the interpreter\n"
    "FILE (libpython, where there is one, else the executable) or of its separate debug file.\n"
    "\n"
    "  -c, --compare          compare FILE's DWARF and (3.13+) its _Py_DebugOffsets, whichever it\n"
    "                         has, with the built-in table chosen for it, field by field\n"
    "  -n, --name=VERSION     the version, such as 3.11.7, where FILE does not tell it\n"
    "  -x, --version-hex=HEX  the same as PY_VERSION_HEX, such as 0x030b07f0\n"
    "  -d, --debug-build      FILE is a build with Py_DEBUG (seen where symbols tell it)\n"
    "  -o, --origin=TEXT      where the build is from, for the table's comment\n"
    "  -s, --sysroot=DIR      look for separate debug files under DIR too\n"
    "  -C, --column=BUILD     read column BUILD of tab-separated values instead: struct, field,\n"
    "                         then for each build offset/size, byte.bit:width/size, or -; the\n"
    "                         field SIZEOF is the structure's size. Needs --name unless BUILD is\n"
    "                         a version such as 3.11.7.\n"
    "  -h, --help             print this and exit\n"
    "\n"
    "Exit status: 0 all well, 1 --compare found a difference, 2 trouble.\n";

static int
fail(const struct cpt_error *error)
{
    fprintf(stderr, "mklayout: %s\n", error->what);
    return EXIT_TROUBLE;
}

/* A whole number in hexadecimal. */
static bool
parse_hex(const char *text, uint32_t *hex)
{
    char *end;
    unsigned long value = strtoul(text, &end, 16);

    *hex = (uint32_t)value;
    if (*text && !*end && value <= UINT32_MAX)
        return true;
    fprintf(stderr, "mklayout: '%s' is no hexadecimal number\n", text);
    return false;
}

/* One field as the table has it: "AT(tstate.interp, 16)". */
static int
format_field(char *text, size_t size, size_t index, int32_t value)
{
    const struct cpt_layout_field *field = cpt_layout_field(index);

    if (!field->is_bits)
        return snprintf(text, size, "AT(%s.%s, %d)", field->structure, field->name, value);
    return snprintf(text, size, "BITS(%s.%s, %d, %d, %d)", field->structure, field->name,
                    CPT_BITFIELD_FIRST(value) / 8, CPT_BITFIELD_FIRST(value) % 8,
                    CPT_BITFIELD_WIDTH(value));
}

/* Each structure begins a line. */
static void
print_fields(const struct cpt_layout_fields *fields)
{
    const size_t width = 100;
    size_t column = 0, structure = CPT_LAYOUT_FIELD_COUNT;

    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++) {
        const struct cpt_layout_field *field = cpt_layout_field(i);
        char text[80];
        size_t length;

        if (!CPT_HAS(cpt_layout_get(fields, i)))
            continue;
        length = (size_t)format_field(text, sizeof(text), i, cpt_layout_get(fields, i));
        if (column && (structure != field->size_index || column + length + 3 > width)) {
            printf(",\n");
            column = 0;
        } else if (column) {
            printf(", ");
            column += 2;
        }
        column += (size_t)printf("%s%s", column ? "" : "        ", text);
        structure = field->size_index;
    }
}

/* To 3.12 one table serves the series. Early releases of 3.7 had another PyGC_Head and objects at
   other places. */
static void
print_table(const struct options *options, const struct cpt_layout_fields *fields,
            const struct cpt_python_version *version, const char *source)
{
    unsigned minor = CPT_PYTHON_MINOR(version->hex), micro = CPT_PYTHON_MICRO(version->hex);
    bool series = minor < 13;
    char text[16];

    cpt_python_version_format(version->hex, text, sizeof(text));
    printf("/* CPython %s%s, x86-64 Linux%s%s.\n   Made by mklayout from %s. */\n", text,
           version->debug_build ? " with Py_DEBUG" : "", options->origin ? ", " : "",
           options->origin ? options->origin : "", source);
    printf("{\n    .build = \"%s%s\",\n", text, version->debug_build ? " debug" : "");
    printf("    .minor = %u, .first_micro = %u, .last_micro = %u, .debug = %s,\n", minor,
           series ? (minor == 7 ? 5 : 0) : micro, series ? 255 : micro,
           version->debug_build ? "true" : "false");
    printf("    VALUES(\n");
    print_fields(fields);
    printf("),\n},\n");
}

/* The version as the user gave it, else as the file tells it. */
static cpt_status
settle_version(const struct options *options, const char *path, struct cpt_python_version *version,
               struct cpt_error *error)
{
    const char *name = options->name ? options->name : options->column;

    if (options->hex)
        version->hex = options->hex;
    else if (name)
        version->hex = mklayout_parse_version(name, name + strlen(name));
    version->debug_build |= options->debug;
    if (CPT_PYTHON_MAJOR(version->hex) != 3)
        return cpt_error_set(error, CPT_ABSENT, "the version of %s is not known: give --name=3.X.Y",
                             path);
    return CPT_OK;
}

static int
print_from_tsv(const struct options *options, const char *path)
{
    struct cpt_python_version version = {0};
    struct cpt_layout_fields fields;
    struct cpt_error error;
    char source[80];

    if (settle_version(options, path, &version, &error) ||
        mklayout_tsv_read(&fields, path, options->column, &error))
        return fail(&error);
    snprintf(source, sizeof(source), "a dump of its DWARF, column %s", options->column);
    print_table(options, &fields, &version, source);
    return EXIT_SUCCESS;
}

static int
print_from_dwarf(const struct options *options, const char *path)
{
    const char *base = strrchr(path, '/');
    struct mklayout_file file;
    struct cpt_layout_fields fields;
    struct cpt_error error;
    char source[256];

    if (mklayout_file_read(&file, path, &error) ||
        settle_version(options, path, &file.version, &error) ||
        cpt_layout_from_dwarf(&fields, path, options->sysroot, &error))
        return fail(&error);
    snprintf(source, sizeof(source), "the DWARF of %s", base ? base + 1 : path);
    print_table(options, &fields, &file.version, source);
    return EXIT_SUCCESS;
}

/* What says where the fields are. */
struct source {
    const char *name;
    bool present;
    struct cpt_layout_fields fields;
};

static void
format_value(char *text, size_t size, const struct source *source, size_t index)
{
    int32_t value = cpt_layout_get(&source->fields, index);

    if (CPT_HAS(value))
        format_field(text, size, index, value);
    else
        snprintf(text, size, "absent");
}

/* Prints where the two differ; how many do. What the debug offsets do not cover is no difference.
   The size of the runtime or of an interpreter may differ from the table of another patch release,
   which only adds at their ends. */
static size_t
print_differences(const struct source *a, const struct source *b, bool partial, bool sizes_vary)
{
    size_t count = 0;

    for (size_t i = 0; i < CPT_LAYOUT_FIELD_COUNT; i++) {
        int32_t in_a = cpt_layout_get(&a->fields, i);
        char text_a[80], text_b[80];

        if (in_a == cpt_layout_get(&b->fields, i) || (partial && !CPT_HAS(in_a)))
            continue;
        /* Of a structure whose module only B has in the interpreter. */
        if (cpt_layout_field(i)->size_index == i && !CPT_HAS(in_a))
            continue;
        if (sizes_vary &&
            (i == CPT_LAYOUT_INDEX(runtime.size) || i == CPT_LAYOUT_INDEX(interp.size)))
            continue;
        format_value(text_a, sizeof(text_a), a, i);
        format_value(text_b, sizeof(text_b), b, i);
        printf("  %s.%s: %s %s, %s %s\n", cpt_layout_field(i)->structure,
               cpt_layout_field(i)->name, a->name, text_a, b->name, text_b);
        count++;
    }
    return count;
}

/* The three sources for FILE, and the build of the table. */
static cpt_status
read_sources(const struct options *options, const char *path, struct mklayout_file *file,
             struct source *self, struct source *dwarf, struct source *table, const char **build,
             struct cpt_error *error)
{
    struct cpt_layout_hints hints = {0};
    struct cpt_python_version version;
    cpt_status status = mklayout_file_read(file, path, error);

    if (!status)
        status = settle_version(options, path, &file->version, error);
    if (!status && CPT_PYTHON_MINOR(file->version.hex) >= 13) {
        status = cpt_layout_from_self(&self->fields, &version, file->offsets, file->offsets_size,
                                      error);
        self->present = !status;
        file->version.free_threaded = version.free_threaded;
        hints.interp_size = (uint64_t)self->fields.interp.size;
        hints.tstate_size = (uint64_t)self->fields.tstate.size;
    }
    if (status)
        return status;
    status = cpt_layout_from_dwarf(&dwarf->fields, path, options->sysroot, error);
    dwarf->present = !status;
    if (status && (status != CPT_ABSENT || !self->present))
        return status;
    hints.runtime_size = file->runtime_size;
    return cpt_layout_from_table(&table->fields, build, &file->version, &hints, error);
}

static int
compare(const struct options *options, const char *path)
{
    struct source self = {.name = "debug offsets"}, dwarf = {.name = "DWARF"};
    struct source table = {.name = "table"};
    struct mklayout_file file;
    struct cpt_error error;
    const char *build = "";
    char text[16];
    size_t count = 0;
    bool varies;

    if (read_sources(options, path, &file, &self, &dwarf, &table, &build, &error))
        return fail(&error);
    cpt_python_version_format(file.version.hex, text, sizeof(text));
    varies = strncmp(build, text, strlen(text)) != 0;
    if (self.present)
        count += print_differences(&self, dwarf.present ? &dwarf : &table, true, false);
    /* Extension modules are in the interpreter itself in some builds. */
    cpt_layout_add_steady(&table.fields, file.version.hex);
    cpt_layout_add_steady(&dwarf.fields, file.version.hex);
    if (dwarf.present)
        count += print_differences(&table, &dwarf, false, varies);
    printf("%s: CPython %s%s, %s, and the table of %s: %zu differences\n", path, text,
           file.version.debug_build ? " debug" : "", dwarf.present ? dwarf.name : self.name, build,
           count);
    return count ? EXIT_DIFFERENT : EXIT_SUCCESS;
}

static int
parse_options(int argc, char **argv, struct options *options)
{
    static const struct option longs[] = {
        {"compare", no_argument, NULL, 'c'},          {"name", required_argument, NULL, 'n'},
        {"version-hex", required_argument, NULL, 'x'}, {"debug-build", no_argument, NULL, 'd'},
        {"origin", required_argument, NULL, 'o'},     {"sysroot", required_argument, NULL, 's'},
        {"column", required_argument, NULL, 'C'},     {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "cn:x:do:s:C:h", longs, NULL)) != -1) {
        switch (option) {
        case 'c':
            options->compare = true;
            break;
        case 'n':
            options->name = optarg;
            break;
        case 'x':
            if (!parse_hex(optarg, &options->hex))
                return EXIT_TROUBLE;
            break;
        case 'd':
            options->debug = true;
            break;
        case 'o':
            options->origin = optarg;
            break;
        case 's':
            options->sysroot = optarg;
            break;
        case 'C':
            options->column = optarg;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(EXIT_SUCCESS);
        default:
            return EXIT_TROUBLE;
        }
    }
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    struct options options = {0};
    int worst = parse_options(argc, argv, &options);

    if (worst || optind == argc || (options.compare && options.column)) {
        fputs("Try 'mklayout --help'.\n", stderr);
        return EXIT_TROUBLE;
    }
    for (int i = optind; i < argc; i++) {
        int status = options.compare  ? compare(&options, argv[i])
                     : options.column ? print_from_tsv(&options, argv[i])
                                      : print_from_dwarf(&options, argv[i]);

        worst = status > worst ? status : worst;
    }
    if (fflush(stdout) || ferror(stdout)) {
        perror("mklayout");
        return EXIT_TROUBLE;
    }
    return worst;
}
