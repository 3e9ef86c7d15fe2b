/* Runs every file of the corpus through its fuzz target, without a fuzzer. Prints TAP, one test for
   each target. With arguments, TARGET FILE…, only those. */
#include "tests/fuzz/target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE 60 /* seconds for one input */

static const struct target {
    const char *name;
    void (*run)(const uint8_t *data, size_t size);
} targets[] = {
    {"census", fuzz_census},
    {"core", fuzz_core},
    {"core_notes", fuzz_core_notes},
    {"debug_offsets", fuzz_debug_offsets},
    {"elf_header", fuzz_elf_header},
    {"elf_image", fuzz_elf_image},
    {"heap", fuzz_heap},
    {"linetable", fuzz_linetable},
    {"stack", fuzz_stack},
    {"unpack", fuzz_unpack},
    {"values", fuzz_values},
};

#define TARGET_COUNT (sizeof(targets) / sizeof(targets[0]))

/* The bytes of FILE in a block of exactly their size. */
static uint8_t *
read_all(FILE *file, size_t *size)
{
    long length;
    uint8_t *data;

    if (fseek(file, 0, SEEK_END) || (length = ftell(file)) < 0)
        return NULL;
    rewind(file);
    *size = (size_t)length;
    data = malloc(*size ? *size : 1);
    if (data && fread(data, 1, *size, file) != *size) {
        free(data);
        data = NULL;
    }
    return data;
}

static int
run_file(const struct target *target, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t size = 0;
    uint8_t *data = file ? read_all(file, &size) : NULL;

    if (file)
        fclose(file);
    if (!data) {
        printf("# cannot read %s\n", path);
        return -1;
    }
    /* Said before, for those that never come back. */
    printf("# %s %s\n", target->name, path);
    fflush(stdout);
    alarm(PATIENCE);
    target->run(data, size);
    alarm(0);
    free(data);
    return 0;
}

/* Runs the files of one directory, in any order. Returns how many, or -1. */
static int
run_directory(const struct target *target, const char *directory)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;
    int count = 0;

    while (entries && count >= 0 && (entry = readdir(entries))) {
        char path[4096];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
        count = run_file(target, path) ? -1 : count + 1;
    }
    if (entries)
        closedir(entries);
    return count;
}

static int
run_corpus(void)
{
    const char *source = getenv("srcdir");
    int failures = 0;

    printf("1..%zu\n", TARGET_COUNT);
    for (size_t i = 0; i < TARGET_COUNT; i++) {
        char directory[2048];
        int count;

        snprintf(directory, sizeof(directory), "%s/tests/fuzz/corpus/%s", source ? source : ".",
                 targets[i].name);
        count = run_directory(&targets[i], directory);
        failures += count <= 0;
        printf("%sok %zu - %s: %d inputs\n", count > 0 ? "" : "not ", i + 1, targets[i].name,
               count);
    }
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    if (argc == 1)
        return run_corpus();
    for (size_t i = 0; i < TARGET_COUNT; i++) {
        for (int n = 2; n < argc; n++) {
            if (strcmp(targets[i].name, argv[1]) == 0 && run_file(&targets[i], argv[n]))
                return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
