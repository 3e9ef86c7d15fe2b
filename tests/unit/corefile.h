/* Builds core files for tests, byte by byte, sound or not. */
#ifndef CPT_TESTS_COREFILE_H
#define CPT_TESTS_COREFILE_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/base/vec.h"

#include <elf.h>

struct corefile_load {
    Elf64_Phdr header;
    const void *bytes; /* header.p_filesz of them, or NULL: header.p_offset is left as it is */
};

struct corefile {
    CPT_VEC(struct corefile_load) loads;
    struct cpt_buffer notes;
    bool extended; /* count in section header 0 at the end of the file, as the kernel does it */
    struct cpt_buffer file; /* after corefile_build */
};

/* Adds a PT_LOAD; its header may be changed through the result until the next call. */
Elf64_Phdr *corefile_load(struct corefile *core, uint64_t address, uint64_t memory_size,
                          const void *bytes, uint64_t file_size, uint32_t flags);

/* Adds a note with the name "CORE". */
void corefile_note(struct corefile *core, uint32_t type, const void *desc, size_t size);

/* NT_PRSTATUS of thread TID; the stack pointer is SP. */
void corefile_thread(struct corefile *core, int32_t tid, int16_t cursig, int32_t info_signo,
                     uint64_t sp, int64_t orig_rax, int64_t rax);
void corefile_siginfo(struct corefile *core, int32_t signo, int32_t code, uint64_t value);
void corefile_psinfo(struct corefile *core, int32_t pid, const char *program,
                     const char *arguments);

/* One entry for NT_FILE. */
struct corefile_file {
    uint64_t start, end, page_offset;
    const char *path;
};
void corefile_files(struct corefile *core, uint64_t page_size, const struct corefile_file *files,
                    size_t count);

/* Lays out header, program headers, notes and dumped bytes, these one right behind the other. */
void corefile_build(struct corefile *core);
void corefile_free(struct corefile *core);

/* A path that stands for the SIZE bytes at DATA: a file in memory, the same one for each call. */
const char *corefile_path(const void *data, size_t size);

#endif
