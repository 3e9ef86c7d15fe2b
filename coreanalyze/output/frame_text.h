/* Python frames and threads as text: what `stack` and the commands in debuggers share. */
#ifndef CPT_OUTPUT_FRAME_TEXT_H
#define CPT_OUTPUT_FRAME_TEXT_H

#include "coreanalyze/output/source.h"
#include "coreanalyze/output/text.h"

struct cpt_frame_text {
    struct cpt_buffer *out;
    bool color;
    bool locals;               /* the variables of each frame too */
    struct cpt_hash innermost; /* object -> the innermost frame of the thread that has it as a variable */
    struct cpt_sources sources;
};

/* OPTIONS must outlive TEXT. */
void cpt_frame_text_init(struct cpt_frame_text *text, struct cpt_buffer *out, const struct cpt_text_options *options);
void cpt_frame_text_free(struct cpt_frame_text *text);

/* A line of the tool's own. */
void cpt_frame_text_note(struct cpt_frame_text *text, const char *note);

/* The parts of a frame: `File "…", line 7, in function`, the line of source below it where there is one, and its
   variables, each line behind INDENT. */
void cpt_frame_text_title(struct cpt_frame_text *text, const struct cpt_frame *frame);
void cpt_frame_text_source(struct cpt_frame_text *text, const struct cpt_frame *frame, const char *indent);
void cpt_frame_text_locals(struct cpt_frame_text *text, const struct cpt_frame *frame, const char *indent);

/* All of them, as in a traceback. */
void cpt_frame_text_frame(struct cpt_frame_text *text, const struct cpt_frame *frame);

/* COUNT frames, innermost first in FRAMES: the most recent call last. Without variables, repeated calls are counted. */
void cpt_frame_text_frames(struct cpt_frame_text *text, const struct cpt_frame *frames, size_t count);
void cpt_frame_text_repeated(struct cpt_frame_text *text, size_t period, size_t times);

/* The attributes of an object that several of the COUNT FRAMES, innermost first, share are shown once from now on:
   where it was used last. */
void cpt_frame_text_share(struct cpt_frame_text *text, struct cpt_frame *frames, size_t count);

/* The exception that THREAD has to do with, if any. */
void cpt_frame_text_exception(struct cpt_frame_text *text, const struct cpt_stack_thread *thread);

/* Which files have changed since: their lines would have been the wrong ones. */
void cpt_frame_text_changed(struct cpt_frame_text *text, bool is_core);

/* One line: what THREAD is called, what it does, what it waits for. */
void cpt_frame_text_thread(struct cpt_frame_text *text, const struct cpt_stack_thread *thread, bool many_interpreters);

#endif
