/* What references are called, from inside: what edge_name.c, root_name.c and route_write.c share. */
#ifndef CPT_HEAP_NAMING_H
#define CPT_HEAP_NAMING_H

#include "coreanalyze/decode/frame.h"
#include "coreanalyze/decode/variables.h"
#include "coreanalyze/heap/routes.h"

/* Whether the SIZE bytes at NAME can be written behind a dot: ASCII, and none of Python's own words. */
bool cpt_name_is_identifier(const char *name, size_t size);

/* The characters of the str at ADDRESS, where it is exactly a str; DATA NULL: not. */
struct cpt_text cpt_name_text(struct cpt_heap *heap, uint64_t address);

/* repr() of the object at ADDRESS. EVALUATED, in full, where that gives an equal one. */
void cpt_name_repr(struct cpt_heap *heap, uint64_t address, bool evaluated, struct cpt_buffer *out);

/* A class by the name that it is found under: "int", "app.Node". False, and nothing is written, where it is not
   found so. */
bool cpt_name_class(struct cpt_heap *heap, const struct cpt_type *type, struct cpt_buffer *out);

/* The same, or else "<class 'method'>". */
void cpt_name_type(struct cpt_heap *heap, const struct cpt_type *type, struct cpt_buffer *out);

/* "[KEY]" */
void cpt_name_key(struct cpt_heap *heap, uint64_t key, struct cpt_buffer *out);

/* Variable number SLOT of CODE, or NULL. */
const struct cpt_variable *cpt_name_variable(struct cpt_heap *heap, struct cpt_code *code, uint64_t slot);

/* The code that OBJECT, a frame or generator, runs; NULL: not known. */
struct cpt_code *cpt_name_code(struct cpt_heap *heap, const struct cpt_found_object *object);

/* How Python gets at the frame of an instance of TYPE, of a kind of generators: ".gi_frame"; "": it is one itself. */
const char *cpt_name_frame_of(const struct cpt_type *type);

/* EDGE of OBJECT, as cpt_edge_name. */
void cpt_name_edge(struct cpt_heap *heap, const struct cpt_found_object *object, const struct cpt_edge *edge,
                   struct cpt_buffer *out);

/* "worker.run" for the function that runs in the frame at FRAME. */
void cpt_name_function(struct cpt_heap *heap, uint64_t frame, struct cpt_buffer *out);

/* The module that sys.modules has under the name KEY, as an expression. */
void cpt_name_module(struct cpt_heap *heap, uint64_t key, uint64_t module, struct cpt_buffer *out);

/* ROOT, as cpt_root_name. */
void cpt_name_root(struct cpt_heap *heap, const struct cpt_root *root, struct cpt_buffer *out);

/* Moves OUT's text into HEAP's arena and frees it. CPT_NOMEM. */
CPT_MUST_USE cpt_status cpt_name_keep(struct cpt_heap *heap, struct cpt_buffer *out, struct cpt_text *text,
                                      struct cpt_error *error);

#endif
