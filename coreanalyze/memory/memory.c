#include "coreanalyze/memory/memory.h"

#include "coreanalyze/base/bytes.h"

#include <string.h>

#define STRING_CHUNK 4096

/* SIZE, cut where ADDRESS + SIZE would go beyond the last address. */
static size_t
clamp_size(uint64_t address, size_t size)
{
    uint64_t left = UINT64_MAX - address;

    return size > left ? (size_t)left : size;
}

size_t
cpt_memory_read_some(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size)
{
    size = clamp_size(address, size);
    if (cpt_progress_is_cancelled(memory->progress))
        return 0;
    return size ? memory->ops->read(memory, address, buffer, size) : 0;
}

cpt_status
cpt_memory_read(struct cpt_memory *memory, uint64_t address, void *buffer, size_t size,
                struct cpt_error *error)
{
    size_t done = cpt_memory_read_some(memory, address, buffer, size);

    if (done == size)
        return CPT_OK;
    return cpt_progress_is_cancelled(memory->progress) ? cpt_progress_check(memory->progress, error)
                                                       : cpt_error_fault(error, address + done);
}

const void *
cpt_memory_view(struct cpt_memory *memory, uint64_t address, size_t size)
{
    if (!memory->ops->view || !size || clamp_size(address, size) != size)
        return NULL;
    return memory->ops->view(memory, address, size);
}

const void *
cpt_memory_piece(struct cpt_memory *memory, uint64_t address, uint64_t *size)
{
    return memory->ops->piece ? memory->ops->piece(memory, address, size) : NULL;
}

void
cpt_memory_forget(struct cpt_memory *memory)
{
    if (memory->ops->forget)
        memory->ops->forget(memory);
}

cpt_status
cpt_memory_read_u64(struct cpt_memory *memory, uint64_t address, uint64_t *value,
                    struct cpt_error *error)
{
    uint8_t bytes[8];
    cpt_status status = cpt_memory_read(memory, address, bytes, sizeof(bytes), error);

    if (status == CPT_OK)
        *value = cpt_load_u64(bytes);
    return status;
}

cpt_status
cpt_memory_read_u32(struct cpt_memory *memory, uint64_t address, uint32_t *value,
                    struct cpt_error *error)
{
    uint8_t bytes[4];
    cpt_status status = cpt_memory_read(memory, address, bytes, sizeof(bytes), error);

    if (status == CPT_OK)
        *value = cpt_load_u32(bytes);
    return status;
}

/* Read page by page: a string that ends just before a hole never touches the hole. */
cpt_status
cpt_memory_read_string(struct cpt_memory *memory, uint64_t address, char *buffer, size_t size,
                       struct cpt_error *error)
{
    size_t done = 0;

    if (!size)
        return cpt_error_set(error, CPT_LIMIT, "no room for a string");
    while (done < size - 1) {
        size_t chunk = STRING_CHUNK - (size_t)((address + done) % STRING_CHUNK), got;

        if (chunk > size - 1 - done)
            chunk = size - 1 - done;
        got = cpt_memory_read_some(memory, address + done, buffer + done, chunk);
        if (memchr(buffer + done, '\0', got))
            return CPT_OK;
        done += got;
        if (got < chunk) {
            buffer[done] = '\0';
            return cpt_error_fault(error, address + done);
        }
    }
    buffer[done] = '\0';
    cpt_error_set(error, CPT_LIMIT, "a string is longer than %zu bytes", size - 1);
    if (error)
        error->address = address;
    return CPT_LIMIT;
}

const struct cpt_mapping *
cpt_memory_mapping(const struct cpt_memory *memory, uint64_t address)
{
    size_t low = 0, high = memory->mapping_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memory->mappings[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < memory->mapping_count && memory->mappings[low].start <= address)
        return &memory->mappings[low];
    return NULL;
}

uint64_t
cpt_memory_resident(const struct cpt_memory *memory, uint64_t start, uint64_t end)
{
    size_t low = 0, high = memory->run_count;
    uint64_t bytes = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memory->runs[middle].end <= start)
            low = middle + 1;
        else
            high = middle;
    }
    for (; start < end && low < memory->run_count && memory->runs[low].start < end; low++) {
        uint64_t from = memory->runs[low].start > start ? memory->runs[low].start : start,
                 to = memory->runs[low].end < end ? memory->runs[low].end : end;

        bytes += to - from;
    }
    return bytes;
}
