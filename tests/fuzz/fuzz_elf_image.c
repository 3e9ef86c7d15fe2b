/* Images in a target's memory: headers, hash tables, version. Input: the image. */
#include "coreanalyze/memory/synthetic.h"
#include "symbols/image.h"
#include "symbols/version.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>

#define BASE UINT64_C(0x400000)

static const char *const names[] = {
    "_PyRuntime", "Py_Version", "a", "",
    "no such symbol, and far too long to be one that is looked for"};

void
fuzz_elf_image(const uint8_t *data, size_t size)
{
    struct cpt_synthetic_region region = {.address = BASE, .bytes = data, .size = size};
    struct cpt_python_version version = {0};
    struct cpt_memory *memory = NULL;
    struct cpt_symbol symbol;
    struct cpt_image image;
    struct cpt_error error;

    if (!size)
        return;
    if (cpt_synthetic_open(&memory, &region, 1, size % 2, &error))
        abort();
    if (!cpt_image_open(&image, memory, BASE, &error)) {
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            (void)!cpt_image_symbol(&image, names[i], &symbol, &error);
        (void)!cpt_version_find(&image, BASE, BASE + size, &version, &error);
        (void)!cpt_version_check_build(&image, &version, &error);
    }
    cpt_synthetic_close(memory);
}

CPT_FUZZ_ENTRY(fuzz_elf_image)
