/* A whole fake CPython: two interpreters with threads of every kind, and what is to be said of
   them. */
#ifndef CPT_TESTS_SCENE_H
#define CPT_TESTS_SCENE_H

#include "coreanalyze/analyses/stack.h"
#include "tests/synthetic/layouts.h"
#include "tests/synthetic/objects.h"

/* Threads 0 to 4 are of the main interpreter, 0 is the main thread; 5 and 6 are of another one. 6
   has not started. */
#define SCENE_THREADS 7
#define SCENE_FIRST_OF_SUB 5
#define SCENE_MAX_FRAMES 8
#define SCENE_TASKS 7 /* one for each thread but 6, and one without Python */
#define SCENE_PID 1000

struct scene_options {
    bool collecting;      /* a collection is under way in the main interpreter */
    bool collector_frame; /* thread 2 set it off, by its innermost frame; where the layout has it */
    bool collector_stack; /* thread 2 runs it, by what is on its C stack */
    bool finalizing;      /* the main thread finalizes the runtime, 5 its interpreter (3.12+) */
    bool gil_free;        /* nobody holds a GIL */
    size_t deep;          /* frames of thread 3 instead of the usual ones */
    size_t cycle;         /* the outermost of those leads back so many frames; 0: none */
};

struct scene_frame {
    const char *name, *qualname;
    char file[32];
    struct object_place place;
};

struct scene_thread {
    uint64_t address; /* of the PyThreadState */
    uint64_t ident;
    int32_t native_id;
    const char *name; /* NULL: none */
    bool main;
    unsigned status;
    int64_t interpreter;
    struct scene_frame frames[SCENE_MAX_FRAMES]; /* innermost first */
    size_t frame_count;
};

struct scene {
    struct world world;
    uint64_t runtime, interp[2]; /* the main interpreter and the other one */
    uint64_t gil[2];
    uint64_t frame_of[SCENE_THREADS];       /* the innermost frame */
    uint64_t shown_frame_of[SCENE_THREADS]; /* the innermost one that is to be shown */
    struct scene_thread threads[SCENE_THREADS];
    struct cpt_task tasks[SCENE_TASKS];
};

void scene_build(struct scene *scene, const struct cpt_layout *layout,
                 const struct scene_options *options);
void scene_free(struct scene *scene);

/* One analysis. */
struct scene_result {
    cpt_status checked; /* of cpt_check_runtime */
    cpt_status status;  /* of the analysis */
    struct cpt_error error;
    struct cpt_stack stack;
    struct cpt_holes holes;
};

void scene_analyse(const struct scene *scene, struct cpt_memory *memory,
                   const struct cpt_layout *layout, struct scene_result *result);
void scene_result_free(struct scene_result *result);

/* Whether RESULT says of thread I what is expected, names aside if not NAMES; else WHY (256 bytes)
   tells. */
bool scene_agrees(const struct scene *scene, const struct scene_result *result, size_t i,
                  bool names, char *why);

#endif
