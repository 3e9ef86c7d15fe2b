/* What all results have around them: the target before, the warnings after. */
#ifndef CPT_OUTPUT_ENVELOPE_H
#define CPT_OUTPUT_ENVELOPE_H

#include "coreanalyze/output/json.h"
#include "coreanalyze/output/output.h"

/* Whether nothing is missing: warnings that are mere notes are no holes. */
bool cpt_envelope_is_complete(const struct cpt_envelope *envelope);

/* "SIGSEGV"; "SIGRTMIN+2" for real-time signals; "SIG99" for what is none. */
void cpt_signal_name(int32_t number, char name[16]);

/* Writes the document up to the key "result"; the result, one item, is the caller's. */
void cpt_envelope_open_json(struct cpt_json *json, const struct cpt_envelope *envelope);
void cpt_envelope_close_json(struct cpt_json *json);

/* The lines before a result in text, and those after it. */
void cpt_envelope_head_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                            const struct cpt_text_options *options);
void cpt_envelope_warnings_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                                const struct cpt_text_options *options);

/* The beginning of a command line for what to look at next: "coreptile path 4711". */
void cpt_envelope_add_command(struct cpt_buffer *out, const struct cpt_envelope *envelope, const char *command);

#endif
