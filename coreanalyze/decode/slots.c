#include "coreanalyze/decode/slots.h"

#include <stdlib.h>

uint64_t
cpt_frame_slots_address(const struct cpt_decode *decode, const struct cpt_frame *frame)
{
    const struct cpt_layout_fields *at = decode->at;
    int32_t localsplus = CPT_HAS(at->frame.f_localsplus) ? at->frame.f_localsplus : at->iframe.localsplus;

    return CPT_HAS(localsplus) ? frame->address + (uint64_t)localsplus : 0;
}

cpt_status
cpt_frame_slots(struct cpt_decode *decode, const struct cpt_frame *frame, size_t first, size_t count, uint64_t **slots,
                struct cpt_error *error)
{
    uint64_t address = cpt_frame_slots_address(decode, frame);
    cpt_status status;

    *slots = NULL;
    if (!address)
        return cpt_error_set(error, CPT_ABSENT, "the layout does not say where the slots of frames are");
    *slots = malloc(count * 8 + 1);
    if (!*slots)
        return cpt_error_set(error, CPT_NOMEM, "out of memory");
    status = cpt_memory_read(decode->memory, address + 8 * (uint64_t)first, *slots, count * 8, error);
    if (status) {
        free(*slots);
        *slots = NULL;
        return status;
    }
    for (size_t i = 0; CPT_HAS(decode->at->iframe.stackpointer) && i < count; i++)
        (*slots)[i] &= ~CPT_REFERENCE_TAGS;
    return CPT_OK;
}
