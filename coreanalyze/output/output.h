/* Results as text or JSON. A printer sees result structures and nothing of the target. */
#ifndef CPT_OUTPUT_OUTPUT_H
#define CPT_OUTPUT_OUTPUT_H

#include "coreanalyze/analyses/census.h"
#include "coreanalyze/analyses/diff.h"
#include "coreanalyze/analyses/info.h"
#include "coreanalyze/analyses/leaks.h"
#include "coreanalyze/analyses/ledger.h"
#include "coreanalyze/analyses/object.h"
#include "coreanalyze/analyses/path.h"
#include "coreanalyze/analyses/refs.h"
#include "coreanalyze/analyses/stack.h"
#include "coreanalyze/base/buffer.h"

/* The head of every document: what was read. Texts may be NULL where JSON says null. */
struct cpt_envelope {
    const char *command;
    bool is_core;
    int32_t pid;
    const char *path;       /* of the core; NULL: a process */
    const char *executable; /* NULL: not known */
    struct {
        int32_t number;     /* 0: none */
        bool has_address, has_sender;
        uint64_t address;
        int32_t thread, sender_pid;
    } signal;
    const char *version;    /* "3.11.7" */
    bool debug_build, free_threaded;
    const char *layout;     /* "self", "table", "dwarf" */
    const struct cpt_holes *holes;
};

/* Where source files are looked for. */
struct cpt_source_options {
    const char *root;    /* where absolute names begin: "/proc/PID/root", --sysroot; NULL: "/" */
    const char *cwd;     /* of relative names, as the target sees it; NULL: not looked for */
    int64_t newest;      /* seconds since 1970: a file changed later is not what ran; 0: no limit */
    bool by_ctime;       /* NEWEST also bounds the inode's change: that shows an upgrade whose files
                            have old dates. Not for a sysroot, which is unpacked later. */
    const char *refused; /* not NULL: no file of this host can be the target's, and why */
};

struct cpt_text_options {
    bool color;
    int width; /* columns of the terminal; 0: not a terminal */
    bool all_native; /* frames of the evaluation loop too, beside the Python frames they run */
    struct cpt_source_options source;
};

void cpt_stack_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                          const struct cpt_stack *stack);
void cpt_stack_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                          const struct cpt_stack *stack, const struct cpt_text_options *options);

void cpt_info_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                         const struct cpt_info *info);
void cpt_info_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                         const struct cpt_info *info, const struct cpt_text_options *options);

void cpt_object_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_object_answer *answer);
void cpt_object_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_object_answer *answer, const struct cpt_text_options *options);

/* TOP: rows that are written, the largest ones; 0: all as JSON, some as text. Totals are always those of all. */
void cpt_census_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_census *census, size_t top);
void cpt_census_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_census *census, size_t top, const struct cpt_text_options *options);

void cpt_memory_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_ledger *ledger);
void cpt_memory_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                           const struct cpt_ledger *ledger, const struct cpt_text_options *options);

/* One side of a comparison. */
struct cpt_diff_end {
    struct cpt_envelope envelope; /* its holes are not used */
    const char *saved;            /* the file that it was read from; NULL: a process or core */
    uint64_t objects, bytes;
};

/* ENVELOPE is AFTER's, with the holes of both. TOP: as for the census. */
void cpt_diff_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_diff_end *before,
                         const struct cpt_diff_end *after, const struct cpt_diff *diff, size_t top);
void cpt_diff_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_diff_end *before,
                         const struct cpt_diff_end *after, const struct cpt_diff *diff, size_t top,
                         const struct cpt_text_options *options);

/* TO: what the object refers to, else who refers to it. */
void cpt_refs_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_refs *refs,
                         bool to);
void cpt_refs_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_refs *refs,
                         bool to, const struct cpt_text_options *options);

void cpt_path_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_path *path);
void cpt_path_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_path *path,
                         const struct cpt_text_options *options);

void cpt_retained_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                             const struct cpt_retained *retained);
void cpt_retained_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope,
                             const struct cpt_retained *retained, const struct cpt_text_options *options);

/* TOP: rows of each part but the retainers, which the analysis has limited already; 0: all as JSON, some as text. */
void cpt_leaks_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_leaks *leaks,
                          size_t top);
void cpt_leaks_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_leaks *leaks,
                          size_t top, const struct cpt_text_options *options);

#endif
