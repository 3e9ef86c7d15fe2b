/* A JSON writer: structural verbs, and every document parses whatever text it is given. Commas are
   the writer's business; that verbs nest properly is the caller's. */
#ifndef CPT_OUTPUT_JSON_H
#define CPT_OUTPUT_JSON_H

#include "coreanalyze/base/buffer.h"
#include "coreanalyze/base/text.h"

#include <stdbool.h>

struct cpt_json {
    struct cpt_buffer *out;
    bool follows;  /* an item came before in this object or array */
    bool has_key;  /* the next item is the value of a key just written */
    bool new_line; /* the next item starts a line */
    unsigned indent;
};

void cpt_json_init(struct cpt_json *json, struct cpt_buffer *out);

void cpt_json_object_open(struct cpt_json *json);
void cpt_json_object_close(struct cpt_json *json);
void cpt_json_array_open(struct cpt_json *json);
void cpt_json_array_close(struct cpt_json *json);

/* The next item (or key) starts a new line with INDENT blanks. */
void cpt_json_line(struct cpt_json *json, unsigned indent);

/* KEY is one of ours: plain ASCII that needs no escapes. */
void cpt_json_key(struct cpt_json *json, const char *key);

/* A key that is any text. */
void cpt_json_key_text(struct cpt_json *json, const struct cpt_text *key);

/* Text is UTF-8, and may have NULs inside. A byte that is no UTF-8 becomes the four characters
   \xNN. What could steer a terminal is written as an escape of JSON: the value stays the same. */
void cpt_json_string(struct cpt_json *json, const char *bytes, size_t size);

/* The same; null where there is no text. */
void cpt_json_text(struct cpt_json *json, const struct cpt_text *text);
void cpt_json_cstring(struct cpt_json *json, const char *string);

void cpt_json_int(struct cpt_json *json, int64_t number);
void cpt_json_uint(struct cpt_json *json, uint64_t number);
void cpt_json_bool(struct cpt_json *json, bool value);
void cpt_json_null(struct cpt_json *json);
void cpt_json_address(struct cpt_json *json, uint64_t address); /* "0x7f…" */

/* A key with its value. */
void cpt_json_member_text(struct cpt_json *json, const char *key, const struct cpt_text *text);
void cpt_json_member_cstring(struct cpt_json *json, const char *key, const char *string);
void cpt_json_member_int(struct cpt_json *json, const char *key, int64_t number);
void cpt_json_member_uint(struct cpt_json *json, const char *key, uint64_t number);
void cpt_json_member_bool(struct cpt_json *json, const char *key, bool value);
void cpt_json_member_null(struct cpt_json *json, const char *key);
void cpt_json_member_address(struct cpt_json *json, const char *key, uint64_t address);

#endif
