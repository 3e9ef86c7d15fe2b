#include "coreanalyze/decode/generator.h"

/* PyFrameState of a frame object (3.10); FRAME_EXECUTING is the first one that is not asleep. */
#define STATE_EXECUTING 0

static const char *const state_names[] = {
    [CPT_GENERATOR_CREATED] = "created",
    [CPT_GENERATOR_SUSPENDED] = "suspended",
    [CPT_GENERATOR_RUNNING] = "running",
    [CPT_GENERATOR_FINISHED] = "finished",
};

const char *
cpt_generator_state_name(enum cpt_generator_state state)
{
    return state_names[state];
}

/* From 3.11 the frame is part of the generator, and gi_frame_state says how it is. */
static cpt_status
read_inner(struct cpt_values *values, const struct cpt_struct *s, struct cpt_generator *generator,
           struct cpt_error *error)
{
    const struct cpt_layout_fields *at = values->decode->at;
    int8_t state = (int8_t)cpt_struct_u8(s, at->gen.gi_frame_state);

    if (state >= values->dialect.gen_completed)
        generator->state = CPT_GENERATOR_FINISHED;
    else if (state == values->dialect.gen_executing)
        generator->state = CPT_GENERATOR_RUNNING;
    else
        generator->state = state == values->dialect.gen_created ? CPT_GENERATOR_CREATED : CPT_GENERATOR_SUSPENDED;
    if (generator->state == CPT_GENERATOR_FINISHED)
        return CPT_OK;
    return cpt_frame_read(values->decode, s->address + (uint64_t)at->gen.gi_iframe, &generator->frame, error);
}

/* To 3.10 it has a frame object until it has finished. */
static cpt_status
read_outer(struct cpt_values *values, const struct cpt_struct *s, struct cpt_generator *generator,
           struct cpt_error *error)
{
    const struct cpt_layout_fields *at = values->decode->at;
    uint64_t frame = cpt_struct_u64(s, at->gen.gi_frame);
    bool running = cpt_struct_u8(s, at->gen.gi_running) != 0;
    uint32_t lasti;
    uint8_t state;
    cpt_status status;

    generator->state = CPT_GENERATOR_FINISHED;
    if (!frame)
        return CPT_OK;
    status = cpt_memory_read_u32(values->decode->memory, frame + (uint64_t)at->frame.f_lasti, &lasti, error);
    if (!status && CPT_HAS(at->frame.f_state)) {
        status = cpt_memory_read(values->decode->memory, frame + (uint64_t)at->frame.f_state, &state, 1, error);
        running = !status && (int8_t)state == STATE_EXECUTING;
    }
    if (status)
        return status;
    if (running)
        generator->state = CPT_GENERATOR_RUNNING;
    else
        generator->state = (int32_t)lasti < 0 ? CPT_GENERATOR_CREATED : CPT_GENERATOR_SUSPENDED;
    return cpt_frame_read(values->decode, frame, &generator->frame, error);
}

cpt_status
cpt_generator_line(struct cpt_values *values, uint64_t address, struct cpt_generator *generator,
                   struct cpt_error *error)
{
    const struct cpt_layout_fields *at = values->decode->at;
    bool inner = CPT_HAS(at->gen.gi_iframe) && CPT_HAS(at->gen.gi_frame_state);
    size_t size = cpt_struct_cover(0, at->gen.gi_frame, 8);
    struct cpt_struct s;
    cpt_status status;

    *generator = (struct cpt_generator){.frame.position = cpt_no_position};
    if (!inner && !CPT_HAS(at->gen.gi_frame))
        return CPT_OK;
    size = cpt_struct_cover(cpt_struct_cover(size, at->gen.gi_running, 1), at->gen.gi_frame_state, 1);
    status = cpt_struct_read(values->decode, &s, address, size, error);
    if (status)
        return status;
    return inner ? read_inner(values, &s, generator, error) : read_outer(values, &s, generator, error);
}
