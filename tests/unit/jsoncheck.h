/* Whether a text is one JSON document: RFC 8259 to the letter, in valid UTF-8. It shares no code with
   the writer. */
#ifndef CPT_TESTS_JSONCHECK_H
#define CPT_TESTS_JSONCHECK_H

#include <stdbool.h>
#include <stddef.h>

bool json_is_valid(const char *text, size_t size);

#endif
