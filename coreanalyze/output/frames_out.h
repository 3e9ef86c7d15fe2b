/* What the commands print that walk along one thread's Python frames. */
#ifndef CPT_OUTPUT_FRAMES_OUT_H
#define CPT_OUTPUT_FRAMES_OUT_H

#include "coreanalyze/analyses/frame_names.h"
#include "coreanalyze/output/output.h"

/* As SELECTED: none is. */
#define CPT_NO_FRAME SIZE_MAX

/* How many frames of LIST are shown, from the innermost one on: at most LIMIT, but as far as the one SELECTED. */
size_t cpt_frames_shown(const struct cpt_frame_list *list, size_t selected, size_t limit);

/* That many frames of LIST, with their variables if LOCALS. */
void cpt_frames_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_frame_list *list, size_t selected, size_t limit, bool locals,
                           const struct cpt_text_options *options);

/* Frame INDEX of LIST and its line of source. */
void cpt_frame_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                          const struct cpt_frame_list *list, size_t index, const struct cpt_text_options *options);

/* Lines of source from FIRST (1, …) to LAST. */
struct cpt_line_range {
    int32_t first, last;
};

/* The range that is shown where CURRENT is running: START to END where they are not 0, START and what follows it where
   END is 0, else what is around CURRENT. */
struct cpt_line_range cpt_line_range_around(int32_t current, uint32_t start, uint32_t end);

/* The lines of RANGE of the file of frame INDEX of LIST. False where there are none, and why in ERROR. */
bool cpt_lines_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                          const struct cpt_frame_list *list, size_t index, const struct cpt_line_range *range,
                          const struct cpt_text_options *options, struct cpt_error *error);

/* The variables of frame INDEX of LIST. */
void cpt_locals_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_frame_list *list, size_t index, const struct cpt_text_options *options);
void cpt_locals_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_frame_list *list, size_t index);

/* What NAME is in frame INDEX of LIST: RESULT, which is something. */
void cpt_name_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_text *name,
                         const struct cpt_frame_name *result, const struct cpt_text_options *options);
void cpt_name_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_frame_list *list,
                         size_t index, const struct cpt_text *name, const struct cpt_frame_name *result);

#endif
