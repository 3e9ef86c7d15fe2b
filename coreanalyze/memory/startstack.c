#include "coreanalyze/memory/startstack.h"

#include "coreanalyze/base/bytes.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LITTLE (UINT64_C(64) << 10) /* bytes of the stack's end that are looked at first */
#define MOST (UINT64_C(8) << 20)    /* and then: argv and envp take 6 MiB at most */
#define MAX_COMMAND_LINE (1u << 20) /* bytes of it that are kept */

/* The end of the stack, copied: word 0 is at ADDRESS. */
struct stack {
    uint64_t address;
    uint8_t *bytes;
    size_t words;
};

static uint64_t
word(const struct stack *stack, size_t index)
{
    return cpt_load_u64(stack->bytes + 8 * index);
}

static const struct cpt_mapping *
find_stack(const struct cpt_memory *memory)
{
    for (size_t i = 0; i < memory->mapping_count; i++) {
        if (memory->mappings[i].path && strcmp(memory->mappings[i].path, "[stack]") == 0)
            return &memory->mappings[i];
    }
    return NULL;
}

/* Reads from the end of the mapping on downwards. False: there is nothing. */
static bool
read_stack(struct cpt_memory *memory, const struct cpt_mapping *mapping, uint64_t size, struct stack *stack)
{
    if (size > mapping->end - mapping->start)
        size = mapping->end - mapping->start;
    stack->address = mapping->end - size;
    stack->words = size / 8;
    stack->bytes = malloc(size ? size : 1);
    if (stack->bytes && size && cpt_memory_read_some(memory, stack->address, stack->bytes, size) == size)
        return true;
    free(stack->bytes);
    stack->bytes = NULL;
    return false;
}

/* The kernel writes AT_PHDR, AT_PHENT and AT_PHNUM one after the other, and the size of a program header never
   changes. Returns the index of AT_PHDR's word, 0: there is none. */
static size_t
find_headers(const struct stack *stack)
{
    for (size_t i = stack->words; i-- > 1;) {
        if (stack->words - i >= 6 && word(stack, i) == AT_PHDR && word(stack, i + 2) == AT_PHENT &&
            word(stack, i + 3) == sizeof(Elf64_Phdr) && word(stack, i + 4) == AT_PHNUM)
            return i;
    }
    return 0;
}

/* Where the auxiliary vector begins, before the entry at HEADERS: behind the NULL that ends envp. Types are small
   numbers, and none before these is AT_NULL. */
static size_t
find_auxv(const struct stack *stack, size_t headers)
{
    while (headers >= 2 && word(stack, headers - 2) && word(stack, headers - 2) < 256)
        headers -= 2;
    return headers;
}

/* From the NULL at END back over pointers to what comes before them: a NULL or, COUNTED, their number. Returns the
   index of the first pointer; 0: there is none. */
static size_t
walk_back(const struct stack *stack, size_t end, bool counted)
{
    for (size_t at = end; at-- > 0;) {
        if (counted ? word(stack, at) == end - at - 1 : word(stack, at) == 0)
            return at + 1;
    }
    return 0;
}

static void
add_argument(struct cpt_memory *memory, uint64_t pointer, struct cpt_buffer *command_line)
{
    char text[4096];
    cpt_status status;

    do { /* an argument longer than the buffer comes in parts */
        status = cpt_memory_read_string(memory, pointer, text, sizeof(text), NULL);
        if (status == CPT_OK || status == CPT_LIMIT)
            cpt_buffer_add_text(command_line, text);
        pointer += sizeof(text) - 1;
    } while (status == CPT_LIMIT && command_line->size < MAX_COMMAND_LINE);
    cpt_buffer_add_char(command_line, '\0');
}

/* False: they are not all in what was copied. */
static bool
add_arguments(struct cpt_memory *memory, const struct stack *stack, size_t auxv, struct cpt_buffer *command_line)
{
    size_t envp = auxv ? walk_back(stack, auxv - 1, false) : 0;
    size_t argv = envp ? walk_back(stack, envp - 1, true) : 0;

    for (size_t i = argv; i && i < envp && word(stack, i) && command_line->size < MAX_COMMAND_LINE; i++)
        add_argument(memory, word(stack, i), command_line);
    return argv != 0;
}

/* The mapping of the program headers has the real path; AT_EXECFN may be relative, or name a script. */
static void
name_executable(const struct cpt_memory *memory, uint64_t headers, char *executable, size_t size)
{
    const struct cpt_mapping *mapping = cpt_memory_mapping(memory, headers);

    if (mapping && mapping->path && mapping->path[0] == '/')
        snprintf(executable, size, "%s", mapping->path);
}

/* With the last SIZE bytes of the stack. False: they are too few. */
static bool
read_end(struct cpt_memory *memory, const struct cpt_mapping *mapping, uint64_t size, char *executable,
         size_t executable_size, struct cpt_buffer *command_line)
{
    struct stack stack;
    size_t headers;
    bool done = false;

    if (!read_stack(memory, mapping, size, &stack))
        return true;
    headers = find_headers(&stack);
    if (headers) {
        name_executable(memory, word(&stack, headers + 1), executable, executable_size);
        done = add_arguments(memory, &stack, find_auxv(&stack, headers), command_line);
    }
    free(stack.bytes);
    return done;
}

void
cpt_start_stack_read(struct cpt_memory *memory, char *executable, size_t size, struct cpt_buffer *command_line)
{
    const struct cpt_mapping *mapping = find_stack(memory);

    *executable = '\0';
    /* Most have a few KB there. */
    if (mapping && !read_end(memory, mapping, LITTLE, executable, size, command_line))
        (void)read_end(memory, mapping, MOST, executable, size, command_line);
}
