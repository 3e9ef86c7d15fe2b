/* Fuzz targets: each is a function that is called with one input after the other and must come
   back, whatever the input is. With CPT_LIBFUZZER its file becomes a program of libFuzzer's; the
   program replay has them all. */
#ifndef CPT_TESTS_FUZZ_TARGET_H
#define CPT_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

void fuzz_census(const uint8_t *data, size_t size);
void fuzz_core(const uint8_t *data, size_t size);
void fuzz_core_notes(const uint8_t *data, size_t size);
void fuzz_debug_offsets(const uint8_t *data, size_t size);
void fuzz_elf_header(const uint8_t *data, size_t size);
void fuzz_elf_image(const uint8_t *data, size_t size);
void fuzz_heap(const uint8_t *data, size_t size);
void fuzz_linetable(const uint8_t *data, size_t size);
void fuzz_stack(const uint8_t *data, size_t size);
void fuzz_unpack(const uint8_t *data, size_t size);
void fuzz_values(const uint8_t *data, size_t size);

/* At the end of a target's file. */
#ifdef CPT_LIBFUZZER
#define CPT_FUZZ_ENTRY(target)                                                                     \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);                                  \
    __attribute__((visibility("default"))) int LLVMFuzzerTestOneInput(const uint8_t *data,         \
                                                                      size_t size)                 \
    {                                                                                              \
        target(data, size);                                                                        \
        return 0;                                                                                  \
    }
#else
#define CPT_FUZZ_ENTRY(target)
#endif

#endif
